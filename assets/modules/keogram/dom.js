/* Making elements: html("button.btn", {onclick}, "Play") and the same for SVG. */

const SVG = "http://www.w3.org/2000/svg";

function build(element, classes, attributes, children) {
  if (classes.length) element.setAttribute("class", classes.join(" "));
  Object.entries(attributes || {}).forEach(([name, value]) => {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, String(value));
    }
  });
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

export function html(tag, attributes, ...children) {
  const [name, ...classes] = tag.split(".");
  return build(document.createElement(name), classes, attributes, children);
}

export function svg(tag, attributes, ...children) {
  const [name, ...classes] = tag.split(".");
  return build(document.createElementNS(SVG, name), classes, attributes, children);
}

export function icon(name) {
  const element = html("span.icon", { "aria-hidden": "true" });
  element.style.setProperty("--i", `url("/vendor/lucide-static/icons/${name}.svg")`);
  return element;
}

export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/* Calls `act` at most once every `wait` ms, the last call always. */
export function throttled(act, wait) {
  let timer = 0;
  let last = -Infinity;
  return () => {
    if (timer) return;
    const due = Math.max(0, last + wait - performance.now());
    timer = setTimeout(() => {
      timer = 0;
      last = performance.now();
      act();
    }, due);
  };
}

/* Making elements: html("button.btn", {onclick}, "Play") and the same for SVG. */
/** @import {Attributes, Child, HtmlOf, SvgOf} from "../types/elements.js" */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {Element} element
 * @param {string[]} classes
 * @param {Attributes | null | undefined} attributes
 * @param {(Child | Child[])[]} children
 */
function build(element, classes, attributes, children) {
  if (classes.length) element.setAttribute("class", classes.join(" "));
  Object.entries(attributes || {}).forEach(([name, value]) => {
    if (typeof value === "function") element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, String(value));
    }
  });
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/**
 * @template {string} Tag
 * @param {Tag} tag name and classes, as in a selector
 * @param {Attributes | null} [attributes]
 * @param {...(Child | Child[])} children
 */
export function html(tag, attributes, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = build(document.createElement(name), classes, attributes, children);
  return /** @type {HtmlOf<Tag>} */ (/** @type {unknown} */ (element));
}

/**
 * @template {string} Tag
 * @param {Tag} tag name and classes, as in a selector
 * @param {Attributes | null} [attributes]
 * @param {...(Child | Child[])} children
 */
export function svg(tag, attributes, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = build(document.createElementNS(SVG, name), classes, attributes, children);
  return /** @type {SvgOf<Tag>} */ (/** @type {unknown} */ (element));
}

/** @param {string} name of Lucide's icon */
export function icon(name) {
  const element = html("span.icon", { "aria-hidden": "true" });
  element.style.setProperty("--i", `url("/vendor/lucide-static/icons/${name}.svg")`);
  return element;
}

/**
 * The context of a canvas; a browser refuses it only where there is another kind already.
 * @param {HTMLCanvasElement} canvas
 */
export function pen(canvas) {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This canvas cannot be drawn on.");
  return context;
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/**
 * Calls `act` at most once every `wait` ms, the last call always.
 * @param {() => void} act
 * @param {number} wait
 */
export function throttled(act, wait) {
  /** @type {ReturnType<typeof setTimeout> | null} */
  let timer = null;
  let last = -Infinity;
  return () => {
    if (timer !== null) return;
    const due = Math.max(0, last + wait - performance.now());
    timer = setTimeout(() => {
      timer = null;
      last = performance.now();
      act();
    }, due);
  };
}

/* The figure to take away: the same drawing in the colours of print, as SVG or PNG. */
import { pen, svg } from "./dom.js";
/** @import {Figure} from "./figure.js" */

const PRINT = `
  text { font-family: Inter, "Helvetica Neue", Arial, sans-serif; font-size: 12px; fill: #1f2933; }
  line { stroke: #52606d; stroke-width: 1; }
  .kgs-frame { fill: none; stroke: #52606d; }
  .kgs-note, .kgs-small { font-size: 11px; fill: #52606d; }
  .kgs-title { font-weight: 600; }
  .kgs-track { fill: #eef1f4; }
  .kgs-marks text { font-weight: 700; fill: #ffffff; stroke: #000000; stroke-width: 2.6px; paint-order: stroke; }
  .kgs-cursor { stroke: #d64545; }
  .kgs-cursor-dot { fill: none; stroke: #d64545; stroke-width: 1.5; }
  .kgs-cursor-tag { fill: #d64545; }
  .kgs-cursor-text { fill: #ffffff; font-weight: 600; }
`;

/** @param {Figure} figure @param {string} title */
export function figureSvg(figure, title) {
  const { overlay, box, canvas } = figure;
  const width = Number(overlay.getAttribute("width"));
  const height = Number(overlay.getAttribute("height")) + 26;
  const drawing = /** @type {SVGSVGElement} */ (overlay.cloneNode(true));
  resolveColours(overlay, drawing);
  const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  style.textContent = PRINT;
  const picture = svg("image", { href: canvas.toDataURL("image/png"), x: box.x, y: box.y, width: box.w, height: box.h, preserveAspectRatio: "none" });
  const body = svg("g", { transform: "translate(0 26)" }, picture, ...drawing.childNodes);
  const root = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}` }, style,
    svg("rect", { width, height, fill: "#ffffff" }),
    svg("text.kgs-title", { x: box.x, y: 17 }, title), body);
  root.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return { text: new XMLSerializer().serializeToString(root), width, height };
}

/** Colours by variable are known to the page alone. @param {SVGElement} from @param {SVGElement} to */
function resolveColours(from, to) {
  const sources = from.querySelectorAll("[style]");
  to.querySelectorAll("[style]").forEach((element, place) => {
    if (element instanceof SVGElement) element.style.fill = getComputedStyle(sources[place]).fill;
  });
}

/** @param {Figure} figure @param {string} title @param {string} name */
export function saveSvg(figure, title, name) {
  save(new Blob([figureSvg(figure, title).text], { type: "image/svg+xml" }), name + ".svg");
}

/** @param {Figure} figure @param {string} title @param {string} name */
export async function savePng(figure, title, name) {
  const { text, width, height } = figureSvg(figure, title);
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [2 * width, 2 * height];
  const context = pen(canvas);
  context.scale(2, 2);
  context.drawImage(image, 0, 0, width, height);
  URL.revokeObjectURL(url);
  canvas.toBlob((blob) => blob && save(blob, name + ".png"));
}

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

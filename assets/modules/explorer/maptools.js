/* The map's own buttons: projections, nearer, farther, all of it. */
import { html, icon } from "../keogram/dom.js";

/** @typedef {import("./mapplane.js").CrsName} CrsName */

/** @type {[CrsName, string, string][]} */
const PROJECTIONS = [
  ["mercator", "Mercator", "Mercator, without the poles"],
  ["north", "North", "Northern hemisphere from above the pole, azimuthal equidistant"],
  ["south", "South", "Southern hemisphere from above the pole, azimuthal equidistant"],
];

/**
 * @param {{project(crs: CrsName): void, zoom(way: 1 | -1): void, home(): void}} acts
 */
export function makeTools({ project, zoom, home }) {
  const name = `map-projection-${Math.round(performance.now())}`;
  const choices = PROJECTIONS.map(([value, text, title]) =>
    html("label.xm-choice", { title },
      html("input", { type: "radio", name, value, onchange: () => project(value) }), html("span", {}, text)));
  const tool = (/** @type {string} */ picture, /** @type {string} */ label, /** @type {() => void} */ act) =>
    html("button.xm-tool", { type: "button", title: label, "aria-label": label, onclick: act }, icon(picture));
  const element = html("div.xm-tools", {},
    html("fieldset.xm-projections", {}, html("legend.xm-unseen", {}, "Projection of the map"), ...choices),
    html("div.xm-zoom", {},
      tool("plus", "Zoom in", () => zoom(1)), tool("minus", "Zoom out", () => zoom(-1)),
      tool("maximize", "Back to the whole view", home)));
  return {
    element,
    /** @param {CrsName} crs */
    mark(crs) {
      element.querySelectorAll("input").forEach((input) => {
        input.checked = input.value === crs;
      });
    },
  };
}

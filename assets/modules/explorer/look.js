/* Colours of globe and labels: roles of the style sheet, as numbers for shaders. */

/** @typedef {[number, number, number]} Rgb red, green, blue from 0 to 1 */

const ROLES = /** @type {const} */ ([
  "sea", "land", "dark", "coast", "terminator", "site", "off", "space", "foot", "maglat", "picked", "text", "halo", "back",
]);

/** @typedef {Record<(typeof ROLES)[number], Rgb>} Look */

/** "#rrggbb" as numbers. @param {string} text @returns {Rgb} */
export function rgb(text) {
  const digits = /^#([0-9a-f]{6})$/i.exec(text.trim());
  if (!digits) return [0.5, 0.5, 0.5];
  const value = parseInt(digits[1], 16);
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}

/** @param {Rgb} colour @param {number} [alpha] */
export const css = (colour, alpha = 1) => `rgb(${colour.map((part) => Math.round(255 * part)).join(" ")} / ${alpha})`;

/** What the style sheet says for an element. @param {Element} element @returns {Look} */
export function lookOf(element) {
  const style = getComputedStyle(element);
  const found = ROLES.map((role) => [role, rgb(style.getPropertyValue(`--ex-${role}`))]);
  return Object.fromEntries(found);
}

/** Calls when the colour scheme changes. @param {() => void} act @returns {() => void} what ends it */
export function onScheme(act) {
  const observer = new MutationObserver(act);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-mantine-color-scheme"] });
  return () => observer.disconnect();
}

/** The 255 colours of a table as bytes. @param {string} base64 */
export const tableBytes = (base64) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

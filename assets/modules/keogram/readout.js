/* What is under the cursor, or under the pointer while there is one: time, place, value. */
import { date, hms, mlt } from "./clock.js";
import { html } from "./dom.js";
/** @import {Read} from "../types/keogram.js" */
/** @import {Keogram} from "./data.js" */

/** @type {[keyof Read, string][]} */
const FIELDS = [
  ["utc", "UTC"],
  ["mlt", "MLT"],
  ["lat", "Latitude"],
  ["lon", "Longitude"],
  ["mlat", "Magnetic latitude"],
  ["elevation", "Elevation"],
  ["pixel", "Pixel"],
  ["value", "Value"],
];
const NONE = "–";

export class Readout {
  constructor() {
    /** @type {Map<keyof Read, HTMLElement>} */
    this.cells = new Map();
    this.element = html("dl.kgs-readout", { "aria-label": "Under the cursor" },
      ...FIELDS.map(([key, name]) => {
        const cell = html("dd.num", { "data-read": key }, NONE);
        this.cells.set(key, cell);
        return html("div", {}, html("dt", {}, name), cell);
      }));
  }

  /** @param {Read} read */
  show(read) {
    this.cells.forEach((cell, key) => {
      cell.textContent = read[key] || NONE;
    });
  }
}

/** @param {number} value @param {number} [digits] */
const degrees = (value, digits = 2) => (Number.isFinite(value) ? value.toFixed(digits) + "°" : "");
/** @param {number} value @param {string} plus @param {string} minus */
const signed = (value, plus, minus) =>
  Number.isFinite(value) ? `${Math.abs(value).toFixed(2)}° ${value < 0 ? minus : plus}` : "";

/**
 * Words for one column and pixel; column -1 is a moment without an image.
 * @param {Keogram} keogram
 * @param {number} ms
 * @param {number} column
 * @param {number} pixel
 * @returns {Read}
 */
export function readAt(keogram, ms, column, pixel) {
  const { place } = keogram;
  const known = pixel >= 0;
  return {
    utc: `${date(ms)} ${hms(ms)}`,
    mlt: column >= 0 ? mlt(keogram.mlt(column, pixel)) : "",
    lat: known ? signed(place.lat[pixel], "N", "S") : "",
    lon: known ? signed(place.lon[pixel], "E", "W") : "",
    mlat: known ? degrees(place.mlat[pixel]) : "",
    elevation: known ? degrees(place.elevation[pixel], 1) : "",
    pixel: known ? place.pixel[pixel].toString() : "",
    value: column < 0 ? "no image" : known ? valueWords(keogram, column, pixel) : "",
  };
}

/**
 * @param {Keogram} keogram
 * @param {number} column
 * @param {number} pixel
 */
export function valueWords(keogram, column, pixel) {
  const values = keogram.value(column, pixel);
  if (!values.every(Number.isFinite)) return "no value";
  const words = values.map((value) => (Number.isInteger(value) ? String(value) : value.toFixed(1)));
  return `${words.join(", ")} ${keogram.axes.units || "counts"}`;
}

/* The vertical axis: pixels, or latitudes whose steps from pixel to pixel are not equal. Shares run
 * from 0 at the bottom to 1 at the top. */
import { latitudeCells } from "./data.js";
import { valueTicks } from "./ticks.js";
/** @import {AxisName, Cells, SliceName, Vertical} from "../types/keogram.js" */
/** @import {Keogram} from "./data.js" */

const TITLES = {
  pixel: { column: "Pixel, south to north", meridian: "Sample, south to north" },
  lat: "Geographic latitude (°)",
  mlat: "Magnetic latitude, AACGM (°)",
};

/**
 * @param {Keogram} keogram
 * @param {AxisName} axis
 * @param {SliceName} slice
 * @returns {Vertical}
 */
export function makeVertical(keogram, axis, slice) {
  const cells = axis === "pixel" ? null : latitudeCells(keogram, axis);
  return axis !== "pixel" && cells ? latitudes(keogram, axis, cells) : pixels(keogram, slice);
}

/**
 * @param {Keogram} keogram
 * @param {SliceName} slice
 * @returns {Vertical}
 */
function pixels(keogram, slice) {
  const count = keogram.pixels;
  return {
    axis: "pixel",
    title: TITLES.pixel[slice],
    pixelOf: (share) => (share >= 0 && share < 1 ? Math.floor(share * count) : -1),
    shareOf: (pixel) => (pixel + 0.5) / count,
    ticks: (most) => valueTicks(0, count, most).map(({ at, text }) => ({ share: at / count, text })),
  };
}

/**
 * @param {Keogram} keogram
 * @param {"lat" | "mlat"} axis
 * @param {Cells} cells
 * @returns {Vertical}
 */
function latitudes(keogram, axis, { first, last, edges, way }) {
  const rising = way > 0 ? edges : edges.slice().reverse();
  const low = rising[0];
  const span = rising[rising.length - 1] - low;
  /** @param {number} value */
  const shareAt = (value) => (value - low) / span;
  return {
    axis,
    title: TITLES[axis],
    pixelOf(share) {
      if (!(share >= 0 && share < 1)) return -1;
      const cell = cellOf(rising, low + share * span);
      return way > 0 ? first + cell : last - cell;
    },
    shareOf: (pixel) => (pixel < first || pixel > last ? null : shareAt(keogram.place[axis][pixel])),
    ticks: (most) => valueTicks(low, low + span, most).map(({ at, text }) => ({ share: shareAt(at), text })),
  };
}

/**
 * @param {Float64Array} edges
 * @param {number} value
 */
function cellOf(edges, value) {
  let low = 0;
  let high = edges.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (edges[middle] <= value) low = middle;
    else high = middle;
  }
  return low;
}

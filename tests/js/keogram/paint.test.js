/* Pixels of the picture, against the server's indices and against counting them out. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { makeScale, tableOf } from "../../../assets/modules/keogram/colour.js";
import { paint } from "../../../assets/modules/keogram/paint.js";
import { makeVertical } from "../../../assets/modules/keogram/vertical.js";
import { SERVER } from "../fixtures/server.js";
import { START, keogram } from "./made.js";
/** @import {Keogram} from "../../../assets/modules/keogram/data.js" */
/** @import {Pair} from "../../../assets/modules/types/keogram.js" */

class Image {
  /** @param {number} width @param {number} height */
  constructor(width, height) {
    this.data = new Uint8ClampedArray(4 * width * height);
  }
}
Object.assign(globalThis, { ImageData: Image });

const TABLE = tableOf(SERVER.choices.tables.viridis);

/**
 * @param {Keogram} made
 * @param {{limits: Pair, log: boolean, gamma: number}} scale
 * @param {Pair} size
 * @param {Pair} [view]
 */
function painted(made, scale, [width, height], [start, end] = [START, START + 60_000 * made.columns]) {
  const vertical = makeVertical(made, "pixel", "column");
  const scene = { start, end, vertical, scale: makeScale(scale.limits, scale), table: TABLE };
  const { data } = paint(made, scene, width, height);
  return (/** @type {number} */ x, /** @type {number} */ y) => [...data.slice(4 * (y * width + x), 4 * (y * width + x) + 4)];
}

/* Exposures that begin with their columns, so that columns of the picture hold one each. */
const ALIGNED = { times_ms: Array.from({ length: 11 }, (_, column) => START + 60_000 * column + 500) };

test("a count has the colour that the server gives it", () => {
  SERVER.scales.forEach(({ values, indices, ...scale }) => {
    const made = keogram({ shape: [11, 1], ...ALIGNED }, (column) => values[column]);
    const pixel = painted(made, scale, [11, 1]);
    values.forEach((value, column) => {
      const at = 3 * (indices[column] - 1);
      assert.deepEqual(pixel(column, 0), [...TABLE.bytes.slice(at, at + 3), 255], `${value} of ${scale.limits}`);
    });
  });
});

test("a colour camera's counts have one scale, as the server has it", () => {
  SERVER.scales.forEach(({ colours, rgba, ...scale }) => {
    const made = keogram({ shape: [11, 1, 3], ...ALIGNED }, (column, _, channel) => colours[column][channel]);
    const pixel = painted(made, scale, [11, 1]);
    rgba.forEach((expected, column) => {
      // Where the share is half way between two steps, the two round to either side.
      pixel(column, 0).forEach((value, channel) => assert.ok(Math.abs(value - expected[channel]) <= 1));
    });
  });
});

test("the southern pixel is at the bottom; what has no count stays transparent", () => {
  const made = keogram({ shape: [5, 4] }, (column, pixel) => (column === 2 ? NaN : pixel));
  const pixel = painted(made, { limits: [0, 3], log: false, gamma: 1 }, [5, 4]);
  assert.deepEqual(pixel(0, 3).slice(0, 3), [...TABLE.bytes.slice(0, 3)]);
  assert.deepEqual(pixel(0, 0).slice(0, 3), [...TABLE.bytes.slice(-3)]);
  assert.deepEqual(pixel(2, 1), [0, 0, 0, 0]);
  assert.equal(pixel(1, 1)[3], 255);
});

test("columns that share a pixel are painted as their mean, and so are three rows", () => {
  const made = keogram({ shape: [10, 12] }, (column, pixel) => (column % 2) * 2 + (pixel % 3) * 3);
  const pixel = painted(made, { limits: [0, 8], log: false, gamma: 1 }, [5, 4], [START, START + 600_000]);
  const middle = 3 * 127; // the means are 1 and 3, together half of the scale
  for (let x = 0; x < 5; x += 1) {
    for (let y = 0; y < 4; y += 1) assert.deepEqual(pixel(x, y).slice(0, 3), [...TABLE.bytes.slice(middle, middle + 3)]);
  }
});

test("a gap in time stays empty", () => {
  const times = [0, 1, 6, 7].map((minute) => START + 60_000 * minute + 500);
  const made = keogram({ shape: [4, 2], times_ms: times });
  const pixel = painted(made, { limits: [0, 400], log: false, gamma: 1 }, [8, 2], [START, START + 480_000]);
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 7].map((x) => pixel(x, 0)[3]), [255, 255, 0, 0, 0, 0, 255, 255]);
});

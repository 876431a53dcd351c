/* Which cell of the 1024 x 512 grid lies under each pixel of a map, and painting by it.
 *
 * Cells are looked up the other way round, from pixels, so a cell is drawn exactly where it lies,
 * at the date line and around the poles too. The lookup belongs to a view; a new grid of the same
 * view costs one table look-up a pixel. */
import { MERCATOR_RADIUS_M } from "./mapplane.js";
import { RADIUS_M, RIM_M } from "./polar.js";

export const ROWS = 512;
export const COLUMNS = 1024;

/**
 * A rectangle of pixels on a plane: its top left corner and what a pixel measures, in metres.
 * @typedef {{left: number, top: number, step: number, width: number, height: number}} View
 * @typedef {import("./mapplane.js").CrsName} CrsName
 */

const HALF_TURN = Math.PI;

/**
 * Cells under the middles of a view's pixels, row by row from the top; -1 where the map has ended.
 * @param {CrsName} crs
 * @param {View} view
 */
export function cellsOf(crs, view) {
  return crs === "mercator" ? mercatorCells(view) : polarCells(crs === "north" ? 1 : -1, view);
}

/** @param {View} view */
function mercatorCells({ left, top, step, width, height }) {
  const half = HALF_TURN * MERCATOR_RADIUS_M;
  const cells = new Int32Array(width * height).fill(-1);
  const columns = Int32Array.from({ length: width }, (_, at) => {
    const x = left + (at + 0.5) * step;
    return Math.abs(x) < half ? Math.floor(((x + half) / (2 * half)) * COLUMNS) : -1;
  });
  for (let line = 0; line < height; line += 1) {
    const y = top - (line + 0.5) * step;
    if (Math.abs(y) >= half) continue;
    // The share of the way from pole to pole: 2 atan(e^y) is the distance from the south pole.
    const share = (2 * Math.atan(Math.exp(y / MERCATOR_RADIUS_M))) / HALF_TURN;
    const start = Math.min(ROWS - 1, Math.floor(share * ROWS)) * COLUMNS;
    for (let at = 0; at < width; at += 1) {
      if (columns[at] >= 0) cells[line * width + at] = start + columns[at];
    }
  }
  return cells;
}

/** @param {1 | -1} sign @param {View} view */
function polarCells(sign, { left, top, step, width, height }) {
  const cells = new Int32Array(width * height).fill(-1);
  const rowsPerMetre = ROWS / (HALF_TURN * RADIUS_M);
  for (let line = 0, place = 0; line < height; line += 1) {
    const y = top - (line + 0.5) * step;
    for (let at = 0; at < width; at += 1, place += 1) {
      const x = left + (at + 0.5) * step;
      const away = Math.sqrt(x * x + y * y);
      if (away > RIM_M) continue;
      const rows = away * rowsPerMetre; // from the pole that is seen
      const row = sign > 0 ? ROWS - rows : rows;
      const column = Math.floor((Math.atan2(x, -sign * y) / (2 * HALF_TURN) + 0.5) * COLUMNS) % COLUMNS;
      cells[place] = Math.min(ROWS - 1, Math.floor(row)) * COLUMNS + column;
    }
  }
  return cells;
}

/**
 * Colours of the 256 bytes of a grid as pixels; 0 (nobody sees) is transparent, 1 to 255 run from
 * the first colour to the last.
 * @param {Uint8Array} rgb three bytes for each colour
 */
export function pixelsOf(rgb) {
  const table = new Uint32Array(256);
  const bytes = new Uint8Array(table.buffer);
  const last = rgb.length / 3 - 1;
  for (let value = 1; value < 256; value += 1) {
    const colour = Math.round(((value - 1) / 254) * last);
    bytes.set(rgb.subarray(3 * colour, 3 * colour + 3), 4 * value);
    bytes[4 * value + 3] = 255;
  }
  return table;
}

/**
 * @param {Int32Array} cells
 * @param {Uint8Array} grid
 * @param {Uint32Array} table
 * @param {Uint32Array} pixels
 */
export function paint(cells, grid, table, pixels) {
  for (let at = 0; at < cells.length; at += 1) {
    pixels[at] = cells[at] < 0 ? 0 : table[grid[cells[at]]];
  }
}

/* What lies under the mouse: the place on the Earth, the cell of the grid, the nearest mark. */
import { place } from "./lines.js";

const COLUMNS = 1024;
const ROWS = 512;
export const REACH_PX = 12;
const GROUND = 0.999; // the Earth's radius squared, less what lines on it need

/**
 * The place where a ray from the eye meets the Earth, null where it passes by.
 * @param {{x: number, y: number, z: number}} eye in Earth radii
 * @param {{x: number, y: number, z: number}} way of length 1
 */
export function struck(eye, way) {
  const along = eye.x * way.x + eye.y * way.y + eye.z * way.z;
  const under = along ** 2 - (eye.x ** 2 + eye.y ** 2 + eye.z ** 2 - 1);
  if (under < 0 || along > 0) return null;
  const far = -along - Math.sqrt(under);
  const { lat, lon } = place(eye.x + far * way.x, eye.y + far * way.y, eye.z + far * way.z);
  return { lat, lon };
}

/**
 * Whether the Earth is in front of a point.
 * @param {number} x @param {number} y @param {number} z in Earth radii
 * @param {{x: number, y: number, z: number}} eye
 */
export function hidden(x, y, z, eye) {
  const [u, v, w] = [x - eye.x, y - eye.y, z - eye.z];
  const length = Math.sqrt(u * u + v * v + w * w);
  const along = -(eye.x * u + eye.y * v + eye.z * w) / length;
  const square = eye.x * eye.x + eye.y * eye.y + eye.z * eye.z;
  return along > 0 && along < length && square - along * along < GROUND;
}

/**
 * The cell of a place: row 0 in the south, column 0 at 180 W; latitude 90 is in the last row.
 * @param {number} lat @param {number} lon
 */
export function cellOf(lat, lon) {
  const row = Math.min(Math.max(Math.floor(((lat + 90) / 180) * ROWS), 0), ROWS - 1);
  const column = ((Math.floor(((lon + 180) / 360) * COLUMNS) % COLUMNS) + COLUMNS) % COLUMNS;
  return { row, column };
}

/**
 * What a grid's byte at a place stands for, null where there is no value. Eight bits: exact values
 * come from the server.
 * @param {{bytes: Uint8Array | null, info: {limits: [number, number]}} | null} grid
 * @param {number} lat @param {number} lon
 */
export function valueAt(grid, lat, lon) {
  if (!grid || !grid.bytes) return null;
  const { row, column } = cellOf(lat, lon);
  const byte = grid.bytes[row * COLUMNS + column];
  const [low, high] = grid.info.limits;
  return byte ? low + ((byte - 1) / 254) * (high - low) : null;
}

/**
 * The nearest of what is seen, within reach of a pixel; null where there is none.
 * @template {{x: number, y: number}} T
 * @param {T[]} seen @param {number} x @param {number} y
 * @returns {T | null}
 */
export function nearest(seen, x, y, reach = REACH_PX) {
  let best = null;
  let least = reach;
  seen.forEach((one) => {
    const off = Math.hypot(one.x - x, one.y - y);
    // Of those at one place the last is drawn on top.
    if (off <= least) [best, least] = [one, off];
  });
  return best;
}

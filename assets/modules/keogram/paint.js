/* Painting counts: a column of the picture is the mean of the keogram's columns within it, or the
 * one whose interval holds its middle; a row is the pixel whose cell holds it, or the mean of those
 * that it holds. What has no data stays transparent. */
import { upper } from "./data.js";
/** @import {ColourTable, Paintable, Scale, Vertical} from "../types/keogram.js" */
/** @import {Keogram} from "./data.js" */

/** @typedef {(line: Float32Array, first: number, last: number) => number} Ink colour of some pixels of a line */

/**
 * @param {Keogram} keogram
 * @param {Paintable} scene
 * @param {number} width
 * @param {number} height
 */
export function paint(keogram, { start, end, vertical, scale, table }, width, height) {
  const image = new ImageData(width, height);
  const rows = rowsOf(vertical, height);
  const packed = new Uint32Array(image.data.buffer);
  const ink = keogram.channels === 1 ? single(scale, table) : coloured(scale);
  const line = new Float32Array(keogram.pixels * keogram.channels);
  for (let x = 0; x < width; x += 1) {
    const from = start + ((end - start) * x) / width;
    const to = start + ((end - start) * (x + 1)) / width;
    if (!fill(line, keogram, from, to)) continue;
    for (let y = 0; y < height; y += 1) {
      if (rows[2 * y] >= 0) packed[y * width + x] = ink(line, rows[2 * y], rows[2 * y + 1]);
    }
  }
  return image;
}

/**
 * First and last pixel of each row of the picture, from the top; -1 for none.
 * @param {Vertical} vertical
 * @param {number} height
 */
function rowsOf(vertical, height) {
  const rows = new Int32Array(2 * height);
  for (let y = 0; y < height; y += 1) {
    const middle = vertical.pixelOf(1 - (y + 0.5) / height);
    const a = vertical.pixelOf(1 - (y + 0.999) / height);
    const b = vertical.pixelOf(1 - (y + 0.001) / height);
    const several = a >= 0 && b >= 0 && Math.abs(b - a) > 1;
    rows[2 * y] = several ? Math.min(a, b) : middle;
    rows[2 * y + 1] = several ? Math.max(a, b) : middle;
  }
  return rows;
}

/**
 * @param {Float32Array} line filled with the counts of a column of the picture
 * @param {Keogram} keogram
 * @param {number} from
 * @param {number} to
 * @returns {boolean} whether there are any
 */
function fill(line, keogram, from, to) {
  const { values, times } = keogram;
  const size = line.length;
  const first = upper(times, from - 1e-3);
  const last = upper(times, to - 1e-3);
  if (last - first > 1) {
    line.fill(0);
    for (let column = first; column < last; column += 1) {
      for (let place = 0; place < size; place += 1) line[place] += values[column * size + place];
    }
    for (let place = 0; place < size; place += 1) line[place] /= last - first;
    return true;
  }
  const column = last > first ? first : keogram.columnAt((from + to) / 2);
  if (column < 0) return false;
  line.set(values.subarray(column * size, (column + 1) * size));
  return true;
}

/**
 * @param {Float32Array} line
 * @param {number} first
 * @param {number} last
 * @param {number} channels
 * @param {number} channel
 */
function mean(line, first, last, channels, channel) {
  let sum = 0;
  for (let pixel = first; pixel <= last; pixel += 1) sum += line[pixel * channels + channel];
  return sum / (last - first + 1);
}

/**
 * @param {Scale} scale
 * @param {ColourTable} table
 * @returns {Ink}
 */
function single(scale, { bytes, colours }) {
  const inks = new Uint32Array(colours);
  for (let place = 0; place < colours; place += 1) {
    inks[place] =
      (255 << 24) | (bytes[3 * place + 2] << 16) | (bytes[3 * place + 1] << 8) | bytes[3 * place];
  }
  return (line, first, last) => {
    const value = first === last ? line[first] : mean(line, first, last, 1, 0);
    if (!Number.isFinite(value)) return 0;
    return inks[Math.min(colours - 1, Math.floor(scale.share(value) * (colours - 1) + 0.5))];
  };
}

/**
 * @param {Scale} scale
 * @returns {Ink}
 */
function coloured(scale) {
  return (line, first, last) => {
    let ink = 255;
    for (let channel = 2; channel >= 0; channel -= 1) {
      const value = mean(line, first, last, 3, channel);
      if (!Number.isFinite(value)) return 0;
      ink = (ink << 8) | Math.round(scale.share(value) * 255);
    }
    return ink;
  };
}

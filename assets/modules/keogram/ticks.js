/* Where the numbers of an axis stand. */
import { DAY, HOUR, MINUTE, date, hm, hms } from "./clock.js";
/** @import {ValueTick} from "../types/keogram.js" */

const TIME_STEPS = [
  1000, 2000, 5000, 10_000, 15_000, 30_000, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE,
  15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY,
];

/**
 * @param {number} start
 * @param {number} end
 * @param {number} most
 */
export function timeTicks(start, end, most) {
  const step = TIME_STEPS.find((size) => (end - start) / size <= most) || DAY;
  const ticks = [];
  for (let at = Math.ceil(start / step) * step; at <= end; at += step) {
    ticks.push({ at, text: step < MINUTE ? hms(at) : hm(at), note: at % DAY === 0 ? date(at) : "" });
  }
  return ticks;
}

/**
 * Round numbers, 1, 2 or 5 times a power of ten apart, in at most `most` steps.
 * @param {number} low
 * @param {number} high
 * @param {number} most
 */
export function valueTicks(low, high, most) {
  /** @type {ValueTick[]} */
  const ticks = [];
  const span = Math.abs(high - low);
  if (!(span > 0)) return ticks;
  const raw = span / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5].map((factor) => factor * power).find((size) => size >= raw) || 10 * power;
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(Math.min(low, high) / step - 1e-9);
  const last = Math.floor(Math.max(low, high) / step + 1e-9);
  for (let n = first; n <= last; n += 1) {
    ticks.push({ at: n * step, text: (n * step).toFixed(digits) });
  }
  return ticks;
}

/**
 * Whole hours of a clock that runs with the time axis; `hours` are rising, one a moment.
 * @param {Float64Array} times
 * @param {Float64Array} hours
 * @param {number} start
 * @param {number} end
 * @param {number} most
 */
export function clockTicks(times, hours, start, end, most) {
  const first = times.findIndex((ms) => ms >= start);
  const last = times.findLastIndex((ms) => ms <= end);
  if (first < 0 || last <= first) return [];
  const span = hours[last] - hours[first];
  const step = [0.25, 0.5, 1, 2, 3, 6].find((size) => span / size <= most) || 6;
  const ticks = [];
  for (let want = Math.ceil(hours[first] / step) * step; want <= hours[last]; want += step) {
    let low = first;
    let high = last;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (hours[middle] <= want) low = middle;
      else high = middle;
    }
    const part = (want - hours[low]) / (hours[high] - hours[low] || 1);
    ticks.push({ at: times[low] + part * (times[high] - times[low]), hours: want });
  }
  return ticks;
}

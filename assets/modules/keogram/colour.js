/* From counts to colours, by the rules that the server paints by (core.imaging.colour). */
import { clamp } from "./dom.js";
/** @import {ArrayFacts, Axes, ColourTable, Look, Pair, Scale} from "../types/keogram.js" */

const MOST_SAMPLES = 400_000; // enough for a percentile to three digits

/**
 * @param {string} base64 of RGB
 * @returns {ColourTable}
 */
export function tableOf(base64) {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  return { bytes, colours: bytes.length / 3 };
}

/**
 * Counts at the two ends of the table, and how what is between them is spread.
 * @param {Pair} limits
 * @param {{log: boolean, gamma: number}} look
 * @returns {Scale}
 */
export function makeScale(limits, { log, gamma }) {
  /** @param {number} value */
  const bend = (value) => (log ? Math.log(Math.max(value, 1)) : value);
  /** @param {number} bent */
  const unbend = (bent) => (log ? Math.exp(bent) : bent);
  const low = bend(limits[0]);
  const span = bend(limits[1]) - low;
  return {
    limits,
    log,
    gamma,
    share(value) {
      if (!(span > 0)) return 0.5;
      return clamp((bend(value) - low) / span, 0, 1) ** (1 / gamma);
    },
    value: (share) => unbend(low + span * share ** gamma),
  };
}

/**
 * @param {Float32Array} values what is not finite is left out
 * @param {number[]} shares from 0 to 1
 */
export function percentiles(values, shares) {
  const step = Math.max(1, Math.ceil(values.length / MOST_SAMPLES));
  const sample = new Float32Array(Math.ceil(values.length / step));
  let count = 0;
  for (let place = 0; place < values.length; place += step) {
    if (Number.isFinite(values[place])) sample[count++] = values[place];
  }
  const good = sample.subarray(0, count).sort();
  if (!count) return shares.map((share) => (share > 0.5 ? 1 : 0));
  return shares.map((share) => {
    const at = share * (count - 1);
    const below = Math.floor(at);
    const above = Math.min(count - 1, below + 1);
    return good[below] + (at - below) * (good[above] - good[below]);
  });
}

/**
 * Four digits: enough to look the same, few enough that caches know the address again.
 * @param {number} value
 */
export const rounded = (value) => Number(value.toPrecision(4));

/**
 * Of the pixels that see the sky, as the server found them: it knows the skymap of its pictures.
 * @param {{axes: Pick<Axes, "limits">, values?: Float32Array}} keogram
 * @returns {Pair}
 */
export function ownLimits({ axes, values = new Float32Array() }) {
  const [low, high] = axes.limits || percentiles(values, [0.01, 0.99]);
  return [rounded(low), rounded(high)];
}

/**
 * @param {Pick<Look, "scale" | "vmin" | "vmax">} look
 * @param {Pair} own limits of the keogram itself
 * @param {Pick<ArrayFacts, "limits">} array
 * @returns {Pair}
 */
export function limitsOf(look, own, array) {
  if (look.scale === "fixed" && array.limits) return [...array.limits];
  if (look.scale !== "manual") return own;
  /** @type {Pair} */
  const limits = [look.vmin ?? own[0], look.vmax ?? own[1]];
  return limits[0] < limits[1] ? limits : own;
}

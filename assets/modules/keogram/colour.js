/* From counts to colours, by the rules that the server paints by (core.imaging.colour). */
import { clamp } from "./dom.js";

const MOST_SAMPLES = 400_000; // enough for a percentile to three digits

export function tableOf(base64) {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  return { bytes, colours: bytes.length / 3 };
}

/* Counts at the two ends of the table, and how what is between them is spread. */
export function makeScale(limits, { log, gamma }) {
  const bend = log ? (value) => Math.log(Math.max(value, 1)) : (value) => value;
  const unbend = log ? Math.exp : (value) => value;
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

/* Four digits: enough to look the same, few enough that caches know the address again. */
export const rounded = (value) => Number(value.toPrecision(4));

/* Of the pixels that see the sky, as the server found them: it knows the skymap of its pictures. */
export function ownLimits(keogram) {
  const told = keogram.axes.limits;
  return (told || percentiles(keogram.values, [0.01, 0.99])).map(rounded);
}

export function limitsOf(look, keogram, array) {
  if (look.scale === "fixed" && array.limits) return array.limits.slice();
  const own = keogram.ownLimits;
  if (look.scale !== "manual") return own;
  const limits = [look.vmin ?? own[0], look.vmax ?? own[1]];
  return limits[0] < limits[1] ? limits : own;
}

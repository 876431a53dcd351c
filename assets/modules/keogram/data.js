/* One keogram as numbers: counts by column of time and pixel, and the axes of both. */
/** @import {AxisName, Axes, Cells} from "../types/keogram.js" */

const LOWEST_ELEVATION_DEG = 5;

/** The server has no such keogram; the message says why. */
export class Unavailable extends Error {}

/** @typedef {Record<string, string>} Query */

/**
 * @param {string} url
 * @param {AbortSignal} signal
 */
async function fetched(url, signal) {
  const answer = await fetch(url, { signal });
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({}));
  const words = [told.error_message, told.hint].filter(Boolean).join(" ");
  throw new Unavailable(words || `The server answered ${answer.status}.`);
}

/**
 * @param {string} address
 * @param {Query} query
 * @param {AbortSignal} signal
 */
export async function loadKeogram(address, query, signal) {
  const search = "?" + new URLSearchParams(query);
  const [axes, values] = await Promise.all([
    fetched(address + ".json" + search, signal).then((answer) => answer.json()),
    fetched(address + ".bin" + search, signal).then((answer) => answer.arrayBuffer()),
  ]);
  return new Keogram(axes, new Float32Array(values));
}

/**
 * What JSON says of a keogram, without its counts.
 * @param {string} address
 * @param {Query} query
 * @param {AbortSignal} signal
 * @returns {Promise<Axes>}
 */
export async function loadAxes(address, query, signal) {
  const answer = await fetched(address + ".json?" + new URLSearchParams(query), signal);
  return answer.json();
}

/** @param {(number | null)[] | null} list */
const numbers = (list) => Float64Array.from(list || [], (value) => (value === null ? NaN : value));

export class Keogram {
  /**
   * @param {Axes} axes
   * @param {Float32Array} values in the order time, pixel, channel
   */
  constructor(axes, values) {
    this.axes = axes;
    this.values = values;
    const [columns, pixels, channels = 1] = axes.shape;
    this.columns = columns;
    this.pixels = pixels;
    this.channels = channels;
    this.times = Float64Array.from(axes.times_ms);
    /** @type {import("../types/keogram.js").Pair | null} */
    this.ownLimits = null;
    this.exposureMs = 1000 * (Array.isArray(axes.exposure_s) ? axes.exposure_s[0] : axes.exposure_s || 0);
    this.cadenceMs = 1000 * (axes.cadence_s || 60);
    this.place = {
      pixel: numbers(axes.pixel),
      lat: numbers(axes.latitude_deg),
      lon: numbers(axes.longitude_deg),
      mlat: numbers(axes.mlat_deg),
      mlon: numbers(axes.mlon_deg),
      elevation: numbers(axes.elevation_deg),
      azimuth: numbers(axes.azimuth_deg),
    };
    this.mltHours = unwrapped(numbers(axes.mlt_h));
    this.skymap = axes.skymap || null;
    // The page has a button for what the command line has an option for.
    const [refused = "", ...option] = (axes.skymap_refused || "").split(" Accept it (");
    this.refused = refused;
    this.forceable = option.length > 0;
    this.hasFrames = axes.frames !== false;
    if (values.length !== this.columns * this.pixels * this.channels) {
      throw new Unavailable("The keogram's values do not fit its axes.");
    }
    // A column stands for one cadence from the beginning of its exposure, or until the next one
    // begins where that is within one and a half cadences: cameras are late by milliseconds.
    this.begins = this.times.map((ms) => ms - this.exposureMs / 2);
    this.ends = this.begins.map((begin, place) => {
      const next = place + 1 < this.columns ? this.begins[place + 1] : Infinity;
      return next - begin <= 1.5 * this.cadenceMs ? next : begin + this.cadenceMs;
    });
  }

  /** The column whose interval holds a moment, -1 where there is none. @param {number} ms */
  columnAt(ms) {
    const place = upper(this.begins, ms) - 1;
    return place >= 0 && ms < this.ends[place] ? place : -1;
  }

  /** @param {number} ms */
  columnNear(ms) {
    const above = Math.min(this.columns - 1, upper(this.times, ms));
    const below = Math.max(0, above - 1);
    return Math.abs(this.times[below] - ms) <= Math.abs(this.times[above] - ms) ? below : above;
  }

  /**
   * One count, or one of each colour.
   * @param {number} column
   * @param {number} pixel
   */
  value(column, pixel) {
    const start = (column * this.pixels + pixel) * this.channels;
    return Array.from(this.values.subarray(start, start + this.channels));
  }

  /**
   * Magnetic local time of a pixel, hours; of the site where the pixel has no place.
   * @param {number} column
   * @param {number} pixel
   */
  mlt(column, pixel) {
    const site = this.mltHours[column];
    const east = this.place.mlon[pixel] - (this.axes.site_mlon_deg ?? NaN);
    return site + (Number.isFinite(east) ? (((east + 540) % 360) - 180) / 15 : 0);
  }

  /** @param {AxisName} axis */
  has(axis) {
    return axis === "pixel" || this.place[axis].some(Number.isFinite);
  }

  /** The pixel that looks highest. */
  get zenith() {
    const up = this.place.elevation;
    if (!up.some(Number.isFinite)) return this.pixels >> 1;
    return up.reduce((best, value, place) => (value > up[best] || !(up[best] > -90) ? place : best), 0);
  }

  /** The column with most contrast along it, twilight at both ends left out. */
  get liveliest() {
    let best = this.columns >> 1;
    let most = -Infinity;
    const edge = Math.floor(this.columns * 0.12);
    const step = Math.max(1, Math.floor(this.columns / 1500));
    for (let column = edge; column < this.columns - edge; column += step) {
      const line = this.values.slice(column * this.pixels * this.channels, (column + 1) * this.pixels * this.channels);
      const good = line.filter(Number.isFinite).sort();
      const spread = good[Math.floor(good.length * 0.97)] - good[Math.floor(good.length * 0.3)];
      if (spread > most) [best, most] = [column, spread];
    }
    return best;
  }
}

/**
 * A latitude axis runs over the pixels above the horizon's haze that rise without turning back,
 * those around the zenith. Returns first and last pixel and the edges of their cells in degrees:
 * latitudes are those of pixel centres, so an edge lies half way to the neighbour.
 * @param {Keogram} keogram
 * @param {"lat" | "mlat"} axis
 * @returns {Cells | null}
 */
export function latitudeCells(keogram, axis) {
  const at = keogram.place[axis];
  const up = keogram.place.elevation;
  const middle = keogram.zenith;
  const way = Math.sign(at[middle + 1] - at[middle - 1]) || 1;
  /** @param {number} pixel */
  const seen = (pixel) =>
    Number.isFinite(at[pixel]) && !(up.length && up[pixel] < LOWEST_ELEVATION_DEG);
  /** @param {number} step */
  const farthest = (step) => {
    let pixel = middle;
    while (seen(pixel + step) && step * way * (at[pixel + step] - at[pixel]) > 0) pixel += step;
    return pixel;
  };
  if (!seen(middle)) return null;
  const [first, last] = [farthest(-1), farthest(1)];
  if (last - first < 2) return null;
  const edges = new Float64Array(last - first + 2);
  for (let pixel = first; pixel < last; pixel += 1) edges[pixel - first + 1] = (at[pixel] + at[pixel + 1]) / 2;
  edges[0] = 2 * at[first] - edges[1];
  edges[edges.length - 1] = 2 * at[last] - edges[edges.length - 2];
  return { first, last, edges, way };
}

/**
 * How many of the sorted are not above `value`.
 * @param {Float64Array} sorted
 * @param {number} value
 */
export function upper(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Hours that go on rising past midnight.
 * @param {Float64Array} hours changed in place
 */
function unwrapped(hours) {
  for (let place = 1; place < hours.length; place += 1) {
    while (hours[place] < hours[place - 1] - 12) hours[place] += 24;
  }
  return hours;
}

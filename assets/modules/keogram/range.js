/* Which time is in view, and which part of the keogram, at which cadence, is wanted for it.
 *
 * A night of real images at three seconds is many megabytes: whole, it is read as means of minutes;
 * from two hours on, the part in view is read as measured. */
import { HOUR, MINUTE, parse } from "./clock.js";
import { clamp } from "./dom.js";
/** @import {Look, NightFacts, Pair, Part} from "../types/keogram.js" */

const ROOM = 0.012;
const CLOSEST_COLUMNS = 8;
const WHOLE_AT_ONCE = 3 * HOUR;
const PART = 2 * HOUR;

export class Range {
  /** @param {Pick<NightFacts, "start" | "end" | "midnight" | "image" | "runs" | "provenance">} night */
  constructor(night) {
    this.night = night;
    this.window = { start: instant(night.start), end: instant(night.end) };
    this.midnight = instant(night.midnight);
  }

  /** From the first to the last image, else record, else the whole night. @returns {Pair} */
  get data() {
    const { image, runs } = this.night;
    if (!image && !runs.length) return [this.window.start, this.window.end];
    const [first, last] = image || [runs[0][0], runs[runs.length - 1][1]];
    return [this.midnight + first * MINUTE, this.midnight + last * MINUTE];
  }

  /** What is in view when nothing else is said: the data with a little room. @returns {Pair} */
  get whole() {
    const [first, last] = this.data;
    const room = (last - first) * ROOM;
    return [Math.max(this.window.start, first - room), Math.min(this.window.end, last + room)];
  }

  /**
   * @param {Pick<Look, "t0" | "t1">} look
   * @returns {Pair}
   */
  of({ t0, t1 }) {
    return t0 !== null && t1 !== null && t1 > t0 ? [t0, t1] : this.whole;
  }

  /**
   * `start` to `end` as it can be shown: neither longer than the night nor shorter than some
   * columns, in whole seconds; null when that is what is in view already.
   * @param {number} start
   * @param {number} end
   * @param {Pair} view
   * @param {number} cadenceMs
   */
  limited(start, end, [before, after], cadenceMs) {
    const { window } = this;
    const longest = window.end - window.start;
    const size = clamp(end - start, Math.min(CLOSEST_COLUMNS * cadenceMs, longest), longest);
    const first = clamp((start + end) / 2 - size / 2, window.start, window.end - size);
    const t0 = Math.round(first / 1000) * 1000;
    const t1 = Math.round((first + size) / 1000) * 1000;
    if (Math.abs(t0 - before) < 500 && Math.abs(t1 - after) < 500) return null;
    return { t0, t1 };
  }

  /** The part that says how the night is coloured, whatever of it is in view. */
  get everything() {
    return this.part(this.whole);
  }

  /**
   * The part of the keogram that a view wants.
   * @param {Pair} view
   * @returns {Part}
   */
  part([start, end]) {
    const [first, last] = this.data;
    const all = { start: first, end: last };
    if (this.night.provenance === "simulated") return all;
    if (last - first <= WHOLE_AT_ONCE) return { ...all, cadence: "native" };
    if (end - start > PART) return { ...all, cadence: "minute" };
    const room = (end - start) / 2;
    // Whole minutes around it: a view of seconds is within one.
    return {
      start: Math.floor(Math.max(first, start - room) / MINUTE) * MINUTE,
      end: Math.ceil(Math.min(last, end + room) / MINUTE) * MINUTE,
      cadence: "native",
    };
  }

  /**
   * Whether a part that is there serves a view.
   * @param {Part | null} part
   * @param {Pair} view
   */
  serves(part, view) {
    const wanted = this.part(view);
    if (!part || part.cadence !== wanted.cadence) return false;
    const [first, last] = this.data;
    return part.start <= Math.max(first, view[0]) && part.end >= Math.min(last, view[1]);
  }
}

/** @param {string} text */
function instant(text) {
  const ms = parse(text);
  if (ms === null) throw new RangeError(`The night's description has no time ${text}.`);
  return ms;
}

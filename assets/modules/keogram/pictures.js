/* Pictures of frames by address: a few at a time, those around the cursor first, and none twice.
 *
 * What is shown is labelled with the time that its own answer carries, never with the time that was
 * asked for, so a picture that comes late cannot pass for another. Requests for what is no longer
 * wanted are aborted. */
import { parse } from "./clock.js";
/** @import {Entry} from "../types/keogram.js" */

const AT_ONCE = 2;
const KEPT = 90;
/** @type {Entry} */
const SILENCE = { error: "The server did not answer.", passing: true };

export class Pictures {
  /**
   * @param {(ms: number) => string} addressOf
   * @param {(entry: Entry) => void} onPicture
   */
  constructor(addressOf, onPicture) {
    this.addressOf = addressOf;
    this.onPicture = onPicture;
    /** @type {Map<string, Entry>} */
    this.kept = new Map();
    /** @type {Map<string, AbortController>} */
    this.running = new Map();
    /** @type {string[]} */
    this.wanted = [];
  }

  /** @param {number[]} times in order of urgency; the first is the one to show */
  want(times) {
    this.wanted = times.map((ms) => this.addressOf(ms));
    this.running.forEach((control, url) => {
      if (!this.wanted.includes(url)) control.abort();
    });
    const ready = this.kept.get(this.wanted[0]);
    if (ready) this.onPicture(ready);
    this._pump();
  }

  /** @param {number} ms */
  has(ms) {
    return this.kept.has(this.addressOf(ms));
  }

  stop() {
    this.wanted = [];
    this.running.forEach((control) => control.abort());
  }

  clear() {
    this.stop();
    this.kept.forEach((entry) => entry.bitmap && entry.bitmap.close());
    this.kept.clear();
  }

  _pump() {
    for (const url of this.wanted) {
      if (this.running.size >= AT_ONCE) return;
      if (!this.kept.has(url) && !this.running.has(url)) this._load(url);
    }
  }

  /** @param {string} url */
  async _load(url) {
    const control = new AbortController();
    this.running.set(url, control);
    const entry = await load(url, control.signal).catch(() => (control.signal.aborted ? null : SILENCE));
    this.running.delete(url);
    if (!entry) {
      this._pump();
      return;
    }
    if (!entry.passing) this._keep(url, entry);
    if (this.wanted[0] === url) this.onPicture(entry);
    // A server that is down is not asked again until something new is wanted.
    if (!entry.passing) this._pump();
  }

  /** @param {string} url @param {Entry} entry */
  _keep(url, entry) {
    this.kept.set(url, entry);
    for (const [old, known] of this.kept) {
      if (this.kept.size <= KEPT) break;
      if (this.wanted.includes(old)) continue;
      this.kept.delete(old);
      if (known.bitmap) known.bitmap.close();
    }
  }
}

/**
 * @param {string} url
 * @param {AbortSignal} signal
 * @returns {Promise<Entry>}
 */
async function load(url, signal) {
  const answer = await fetch(url, { signal });
  if (!answer.ok) {
    const told = await answer.json().catch(() => ({}));
    return { error: told.error_message || `The server answered ${answer.status}.`, hint: told.hint };
  }
  const marks = (answer.headers.get("X-Atlas-Marks") || "").split(",").map((mark) => mark.trim());
  return {
    bitmap: await createImageBitmap(await answer.blob()),
    time: parse(answer.headers.get("X-Atlas-Time")),
    marks: marks.filter(Boolean),
  };
}

/** @type {Record<string, string>} */
const WORDS = {
  simulated: "SIMULATED",
  "approximate-skymap": "approximate skymap",
  "forced-skymap": "skymap of another time",
};

/** @param {string[]} marks */
export const markWords = (marks) => marks.map((mark) => WORDS[mark] || mark.replaceAll("-", " "));

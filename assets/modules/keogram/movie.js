/* The movie of the night: a job of the server, watched until it is there to be played. */
import { HOUR, MINUTE, hm, stamp } from "./clock.js";
import { html, icon } from "./dom.js";
/** @import {Job, Order, ViewName} from "../types/keogram.js" */

const ASK_AGAIN_MS = 700;
const SILENT_MS = 3000; // between questions to a server that does not answer
const SLOW_MS = 8000;
const NO_WORKER = "Waiting for a worker. Is one running? python -m core worker";
const DONE = ["done", "failed", "cancelled"];
const FAILED = "The movie failed.";
const STEPS = [1, 3, 6, 15, 30, 60, 120, 300, 600];
const AIM_FRAMES = 600;

/**
 * What is on the screen: the order of its movie, which way its frames are seen, and its name.
 * @typedef {{order: () => Order, view: () => ViewName, name: () => string}} Screen
 */

export class Movie {
  /** @param {string} url @param {Screen} host */
  constructor(url, host) {
    this.url = url;
    this.host = host;
    /** @type {string | null} */
    this.job = null;
    this.orders = 0;
    this.what = html("select.kgs-select", { "aria-label": "Movie of" },
      html("option", { value: "frames" }, "All-sky frames"),
      html("option", { value: "map" }, "Map"));
    this.fps = html("select.kgs-select", { "aria-label": "Frames a second" },
      ...[5, 10, 20, 30].map((fps) => html("option", { value: fps, selected: fps === 20 }, `${fps} / s`)));
    this.button = html("button.btn.btn--small", { type: "button", onclick: () => this.start() }, icon("film"), "Movie (MP4)");
    this.cancel = html("button.btn.btn--small.btn--bare", { type: "button", hidden: true, onclick: () => this.abort() }, "Cancel");
    this.bar = html("progress.kgs-progress", { max: 1, value: 0, hidden: true, "aria-label": "Progress of the movie" });
    this.words = html("span.kgs-movie-words", { role: "status" });
    this.place = html("div.kgs-movie-place");
    this.plan = html("p.kgs-movie-plan");
    this.element = html("div.kgs-movie", {},
      html("div.kgs-row", {}, this.button, this.what, this.fps, this.cancel),
      this.plan, html("div.kgs-row.kgs-movie-state", {}, this.bar, this.words), this.place);
  }

  describe() {
    const { start, end, cadence } = this.host.order();
    this.plan.textContent = `${hm(start)} to ${hm(end)} UTC, the time in view, one frame ${stepWords(stepOf(end - start, cadence))}.`;
  }

  async start() {
    const { start, end, cadence, ...rest } = this.host.order();
    const what = this.what.value;
    const body = {
      ...rest,
      start: stamp(start),
      end: stamp(end),
      step_s: stepOf(end - start, cadence),
      fps: Number(this.fps.value),
      what,
      ...(what === "frames" ? { view: this.host.view() } : {}),
    };
    this.orders += 1;
    const order = this.orders;
    this._busy(true);
    this.place.replaceChildren();
    this.words.textContent = "Asking for the movie";
    const answer = await ask(this.url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (order !== this.orders) return this._forget(answer.url);
    if (!answer.url) return this._end(answer.error || FAILED);
    this.job = answer.url;
    return this._watch(answer.url);
  }

  /** @param {string} url */
  async _watch(url) {
    const begun = performance.now();
    while (this.job === url) {
      const state = await ask(url);
      if (this.job !== url) return;
      this._tell(state, performance.now() - begun);
      if (this.job === url) await pause(state.silent ? SILENT_MS : ASK_AGAIN_MS);
    }
  }

  /** How the job stands; it is no longer watched where that is the end of it. @param {Job} state @param {number} waited */
  _tell(state, waited) {
    if (state.silent) {
      // The job is the server's: it goes on, or waits, while nobody can be asked.
      this.words.textContent = "The server does not answer; asking again.";
      return;
    }
    if (!state.state || DONE.includes(state.state)) {
      this._end(wordsOf(state));
      if (state.state === "done") this._show(state);
      return;
    }
    this.bar.value = state.progress || 0;
    this.words.textContent = state.state === "queued" && waited > SLOW_MS ? NO_WORKER : wordsOf(state);
  }

  /** @param {Job} state */
  _show(state) {
    const name = (this.host.name() + "_" + this.what.value).replace(/[^\w.-]+/g, "_") + ".mp4";
    const video = html("video.kgs-video", { controls: true, preload: "metadata", src: state.movie, playsinline: true, "aria-label": "Movie of the night" });
    const link = html("a.btn.btn--small", { href: state.movie, download: name }, icon("download"), "Download MP4");
    this.place.replaceChildren(video, link);
  }

  async abort() {
    const url = this.job;
    this.orders += 1; // one that has no answer yet is forgotten when it comes
    this._end("Cancelled.");
    await this._forget(url);
  }

  /** @param {string | null | undefined} url */
  async _forget(url) {
    if (url) await ask(url, { method: "DELETE" });
  }

  /** Another night, or none: what runs for this one is of no more use. */
  dispose() {
    this.abort();
  }

  /** @param {boolean} running */
  _busy(running) {
    this.button.disabled = running;
    this.cancel.hidden = !running;
    this.bar.hidden = !running;
    if (!running) this.bar.value = 0;
  }

  /** @param {string} words */
  _end(words) {
    this.job = null;
    this._busy(false);
    this.words.textContent = words;
  }
}

/**
 * @param {string} url
 * @param {RequestInit} [options]
 * @returns {Promise<Job>}
 */
async function ask(url, options) {
  try {
    const answer = await fetch(url, options);
    const told = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
    if (answer.ok) return told;
    return { error: [told.error_message, told.hint].filter(Boolean).join(" ") || `The server answered ${answer.status}.` };
  } catch {
    return { error: "The server did not answer.", silent: true };
  }
}

/** @param {number} ms @returns {Promise<void>} */
const pause = (ms) => new Promise((resolve) => void setTimeout(resolve, ms));

/** @param {Job} job */
function wordsOf({ state, progress, frames, error, message }) {
  if (state === "queued") return "Waiting for a worker";
  if (state === "running") return `Drawing, ${Math.round(100 * (progress || 0))} %`;
  if (state === "done") return frames ? `${frames} frames` : "Done";
  return state === "cancelled" ? "Cancelled." : error || message || FAILED;
}

/**
 * Seconds from frame to frame: whole cadences, so that some hundred frames make the movie.
 * @param {number} span
 * @param {number} cadenceMs
 */
export function stepOf(span, cadenceMs) {
  const least = Math.max(span / 1000 / AIM_FRAMES, cadenceMs / 1000);
  return STEPS.find((step) => step >= least - 1e-9) || Math.ceil(span / HOUR) * 60;
}

/** @param {number} step */
function stepWords(step) {
  return step * 1000 < MINUTE ? `every ${step} s` : `every ${step / 60} min`;
}

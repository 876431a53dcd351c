/* The movie of the night: a job of the server, watched until it is there to be played. */
import { HOUR, MINUTE, hm, stamp } from "./clock.js";
import { html, icon } from "./dom.js";

const ASK_AGAIN_MS = 700;
const SILENT_MS = 3000; // between questions to a server that does not answer
const SLOW_MS = 8000;
const NO_WORKER = "Waiting for a worker. Is one running? python -m core worker";
const DONE = ["done", "failed", "cancelled"];
const STEPS = [1, 3, 6, 15, 30, 60, 120, 300, 600];
const AIM_FRAMES = 600;

export class Movie {
  /* host.order(): {source, start, end, columns, style, slice, forced, view} of what is on the screen */
  constructor(url, host) {
    this.url = url;
    this.host = host;
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
    const body = {
      ...rest,
      start: stamp(start),
      end: stamp(end),
      step_s: stepOf(end - start, cadence),
      fps: Number(this.fps.value),
      what: this.what.value,
    };
    if (body.what === "frames") body.view = this.host.view();
    this._busy(true);
    this.place.replaceChildren();
    this.words.textContent = "Asking for the movie";
    const answer = await ask(this.url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (answer.error) return this._end(answer.error);
    this.job = answer.url;
    return this._watch(answer.url);
  }

  async _watch(url) {
    const begun = performance.now();
    while (this.job === url) {
      const state = await ask(url);
      if (this.job !== url) return;
      if (state.silent) {
        // The job is the server's: it goes on, or waits, while nobody can be asked.
        this.words.textContent = "The server does not answer; asking again.";
        await pause(SILENT_MS);
        continue;
      }
      if (state.error && !state.state) return this._end(state.error);
      this.bar.value = state.progress || 0;
      const waiting = state.state === "queued" && performance.now() - begun > SLOW_MS;
      this.words.textContent = waiting ? NO_WORKER : wordsOf(state);
      if (DONE.includes(state.state)) {
        this._end(state.state === "failed" ? state.error || state.message || "The movie failed." : wordsOf(state));
        if (state.state === "done") this._show(state);
        return;
      }
      await pause(ASK_AGAIN_MS);
    }
  }

  _show(state) {
    const name = (this.host.name() + "_" + this.what.value).replace(/[^\w.-]+/g, "_") + ".mp4";
    const video = html("video.kgs-video", { controls: true, preload: "metadata", src: state.movie, playsinline: true, "aria-label": "Movie of the night" });
    const link = html("a.btn.btn--small", { href: state.movie, download: name }, icon("download"), "Download MP4");
    this.place.replaceChildren(video, link);
  }

  async abort() {
    const url = this.job;
    this._end("Cancelled.");
    if (url) await ask(url, { method: "DELETE" });
  }

  /* Another night, or none: what runs for this one is of no more use. */
  dispose() {
    if (this.job) this.abort();
  }

  _busy(running) {
    this.button.disabled = running;
    this.cancel.hidden = !running;
    this.bar.hidden = !running;
    if (!running) this.bar.value = 0;
  }

  _end(words) {
    this.job = null;
    this._busy(false);
    this.words.textContent = words;
  }
}

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

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function wordsOf({ state, progress, frames }) {
  if (state === "queued") return "Waiting for a worker";
  if (state === "running") return `Drawing, ${Math.round(100 * (progress || 0))} %`;
  if (state === "done") return frames ? `${frames} frames` : "Done";
  return state === "cancelled" ? "Cancelled." : "";
}

/* Seconds from frame to frame: whole cadences, so that some hundred frames make the movie. */
export function stepOf(span, cadenceMs) {
  const least = Math.max(span / 1000 / AIM_FRAMES, cadenceMs / 1000);
  return STEPS.find((step) => step >= least - 1e-9) || Math.ceil(span / HOUR) * 60;
}

function stepWords(step) {
  return step * 1000 < MINUTE ? `every ${step} s` : `every ${step / 60} min`;
}

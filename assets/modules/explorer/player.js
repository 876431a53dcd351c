/* Playing: the clock goes on by one step at a time, as fast as asked and no faster than grids come. */
const PATIENCE_MS = 20_000; // a simulated sky may have to be rendered first

export const SPEEDS = [1, 2, 5, 10, 15, 20, 30];

/** @import {Frames} from "./frames.js" */
/** @import {Store} from "./state.js" */

export class Player {
  /** @param {Store} store @param {Frames} frames @param {() => void} changed begun, ended or other speed */
  constructor(store, frames, changed) {
    this.store = store;
    this.frames = frames;
    this.changed = changed;
    this.speed = 10;
    this.playing = false;
    this.request = 0;
    this.due = 0;
    this.waiting = 0;
  }

  dispose() {
    cancelAnimationFrame(this.request);
    this.playing = false;
  }

  toggle() {
    if (this.playing) this.stop();
    else this.start();
  }

  start() {
    if (this.playing || this.store.get().t === null) return;
    this._set(true);
    this.due = performance.now();
    this.waiting = 0;
    this._next();
  }

  stop() {
    if (!this.playing) return;
    cancelAnimationFrame(this.request);
    this._set(false);
  }

  /** @param {boolean} playing */
  _set(playing) {
    this.playing = playing;
    this.frames.playing = playing;
    if (playing) this.frames.way = 1;
    this.frames.want();
    this.changed();
  }

  _next() {
    this.request = requestAnimationFrame((now) => {
      if (!this.playing) return;
      if (now >= this.due) this._advance(now);
      if (this.playing) this._next();
    });
  }

  /** @param {number} now */
  _advance(now) {
    const next = (this.store.get().t ?? 0) + this.frames.stepMs;
    const late = this.waiting > 0 && now - this.waiting > PATIENCE_MS;
    if (!this.frames.ready(next) && !late) {
      this.waiting = this.waiting || now;
      return;
    }
    this.frames.everyMs = this.waiting ? Infinity : 1000 / this.speed;
    this.waiting = 0;
    this.due = Math.max(now, this.due + 1000 / this.speed);
    this.store.set({ t: next });
  }
}

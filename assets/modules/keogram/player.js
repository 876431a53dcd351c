/* Playing the night: the cursor goes from column to column as fast as asked, and no faster than
 * the pictures come: what is shown is always the frame of the time beneath it. */
const PATIENCE_MS = 4000;

export const SPEEDS = [2, 5, 10, 20];

/**
 * What plays: whether the pictures of its column are there, the way to the next column (whether
 * there was one), and what follows when playing ends.
 * @typedef {object} Plays
 * @property {() => boolean} ready
 * @property {() => boolean} advance
 * @property {() => void} stopped
 */

export class Player {
  /** @param {Plays} host */
  constructor(host) {
    this.host = host;
    this.speed = 10;
    this.playing = false;
    this.due = 0;
    this.waiting = 0;
    this.request = 0;
  }

  toggle() {
    if (this.playing) this.stop();
    else this.start();
  }

  start() {
    if (this.playing) return;
    this.playing = true;
    this.due = performance.now();
    this.waiting = 0;
    this._next();
  }

  stop() {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.request);
    this.host.stopped();
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
    const late = this.waiting && now - this.waiting > PATIENCE_MS;
    if (!this.host.ready() && !late) {
      this.waiting = this.waiting || now;
      return;
    }
    this.waiting = 0;
    this.due = Math.max(now, this.due + 1000 / this.speed);
    if (!this.host.advance()) this.stop();
  }
}

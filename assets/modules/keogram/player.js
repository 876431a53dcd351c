/* Playing the night: the cursor goes from column to column as fast as asked, and no faster than
 * the pictures come: what is shown is always the frame of the time beneath it. */
const PATIENCE_MS = 4000;

export const SPEEDS = [2, 5, 10, 20];

export class Player {
  /* host: next() -> whether there is another column, ready() -> whether its pictures are there,
   * advance(), stopped() */
  constructor(host) {
    this.host = host;
    this.speed = 10;
    this.playing = false;
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

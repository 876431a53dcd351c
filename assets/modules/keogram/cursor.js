/* The cursor of an opened night: a column and a pixel, moved by pointer, keys and playback. */
import { clamp } from "./dom.js";
import { press } from "./gestures.js";
import { readAt } from "./readout.js";

/* What it moves over (keogram, figure, frames, range, look) is Night's. */
export class WithCursor {
  get time() {
    return this.keogram.times[this.column];
  }

  get share() {
    return this.vertical ? this.vertical.shareOf(this.pixel) : null;
  }

  _cursor() {
    this.figure.cursor(this.time, this.share);
    const read = readAt(this.keogram, this.time, this.column, this.pixel);
    this.readout.show(read);
    const { plot } = this.figure;
    plot.setAttribute("aria-valuemin", "0");
    plot.setAttribute("aria-valuemax", String(this.keogram.columns - 1));
    plot.setAttribute("aria-valuenow", String(this.column));
    const place = [read.mlt && `${read.mlt} MLT`, read.lat, read.mlat && `${read.mlat} magnetic`, read.value];
    plot.setAttribute("aria-valuetext", [`${read.utc} UTC`, ...place].filter(Boolean).join(", "));
  }

  /* The cursor has another place; `way` is where it is going. */
  moved(way) {
    this.lastTime = this.time;
    this._cursor();
    this.frames.at(this.column, this.pixel, way, this.player.playing);
  }

  place(column, pixel, way) {
    this.column = clamp(column, 0, this.keogram.columns - 1);
    this.pixel = clamp(pixel, 0, this.keogram.pixels - 1);
    this.look.at = this._at();
    this.look.px = this.pixel === this.keogram.zenith ? null : this.pixel;
    this._keepInSight();
    this.moved(way);
    if (!this.player.playing) this.writeAddress();
  }

  /* Whole seconds where columns lie seconds apart. */
  _at() {
    const unit = this.keogram.cadenceMs < 2000 ? 1 : 1000;
    return Math.floor(this.time / unit) * unit;
  }

  _keepInSight() {
    const [start, end] = this.range;
    if (this.time >= start && this.time <= end) return;
    const span = end - start;
    this.zoom(this.time - span * 0.5, this.time + span * 0.5);
  }

  hover(ms, share) {
    if (!this.keogram) return;
    const column = this.keogram.columnAt(ms);
    const pixel = this.vertical.pixelOf(share);
    this.figure.hover(ms, share);
    this.readout.show(readAt(this.keogram, column < 0 ? ms : this.keogram.times[column], column, pixel));
    if (this.player.playing) return;
    if (column >= 0) this.frames.glance(column, pixel);
  }

  leave() {
    if (!this.keogram) return;
    this.figure.hover(null);
    this.moved(1);
  }

  pin(ms, share) {
    if (!this.keogram) return;
    const pixel = this.vertical.pixelOf(share);
    const column = this.keogram.columnNear(ms);
    this.place(column, pixel < 0 ? this.pixel : pixel, Math.sign(column - this.column) || 1);
  }

  step(columns) {
    if (this.keogram) this.place(this.column + columns, this.pixel, Math.sign(columns));
  }

  climb(pixels) {
    if (this.keogram) this.place(this.column, this.pixel + pixels, 1);
  }

  jump(end) {
    if (this.keogram) this.place(end === "first" ? 0 : this.keogram.columns - 1, this.pixel, 1);
  }

  play() {
    if (this.keogram) this.playbar.toggle();
  }

  key(event) {
    return press(event, this);
  }

  /* ------------------------------------------------------------ playback */

  begins() {
    const [start, end] = this.range;
    const last = this.keogram.columnNear(end);
    if (this.column >= last || this.time < start) this.place(this.keogram.columnNear(start), this.pixel, 1);
  }

  ready() {
    return this.frames.ready(this.column);
  }

  advance() {
    const next = this.column + 1;
    if (next >= this.keogram.columns || this.keogram.times[next] > this.range[1]) return false;
    this.place(next, this.pixel, 1);
    return true;
  }

  stopped() {
    this.playbar.show();
    this.writeAddress();
  }
}

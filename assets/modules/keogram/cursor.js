/* The cursor of an opened night: a column and a pixel, moved by pointer, keys and playback. */
import { clamp } from "./dom.js";
import { press } from "./gestures.js";
import { readAt } from "./readout.js";
/** @import {Keogram} from "./data.js" */
/** @import {Night} from "./night.js" */

/* What it moves over (keogram, figure, frames, range, look) is Night's. */
export class WithCursor {
  constructor() {
    this.column = 0;
    this.pixel = 0;
    /** @type {number | null} */
    this.lastTime = null;
  }

  /** @this {Night} @param {Keogram} keogram */
  _cursor(keogram) {
    const time = keogram.times[this.column];
    const { plot } = this.figure;
    this.figure.cursor(time, this.vertical ? this.vertical.shareOf(this.pixel) : null);
    const read = readAt(keogram, time, this.column, this.pixel);
    this.readout.show(read);
    plot.setAttribute("aria-valuemin", "0");
    plot.setAttribute("aria-valuemax", String(keogram.columns - 1));
    plot.setAttribute("aria-valuenow", String(this.column));
    const place = [read.mlt && `${read.mlt} MLT`, read.lat, read.mlat && `${read.mlat} magnetic`, read.value];
    plot.setAttribute("aria-valuetext", [`${read.utc} UTC`, ...place].filter(Boolean).join(", "));
  }

  /** The cursor has another place. @this {Night} @param {number} way where it is going */
  moved(way) {
    if (!this.keogram) return;
    this.lastTime = this.keogram.times[this.column];
    this._cursor(this.keogram);
    this.frames.at(this.column, this.pixel, way, this.player.playing);
  }

  /** @this {Night} @param {number} column @param {number} pixel @param {number} way */
  place(column, pixel, way) {
    if (!this.keogram) return;
    this.column = clamp(column, 0, this.keogram.columns - 1);
    this.pixel = clamp(pixel, 0, this.keogram.pixels - 1);
    this.look.at = this._at(this.keogram);
    this.look.px = this.pixel === this.keogram.zenith ? null : this.pixel;
    this._keepInSight(this.keogram.times[this.column]);
    this.moved(way);
    if (!this.player.playing) this.writeAddress();
  }

  /** Whole seconds where columns lie seconds apart. @param {Keogram} keogram */
  _at(keogram) {
    const unit = keogram.cadenceMs < 2000 ? 1 : 1000;
    return Math.floor(keogram.times[this.column] / unit) * unit;
  }

  /** @this {Night} @param {number} time */
  _keepInSight(time) {
    const [start, end] = this.range;
    if (time >= start && time <= end) return;
    const half = (end - start) / 2;
    this.zoom(time - half, time + half);
  }

  /** @this {Night} @param {number} ms @param {number} share */
  hover(ms, share) {
    if (!this.keogram || !this.vertical) return;
    const column = this.keogram.columnAt(ms);
    const pixel = this.vertical.pixelOf(share);
    this.figure.hover(ms, share);
    this.readout.show(readAt(this.keogram, column < 0 ? ms : this.keogram.times[column], column, pixel));
    if (this.player.playing) return;
    if (column >= 0) this.frames.glance(column, pixel);
  }

  /** @this {Night} */
  leave() {
    this.figure.hover(null);
    this.moved(1);
  }

  /** @this {Night} @param {number} ms @param {number} share */
  pin(ms, share) {
    if (!this.keogram || !this.vertical) return;
    const pixel = this.vertical.pixelOf(share);
    const column = this.keogram.columnNear(ms);
    this.place(column, pixel < 0 ? this.pixel : pixel, Math.sign(column - this.column) || 1);
  }

  /** @this {Night} @param {number} columns */
  step(columns) {
    this.place(this.column + columns, this.pixel, Math.sign(columns));
  }

  /** @this {Night} @param {number} pixels */
  climb(pixels) {
    this.place(this.column, this.pixel + pixels, 1);
  }

  /** @this {Night} @param {"first" | "last"} end */
  jump(end) {
    this.place(end === "first" ? 0 : Infinity, this.pixel, 1);
  }

  /** @this {Night} */
  play() {
    if (this.keogram) this.playbar.toggle();
  }

  /** @this {Night} @param {KeyboardEvent} event */
  key(event) {
    return press(event, this);
  }

  /* ------------------------------------------------------------ playback */

  /** Whether there is anything to play; from the end of the view it begins at its start. @this {Night} */
  begins() {
    if (!this.keogram) return false;
    const [start, end] = this.range;
    const last = this.keogram.columnNear(end);
    const early = this.keogram.times[this.column] < start;
    if (this.column >= last || early) this.place(this.keogram.columnNear(start), this.pixel, 1);
    return true;
  }

  /** @this {Night} */
  ready() {
    return this.frames.ready(this.column);
  }

  /** @this {Night} @returns {boolean} whether there was another column in view */
  advance() {
    const next = this.column + 1;
    if (!this.keogram || next >= this.keogram.columns || this.keogram.times[next] > this.range[1]) return false;
    this.place(next, this.pixel, 1);
    return true;
  }

  /** @this {Night} */
  stopped() {
    this.playbar.show();
    this.writeAddress();
  }
}

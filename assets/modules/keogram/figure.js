/* The figure of a keogram: picture, axes, colour bar, tracks beneath, cursor. Drawing only; what
 * the pointer and the keys do to it is in gestures.js. */
import { date, hms, mlt } from "./clock.js";
import { html, pen, svg } from "./dom.js";
import { paint } from "./paint.js";
import { clockTicks, timeTicks, valueTicks } from "./ticks.js";
/** @import {ColourTable, NightFacts, Pair, Scale, ShareTick, Track, Vertical} from "../types/keogram.js" */
/** @import {Keogram} from "./data.js" */

/** @typedef {{x: number, y: number, w: number, h: number}} Box in CSS pixels of the figure */

/**
 * What is drawn: numbers with how they are laid out and coloured, or none where there are no images.
 * @typedef {object} Picture
 * @property {Keogram} keogram
 * @property {Vertical} vertical
 * @property {Scale} scale
 * @property {ColourTable} table
 */

/** @typedef {{picture: Picture | null, start: number, end: number, marks: string[]}} Scene */

const MARGIN = { left: 62, right: 92, top: 26 };
const PLOT_HEIGHT = 276;
const EMPTY_HEIGHT = 44; // without an image there are the tracks alone
const BAND = 5;
const TRACK = 9;
const AXIS = 42;

export class Figure {
  /** @param {NightFacts} night */
  constructor(night) {
    this.night = night;
    this.canvas = html("canvas.kgs-picture", { "aria-hidden": "true" });
    this.overlay = svg("svg.kgs-overlay", { "aria-hidden": "true" });
    this.plot = html("div.kgs-plot", {
      tabindex: "0",
      role: "slider",
      "aria-label": "Time cursor of the keogram",
      "aria-orientation": "horizontal",
    });
    this.words = html("div.kgs-words", { role: "status" });
    this.element = html("div.kgs-figure", {}, this.canvas, this.overlay, this.plot, this.words);
    this.cursorLayer = svg("g");
    this.hoverLayer = svg("g");
    this.selectLayer = svg("g");
    /** @type {Box} */
    this.box = { x: MARGIN.left, y: MARGIN.top, w: 1, h: 1 };
    this.foot = 0;
    /** @type {Scene} */
    this.scene = { picture: null, start: 0, end: 1, marks: [] };
    this.drawn = false;
  }

  /** @param {Scene} scene */
  draw(scene) {
    this.scene = scene;
    this.drawn = true;
    const tracks = this.night.tracks.filter((track) => track.runs.length);
    const width = Math.max(320, this.element.clientWidth);
    const below = BAND + 5 + tracks.length * (TRACK + 3);
    const tall = this.night.image ? PLOT_HEIGHT : EMPTY_HEIGHT;
    const height = MARGIN.top + tall + below + AXIS;
    this.box = { x: MARGIN.left, y: MARGIN.top, w: width - MARGIN.left - MARGIN.right, h: tall };
    this.foot = MARGIN.top + tall + below;
    this.element.style.height = height + "px";
    this.overlay.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.overlay.setAttribute("width", String(width));
    this.overlay.setAttribute("height", String(height));
    placed(this.plot, this.box);
    this._picture();
    this.overlay.replaceChildren(
      svg("rect.kgs-frame", { x: this.box.x, y: this.box.y, width: this.box.w, height: this.box.h }),
      this._timeAxis(),
      this._clockAxis(),
      this._valueAxis(),
      this._tracks(tracks),
      this._bar(),
      this._marks(),
      this.selectLayer,
      this.hoverLayer,
      this.cursorLayer,
    );
  }

  /** @param {number} ms */
  x(ms) {
    const { start, end } = this.scene;
    return this.box.x + ((ms - start) / (end - start)) * this.box.w;
  }

  /** @param {number} x */
  time(x) {
    const { start, end } = this.scene;
    return start + ((x - this.box.x) / this.box.w) * (end - start);
  }

  /** @param {number} share */
  y(share) {
    return this.box.y + (1 - share) * this.box.h;
  }

  _picture() {
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const width = Math.round(this.box.w * ratio);
    const height = Math.round(this.box.h * ratio);
    placed(this.canvas, this.box);
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    const context = pen(this.canvas);
    context.clearRect(0, 0, width, height);
    const { picture, start, end } = this.scene;
    if (picture) context.putImageData(paint(picture.keogram, { ...picture, start, end }, width, height), 0, 0);
  }

  _timeAxis() {
    const { start, end } = this.scene;
    const group = svg("g.kgs-axis");
    const foot = this.foot;
    /** @type {number[]} */
    const noted = [];
    timeTicks(start, end, this.box.w / 68).forEach(({ at, text, note }) => {
      const x = this.x(at);
      group.append(
        svg("line", { x1: x, x2: x, y1: this.box.y + this.box.h, y2: foot + 4 }),
        svg("text", { x, y: foot + 17, "text-anchor": "middle" }, text),
      );
      if (note) group.append(svg("text.kgs-note", { x, y: foot + 32, "text-anchor": "middle" }, note));
      if (note) noted.push(x);
    });
    group.append(svg("text.kgs-title", { x: this.box.x + this.box.w, y: foot + 32, "text-anchor": "end" }, "Time (UTC)"));
    if (!noted.some((x) => x < this.box.x + 110)) {
      group.append(svg("text.kgs-note", { x: this.box.x, y: foot + 32 }, date(start)));
    }
    return group;
  }

  _clockAxis() {
    const { picture, start, end } = this.scene;
    const group = svg("g.kgs-axis");
    const keogram = picture && picture.keogram;
    if (!keogram || !keogram.mltHours.some(Number.isFinite)) return group;
    const ticks = clockTicks(keogram.times, keogram.mltHours, start, end, this.box.w / 68);
    ticks.forEach(({ at, hours }) => {
      const x = this.x(at);
      if (x < this.box.x || x > this.box.x + this.box.w) return;
      group.append(
        svg("line", { x1: x, x2: x, y1: this.box.y - 4, y2: this.box.y }),
        svg("text.kgs-note", { x, y: this.box.y - 8, "text-anchor": "middle" }, mlt(hours + 1e-6)),
      );
    });
    const label = svg("text.kgs-title", { x: this.box.x + this.box.w + 24, y: this.box.y - 8 }, "Site MLT");
    if (ticks.length) group.append(label);
    return group;
  }

  _valueAxis() {
    const { picture } = this.scene;
    const group = svg("g.kgs-axis");
    if (!picture) return group;
    const { vertical } = picture;
    vertical.ticks(this.box.h / 38).forEach(({ share, text }) => {
      const y = this.y(share);
      group.append(
        svg("line", { x1: this.box.x - 4, x2: this.box.x, y1: y, y2: y }),
        svg("text", { x: this.box.x - 8, y: y + 4, "text-anchor": "end" }, text),
      );
    });
    const middle = this.box.y + this.box.h / 2;
    const turn = { transform: `translate(13 ${middle}) rotate(-90)`, "text-anchor": "middle" };
    group.append(svg("text.kgs-title", turn, vertical.title));
    return group;
  }

  /** Minutes with a record, and what classifiers said of them. @param {Track[]} tracks */
  _tracks(tracks) {
    const group = svg("g.kgs-tracks");
    let y = this.box.y + this.box.h + 4;
    /** @param {Pair[]} runs @param {number} height @param {string} fill @param {string} title */
    const strip = (runs, height, fill, title) => {
      runs.forEach(([first, last]) => {
        const a = this._minuteX(first);
        const b = this._minuteX(last);
        if (b <= a) return;
        const rect = svg("rect", { x: a, y, width: Math.max(0.6, b - a), height });
        rect.style.fill = fill;
        if (title) rect.append(svg("title", {}, title));
        group.append(rect);
      });
    };
    strip(this.night.runs, BAND, "var(--kgs-band)", "Minutes with a record");
    y += BAND + 3;
    tracks.forEach((track) => {
      const back = { x: this.box.x, y, width: this.box.w, height: TRACK };
      group.append(svg("rect.kgs-track", back));
      track.runs.forEach(({ label, colour, runs }) => strip(runs, TRACK, colour, `${track.field}: ${label}`));
      const name = { x: this.box.x + this.box.w + 8, y: y + TRACK - 1 };
      group.append(svg("text.kgs-small", name, shortName(track.field)));
      y += TRACK + 3;
    });
    return group;
  }

  /** @param {number} minute */
  _minuteX(minute) {
    const { start, end } = this.scene;
    const ms = Date.parse(this.night.midnight) + minute * 60_000;
    return this.x(Math.min(end, Math.max(start, ms)));
  }

  _bar() {
    const { picture } = this.scene;
    const group = svg("g.kgs-axis");
    if (!picture) return group;
    const { scale, table, keogram } = picture;
    const x = this.box.x + this.box.w + 12;
    const steps = 64;
    for (let step = 0; step < steps; step += 1) {
      const y = this.y((step + 1) / steps);
      const place = Math.round((step / (steps - 1)) * (table.colours - 1)) * 3;
      const [r, g, b] = keogram.channels === 1 ? table.bytes.slice(place, place + 3) : Array(3).fill(4 * step);
      const bar = { x, y, width: 11, height: this.box.h / steps + 0.6, fill: `rgb(${r} ${g} ${b})` };
      group.append(svg("rect.kgs-colour", bar));
    }
    barTicks(scale).forEach(({ share, text }) => {
      const y = this.y(share);
      group.append(
        svg("line", { x1: x + 11, x2: x + 15, y1: y, y2: y }),
        svg("text", { x: x + 18, y: y + 4 }, text),
      );
    });
    const unit = { transform: `translate(${x + 76} ${this.box.y + this.box.h / 2}) rotate(-90)`, "text-anchor": "middle" };
    group.append(svg("text.kgs-title", unit, `${keogram.axes.units || "counts"}${scale.log ? ", log" : ""}`));
    return group;
  }

  _marks() {
    const group = svg("g.kgs-marks");
    let y = this.box.y + 18;
    this.scene.marks.forEach((words) => {
      group.append(svg("text", { x: this.box.x + 9, y }, words));
      y += 16;
    });
    return group;
  }

  /** @param {number} ms @param {number | null} share */
  cursor(ms, share) {
    this.cursorLayer.replaceChildren(...this._hair("kgs-cursor", ms, share, true));
  }

  /** @param {number | null} ms nothing is pointed at where it is null @param {number | null} [share] */
  hover(ms, share = null) {
    this.hoverLayer.replaceChildren(...(ms === null ? [] : this._hair("kgs-hover", ms, share, false)));
  }

  /** @param {number} from @param {number} to as x of the figure */
  select(from, to) {
    const span = { x: Math.min(from, to), width: Math.abs(to - from) };
    this.selectLayer.replaceChildren(svg("rect.kgs-span", { ...span, y: this.box.y, height: this.box.h }));
  }

  unselect() {
    this.selectLayer.replaceChildren();
  }

  /**
   * @param {string} name
   * @param {number} ms
   * @param {number | null} share
   * @param {boolean} tagged
   */
  _hair(name, ms, share, tagged) {
    const { x: left, w } = this.box;
    const x = this.x(ms);
    if (x < left - 0.5 || x > left + w + 0.5) return [];
    /** @type {SVGElement[]} */
    const parts = [svg(`line.${name}`, { x1: x, x2: x, y1: this.box.y, y2: this.foot })];
    if (share !== null) {
      const y = this.y(share);
      parts.push(svg(`circle.${name}-dot`, { cx: x, cy: y, r: 4.5 }));
      if (!tagged) parts.unshift(svg(`line.${name}`, { x1: left, x2: left + w, y1: y, y2: y }));
    }
    if (tagged) {
      const at = Math.min(left + w - 31, Math.max(left + 31, x));
      parts.push(
        svg(`rect.${name}-tag`, { x: at - 31, y: this.foot + 4, width: 62, height: 18, rx: 3 }),
        svg(`text.${name}-text`, { x: at, y: this.foot + 17, "text-anchor": "middle" }, hms(ms)),
      );
    }
    return parts;
  }
}

/** calgary_cloud_ml_v1 as cloud; the legend has the whole name. @param {string} field */
const shortName = (field) => field.replace(/^calgary_|_ml_.*$/g, "");

/**
 * @param {Scale} scale
 * @returns {ShareTick[]}
 */
function barTicks(scale) {
  const [low, high] = scale.limits;
  if (!(high > low)) return [{ share: 0.5, text: String(low) }];
  if (!scale.log) {
    return valueTicks(low, high, 6).map(({ at, text }) => ({ share: scale.share(at), text }));
  }
  /** @type {ShareTick[]} */
  const ticks = [];
  for (let power = Math.floor(Math.log10(Math.max(1, low))); 10 ** power <= high; power += 1) {
    [1, 2, 5].forEach((factor) => {
      const at = factor * 10 ** power;
      if (at >= low && at <= high) ticks.push({ share: scale.share(at), text: String(at) });
    });
  }
  return ticks;
}

/** @param {HTMLElement} element @param {Box} box */
function placed(element, { x, y, w, h }) {
  Object.assign(element.style, { left: x + "px", top: y + "px", width: w + "px", height: h + "px" });
}


/* What is on show, in words and colours: series, time, cameras, scale with its unit. */
import { html } from "../keogram/dom.js";
import { date } from "./clock.js";
import { tableBytes } from "./look.js";

/** @import {Frames, Grid} from "./frames.js" */
/** @import {Store} from "./state.js" */

/** Numbers of a scale: from the lowest to the highest, round ones between. @param {[number, number]} limits */
export function ticks([low, high], about = 4) {
  const span = high - low;
  const rough = span / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const found = [low];
  const room = 0.13 * span; // so that numbers do not touch
  for (let value = Math.ceil(low / step - 1e-9) * step; value <= high + 1e-9 * span; value += step) {
    if (value - low > room && high - value > room) found.push(Number(value.toPrecision(12)));
  }
  return [...found, high];
}

/** @param {number} value */
export const plain = (value) => (Math.abs(value) >= 10_000 ? value.toLocaleString("en-US") : String(Number(value.toPrecision(4))));

const COUNT_UNITS = { "%": "%", percent: "%", "1": "" };
/** @param {string} units */
const unitName = (units) => COUNT_UNITS[/** @type {"%"} */ (units)] ?? units;

/** @param {number} ms */
const timeText = (ms) => `${date(ms)} ${new Date(ms).toISOString().slice(11, 19)} UTC`;

/**
 * What a legend says of a grid.
 * @param {Grid} grid @param {import("./frames.js").Series | null} series
 */
export function facts({ info }, series) {
  return {
    time: info.time ? `${series?.kind === "probability" ? "valid " : ""}${timeText(info.validTime ?? info.time)}` : "",
    cameras: info.of ? `${info.cameras} of ${info.of} cameras` : "",
    mark: info.provenance === "simulated" ? "SIMULATED" : "",
    problem: info.error || (info.cameras === 0 ? "No camera of this array saw this minute." : ""),
    ...named(series),
  };
}

/** @param {import("./frames.js").Series | null} series */
const named = (series) => (series
  ? { title: series.title, height: `mapped at ${plain(series.alt_km)} km`, unit: unitName(series.units) }
  : { title: "No grid", height: "", unit: "" });

export class Legend {
  /** @param {HTMLElement} element @param {Store} store @param {Frames} frames */
  constructor(element, store, frames) {
    this.element = element;
    this.store = store;
    this.frames = frames;
    this.title = html("strong.ex-legend-title");
    this.mark = html("span.ex-mark");
    this.time = html("span.ex-legend-time.num");
    this.cameras = html("span.ex-legend-cameras.num");
    this.bar = /** @type {HTMLCanvasElement} */ (html("canvas.ex-colours", { width: 255, height: 1, "aria-hidden": "true" }));
    this.numbers = html("div.ex-numbers.num");
    this.unit = html("span.ex-unit");
    this.problem = html("p.ex-problem", { role: "status" });
    this.scale = html("div.ex-scale", {}, this.bar, this.numbers);
    element.replaceChildren(
      html("div.ex-legend-head", {}, this.title, this.mark),
      html("div.ex-legend-facts", {}, this.time, this.cameras),
      this.scale, this.problem);
    this.title.textContent = "Loading …";
    this.painted = "";
    /** @type {Grid | null} */
    this.grid = null;
    this.ends = [
      frames.on("index", () => this._scale()),
      frames.on("grid", (grid) => this.show(grid)),
      store.subscribe((_, changed) => ["cmap", "vmin", "vmax", "series", "layers"].some((key) => changed.has(key)) && this._scale()),
    ];
  }

  dispose() {
    this.ends.forEach((end) => end());
    this.element.replaceChildren();
  }

  /** @param {Grid} grid */
  show(grid) {
    this.grid = grid;
    const said = facts(grid, this.frames.series());
    this.title.textContent = said.title;
    this.mark.textContent = said.mark;
    this.mark.hidden = !said.mark;
    this.time.textContent = said.time;
    this.cameras.textContent = [said.cameras, said.height].filter(Boolean).join(", ");
    this.problem.textContent = said.problem;
    this.element.dataset.time = String(grid.info.time);
    this._scale();
  }

  _scale() {
    const { cmap, layers } = this.store.get();
    const series = this.frames.series();
    const limits = this.frames.limits();
    this.scale.hidden = !series || !("grid" in layers);
    const name = cmap ?? series?.colour_map ?? "";
    const key = `${name} ${limits} ${series?.units}`;
    if (key === this.painted || !series) return;
    this.painted = key;
    paint(this.bar, this.frames.data.tables[name]);
    const share = (/** @type {number} */ value) => (100 * (value - limits[0])) / (limits[1] - limits[0]);
    const values = ticks(limits);
    const unit = unitName(series.units);
    this.numbers.replaceChildren(
      ...values.map((value) => {
        const mark = html("span", {}, plain(value));
        mark.style.left = `${share(value)}%`;
        return mark;
      }),
      html("em", {}, unit));
    this.scale.setAttribute("aria-label", `Colours from ${plain(limits[0])} to ${plain(limits[1])} ${unit}`);
    this.scale.setAttribute("role", "img");
  }
}

/** @param {HTMLCanvasElement} bar @param {string | undefined} table */
function paint(bar, table) {
  const context = bar.getContext("2d");
  if (!context || !table) return;
  const bytes = tableBytes(table);
  const image = context.createImageData(255, 1);
  for (let at = 0; at < 255; at += 1) image.data.set([...bytes.subarray(3 * at, 3 * at + 3), 255], 4 * at);
  context.putImageData(image, 0, 0);
}

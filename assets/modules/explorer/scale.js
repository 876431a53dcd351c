/* Which grid is shown, and in which colours: series, limits, colour table, rule. */
import { html } from "../keogram/dom.js";
import { plain } from "./legend.js";

/** @import {Frames} from "./frames.js" */
/** @import {Store} from "./state.js" */

const RULES = /** @type {const} */ ({ elevation: "Highest elevation", nearest: "Nearest site" });

export class ScaleControls {
  /** @param {Store} store @param {Frames} frames */
  constructor(store, frames) {
    this.store = store;
    this.frames = frames;
    this.series = html("select.ex-select", { onchange: () => this._series() });
    /** @type {HTMLSelectElement} */
    this.cmap = html("select.ex-select", { onchange: () => store.set({ cmap: this.cmap.value }, { push: true }) },
      ...frames.data.cmaps.map((name) => html("option", { value: name }, name[0].toUpperCase() + name.slice(1))));
    this.low = this._limit("Lowest");
    this.high = this._limit("Highest");
    /** @type {HTMLSelectElement} */
    this.rule = html("select.ex-select", { onchange: () => store.set({ rule: this.rule.value === "nearest" ? "nearest" : "elevation" }, { push: true }) },
      ...Object.entries(RULES).map(([value, name]) => html("option", { value }, name)));
    /** @type {HTMLInputElement} */
    this.smooth = html("input", { type: "checkbox", onchange: () => store.set({ smooth: this.smooth.checked }, { push: true }) });
    this.unit = html("span.ex-unit");
    this.own = html("button.ex-own", { type: "button", onclick: () => store.set({ vmin: null, vmax: null, cmap: null }, { push: true }) }, "Reset");
    this.element = html("fieldset.ex-scale-controls", {},
      html("legend.ex-heading", {}, "Grid"),
      row("Series", this.series),
      row("Colours", this.cmap),
      html("div.ex-row", {}, html("span", { id: "ex-limits" }, "Range"),
        html("span.ex-limits", { role: "group", "aria-labelledby": "ex-limits" }, this.low, html("span", { "aria-hidden": "true" }, "–"), this.high, this.unit, this.own)),
      row("Overlaps", this.rule),
      html("label.ex-check", { title: "Draw between the centres of cells; the values stay what they are" }, this.smooth, html("span", {}, "Smooth between cells (globe)")));
    this.ends = [
      frames.on("index", () => this._index()),
      store.subscribe((_, changed) => ["series", "cmap", "vmin", "vmax", "rule", "smooth"].some((key) => changed.has(key)) && this.show()),
    ];
    this.show();
  }

  dispose() {
    this.ends.forEach((end) => end());
  }

  /** @param {string} name */
  _limit(name) {
    return html("input.ex-number", { type: "number", step: "any", "aria-label": `${name} value of the colours`, onchange: () => this._limits() });
  }

  _index() {
    const all = this.frames.index ? this.frames.index.series : [];
    this.series.replaceChildren(...all.map(({ key, title }) => html("option", { value: key }, title)));
    this.show();
  }

  /* Percent and counts never share a scale: another series brings its own range and colours. */
  _series() {
    this.store.set({ series: this.series.value, vmin: null, vmax: null, cmap: null }, { push: true });
  }

  _limits() {
    const [vmin, vmax] = [Number(this.low.value), Number(this.high.value)];
    const good = this.low.value !== "" && this.high.value !== "" && vmin < vmax;
    [this.low, this.high].forEach((input) => input.setAttribute("aria-invalid", String(!good)));
    if (good) this.store.set({ vmin, vmax }, { push: true });
  }

  show() {
    const { cmap, vmin, vmax, rule, smooth } = this.store.get();
    const series = this.frames.series();
    const limits = this.frames.limits();
    if (series) this.series.value = series.key;
    this.cmap.value = cmap ?? series?.colour_map ?? "";
    [this.low, this.high].forEach((input, place) => {
      if (document.activeElement !== input) input.value = plain(limits[place]).replace(/,/g, "");
      input.removeAttribute("aria-invalid");
    });
    this.rule.value = rule;
    this.rule.disabled = !series?.array;
    this.smooth.checked = smooth;
    this.unit.textContent = series ? series.units : "";
    this.own.hidden = vmin === null && vmax === null && cmap === null;
  }
}

/** @param {string} title @param {HTMLElement} input */
const row = (title, input) => html("label.ex-row", {}, html("span", {}, title), input);

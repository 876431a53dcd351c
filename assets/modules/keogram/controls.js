/* The bar over the keogram: slice, axis, scale, colours, view of time, what to take away. */
import { clamp, html, icon } from "./dom.js";
/** @import {Choices, Look, Pair, Refusals} from "../types/keogram.js" */

/** @typedef {"slice" | "axis" | "scale"} Segmented what is chosen by segments */
/** @typedef {"vmin" | "vmax"} End */

/**
 * @typedef {object} Host
 * @property {(part: Partial<Look>) => void} change
 * @property {() => void} reset
 * @property {(factor: number) => void} closer
 * @property {(kind: "png" | "svg") => void} save
 */

/** @type {Segmented[]} */
const SEGMENTED = ["slice", "axis", "scale"];
/** @type {End[]} */
const ENDS = ["vmin", "vmax"];

/* On the bar, where there is room for a word; the title says the rest. */
/** @type {Record<string, string>} */
const SHORT = { lat: "Latitude", mlat: "Magnetic latitude", fixed: "Fixed" };
/** @type {Record<string, string>} */
const MORE = { percentile: "From the 1st to the 99th percentile of the sky: pixels from 10° above the horizon up, where a skymap tells" };
const NAMES = { slice: "Slice", axis: "Axis", scale: "Colour scale" };
const LIMIT_NAMES = { vmin: "Lowest", vmax: "Highest" };

export class Controls {
  /** @param {Choices} choices @param {Host} host */
  constructor(choices, host) {
    this.host = host;
    /** @type {Record<Segmented, Map<string, HTMLInputElement>>} */
    this.segments = { slice: new Map(), axis: new Map(), scale: new Map() };
    /** @param {Segmented} key */
    const segments = (key) => this._segments(key, choices[key]);
    this.limits = { vmin: this._limit("vmin"), vmax: this._limit("vmax") };
    this.log = html("input", { type: "checkbox", onchange: () => { this.host.change({ log: this.log.checked }); } });
    this.gamma = this._gamma(choices.gamma);
    this.cmap = this._colours(Object.keys(choices.tables));
    this.picture = html("a.kgs-menu-item", { download: true, title: "The keogram alone, in these colours" }, icon("image"), "Picture without axes (PNG)");
    this.unit = html("span.kgs-unit");
    this.element = html("div.kgs-controls", { role: "toolbar", "aria-label": "How the keogram is drawn" },
      segments("slice"), segments("axis"), segments("scale"),
      html("span.kgs-limits", {}, this.limits.vmin, html("span", { "aria-hidden": "true" }, "–"), this.limits.vmax, this.unit),
      html("label.kgs-check", {}, this.log, html("span", {}, "Log")),
      html("label.kgs-check", {}, html("span", {}, "Gamma"), this.gamma),
      this.cmap,
      html("span.kgs-spring"), this._time(), this._take());
  }

  /** @param {Segmented} key @param {Record<string, string>} options */
  _segments(key, options) {
    const group = html("fieldset.kgs-segments", {}, html("legend.sr-only", {}, NAMES[key]));
    Object.entries(options).forEach(([value, text]) => {
      const input = html("input", { type: "radio", name: `kgs-${key}`, value, onchange: () => this.host.change({ [key]: value }) });
      this.segments[key].set(value, input);
      group.append(html("label", { title: MORE[value] || text }, input, html("span", {}, SHORT[value] || text)));
    });
    return group;
  }

  /** @param {End} key */
  _limit(key) {
    return html("input.kgs-number", {
      type: "number", step: "any", "aria-label": `${LIMIT_NAMES[key]} value of the scale`,
      onchange: () => this._limits(),
    });
  }

  _limits() {
    /** @param {End} key */
    const value = (key) => (this.limits[key].value === "" ? null : Number(this.limits[key].value));
    this.host.change({ scale: "manual", vmin: value("vmin"), vmax: value("vmax") });
  }

  /** @param {Pair} range */
  _gamma([low, high]) {
    const input = html("input.kgs-number.kgs-gamma", {
      type: "number", min: low, max: high, step: 0.1, title: "Above 1 brightens what is faint, below 1 darkens it",
      onchange: () => { this.host.change({ gamma: clamp(Number(input.value) || 1, low, high) }); },
    });
    return input;
  }

  /** @param {string[]} names */
  _colours(names) {
    const options = names.map((name) => html("option", { value: name }, name[0].toUpperCase() + name.slice(1)));
    const input = html("select.kgs-select", { "aria-label": "Colour map", onchange: () => { this.host.change({ cmap: input.value }); } }, ...options);
    return input;
  }

  _time() {
    /** @param {string} name @param {string} words @param {() => void} act */
    const button = (name, words, act) =>
      html("button.btn.btn--small.btn--bare", { type: "button", title: words, "aria-label": words, onclick: act }, icon(name));
    return html("span.kgs-buttons", {},
      button("zoom-in", "Closer in time (key +)", () => this.host.closer(0.5)),
      button("zoom-out", "Farther in time (key -)", () => this.host.closer(2)),
      button("maximize-2", "All data (key 0, double click)", () => this.host.reset()));
  }

  _take() {
    /** @param {string} icons @param {string} text @param {string} words @param {() => void} act */
    const row = (icons, text, words, act) =>
      html("button.kgs-menu-item", { type: "button", title: words, onclick: () => { menu.open = false; act(); } }, icon(icons), text);
    const summary = html("summary.btn.btn--small", { title: "Take the figure away" }, icon("image-down"), "Save");
    const menu = html("details.kgs-menu", {}, summary,
      html("div.kgs-menu-list", {},
        row("image-down", "Figure (PNG)", "The figure with its axes", () => this.host.save("png")),
        row("file-image", "Figure (SVG)", "The figure with its axes", () => this.host.save("svg")),
        this.picture));
    menu.addEventListener("focusout", (event) => {
      if (!(event.relatedTarget instanceof Node && menu.contains(event.relatedTarget))) menu.open = false;
    });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      summary.focus();
      event.stopPropagation();
      event.preventDefault();
    });
    return menu;
  }

  /**
   * Shows a look.
   * @param {Look} look
   * @param {Pair | null} limits
   * @param {string} unit
   * @param {Refusals} can which axes and slices there are not for this keogram
   * @param {number} [channels]
   */
  show(look, limits, unit, can, channels = 1) {
    SEGMENTED.forEach((key) => this._segment(key, look[key], can[key]));
    ENDS.forEach((key, place) => {
      const input = this.limits[key];
      if (document.activeElement !== input) input.value = limits ? String(limits[place]) : "";
    });
    this.log.checked = look.log;
    this.gamma.value = String(look.gamma);
    this.cmap.value = look.cmap;
    // A colour camera has colours of its own.
    this.cmap.disabled = channels > 1;
    this.cmap.title = channels > 1 ? "Images of a colour camera are shown in their own colours" : "";
    this.unit.textContent = unit;
  }

  /** @param {Segmented} key @param {string} chosen @param {Record<string, string>} refused */
  _segment(key, chosen, refused) {
    this.segments[key].forEach((input, value) => {
      input.checked = chosen === value;
      const why = refused[value] || "";
      input.disabled = Boolean(why);
      const { dataset } = input.parentElement || input;
      if (why) dataset.why = why;
      else delete dataset.why;
      input.setAttribute("aria-description", why);
    });
  }
}

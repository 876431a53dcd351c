/* The bar over the keogram: slice, axis, scale, colours, view of time, what to take away. */
import { html, icon } from "./dom.js";

/* On the bar, where there is room for a word; the title says the rest. */
const SHORT = { lat: "Latitude", mlat: "Magnetic latitude", fixed: "Fixed" };
const MORE = { percentile: "From the 1st to the 99th percentile of the sky: pixels from 10° above the horizon up, where a skymap tells" };
const NAMES = { slice: "Slice", axis: "Axis", scale: "Colour scale" };
const LIMIT_NAMES = { vmin: "Lowest", vmax: "Highest" };

export class Controls {
  /* host: change(part of a look), reset(), closer(factor), save(kind) */
  constructor(choices, host) {
    this.host = host;
    this.inputs = {};
    const segments = (key) => this._segments(key, choices[key]);
    const limits = ["vmin", "vmax"].map((key) => this._limit(key));
    this.unit = html("span.kgs-unit");
    this.element = html("div.kgs-controls", { role: "toolbar", "aria-label": "How the keogram is drawn" },
      segments("slice"), segments("axis"), segments("scale"),
      html("span.kgs-limits", {}, limits[0], html("span", { "aria-hidden": "true" }, "–"), limits[1], this.unit),
      this._log(), this._gamma(choices.gamma), this._colours(Object.keys(choices.tables)),
      html("span.kgs-spring"), this._time(), this._take());
  }

  _segments(key, options) {
    const group = html("fieldset.kgs-segments", {}, html("legend.sr-only", {}, NAMES[key]));
    this.inputs[key] = {};
    Object.entries(options).forEach(([value, text]) => {
      const input = html("input", { type: "radio", name: `kgs-${key}`, value, onchange: () => this.host.change({ [key]: value }) });
      this.inputs[key][value] = input;
      group.append(html("label", { title: MORE[value] || text }, input, html("span", {}, SHORT[value] || text)));
    });
    return group;
  }

  _limit(key) {
    const input = html("input.kgs-number", {
      type: "number", step: "any", "aria-label": `${LIMIT_NAMES[key]} value of the scale`,
      onchange: () => this._limits(),
    });
    this.inputs[key] = input;
    return input;
  }

  _limits() {
    const value = (key) => (this.inputs[key].value === "" ? null : Number(this.inputs[key].value));
    this.host.change({ scale: "manual", vmin: value("vmin"), vmax: value("vmax") });
  }

  _log() {
    const input = html("input", { type: "checkbox", onchange: () => this.host.change({ log: input.checked }) });
    this.inputs.log = input;
    return html("label.kgs-check", {}, input, html("span", {}, "Log"));
  }

  _gamma([low, high]) {
    const input = html("input.kgs-number.kgs-gamma", {
      type: "number", min: low, max: high, step: 0.1, title: "Above 1 brightens what is faint, below 1 darkens it",
      onchange: () => this.host.change({ gamma: Math.min(high, Math.max(low, Number(input.value) || 1)) }),
    });
    this.inputs.gamma = input;
    return html("label.kgs-check", {}, html("span", {}, "Gamma"), input);
  }

  _colours(names) {
    const options = names.map((name) => html("option", { value: name }, name[0].toUpperCase() + name.slice(1)));
    const input = html("select.kgs-select", { "aria-label": "Colour map", onchange: () => this.host.change({ cmap: input.value }) }, ...options);
    this.inputs.cmap = input;
    return input;
  }

  _time() {
    const button = (name, words, act) =>
      html("button.btn.btn--small.btn--bare", { type: "button", title: words, "aria-label": words, onclick: act }, icon(name));
    return html("span.kgs-buttons", {},
      button("zoom-in", "Closer in time (key +)", () => this.host.closer(0.5)),
      button("zoom-out", "Farther in time (key -)", () => this.host.closer(2)),
      button("maximize-2", "All data (key 0, double click)", () => this.host.reset()));
  }

  _take() {
    const row = (icons, text, words, act) =>
      html("button.kgs-menu-item", { type: "button", title: words, onclick: () => { menu.open = false; act(); } }, icon(icons), text);
    this.picture = html("a.kgs-menu-item", { download: true, title: "The keogram alone, in these colours" }, icon("image"), "Picture without axes (PNG)");
    const menu = html("details.kgs-menu", {},
      html("summary.btn.btn--small", { title: "Take the figure away" }, icon("image-down"), "Save"),
      html("div.kgs-menu-list", {},
        row("image-down", "Figure (PNG)", "The figure with its axes", () => this.host.save("png")),
        row("file-image", "Figure (SVG)", "The figure with its axes", () => this.host.save("svg")),
        this.picture));
    menu.addEventListener("focusout", (event) => {
      if (!menu.contains(event.relatedTarget)) menu.open = false;
    });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.firstChild.focus();
      event.stopPropagation();
      event.preventDefault();
    });
    return menu;
  }

  /* Shows a look; `can` says which axes and slices there are for this keogram. */
  show(look, limits, unit, can, channels = 1) {
    ["slice", "axis", "scale"].forEach((key) => {
      Object.entries(this.inputs[key]).forEach(([value, input]) => {
        input.checked = look[key] === value;
        const why = (can[key] || {})[value];
        input.disabled = Boolean(why);
        if (why) input.parentElement.dataset.why = why;
        else delete input.parentElement.dataset.why;
        input.setAttribute("aria-description", why || "");
      });
    });
    ["vmin", "vmax"].forEach((key, place) => {
      if (document.activeElement !== this.inputs[key]) this.inputs[key].value = limits ? limits[place] : "";
    });
    this.inputs.log.checked = look.log;
    this.inputs.gamma.value = look.gamma;
    this.inputs.cmap.value = look.cmap;
    // A colour camera has colours of its own.
    this.inputs.cmap.disabled = channels > 1;
    this.inputs.cmap.title = channels > 1 ? "Images of a colour camera are shown in their own colours" : "";
    this.unit.textContent = unit;
  }
}

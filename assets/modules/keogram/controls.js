/* The bar over the keogram: slice, axis, scale, colours, view of time, what to take away. */
import { html, icon } from "./dom.js";

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
      group.append(html("label", {}, input, html("span", {}, text)));
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
    this.picture = html("a.btn.btn--small", { download: true, title: "The keogram alone, in these colours" }, "PNG");
    const kinds = [["svg", "Figure SVG"], ["png", "Figure PNG"]];
    return html("span.kgs-buttons", {}, icon("image-down"),
      ...kinds.map(([kind, text]) =>
        html("button.btn.btn--small", { type: "button", onclick: () => this.host.save(kind), title: "The figure with its axes" }, text)),
      this.picture);
  }

  /* Shows a look; `can` says which axes and slices there are for this keogram. */
  show(look, limits, unit, can) {
    ["slice", "axis", "scale"].forEach((key) => {
      Object.entries(this.inputs[key]).forEach(([value, input]) => {
        input.checked = look[key] === value;
        const why = (can[key] || {})[value];
        input.disabled = Boolean(why);
        input.parentElement.title = why || "";
      });
    });
    ["vmin", "vmax"].forEach((key, place) => {
      if (document.activeElement !== this.inputs[key]) this.inputs[key].value = limits ? limits[place] : "";
    });
    this.inputs.log.checked = look.log;
    this.inputs.gamma.value = look.gamma;
    this.inputs.cmap.value = look.cmap;
    this.unit.textContent = unit;
  }
}

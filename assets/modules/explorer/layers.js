/* The list of layers: which are shown, and how strongly. */
import { html } from "../keogram/dom.js";
import { LAYERS, defaults } from "./state.js";

/** @import {Store} from "./state.js" */

/** @type {Record<string, [string, string]>} name and explanation */
const NAMES = {
  grid: ["Grid", "Values on the 1024 × 512 grid, or the cameras' images on the map"],
  coast: ["Land and coast", "Natural Earth"],
  terminator: ["Night and terminator", "Night side; sunset at the ground (line) and at the mapping height (dashed)"],
  sites: ["Sites", "Filled: operating at this minute. Ring: not"],
  fov: ["Fields of view", "At 10° elevation, at each array's emission height"],
  spacecraft: ["Spacecraft", "At height, with the last 45 minutes"],
  footprints: ["Footprints", "Where the field line through the spacecraft meets 100 km"],
  maglat: ["Magnetic latitudes", "AACGM 60°, 70°, 80° at the mapping height"],
};

export class LayerList {
  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    /** @type {Record<string, number>} what a layer had before it was switched off */
    this.before = {};
    /** @type {Record<string, {on: HTMLInputElement, strength: HTMLInputElement}>} */
    this.inputs = {};
    this.element = html("fieldset.ex-layers", {}, html("legend.ex-heading", {}, "Layers"), ...LAYERS.map((name) => this._row(name)));
    this.end = store.subscribe((_, changed) => changed.has("layers") && this.show());
    this.show();
  }

  dispose() {
    this.end();
  }

  /** @param {string} name */
  _row(name) {
    const [title, about] = NAMES[name];
    /** @type {HTMLInputElement} */
    const on = html("input", { type: "checkbox", onchange: () => this.toggle(name) });
    /** @type {HTMLInputElement} */
    const strength = html("input.ex-strength", {
      type: "range", min: 0.1, max: 1, step: 0.05, "aria-label": `Opacity: ${title}`, title: "Opacity",
      oninput: () => this._set({ ...this.store.get().layers, [name]: Number(strength.value) }, false),
    });
    this.inputs[name] = { on, strength };
    return html("div.ex-layer", { title: about },
      html("label", {}, on, html(`span.ex-swatch.ex-swatch-${name}`, { "aria-hidden": "true" }), html("span", {}, title)), strength);
  }

  /** @param {string} name */
  toggle(name) {
    const { [name]: strength, ...rest } = this.store.get().layers;
    if (strength !== undefined) {
      this.before[name] = strength;
      this._set(rest, true);
    } else this._set({ ...rest, [name]: this.before[name] ?? defaults().layers[name] }, true);
  }

  /** @param {Record<string, number>} layers @param {boolean} push */
  _set(layers, push) {
    // Always in the same order, so that one choice has one address.
    const ordered = LAYERS.filter((name) => name in layers).map((name) => [name, layers[name]]);
    this.store.set({ layers: Object.fromEntries(ordered) }, { push });
  }

  show() {
    const { layers } = this.store.get();
    LAYERS.forEach((name) => {
      const { on, strength } = this.inputs[name];
      on.checked = name in layers;
      strength.disabled = !on.checked;
      strength.value = String(layers[name] ?? this.before[name] ?? 1);
    });
  }
}

/* The page put together: views, clock, bar, legend and panel over one state. */
import { html } from "../keogram/dom.js";
import { Bar } from "./bar.js";
import { compact } from "./clock.js";
import { Frames } from "./frames.js";
import { pressed } from "./keys.js";
import { Legend } from "./legend.js";
import { Panel } from "./panel.js";
import { Player } from "./player.js";
import { TimeBar } from "./timebar.js";

/**
 * @typedef {{dispose(): void}} View
 * @typedef {new (element: HTMLElement, store: import("./state.js").Store, frames: Frames) => View} ViewClass
 */

/** Views are loaded when they are first shown: the globe brings a large library. */
/** @type {Record<"globe" | "map", () => Promise<ViewClass>>} */
const VIEWS = {
  globe: async () => (await import("./globe.js")).GlobeView,
  map: async () => (await import("./map.js")).MapView,
};

export class Explorer {
  /**
   * @param {HTMLElement} root
   * @param {import("./state.js").Store} store
   * @param {import("./frames.js").PageData} data
   */
  constructor(root, store, data) {
    this.root = root;
    this.store = store;
    this.start = data.start ? Date.parse(data.start) : null;
    this.frames = new Frames(store, data);
    /** @type {Record<string, View>} */
    this.views = {};
    this.player = new Player(store, this.frames, () => this.time.playing());
    this.time = new TimeBar(this._part("time"), store, this.frames, this.player);
    this.bar = new Bar(this._part("bar"), store, this.frames, { picture: () => this.picture() });
    this.legend = new Legend(this._part("legend"), store, this.frames);
    this.panel = new Panel(this._part("panel"), store, this.frames);
    this.gone = false;
    this.unsubscribe = store.subscribe((_, changed) => changed.has("view") && this._views());
    this._views();
  }

  dispose() {
    this.gone = true;
    this.unsubscribe();
    [this.player, this.time, this.bar, this.legend, this.panel].forEach((part) => part.dispose());
    Object.values(this.views).forEach((view) => view.dispose());
    this.frames.dispose();
    this.notice?.remove();
  }

  pause() {
    this.player.stop();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    return pressed(this, event);
  }

  /** Hands the globe over as a PNG. */
  async picture() {
    const { GlobeView } = await import("./globe.js");
    const { compose, save } = await import("./picture.js");
    const { globe } = this.views;
    const { t, cmap } = this.store.get();
    if (!(globe instanceof GlobeView) || t === null) return;
    save(compose(globe, this.frames, cmap), `aurora-atlas-${this.frames.series()?.key ?? "globe"}-${compact(t)}.png`);
  }

  /** @param {string} name */
  _part(name) {
    return /** @type {HTMLElement} */ (this.root.querySelector(`.ex-${name}`));
  }

  /** @param {string} name */
  stage(name) {
    return /** @type {HTMLElement} */ (this.root.querySelector(`[data-stage="${name}"]`));
  }

  _views() {
    const { view } = this.store.get();
    /** @type {HTMLElement} */ (this.root.querySelector("[data-view]")).dataset.view = view;
    ["globe", "map"].forEach((name) => {
      const on = view === name || view === "both";
      this.stage(name).hidden = !on;
      if (on) this._open(/** @type {"globe" | "map"} */ (name));
      else this._close(name);
    });
  }

  /** @param {"globe" | "map"} name */
  async _open(name) {
    if (this.views[name]) return;
    try {
      const Made = await VIEWS[name]();
      const { view } = this.store.get();
      if (this.gone || this.views[name] || (view !== name && view !== "both")) return;
      this.views[name] = new Made(this.stage(name), this.store, this.frames);
    } catch (error) {
      if (!this.gone) this._failed(name, error);
    }
  }

  /** Says what is missing; without a globe there is the map. @param {string} name @param {unknown} error */
  _failed(name, error) {
    const words = error instanceof Error && error.name === "NoWebGL"
      ? "This browser does not offer WebGL, which the globe is drawn with. The map shows the same." : `The ${name} could not be shown.`;
    if (!(error instanceof Error && error.name === "NoWebGL")) console.warn(words, error);
    if (!this.notice) {
      this.notice = html("p.notice.notice--warn.ex-notice", { role: "status" });
      this.root.querySelector(".ex-main")?.prepend(this.notice);
    }
    this.notice.textContent = words;
    if (name === "globe") this.store.set({ view: "map" });
  }

  /** @param {string} name */
  _close(name) {
    this.views[name]?.dispose();
    delete this.views[name];
  }
}

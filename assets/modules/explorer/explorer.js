/* The page put together: views, clock, bar, legend and panel over one state. */
import { Frames } from "./frames.js";

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
    this.gone = false;
    this.unsubscribe = store.subscribe((_, changed) => changed.has("view") && this._views());
    this._views();
  }

  dispose() {
    this.gone = true;
    this.unsubscribe();
    Object.values(this.views).forEach((view) => view.dispose());
    this.frames.dispose();
  }

  pause() {}

  /** @param {KeyboardEvent} _event */
  key(_event) {
    return false;
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
      console.warn(`the ${name} could not be shown:`, error);
    }
  }

  /** @param {string} name */
  _close(name) {
    this.views[name]?.dispose();
    delete this.views[name];
  }
}

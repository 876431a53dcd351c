/* The globe. */
export class GlobeView {
  /** @param {HTMLElement} element @param {import("./state.js").Store} store @param {import("./frames.js").Frames} frames */
  constructor(element, store, frames) {
    Object.assign(this, { element, store, frames });
  }

  dispose() {}
}

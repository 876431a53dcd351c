/* Pictures of the cameras at full resolution, put on the map when they are decoded.
 *
 * The picture before stays until the next one can be painted, so nothing flickers; then it goes,
 * with the address of its bytes. Requests for what is no longer wanted are ended. */
import { Placed } from "./mapsheet.js";
import { PLANES } from "./mapplane.js";
import { RADIUS_M } from "./polar.js";

/**
 * @typedef {import("./mapplane.js").Box} Box
 * @typedef {import("./mapplane.js").CrsName} CrsName
 * @typedef {{bounds?: [[number, number], [number, number]], pole?: string, edge_lat_deg?: number, cameras?: unknown[]}} Facts
 * @typedef {{url: string, address: string, placed: Placed}} Shown
 */

/**
 * What a picture covers of its plane.
 * @param {CrsName} crs
 * @param {Facts} facts
 * @returns {Box}
 */
export function boxOf(crs, facts) {
  if (crs === "mercator") {
    const [[south, west], [north, east]] = /** @type {[[number, number], [number, number]]} */ (facts.bounds);
    const [left, bottom] = PLANES.mercator.project(south, west);
    const [right, top] = PLANES.mercator.project(north, east < west ? east + 360 : east);
    return [left, bottom, right, top];
  }
  const half = ((90 - Math.abs(/** @type {number} */ (facts.edge_lat_deg))) * Math.PI * RADIUS_M) / 180;
  return [-half, -half, half, half];
}

export class MapImages {
  /**
   * @param {import("leaflet").Map} map
   * @param {HTMLElement} pane
   * @param {CrsName} crs
   * @param {(picture: {url: string, facts: Facts} | null) => void} onShown
   */
  constructor(map, pane, crs, onShown) {
    this.map = map;
    this.pane = pane;
    this.crs = crs;
    this.onShown = onShown;
    /** @type {Shown | null} */
    this.shown = null;
    /** @type {AbortController | null} */
    this.asking = null;
    this.wanted = "";
  }

  /** Shows the picture of an address (without its ending); nothing for "". @param {string} url */
  want(url) {
    if (url === this.wanted) return;
    this.wanted = url;
    this.asking?.abort();
    this.asking = null;
    if (!url) this._drop();
    else if (this.shown?.url !== url) this._load(url);
  }

  /** @param {string} url */
  async _load(url) {
    const asking = new AbortController();
    this.asking = asking;
    let address = "";
    try {
      const [path, query] = url.split("?");
      const get = (/** @type {string} */ kind) => fetch(`${path}.${kind}?${query}`, { signal: asking.signal });
      const answers = await Promise.all([get("webp"), get("json")]);
      if (!answers.every(({ ok }) => ok)) return this._fail(url);
      const [bytes, facts] = await Promise.all([answers[0].blob(), answers[1].json()]);
      address = URL.createObjectURL(bytes);
      const picture = await decoded(address);
      if (this.wanted === url) return this._swap({ url, address, picture, facts });
    } catch {
      if (!asking.signal.aborted) this._fail(url);
    }
    if (address) URL.revokeObjectURL(address);
  }

  /** @param {{url: string, address: string, picture: HTMLImageElement, facts: Facts}} next */
  _swap({ url, address, picture, facts }) {
    const before = this.shown;
    const placed = new Placed(this.map, this.pane, picture);
    placed.cover(boxOf(this.crs, facts));
    this.shown = { url, address, placed };
    if (before) forget(before);
    this.onShown({ url, facts });
  }

  /** @param {string} url */
  _fail(url) {
    if (this.wanted === url) this._drop();
  }

  _drop() {
    if (!this.shown) return;
    forget(this.shown);
    this.shown = null;
    this.onShown(null);
  }

  remove() {
    this.wanted = "";
    this.asking?.abort();
    if (this.shown) forget(this.shown);
    this.shown = null;
  }
}

/** @param {Shown} shown */
function forget({ address, placed }) {
  placed.remove();
  URL.revokeObjectURL(address);
}

/** @param {string} address */
async function decoded(address) {
  const picture = new Image();
  picture.alt = "";
  picture.className = "xm-picture";
  picture.src = address;
  await picture.decode();
  return picture;
}

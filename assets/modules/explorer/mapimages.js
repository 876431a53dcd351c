/* Pictures of the cameras at full resolution, put on the map when they are decoded.
 *
 * The picture before stays until the next one can be painted, so nothing flickers; then it goes,
 * with the address of its bytes. Requests for what is no longer wanted are ended. */
import { html } from "../keogram/dom.js";
import { Placed } from "./mapsheet.js";
import { PLANES } from "./mapplane.js";
import { RADIUS_M } from "./polar.js";

/**
 * @typedef {import("./mapplane.js").Box} Box
 * @typedef {import("./mapplane.js").CrsName} CrsName
 * @typedef {{bounds?: [[number, number], [number, number]], pole?: string, edge_lat_deg?: number, cameras?: unknown[]}} Facts
 * @typedef {{url: string, address: string, placed: Placed[]}} Shown
 * @typedef {{box: Box, left: number, width: number}} Piece of a picture: the box of the plane that it
 *   is seen through, and how the whole picture lies in that, in parts of the box's width
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
    const [right, top] = PLANES.mercator.project(north, east);
    return [left, bottom, right, top];
  }
  const half = ((90 - Math.abs(/** @type {number} */ (facts.edge_lat_deg))) * Math.PI * RADIUS_M) / 180;
  return [-half, -half, half, half];
}

/**
 * A picture that goes over the date line is seen at both ends of the map.
 * @param {Box} whole
 * @param {Box} world
 * @returns {Piece[]}
 */
export function piecesOf([left, bottom, right, top], world) {
  const turn = world[2] - world[0];
  return [-turn, 0, turn].flatMap((shift) => {
    const from = Math.max(world[0], left + shift);
    const to = Math.min(world[2], right + shift);
    if (to <= from) return [];
    const seen = to - from;
    return [{ box: [from, bottom, to, top], left: (left + shift - from) / seen, width: (right - left) / seen }];
  });
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
    /** @type {Map<string, Facts>} what pictures of a series cover, by address without the minute */
    this.known = new Map();
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
      const [answer, facts] = await Promise.all([get("webp"), this._facts(url, get)]);
      if (!answer.ok || !facts) return this._fail(url);
      const bytes = await answer.blob();
      address = URL.createObjectURL(bytes);
      const picture = await decoded(address);
      if (this.wanted === url) return this._swap({ url, address, picture, facts });
    } catch {
      if (!asking.signal.aborted) this._fail(url);
    }
    if (address) URL.revokeObjectURL(address);
  }

  /** What a picture covers does not change from minute to minute.
   * @param {string} url @param {(kind: string) => Promise<Response>} get */
  async _facts(url, get) {
    const key = url.replace(/\/\d{8}T\d{6}\?/, "?");
    const known = this.known.get(key);
    if (known) return known;
    const answer = await get("json");
    if (!answer.ok) return null;
    /** @type {Facts} */
    const facts = await answer.json();
    this.known.set(key, facts);
    return facts;
  }

  /** @param {{url: string, address: string, picture: HTMLImageElement, facts: Facts}} next */
  _swap({ url, address, picture, facts }) {
    const before = this.shown;
    const placed = piecesOf(boxOf(this.crs, facts), PLANES[this.crs].box).map(({ box, left, width }, at) => {
      const image = at ? /** @type {HTMLImageElement} */ (picture.cloneNode()) : picture;
      image.style.left = `${100 * left}%`;
      image.style.width = `${100 * width}%`;
      const piece = new Placed(this.map, this.pane, html("div.xm-piece", {}, image));
      piece.cover(box);
      return piece;
    });
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
  placed.forEach((piece) => piece.remove());
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

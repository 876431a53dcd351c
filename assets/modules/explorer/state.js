/* What the Explorer shows, as an address and back. The browser owns the address. */
import { parse, written } from "./clock.js";

/**
 * @typedef {{kind: "place", lat: number, lon: number} | {kind: "source", id: number}} Pick
 * @typedef {Object} State
 * @property {"globe" | "map" | "both"} view
 * @property {number | null} t instant, ms since 1970 in UTC
 * @property {string | null} series key of the grid series; null: the first there is
 * @property {"mercator" | "north" | "south"} crs projection of the map
 * @property {Record<string, number>} layers opacity by name; a layer that is off is absent
 * @property {{lat: number, lon: number, distance: number}} centre what one looks at, and from how
 *   many Earth radii from the Earth's centre
 * @property {string | null} cmap colour table; null: the series' own
 * @property {number | null} vmin
 * @property {number | null} vmax
 * @property {"elevation" | "nearest"} rule which camera is shown where several see
 * @property {boolean} smooth whether the grid is drawn between its cells
 * @property {Pick | null} pick
 */

export const LAYERS = ["grid", "coast", "terminator", "sites", "fov", "spacecraft", "footprints", "maglat"];
const FAINT = { grid: 0.9 };
export const NEAREST = 1.15;
export const FARTHEST = 30;

/** @returns {State} */
export function defaults() {
  return {
    view: "globe", t: null, series: null, crs: "mercator",
    layers: Object.fromEntries(LAYERS.map((name) => [name, FAINT[/** @type {"grid"} */ (name)] ?? 1])),
    centre: { lat: 58, lon: -105, distance: 2.6 },
    cmap: null, vmin: null, vmax: null, rule: "elevation", smooth: false, pick: null,
  };
}

/** @param {string | null | undefined} text */
function number(text) {
  if (text === null || text === undefined || text.trim() === "") return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/**
 * @template {string} T
 * @param {string} text
 * @param {readonly T[]} choices
 * @param {T} otherwise
 * @returns {T}
 */
const among = (text, choices, otherwise) => choices.find((choice) => choice === text) ?? otherwise;

/** @param {number} value @param {number} low @param {number} high */
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** Degrees east, from -180 to below 180. @param {number} lon */
export const wrapped = (lon) => ((((lon + 180) % 360) + 360) % 360) - 180;

/** @param {string} text */
function readLayers(text) {
  /** @type {Record<string, number>} */
  const layers = {};
  text.split(",").forEach((item) => {
    const [name, opacity] = item.split(":");
    if (LAYERS.includes(name)) layers[name] = clamp(number(opacity) ?? 1, 0, 1);
  });
  return layers;
}

/** @param {Record<string, number>} layers */
const writeLayers = (layers) =>
  LAYERS.filter((name) => name in layers)
    .map((name) => (layers[name] === 1 ? name : `${name}:${Number(layers[name].toFixed(2))}`))
    .join(",");

/** Numbers apart by commas; null for what is none. @param {string} text */
const pair = (text) => [0, 1, 2].map((place) => number(text.split(",")[place]));

/** @param {string} text @param {State["centre"]} otherwise @returns {State["centre"]} */
function readCentre(text, otherwise) {
  const [lat, lon, distance] = pair(text);
  if (lat === null || lon === null) return otherwise;
  return { lat: clamp(lat, -90, 90), lon: wrapped(lon), distance: clamp(distance ?? otherwise.distance, NEAREST, FARTHEST) };
}

/** @param {State["centre"]} centre */
const writeCentre = ({ lat, lon, distance }) =>
  [lat.toFixed(2), lon.toFixed(2), distance.toFixed(3)].map(Number).join(",");

/** "65.1,-147.4" is a place, "id:46" a source. @param {string} text @returns {Pick | null} */
export function readPick(text) {
  const source = /^id:(\d+)$/.exec(text);
  if (source) return { kind: "source", id: Number(source[1]) };
  const [lat, lon] = pair(text);
  if (lat === null || lon === null || Math.abs(lat) > 90) return null;
  return { kind: "place", lat, lon: wrapped(lon) };
}

/** @param {Pick} pick */
export const writePick = (pick) => (pick.kind === "source" ? `id:${pick.id}` : `${pick.lat.toFixed(2)},${pick.lon.toFixed(2)}`);

/**
 * The state of an address; what it leaves out or writes wrongly has its default.
 * @param {string} search
 * @returns {State}
 */
export function makeState(search) {
  const query = new URLSearchParams(search);
  const state = defaults();
  const get = (/** @type {string} */ name) => query.get(name) ?? "";
  return {
    ...state,
    ...readLimits(get("vmin"), get("vmax")),
    view: among(get("view"), /** @type {const} */ (["globe", "map", "both"]), state.view),
    t: parse(get("t")),
    series: word(get("series")),
    crs: among(get("crs"), /** @type {const} */ (["mercator", "north", "south"]), state.crs),
    layers: query.has("layers") ? readLayers(get("layers")) : state.layers,
    centre: readCentre(get("centre"), state.centre),
    cmap: word(get("cmap")),
    rule: among(get("rule"), /** @type {const} */ (["elevation", "nearest"]), state.rule),
    smooth: get("smooth") === "1",
    pick: readPick(get("pick")),
  };
}

/** A key: lower case, digits, dashes. @param {string} text */
const word = (text) => (/^[a-z0-9-]{1,64}$/.test(text) ? text : null);

/** @param {string} low @param {string} high */
function readLimits(low, high) {
  const [vmin, vmax] = [number(low), number(high)];
  return vmin !== null && vmax !== null && vmin >= vmax ? {} : { vmin, vmax };
}

/** The address of a state, beginning with "?v=1"; defaults are left out. @param {State} state */
export function toSearch(state) {
  const usual = defaults();
  const unusual = (/** @type {(state: State) => string | null} */ write) => (write(state) === write(usual) ? null : write(state));
  /** @type {[string, string | null][]} */
  const items = [
    ["view", unusual(({ view }) => view)],
    ["t", state.t === null ? null : written(state.t)],
    ["series", state.series],
    ["crs", unusual(({ crs }) => crs)],
    ["layers", unusual(({ layers }) => writeLayers(layers))],
    ["centre", unusual(({ centre }) => writeCentre(centre))],
    ["cmap", state.cmap],
    ["vmin", text(state.vmin)],
    ["vmax", text(state.vmax)],
    ["rule", unusual(({ rule }) => rule)],
    ["smooth", state.smooth ? "1" : null],
    ["pick", state.pick && writePick(state.pick)],
  ];
  // Colons and commas are read by people, and are allowed in a query.
  const readable = (/** @type {string | null} */ value) => encodeURIComponent(value ?? "").replace(/%3A|%2C/g, decodeURIComponent);
  return "?v=1" + items.filter(([, value]) => value !== null).map(([name, value]) => `&${name}=${readable(value)}`).join("");
}

/** @param {number | null} value */
const text = (value) => (value === null ? null : String(value));

/** @param {unknown} one @param {unknown} other */
const same = (one, other) => one === other || JSON.stringify(one) === JSON.stringify(other);

/** Holds the one state; everything that shows it subscribes. */
export class Store {
  /**
   * @param {State} state
   * @param {(search: string, push: boolean) => void} write puts an address into the browser's bar
   */
  constructor(state, write) {
    this.state = state;
    this.write = write;
    /** @type {Set<(state: State, changed: Set<string>) => void>} */
    this.listeners = new Set();
  }

  get() {
    return this.state;
  }

  /**
   * Changes parts of the state. `push` makes an entry of the browser's history, for what somebody
   * did on purpose and would want to take back.
   * @param {Partial<State>} patch
   * @param {{push?: boolean, silent?: boolean}} [how]
   */
  set(patch, { push = false, silent = false } = {}) {
    const next = { ...this.state, ...patch };
    const keys = /** @type {(keyof State)[]} */ (Object.keys(patch));
    const changed = new Set(keys.filter((key) => !same(this.state[key], next[key])));
    if (!changed.size) return;
    this.state = next;
    if (!silent) this.write(toSearch(next), push);
    [...this.listeners].forEach((tell) => tell(next, changed));
  }

  /** Takes a state that the address already shows. @param {State} state */
  follow(state) {
    this.set(state, { silent: true });
  }

  /**
   * @param {(state: State, changed: Set<string>) => void} listener
   * @returns {() => void} what ends it
   */
  subscribe(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

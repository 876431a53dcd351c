/* What there is to show at the clock's time: the grid and who is where, fetched ahead.
 *
 * One place asks the server; globe, map, legend and panel are told by `on`. Whoever comes late is
 * told the last at once. */
import { MINUTE, compact, compactMinute, minuteOf } from "./clock.js";
import { Loader } from "./loader.js";

/**
 * @import {LatLon, Moment} from "../types/explorer.js"
 * @typedef {import("./state.js").Store} Store
 * @typedef {Object} Series
 * @property {string} key
 * @property {string} title
 * @property {"counts" | "probability"} kind
 * @property {string} units
 * @property {[number, number]} limits
 * @property {number} cadence_s
 * @property {number} alt_km
 * @property {string} colour_map
 * @property {string} provenance
 * @property {string | null} array
 * @typedef {Object} GridInfo
 * @property {string} series
 * @property {number} time what was asked for, ms
 * @property {number | null} validTime what the grid is valid for, ms
 * @property {string} provenance
 * @property {number | null} cameras how many see
 * @property {number | null} of how many there are
 * @property {[number, number]} limits what bytes 1 and 255 stand for
 * @property {string} error why there is no grid; empty where there is
 * @typedef {{bytes: Uint8Array | null, info: GridInfo}} Grid
 * @typedef {{bytes: Uint8Array, headers: Headers}} Bytes
 * @typedef {{series: Series[], first: string | null, last: string | null}} Index
 * @typedef {{tables: Record<string, string>, cmaps: string[], start: string | null, land: Record<string, string>}} PageData
 * @typedef {"index" | "grid" | "moment" | "waiting" | "hover"} Kind
 * @typedef {{lat: number, lon: number, value: number | null, name: string} | null} Hover what is
 *   under the mouse: on any view
 */

const AHEAD = 12;
const KEPT_GRIDS = 96; // of half a megabyte each
const KEPT_MOMENTS = 240;
const TRAIL_MIN = 45;

export class Frames {
  /** @param {Store} store @param {PageData} data */
  constructor(store, data) {
    this.store = store;
    this.data = data;
    /** @type {Index | null} */
    this.index = null;
    this.way = 1;
    this.playing = false;
    this.everyMs = Infinity; // from frame to frame while it plays; Infinity where one was waited for
    this.stepMs = MINUTE;
    /** @type {Map<Kind, Set<(what: any) => void>>} */
    this.listeners = new Map();
    /** @type {Map<Kind, any>} */
    this.last = new Map();
    /** @type {Loader<Bytes>} */
    this.grids = new Loader(readGrid, { keep: KEPT_GRIDS });
    /** Fields of view by source: they are large, and the same at all times. */
    /** @type {Map<number, LatLon | null> | null} */
    this.rings = null;
    /** @type {Loader<Moment>} */
    this.moments = new Loader(readMoment, { keep: KEPT_MOMENTS, atOnce: 2 });
    this.grids.arrived = (entry) => entry.url === this.gridUrl() && this._tellGrid();
    this.moments.arrived = (entry) => entry.url === this.momentUrl() && this._tellMoment();
    this.abort = new AbortController();
    this.unsubscribe = store.subscribe((_, changed) => this._follow(changed));
    this._index();
  }

  dispose() {
    this.unsubscribe();
    this.abort.abort();
    this.grids.clear();
    this.moments.clear();
    this.listeners.clear();
  }

  /**
   * @param {Kind} kind
   * @param {(what: any) => void} listener
   * @returns {() => void} what ends it
   */
  on(kind, listener) {
    const told = this.listeners.get(kind) || new Set();
    this.listeners.set(kind, told.add(listener));
    if (this.last.has(kind)) listener(this.last.get(kind));
    return () => told.delete(listener);
  }

  /** @param {Kind} kind @param {any} what */
  _tell(kind, what) {
    this.last.set(kind, what);
    (this.listeners.get(kind) || []).forEach((/** @type {(what: any) => void} */ listener) => listener(what));
  }

  /** A view tells what is under the mouse on it. @param {Hover} what */
  hover(what) {
    this._tell("hover", what);
  }

  async _index() {
    try {
      const answer = await fetch("/media/grids.json", { signal: this.abort.signal });
      this.index = answer.ok ? await answer.json() : { series: [], first: null, last: null };
    } catch {
      if (this.abort.signal.aborted) return;
      this.index = { series: [], first: null, last: null };
    }
    this._tell("index", this.index);
    this.want();
  }

  /** The series on show, null where there is none. @returns {Series | null} */
  series() {
    const all = this.index ? this.index.series : [];
    const { series } = this.store.get();
    return (series === null ? all[0] : all.find(({ key }) => key === series)) ?? null;
  }

  /** Lowest and highest value of the colour scale. @returns {[number, number]} */
  limits() {
    const { vmin, vmax } = this.store.get();
    const [low, high] = this.series()?.limits ?? [0, 1];
    const limits = /** @type {[number, number]} */ ([vmin ?? low, vmax ?? high]);
    return limits[0] < limits[1] ? limits : [low, high];
  }

  /** @param {number | null} [t] */
  gridUrl(t = this.store.get().t) {
    const series = this.series();
    if (!series || t === null) return "";
    return `/media/grid/${series.key}/${compact(t)}.bin?${this._query(series)}`;
  }

  /** Where this grid is found as another kind of file. @param {string} kind */
  fileUrl(kind) {
    const { t } = this.store.get();
    const series = this.series();
    if (!series || t === null) return "";
    return `/media/grid/${series.key}/${compact(t)}.${kind}?${this._query(series)}`;
  }

  /** @param {Series} series */
  _query(series) {
    const { vmin, vmax, rule } = this.store.get();
    const [low, high] = this.limits();
    const query = new URLSearchParams();
    if (vmin !== null || vmax !== null) {
      query.set("vmin", String(low));
      query.set("vmax", String(high));
    }
    if (series.array) query.set("rule", rule);
    return query.toString();
  }

  momentUrl(t = this.store.get().t) {
    if (t === null) return "";
    const alt = this.series()?.alt_km ?? 110;
    return `/media/moment/${compactMinute(minuteOf(t))}.json?trail_min=${TRAIL_MIN}&alt_km=${alt}&fov=0`;
  }

  /** Whether what belongs to an instant is here, or known not to be. @param {number} t */
  ready(t) {
    const grid = this.gridUrl(t);
    return (!grid || this.grids.has(grid)) && this.moments.has(this.momentUrl(t));
  }

  /** @param {Set<string>} changed */
  _follow(changed) {
    if (["t", "series", "vmin", "vmax", "rule"].some((key) => changed.has(key))) this.want();
  }

  /** Shows what is here and asks for the rest: what is on show first, then what comes next. */
  want() {
    const { t } = this.store.get();
    if (t === null || !this.index) return;
    const times = [t];
    const reach = this.playing ? AHEAD : 2;
    for (let step = 1; step <= reach; step += 1) times.push(t + this.way * step * this.stepMs);
    if (!this.playing) times.push(t - this.way * this.stepMs);
    if (this.grids.has(this.gridUrl())) this._tellGrid();
    if (this.moments.has(this.momentUrl())) this._tellMoment();
    this.grids.want(times.map((time) => this.gridUrl(time)).filter(Boolean));
    this.moments.want(times.map((time) => this.momentUrl(time)));
    this._tell("waiting", !this.ready(t));
    if (!this.series()) this._tell("grid", { bytes: null, info: this._info(null, this._noSeries()) });
  }

  _noSeries() {
    const wanted = this.store.get().series;
    return wanted ? `There is no series of grids ${wanted}.` : "This archive has no grids.";
  }

  _tellGrid() {
    const entry = this.grids.get(this.gridUrl());
    if (!entry) return;
    const { value, error } = entry;
    /** @type {Grid} */
    const grid = { bytes: value ? value.bytes : null, info: this._info(value && value.headers, error) };
    this._tell("grid", grid);
    this._tell("waiting", !this.ready(/** @type {number} */ (this.store.get().t)));
  }

  /** @param {Headers | null} headers @param {string} error @returns {GridInfo} */
  _info(headers, error) {
    const series = this.series();
    const told = (/** @type {string} */ name) => headers?.get(`X-Atlas-${name}`) || "";
    const [seeing, all] = told("Cameras").split("/").map(Number);
    const valid = Date.parse(told("Time"));
    return {
      series: series ? series.key : "",
      time: this.store.get().t ?? 0,
      validTime: Number.isFinite(valid) ? valid : null,
      provenance: told("Provenance") || (series ? series.provenance : ""),
      cameras: all >= 0 ? seeing : null,
      of: all >= 0 ? all : null,
      limits: this.limits(),
      error,
    };
  }

  _tellMoment() {
    const entry = this.moments.get(this.momentUrl());
    if (entry && entry.value) this._tell("moment", this._withRings(entry.value));
    if (!this.rings) this._rings();
    this._tell("waiting", !this.ready(/** @type {number} */ (this.store.get().t)));
  }

  /** @param {Moment} moment @returns {Moment} */
  _withRings(moment) {
    const { rings } = this;
    if (!rings) return moment;
    return { ...moment, sites: moment.sites.map((site) => ({ ...site, fov: rings.get(site.id) ?? null })) };
  }

  async _rings() {
    this.rings = new Map();
    try {
      const answer = await fetch(this.momentUrl().replace("&fov=0", "&fov=1"), { signal: this.abort.signal });
      /** @type {Moment | null} */
      const moment = answer.ok ? await readMoment(answer) : null;
      this.rings = new Map(moment ? moment.sites.map(({ id, fov }) => [id, fov]) : []);
    } catch {
      this.rings = null; // asked for again with the next moment
      return;
    }
    const last = this.last.get("moment");
    if (last) this._tell("moment", this._withRings(last));
  }
}

/** @param {Response} answer @returns {Promise<Moment>} */
const readMoment = (answer) => answer.json();

/** @param {Response} answer @returns {Promise<Bytes>} */
async function readGrid(answer) {
  return { bytes: new Uint8Array(await answer.arrayBuffer()), headers: answer.headers };
}

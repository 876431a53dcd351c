/* The map: Leaflet without tiles, with the layers of the store over land from the server. */
import { feature } from "topojson-client";
import { html } from "../keogram/dom.js";
import { compact } from "./clock.js";
import { tableBytes } from "./look.js";
import { pixelsOf } from "./mapcells.js";
import { press } from "./mapkeys.js";
import { leaflet } from "./mapleaflet.js";
import { MapScene } from "./mapscene.js";
import { metresPerPixel } from "./mapsheet.js";
import { makeTools } from "./maptools.js";
import { distanceOf, home, reachable, zoomOf } from "./mapview.js";
import { defaults } from "./state.js";
import { valueAt } from "./pick.js";

/** @import {Frames, Grid} from "./frames.js" */
/** @import {State, Store} from "./state.js" */
/** @import {Moment} from "../types/explorer.js" */

/** Playing, a picture a frame would never be there in time; the grid is. */
const REST_MS = 350;
const PICTURE_PX = [1024, 2048];
/** What a pixel of the plane must measure for the larger picture to show more. */
const FINE_M = 14_000;
export class MapView {
  /** @param {HTMLElement} element @param {Store} store @param {Frames} frames */
  constructor(element, store, frames) {
    this.element = element;
    this.store = store;
    this.frames = frames;
    this.abort = new AbortController();
    /** @type {(() => void)[]} */
    this.ends = [];
    /** @type {MapScene | null} */
    this.scene = null;
    /** @type {Grid | null} */
    this.grid = null;
    /** @type {Moment | null} */
    this.moment = null;
    /** @type {import("geojson").Feature | import("geojson").FeatureCollection | null} */
    this.land = null;
    this.table = { text: "", pixels: new Uint32Array(256) };
    this.timer = 0;
    this.rendered = 0;
    this.atHome = true; // a window of another size shows as much
    this.telling = false; // the store is told what the map did
    this.following = false; // the map does what the store says
    this.tools = makeTools({
      project: (crs) => this._project(crs),
      zoom: (way) => this._zoom(way),
      home: () => this._home(),
    });
    this.root = html("div.xm-map", {
      tabindex: 0, role: "application", "aria-roledescription": "map",
      "aria-label": "Map. Arrows move it, plus and minus zoom, Enter says what is in the middle.",
    }, html("span.xm-cross", { "aria-hidden": "true" }), this.tools.element);
    element.replaceChildren(this.root);
    this.ready = this._start();
  }

  dispose() {
    this.abort.abort();
    window.clearTimeout(this.timer);
    this.ends.forEach((end) => end());
    this.scene?.remove();
    this.scene = null;
    this.element.replaceChildren();
    ["crs", "grid", "moment", "picture", "rendered", "land"].forEach((name) => delete this.element.dataset[name]);
  }

  async _start() {
    try {
      this.leaflet = await leaflet();
    } catch (error) {
      console.warn("the map could not be loaded:", error);
      this.root.append(html("p.xm-notice", {}, "The map could not be loaded. Is the server running?"));
      return;
    }
    if (this.abort.signal.aborted) return;
    this._build(this.store.get());
    this._listen();
    await this._land();
  }

  _listen() {
    const { signal } = this.abort;
    const resizing = new ResizeObserver(() => this._resize());
    resizing.observe(this.root);
    this.root.addEventListener("keydown", (event) => this._key(event), { signal });
    this.root.addEventListener("pointerleave", () => this.frames.hover(null), { signal });
    this.ends.push(
      () => resizing.disconnect(),
      this.store.subscribe((state, changed) => this._follow(state, changed)),
      this.frames.on("index", () => this._paint()),
      this.frames.on("grid", (grid) => this._grid(grid)),
      this.frames.on("moment", (moment) => this._moment(moment)),
    );
  }

  /**
   * A map of the state's projection in place of the one there is.
   * @param {State} state
   * @param {boolean} [moved] whether to go where the state looks
   */
  _build(state, moved = chosen(state)) {
    const { crs, centre } = state;
    const before = this.scene;
    const L = /** @type {typeof import("leaflet")} */ (this.leaflet);
    const there = moved && reachable(crs, centre);
    this.atHome = !there;
    const look = (/** @type {{x: number, y: number}} */ size) =>
      there ? { lat: centre.lat, lon: centre.lon, zoom: zoomOf(crs, centre, size.y) } : home(crs, size);
    const scene = new MapScene(L, this.root, crs, look);
    this.scene = scene;
    scene.onPicture = (picture) => {
      this.element.dataset.picture = picture ? picture.url : "";
    };
    scene.map.on("moveend", () => this._tell());
    scene.map.on("zoomend", () => this._later());
    scene.marks.covers = () => this._covers();
    scene.map.on("click", ({ containerPoint }) => this._click(containerPoint));
    scene.map.on("mousemove", ({ containerPoint }) => this._hover(containerPoint));
    scene.fade(state.layers);
    scene.marks.show({ pick: state.pick });
    if (this.land) scene.layers.showLand(this.land);
    if (this.moment) scene.showMoment(this.moment);
    this.tools.mark(crs);
    this.element.dataset.crs = crs;
    this.element.dataset.picture = "";
    this._paint();
    before?.remove();
  }

  async _land() {
    const { coarse, fine } = this.frames.data.land;
    for (const url of [coarse, fine]) {
      try {
        const answer = await fetch(url, { signal: this.abort.signal });
        if (!answer.ok) throw new Error(`no land: ${answer.status}`);
        const world = await answer.json();
        this.land = feature(world, world.objects.land);
        if (this.abort.signal.aborted) return;
        this.scene?.layers.showLand(this.land);
        this.element.dataset.land = url === fine ? "fine" : "coarse";
      } catch (error) {
        if (!this.abort.signal.aborted) console.warn("without coasts:", error);
        return;
      }
    }
  }

  /** @param {State} state @param {Set<string>} changed */
  _follow(state, changed) {
    if (!this.scene) return;
    if (changed.has("crs")) this._build(state, changed.has("centre"));
    else if (changed.has("centre") && !this.telling) this._go(state);
    if (changed.has("layers")) this.scene.fade(state.layers);
    if (changed.has("pick")) this.scene.marks.show({ pick: state.pick });
    if (["cmap", "series", "layers"].some((key) => changed.has(key))) this._paint();
    if (["t", "series", "cmap", "vmin", "vmax", "rule", "layers"].some((key) => changed.has(key))) this._later();
  }

  /** @param {Grid} grid */
  _grid(grid) {
    if (this.grid?.bytes === grid.bytes && this.grid?.info.time === grid.info.time) return;
    this.grid = grid;
    this._paint();
  }

  /** Draws the grid at once; its picture follows when nothing more changes. */
  _paint() {
    const { scene, grid } = this;
    if (!scene) return;
    const { layers } = this.store.get();
    // A picture of another minute or in other colours goes before this one is asked for.
    if (scene.images.wanted !== this._pictureUrl()) scene.images.want("");
    scene.grid.show(layers.grid && grid ? grid.bytes : null, this._table());
    this.element.dataset.grid = grid?.bytes ? new Date(grid.info.time).toISOString() : "";
    this.rendered += 1;
    this.element.dataset.rendered = String(this.rendered);
    this._later();
  }

  /** The colours of the 256 bytes, as pixels. */
  _table() {
    const { tables } = this.frames.data;
    const name = this.store.get().cmap ?? this.frames.series()?.colour_map ?? "viridis";
    const table = tables[name] ?? Object.values(tables)[0];
    if (table !== this.table.text) this.table = { text: table, pixels: pixelsOf(tableBytes(table)) };
    return this.table.pixels;
  }

  _later() {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this._picture(), REST_MS);
  }

  _picture() {
    if (!this.scene || this.frames.playing) return;
    this.scene.images.want(this.grid?.bytes ? this._pictureUrl() : "");
  }

  /** Where the cameras' pictures are found in full resolution; "" where there are none. */
  _pictureUrl() {
    const { t, rule, cmap, vmin, vmax, layers } = this.store.get();
    const series = this.frames.series();
    if (!this.scene || !series?.array || t === null || !layers.grid) return "";
    const [low, high] = this.frames.limits();
    const size = PICTURE_PX[metresPerPixel(this.scene.map) / window.devicePixelRatio < FINE_M ? 1 : 0];
    const query = new URLSearchParams({ crs: this.scene.crs, size: String(size), rule });
    if (cmap) query.set("cmap", cmap);
    if (vmin !== null || vmax !== null) {
      query.set("vmin", String(low));
      query.set("vmax", String(high));
    }
    return `/media/mosaic/${series.key}/${compact(t)}?${query}`;
  }

  /** @param {Moment} moment */
  _moment(moment) {
    this.moment = moment;
    this.scene?.showMoment(moment);
    this.element.dataset.moment = moment.time;
  }

  _resize() {
    if (!this.scene) return;
    this._quietly(() => {
      this.scene?.map.invalidateSize({ animate: false });
      this.scene?.limit();
      if (this.atHome) this._home();
    });
  }

  /** @param {() => void} act what the store is not told of */
  _quietly(act) {
    this.following = true;
    act();
    this.following = false;
  }

  /** @param {State} state */
  _go({ centre }) {
    const { scene } = this;
    if (!scene || !reachable(scene.crs, centre)) return;
    const zoom = zoomOf(scene.crs, centre, scene.map.getSize().y);
    this._quietly(() => scene.map.setView([centre.lat, centre.lon], zoom, { animate: false }));
  }

  _tell() {
    if (this.following || !this.scene) return;
    this.atHome = false;
    const { map, crs } = this.scene;
    const { lat, lng } = map.getCenter();
    this.telling = true;
    this.store.set({ centre: { lat, lon: ((((lng + 180) % 360) + 360) % 360) - 180, distance: distanceOf(crs, lat, map.getZoom(), map.getSize().y) } });
    this.telling = false;
  }

  /** Another projection begins where it shows most. @param {import("./mapplane.js").CrsName} crs */
  _project(crs) {
    const size = this.scene?.map.getSize() ?? { x: 1, y: 1 };
    const { lat, lon, zoom } = home(crs, size);
    this.store.set({ crs, centre: { lat, lon, distance: distanceOf(crs, lat, zoom, size.y) } }, { push: true });
    this.atHome = true;
  }

  /** @param {1 | -1} way */
  _zoom(way) {
    const { map } = this.scene ?? {};
    map?.setZoom(map.getZoom() + 0.5 * way);
  }

  _home() {
    if (!this.scene) return;
    const { lat, lon, zoom } = home(this.scene.crs, this.scene.map.getSize());
    this.scene.map.setView([lat, lon], zoom, { animate: false });
    this.atHome = true;
  }

  /** What stands over the map, where no label would be read. */
  _covers() {
    const stages = this.element.parentElement ?? this.element;
    return [this.tools.element, ...stages.querySelectorAll(".ex-legend")].map((element) => element.getBoundingClientRect());
  }

  /** What is at a point of the map. @param {{x: number, y: number}} point */
  _at({ x, y }) {
    if (!this.scene || !this.leaflet) return null;
    const mark = this.scene.marks.under({ x, y });
    const place = this.scene.placeAt(this.leaflet.point(x, y));
    return { mark, place };
  }

  /** @param {{x: number, y: number}} point */
  _click(point) {
    const found = this._at(point);
    if (!found) return;
    const { mark, place } = found;
    const pick = mark ? { kind: /** @type {const} */ ("source"), id: mark.id } : place && { kind: /** @type {const} */ ("place"), ...place };
    this.store.set({ pick }, { push: true });
  }

  /** @param {{x: number, y: number}} point */
  _hover(point) {
    const found = this._at(point);
    const { mark = null, place = null } = found ?? {};
    this.root.classList.toggle("xm-over-mark", Boolean(mark));
    this.frames.hover(place && { ...place, value: valueAt(this.grid, place.lat, place.lon), name: mark ? mark.name : "" });
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    const { scene } = this;
    if (!scene || event.target !== this.root) return;
    const middle = scene.map.getSize().divideBy(2);
    const known = press(event, {
      pan: (x, y) => scene.map.panBy([x, y], { animate: false }),
      zoom: (way) => this._zoom(way),
      home: () => this._home(),
      pick: () => this._click(middle),
    });
    if (known) this._hover(middle);
  }
}

/** Whether somebody has chosen where to look. @param {State} state */
const chosen = ({ centre }) => JSON.stringify(centre) !== JSON.stringify(defaults().centre);

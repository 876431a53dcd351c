/* The globe: camera, drawing when something has changed, and what the mouse does on it. */
import * as THREE from "three";
import { loadLand } from "./coast.js";
import { pen } from "../keogram/dom.js";
import { placeText } from "./card.js";
import { Eye } from "./eye.js";
import { Labels } from "./labels.js";
import { point } from "./lines.js";
import { lookOf, onScheme, tableBytes } from "./look.js";
import { Overlays } from "./overlays.js";
import { Pace } from "./pace.js";
import { nearest, valueAt } from "./pick.js";
import { Screen } from "./screen.js";
import { Sphere } from "./sphere.js";

/** @import {Frames, Grid} from "./frames.js" */
/** @import {State, Store} from "./state.js" */
/** @import {Moment} from "../types/explorer.js" */

const MOST_PIXELS = 2; // of the screen to one of the page
const CLICK_PX = 5;
const REST_MS = 200;
const NIGHT = 0.62; // how much of the night side's colour lies over land and sea

/** The browser has no WebGL 2. */
export class NoWebGL extends Error {
  /** @override */
  name = "NoWebGL";
}

/** A canvas that the processor draws on: what is drawn here is handed to the globe at once. */
function drawing() {
  const canvas = document.createElement("canvas");
  canvas.getContext("2d", { willReadFrequently: true });
  return canvas;
}

function makeRenderer() {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("webgl2", { antialias: false, depth: false, alpha: false });
  if (!context) throw new NoWebGL("This browser does not offer WebGL 2.");
  const renderer = new THREE.WebGLRenderer({ canvas, context });
  renderer.autoClear = false; // every pixel is drawn
  canvas.tabIndex = 0;
  canvas.className = "ex-canvas";
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", "globe");
  return { canvas, renderer };
}

export class GlobeView {
  /** @param {HTMLElement} element @param {Store} store @param {Frames} frames */
  constructor(element, store, frames) {
    this.element = element;
    this.store = store;
    this.frames = frames;
    this.abort = new AbortController();
    this.gone = false;
    this.rendered = 0;
    this.request = 0;
    this.painted = "";
    this.ratio = 1;
    this.pace = new Pace();
    this.renderedAt = 0;
    this.turnedAt = -Infinity;
    this.resting = 0;
    /** @type {Grid | null} */
    this.grid = null;
    /** @type {Moment | null} */
    this.moment = null;
    const { canvas, renderer } = makeRenderer();
    this.canvas = canvas;
    this.renderer = renderer;
    // What keeps its place is drawn seldom, and what moves over a copy of it.
    this.kept = drawing();
    this.over = drawing();
    element.replaceChildren(canvas);
    this.labels = new Labels();
    this.screen = new Screen();
    this.sphere = new Sphere();
    this.overlays = new Overlays();
    this.turned = true; // the eye has moved since the last drawing
    this.changed = true; // what moves has
    this.look = lookOf(element);
    this.eye = new Eye(canvas, store, () => {
      this.turned = true;
      this.draw();
    });
    this._pointer();
    this.ends = [
      onScheme(() => this._recolour()),
      store.subscribe((state, changed) => this._follow(state, changed)),
      frames.on("index", () => this._table()),
      frames.on("grid", (grid) => this._grid(grid)),
      frames.on("moment", (moment) => this._moment(moment)),
      frames.on("waiting", () => this._rested()),
    ];
    this.resizing = new ResizeObserver(() => this._size());
    this.resizing.observe(element);
    this._size();
    this._recolour();
    this._land();
  }

  dispose() {
    this.gone = true;
    this.abort.abort();
    cancelAnimationFrame(this.request);
    window.clearTimeout(this.resting);
    this.ends.forEach((end) => end());
    this.resizing.disconnect();
    this.eye.dispose();
    this.sphere.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
    this.element.replaceChildren();
  }

  _size() {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!width || !height) return;
    const ratio = this.pace.share * Math.min(window.devicePixelRatio || 1, MOST_PIXELS);
    this.renderer.setPixelRatio(ratio);
    this.renderer.setSize(width, height, false);
    this.ratio = ratio;
    [this.kept, this.over].forEach((canvas) => {
      canvas.width = this.canvas.width;
      canvas.height = this.canvas.height;
    });
    this.sphere.size(this.canvas.width, this.canvas.height);
    this.labels.size(width, height);
    this.turned = true;
    this.eye.size(width, height);
    this.draw();
  }

  _recolour() {
    this.look = lookOf(this.element);
    const { back, sea, land, dark } = this.look;
    const { uniforms } = this.sphere;
    uniforms.back.value.set(...back);
    uniforms.sea.value.set(...sea);
    uniforms.land.value.set(...land);
    uniforms.dark.value.set(...dark);
    this._layers();
  }

  _layers() {
    const state = this.store.get();
    const { uniforms } = this.sphere;
    uniforms.opacity.value = state.layers.grid ?? 0;
    this._night();
    this.sphere.smooth(state.smooth);
    this._show();
    this.overlays.stale = true;
    this._table();
    this.draw();
  }

  _table() {
    const { cmap } = this.store.get();
    const { tables } = this.frames.data;
    const name = cmap ?? this.frames.series()?.colour_map ?? "viridis";
    const table = tables[name] ?? Object.values(tables)[0];
    if (!table || table === this.painted) return;
    this.painted = table;
    this.sphere.paint(tableBytes(table));
    this.draw();
  }

  /** @param {State} state @param {Set<string>} changed */
  _follow(state, changed) {
    if (changed.has("centre")) {
      this.eye.aim(state);
      this.turned = true;
      this.draw();
    }
    if (changed.has("series")) this._show();
    if (["layers", "cmap", "smooth", "pick", "series"].some((key) => changed.has(key))) this._layers();
  }

  /** @param {Grid} grid */
  _grid(grid) {
    if (this.grid?.bytes === grid.bytes && grid.bytes) return;
    this.grid = grid;
    this.sphere.show(grid.bytes);
    this.element.dataset.grid = grid.bytes ? new Date(grid.info.time).toISOString() : "";
    this.draw();
  }

  /** Draws coarser while it plays and cannot keep up, and sharp again when the clock stands. */
  _paced() {
    const now = performance.now();
    const { playing, everyMs } = this.frames;
    const other = playing ? this.pace.count(now - this.renderedAt, everyMs) : this.pace.reset();
    this.renderedAt = now;
    if (other) this._size();
  }

  /** Playing has ended: what was drawn coarser is drawn again, whether or not something is new. */
  _rested() {
    if (!this.frames.playing && this.pace.share < 1) this.draw();
  }

  /** What people hear of the globe; not while it plays, when it would never end. */
  _label() {
    if (this.frames.playing) return;
    const { lat, lon } = this.eye.centre();
    const series = this.frames.series();
    const { t } = this.store.get();
    const time = t === null ? "" : `${new Date(t).toISOString().slice(0, 16).replace("T", " ")} UTC`;
    this.canvas.setAttribute("aria-label",
      `Globe over ${placeText(lat, lon)}. ${series ? series.title : "No grid"}, ${time}. Arrows turn it, plus and minus zoom, Enter says what is in the middle.`);
  }

  /** @param {Moment} moment */
  _moment(moment) {
    this.moment = moment;
    this._show();
    this._night();
    this.element.dataset.moment = moment.time;
    this.draw();
  }

  _night() {
    const strength = this.moment ? (this.store.get().layers.terminator ?? 0) : 0;
    this.sphere.uniforms.night.value = NIGHT * strength;
    if (this.moment && strength) this.sphere.lit(point(this.moment.sun.lat, this.moment.sun.lon));
  }

  _show() {
    const state = this.store.get();
    const moved = this.overlays.moving;
    if (this.moment) this.overlays.show(this.moment, state, this.look, this.frames.series()?.array ?? null);
    else this.overlays.mark(state, this.look);
    this.changed = this.changed || moved || this.overlays.moving;
  }

  async _land() {
    const { coarse, fine } = this.frames.data.land;
    for (const url of [coarse, fine]) {
      try {
        const { ground, coast } = await loadLand(url, this.abort.signal);
        if (this.gone) return;
        this.sphere.groundOf(ground);
        this.overlays.shore(coast);
        this.draw();
      } catch (error) {
        if (!this.gone) console.warn("no land:", error);
        return;
      }
    }
    this.element.dataset.land = "fine";
  }

  /** Asks for a drawing with the next picture of the screen. */
  draw() {
    if (this.request || this.gone) return;
    this.request = requestAnimationFrame(() => {
      this.request = 0;
      this.render();
    });
  }

  render() {
    this._paced();
    if (this.turned) this.screen.aim(this.eye.camera, this.eye.width, this.eye.height);
    if (this.turned) this.sphere.stale = true;
    const stale = this.turned || this.overlays.stale;
    if (stale) this._keep();
    if (stale || this.changed) this._over();
    this.turned = false;
    this.changed = false;
    this.sphere.draw(this.renderer, this.eye.camera);
    this.rendered += 1;
    this.element.dataset.rendered = String(this.rendered);
    this._label();
  }

  /** @param {HTMLCanvasElement} canvas */
  _cleared(canvas) {
    const context = pen(canvas);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.scale(this.ratio, this.ratio);
    context.lineJoin = "round";
    return context;
  }

  /* The fine coast takes its time: it is drawn when the globe rests. */
  _keep() {
    const quick = this.turned && performance.now() - this.turnedAt < REST_MS;
    if (this.turned) this.turnedAt = performance.now();
    this.overlays.drawKept(this._cleared(this.kept), this.screen, this.store.get().layers, this.look, quick);
    if (!quick) return;
    window.clearTimeout(this.resting);
    this.resting = window.setTimeout(() => this.draw(), REST_MS);
  }

  _over() {
    const context = this._cleared(this.over);
    const { layers, pick } = this.store.get();
    context.drawImage(this.kept, 0, 0, this.eye.width, this.eye.height);
    this.overlays.drawMoving(context, this.screen, layers, this.look);
    this.labels.draw(context, this.seen(), this.look, pick?.kind === "source" ? pick.id : null);
    this.sphere.over(this.over);
  }

  /** What is marked and in view, with its place in pixels. */
  seen() {
    return this.overlays.things.flatMap((thing) => {
      const pixel = this.eye.pixel(thing.at);
      return pixel ? [{ ...thing, ...pixel }] : [];
    });
  }

  _pointer() {
    const { canvas } = this;
    const { signal } = this.abort;
    /** @type {[number, number]} */
    let pressed = [0, 0];
    canvas.addEventListener("pointerdown", (event) => {
      pressed = [event.clientX, event.clientY];
    }, { signal });
    canvas.addEventListener("pointerup", (event) => {
      const still = Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]) < CLICK_PX;
      if (still && event.button === 0) this._click(event.offsetX, event.offsetY);
    }, { signal });
    canvas.addEventListener("pointermove", (event) => {
      if (!event.buttons) this._hover(event.offsetX, event.offsetY);
    }, { signal });
    // The keys stay with the clock unless somebody comes here by the Tab key.
    canvas.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
    canvas.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this._click(this.eye.width / 2, this.eye.height / 2);
    }, { signal });
    canvas.addEventListener("pointerleave", () => this.frames.hover(null), { signal });
  }

  /** @param {number} x @param {number} y */
  _click(x, y) {
    const thing = nearest(this.seen(), x, y);
    const found = this.eye.placeAt(x, y);
    const pick = thing ? { kind: /** @type {const} */ ("source"), id: thing.id } : found && { kind: /** @type {const} */ ("place"), ...found };
    this.store.set({ pick }, { push: true });
  }

  /** @param {number} x @param {number} y */
  _hover(x, y) {
    const thing = nearest(this.seen(), x, y);
    const found = this.eye.placeAt(x, y);
    this.canvas.style.cursor = thing ? "pointer" : "";
    this.frames.hover(found && { ...found, value: valueAt(this.grid, found.lat, found.lon), name: thing ? thing.name : "" });
  }

  /** The picture as it is seen, labels too. @returns {HTMLCanvasElement} */
  picture() {
    const canvas = document.createElement("canvas");
    canvas.width = this.canvas.width;
    canvas.height = this.canvas.height;
    const context = canvas.getContext("2d");
    if (!context) return canvas;
    if (this.pace.reset()) this._size();
    this.render(); // what is drawn is gone after the browser has shown it
    context.drawImage(this.canvas, 0, 0);
    return canvas;
  }
}

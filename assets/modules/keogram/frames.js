/* The frame under the cursor, as the camera saw it and on the map, and those around it. */
import { compact } from "./clock.js";
import { html, icon, throttled } from "./dom.js";
import { Fisheye } from "./fisheye.js";
import { SkyMap } from "./map.js";
import { Pictures } from "./pictures.js";
import { styleQuery } from "./look.js";
/** @import {Entry, FrameFacts, Look, NightFacts, Pair, Shown, SkymapFacts} from "../types/keogram.js" */
/** @import {Keogram} from "./data.js" */

/**
 * @typedef {object} Host
 * @property {() => Look} look
 * @property {() => Pair | null} limits
 * @property {(part: Partial<Look>) => void} change
 * @property {() => void} lost the server does not answer
 */

/** @typedef {{panel: Fisheye | SkyMap, loader: Pictures}} Side a picture and where it comes from */

const AHEAD = 8;
const AROUND = 3;
const WAIT_MS = 60;
const SIZE = 512;
const LOWEST_ELEVATION_DEG = 5;

export class Frames {
  /** @param {NightFacts} night @param {Host} host */
  constructor(night, host) {
    this.night = night;
    this.host = host;
    this.gone = false;
    this.playing = false;
    this.alone = false;
    this.pixel = 0;
    /** @type {number[]} */
    this.times = [];
    /** @type {Keogram | null} */
    this.data = null;
    /** @type {string | null} */
    this.geometryOf = null;
    this.mirror = html("button.btn.btn--small.btn--bare.kgs-mirror", { type: "button", onclick: () => this._mirror() });
    this.sky = new Fisheye(this.mirror);
    this.map = night.site ? new SkyMap(night.site, night.urls.land) : null;
    this.sides = [this.sky, ...(this.map ? [this.map] : [])].map((panel) => this._side(panel));
    /** @type {Side[]} those that can have a picture */
    this.active = [];
    this.elements = this.sides.map(({ panel }) => panel.element);
    this.facts = html("dl.kgs-facts");
    this.ask = throttled(() => this._want(), WAIT_MS);
    this._label();
  }

  /**
   * @param {Fisheye | SkyMap} panel
   * @returns {Side}
   */
  _side(panel) {
    const loader = new Pictures((ms) => this._address(panel, ms), (entry) => this._shown(panel, entry));
    return { panel, loader };
  }

  dispose() {
    this.gone = true;
    this.sides.forEach(({ loader }) => loader.clear());
  }

  /** @param {string} words */
  none(words) {
    this.data = null;
    this.sides.forEach(({ panel, loader }) => {
      loader.stop();
      panel.reset(words);
    });
  }

  /** @param {Keogram} keogram */
  keogram(keogram) {
    this.data = keogram;
    this.geometryOf = null;
    // Without a skymap nothing can be mapped, and the server would say so of each frame.
    this.active = keogram.hasFrames ? this.sides.filter(({ panel }) => panel === this.sky || !keogram.refused) : [];
    if (!keogram.hasFrames) this.sky.reset(keogram.refused);
    if (!this.map) return;
    this.map.draw(keogram);
    if (keogram.refused) this.map.reset(`No map of the frame: ${keogram.refused}`);
  }

  restyle() {
    this._label();
  }

  /**
   * The cursor is at a column; the pictures around it are fetched as well.
   * @param {number} column
   * @param {number} pixel
   * @param {number} way
   * @param {boolean} playing
   */
  at(column, pixel, way, playing) {
    this.playing = playing;
    const ahead = playing ? AHEAD : AROUND;
    const near = [column];
    for (let step = 1; step <= ahead; step += 1) {
      near.push(column + way * step);
      if (!playing) near.push(column - way * step);
    }
    this._go(near, pixel);
  }

  /** The pointer is over a column: its picture alone. @param {number} column @param {number} pixel */
  glance(column, pixel) {
    this._go([column], pixel);
  }

  /** @param {number} column */
  ready(column) {
    if (!this.data) return true;
    const ms = this.data.times[column];
    return this.active.every(({ loader }) => loader.has(ms));
  }

  /** @param {number[]} columns @param {number} pixel */
  _go(columns, pixel) {
    if (!this.data) return;
    const { columns: count, pixels, times } = this.data;
    this.pixel = pixel;
    this.times = columns.filter((column) => column >= 0 && column < count).map((column) => times[column]);
    this.active.forEach(({ panel, loader }) => {
      panel.point(pixel, pixels);
      if (!loader.has(this.times[0])) panel.wait();
    });
    this.ask();
  }

  _want() {
    if (this.gone || !this.data || !this.times.length) return;
    // A still picture comes first in both panels: neighbours would take the server's time from it.
    const first = this.times.slice(0, 1);
    this.alone = !this.playing && !this.active.every(({ loader }) => loader.has(first[0]));
    this.active.forEach(({ loader }) => loader.want(this.alone ? first : this.times));
  }

  /** @param {Fisheye | SkyMap} panel @param {number} ms */
  _address(panel, ms) {
    const look = this.host.look();
    const { urls, site } = this.night;
    const query = new URLSearchParams({ size: String(SIZE), ...styleQuery(look, this.host.limits()) });
    if (look.forced) query.set("accept_skymap", "1");
    if (panel === this.sky || !site) {
      query.set("view", look.view);
      return `${urls.frame}${compact(ms)}.webp?${query}`;
    }
    query.set("min_elevation_deg", String(LOWEST_ELEVATION_DEG));
    query.set("radius_km", String(site.radius_km));
    query.set("alt_km", String(this._altitude()));
    return `${urls.map}${compact(ms)}.webp?${query}`;
  }

  /** Where the light is taken to come from, km. */
  _altitude() {
    return (this.data && this.data.axes.alt_km) || this.night.array.alt_km;
  }

  /** @param {Fisheye | SkyMap} panel @param {Entry} entry */
  _shown(panel, entry) {
    if (this.gone) return;
    panel.show(entry);
    if (!entry.bitmap && entry.passing) this.host.lost();
    else if (this.alone && this.active.every(({ loader }) => loader.has(this.times[0]))) this.ask();
    if (panel === this.sky && entry.bitmap) this._geometry(entry);
  }

  /** The lines over the fisheye hold for the night: fetched with the first frame that is there. @param {Shown} entry */
  async _geometry(entry) {
    const look = this.host.look();
    const wanted = `${look.slice} ${look.view} ${look.forced}`;
    if (this.geometryOf === wanted || entry.time === null) return;
    this.geometryOf = wanted;
    const query = new URLSearchParams({ view: look.view, size: String(SIZE) });
    if (look.forced) query.set("accept_skymap", "1");
    try {
      const answer = await fetch(`${this.night.urls.frame}${compact(entry.time)}.json?${query}`);
      if (!answer.ok || this.geometryOf !== wanted) return;
      const told = await answer.json();
      if (this.geometryOf === wanted) this._lines(told, look);
    } catch {
      this.geometryOf = null;
    }
  }

  /** @param {FrameFacts} told @param {Look} look */
  _lines(told, look) {
    if (!this.data) return;
    this.sky.draw(told.geometry, look.slice);
    this.sky.standing(skymapMarks(told.skymap));
    this.sky.point(this.pixel, this.data.pixels);
    this._facts(told, this.data);
  }

  /** @param {FrameFacts} told @param {Keogram} keogram */
  _facts(told, keogram) {
    const { skymap } = told;
    const exposure = [told.exposure_s].flat()[0];
    const rows = [
      ["Exposure", exposure ? `${Number(exposure.toFixed(3))} s` : ""],
      ["Skymap", skymap ? skymap.source || skymap.kind : "none of this time"],
      ["Skymap valid", skymap ? validity(skymap) : ""],
      ["Mapped to", skymap ? `${this._altitude()} km` : ""],
      ["Keogram", `${keogram.columns} columns of ${keogram.pixels} pixels, one in ${keogram.cadenceMs / 1000} s`],
    ];
    this.facts.replaceChildren(...rows.filter(([, value]) => value).flatMap(([name, value]) => [html("dt", {}, name), html("dd", {}, value)]));
  }

  _mirror() {
    this.host.change({ view: this.host.look().view === "sky" ? "map" : "sky" });
  }

  _label() {
    const sky = this.host.look().view === "sky";
    this.mirror.replaceChildren(icon("flip-horizontal-2"), sky ? "East left" : "East right");
    this.mirror.title = sky ? "As one looks up; turn it as a map is" : "As a map is; turn it as one looks up";
  }
}

/** @param {SkymapFacts} skymap */
function validity({ valid_from: from, valid_to: to }) {
  return from ? `${from.slice(0, 10)} to ${(to || "").slice(0, 10) || "further notice"}` : "";
}

/** The lines over the frame are as good as the skymap that they come from. @param {SkymapFacts | null} skymap */
function skymapMarks(skymap) {
  if (!skymap) return [];
  return [...(skymap.approximate ? ["approximate-skymap"] : []), ...(skymap.forced ? ["forced-skymap"] : [])];
}

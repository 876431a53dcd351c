/* The frame under the cursor, as the camera saw it and on the map, and those around it. */
import { compact } from "./clock.js";
import { html, icon, throttled } from "./dom.js";
import { Fisheye } from "./fisheye.js";
import { SkyMap } from "./map.js";
import { Pictures } from "./pictures.js";
import { styleQuery } from "./look.js";

const AHEAD = 8;
const AROUND = 3;
const WAIT_MS = 60;
const SIZE = 512;
const LOWEST_ELEVATION_DEG = 5;

export class Frames {
  /* host: look(), limits(), change(part), lost() when the server does not answer */
  constructor(night, host) {
    Object.assign(this, { night, host });
    this.mirror = html("button.btn.btn--small.btn--bare.kgs-mirror", { type: "button", onclick: () => this._mirror() });
    this.sky = new Fisheye(this.mirror);
    this.map = night.site ? new SkyMap(night.site, night.urls) : null;
    this.panels = [this.sky, ...(this.map ? [this.map] : [])];
    this.loaders = this.panels.map((panel) => new Pictures((ms) => this._address(panel, ms), (entry) => this._shown(panel, entry)));
    this.elements = this.panels.map((panel) => panel.element);
    this.facts = html("dl.kgs-facts");
    this.ask = throttled(() => this._want(), WAIT_MS);
    this._label();
  }

  dispose() {
    this.gone = true;
    this.loaders.forEach((loader) => loader.clear());
  }

  none(words) {
    this.data = null;
    this.loaders.forEach((loader) => loader.stop());
    this.panels.forEach((panel) => panel.reset(words));
  }

  keogram(keogram) {
    this.data = keogram;
    this.geometryOf = null;
    // Without a skymap nothing can be mapped, and the server would say so of each frame.
    this.mapped = keogram.hasFrames ? this.panels.filter((panel) => panel === this.sky || !keogram.refused) : [];
    if (!keogram.hasFrames) this.sky.reset(keogram.refused);
    if (!this.map) return;
    this.map.draw(keogram);
    if (keogram.refused) this.map.reset(`No map of the frame: ${keogram.refused}`);
  }

  restyle() {
    this._label();
  }

  /* The cursor is at a column; the pictures around it are fetched as well. */
  at(column, pixel, way, playing) {
    this.current = column;
    this.playing = playing;
    const ahead = playing ? AHEAD : AROUND;
    const near = [column];
    for (let step = 1; step <= ahead; step += 1) {
      near.push(column + way * step);
      if (!playing) near.push(column - way * step);
    }
    this._go(near, pixel);
  }

  /* The pointer is over a column: its picture alone. */
  glance(column, pixel) {
    this._go([column], pixel);
  }

  ready(column) {
    const ms = this.data.times[column];
    return this._active().every(([, loader]) => loader.has(ms));
  }

  _go(columns, pixel) {
    if (!this.data) return;
    this.pixel = pixel;
    this.times = columns.filter((column) => column >= 0 && column < this.data.columns).map((column) => this.data.times[column]);
    this._active().forEach(([panel, loader]) => {
      panel.point(pixel, this.data.pixels);
      if (!loader.has(this.times[0])) panel.wait();
    });
    this.ask();
  }

  _active() {
    return this.panels.map((panel, place) => [panel, this.loaders[place]]).filter(([panel]) => this.mapped.includes(panel));
  }

  _want() {
    if (this.gone || !this.data || !this.times) return;
    const active = this._active();
    // A still picture comes first in both panels: neighbours would take the server's time from it.
    const first = this.times.slice(0, 1);
    this.alone = !this.playing && !active.every(([, loader]) => loader.has(first[0]));
    active.forEach(([, loader]) => loader.want(this.alone ? first : this.times));
  }

  _address(panel, ms) {
    const look = this.host.look();
    const { urls } = this.night;
    const query = new URLSearchParams({ size: SIZE, ...styleQuery(look, this.host.limits()) });
    if (look.forced) query.set("accept_skymap", "1");
    if (panel === this.sky) {
      query.set("view", look.view);
      return `${urls.frame}${compact(ms)}.webp?${query}`;
    }
    query.set("min_elevation_deg", LOWEST_ELEVATION_DEG);
    query.set("radius_km", this.night.site.radius_km);
    query.set("alt_km", (this.data.axes.alt_km || this.night.array.alt_km));
    return `${urls.map}${compact(ms)}.webp?${query}`;
  }

  _shown(panel, entry) {
    if (this.gone) return;
    panel.show(entry);
    if (entry.passing) this.host.lost();
    else if (this.alone && this._active().every(([, loader]) => loader.has(this.times[0]))) this.ask();
    if (panel === this.sky && !entry.error) this._geometry(entry);
  }

  /* The lines over the fisheye hold for the night: fetched with the first frame that is there. */
  async _geometry(entry) {
    const look = this.host.look();
    const wanted = `${look.slice} ${look.view} ${look.forced}`;
    if (this.geometryOf === wanted || entry.time === null) return;
    this.geometryOf = wanted;
    const query = new URLSearchParams({ view: look.view, size: SIZE });
    if (look.forced) query.set("accept_skymap", "1");
    try {
      const answer = await fetch(`${this.night.urls.frame}${compact(entry.time)}.json?${query}`);
      if (!answer.ok || this.geometryOf !== wanted) return;
      const told = await answer.json();
      this.sky.draw(told.geometry, look.slice);
      this.sky.standing(skymapMarks(told.skymap));
      this.sky.point(this.pixel, this.data.pixels);
      this._facts(told);
    } catch {
      this.geometryOf = null;
    }
  }

  _facts(told) {
    const { skymap } = told;
    const exposure = [told.exposure_s].flat()[0];
    const rows = [
      ["Exposure", exposure ? `${Number(exposure.toFixed(3))} s` : ""],
      ["Skymap", skymap ? skymap.source || skymap.kind : "none of this time"],
      ["Skymap valid", skymap && skymap.valid_from ? `${skymap.valid_from.slice(0, 10)} to ${(skymap.valid_to || "").slice(0, 10) || "further notice"}` : ""],
      ["Mapped to", !skymap ? "" : `${this.data.axes.alt_km || this.night.array.alt_km} km`],
      ["Keogram", `${this.data.columns} columns of ${this.data.pixels} pixels, one in ${this.data.cadenceMs / 1000} s`],
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

/* The lines over the frame are as good as the skymap that they come from. */
function skymapMarks(skymap) {
  if (!skymap) return [];
  return [...(skymap.approximate ? ["approximate-skymap"] : []), ...(skymap.forced ? ["forced-skymap"] : [])];
}

/* Lines over and under the pictures: land, coasts, night, terminators, magnetic latitudes, fields
 * of view, trails. They are drawn once in kilometres of the plane; moving and zooming only changes
 * which part of it is seen. */
import { svg } from "../keogram/dom.js";
import { UNIT_M, graticule, outlines, pen } from "./mapland.js";
import { linesOf, nightOf, trailsOf } from "./mapmoment.js";
import { Sheet } from "./mapsheet.js";

/**
 * @import {Moment, Site} from "../types/explorer.js"
 * @typedef {import("./mapplane.js").CrsName} CrsName
 * @typedef {import("leaflet").Map} LeafletMap
 * @typedef {{base: HTMLElement, coasts: HTMLElement, lines: HTMLElement}} Panes
 */

const LINES = ["fov", "maglat", "terminator", "footprints", "spacecraft"];

/** A drawing of the plane, seen through the map. */
class Drawing {
  /** @param {LeafletMap} map @param {HTMLElement} pane @param {string} name */
  constructor(map, pane, name) {
    this.svg = svg(`svg.xm-drawing.xm-${name}`, { "aria-hidden": "true", focusable: "false" });
    this.sheet = new Sheet(map, pane, this.svg, ({ left, top, step, width, height }) => {
      const box = [left, -top, width * step, height * step].map((metres) => metres / UNIT_M);
      this.svg.setAttribute("viewBox", box.join(" "));
    });
  }

  /** @param {string} name @param {Record<string, string>} [attributes] */
  path(name, attributes = {}) {
    const path = svg(`path.xm-${name}`, attributes);
    this.svg.append(path);
    return path;
  }

  remove() {
    this.sheet.remove();
  }
}

export class MapLayers {
  /** @param {LeafletMap} map @param {Panes} panes @param {CrsName} crs */
  constructor(map, panes, crs) {
    this.pen = pen(crs);
    this.base = new Drawing(map, panes.base, "base");
    this.base.path("sea", { d: this.pen({ type: "Sphere" }) });
    this.land = this.base.path("land");
    this.base.path("graticule", { d: this.pen(graticule()) });
    this.twilight = this.base.path("night");
    this.night = this.base.path("night");
    this.coasts = new Drawing(map, panes.coasts, "coasts");
    this.halo = this.coasts.path("coast-halo");
    this.coast = this.coasts.path("coast");
    this.lines = new Drawing(map, panes.lines, "lines");
    /** @type {Map<string, SVGPathElement[]>} */
    this.paths = new Map();
    LINES.forEach((name) => this.paths.set(name, [this.lines.path(`${name}-halo`), this.lines.path(name)]));
    this.high = this.lines.path("terminator-high");
    /** @type {Map<string, string>} */
    this.rings = new Map();
  }

  /** @param {import("geojson").FeatureCollection | import("geojson").Feature} shape */
  showLand(shape) {
    this.land.setAttribute("d", this.pen(shape));
    const coast = this.pen(outlines(shape));
    [this.halo, this.coast].forEach((path) => path.setAttribute("d", coast));
  }

  /** @param {Record<string, number>} opacities by layer; a layer that is off is absent */
  fade(opacities) {
    const set = (/** @type {SVGElement} */ element, /** @type {string} */ name) => {
      element.style.display = opacities[name] ? "" : "none";
      element.style.opacity = String(opacities[name] ?? 0);
    };
    this.paths.forEach((paths, name) => paths.forEach((path) => set(path, name)));
    [this.twilight, this.night, this.high].forEach((path) => set(path, "terminator"));
    [this.coasts.svg, this.land].forEach((element) => set(element, "coast"));
    this.opacities = opacities;
    if (this.moment) this.show(this.moment);
  }

  /** @param {Moment} moment */
  show(moment) {
    this.moment = moment;
    const { terminators, magnetic, spacecraft, sites, sun } = moment;
    /** @type {Record<string, () => string>} */
    const made = {
      fov: () => this._fields(sites),
      maglat: () => this.pen(linesOf((magnetic?.lines ?? []).map(({ latlon }) => latlon))),
      terminator: () => this.pen(linesOf(terminators.slice(0, 1).map(({ latlon }) => latlon))),
      footprints: () => this.pen(trailsOf(spacecraft.flatMap(({ north, south }) => [north, south]))),
      spacecraft: () => this.pen(trailsOf(spacecraft)),
    };
    LINES.forEach((name) => {
      if (this.opacities?.[name]) this._set(name, made[name]());
    });
    if (!this.opacities?.terminator) return;
    [this.twilight, this.night].forEach((path, at) => {
      path.setAttribute("d", terminators[at] ? this.pen(nightOf(terminators[at].latlon, sun)) : "");
    });
    this.high.setAttribute("d", terminators[1] ? this.pen(linesOf([terminators[1].latlon])) : "");
  }

  /** @param {string} name @param {string} d */
  _set(name, d) {
    (this.paths.get(name) ?? []).forEach((path) => path.getAttribute("d") !== d && path.setAttribute("d", d));
  }

  /** Rings change seldom: each is drawn once. @param {Site[]} sites */
  _fields(sites) {
    return sites.filter(({ operating, fov }) => operating && fov).map(({ id, fov, fov_alt_km }) => {
      const ring = /** @type {number[]} */ (fov);
      const key = `${id} ${fov_alt_km} ${ring[0]} ${ring[1]}`;
      const known = this.rings.get(key) ?? this.pen(linesOf([ring]));
      this.rings.set(key, known);
      return known;
    }).join("");
  }

  remove() {
    [this.base, this.coasts, this.lines].forEach((drawing) => drawing.remove());
  }
}

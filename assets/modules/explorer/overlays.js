/* What lies over the sphere: coast, terminator, magnetic latitudes, sites with fields of view,
 * spacecraft with trails at height, footprints. */
import * as THREE from "three";
import { point, segments } from "./lines.js";
import { Marks, Stroke } from "./stroke.js";

/** @import {Moment, Site, Spacecraft, Stretch} from "../types/explorer.js" */

const EARTH_KM = 6371.2;
const OVER = 1.003; // over the sphere, so that lines on it are not cut by its facets

/** @param {number | null | undefined} alt_km */
const radiusOf = (alt_km) => Math.max(OVER, 1 + (alt_km ?? 0) / EARTH_KM);

/**
 * What can be pointed at or is named: `layer` says with what it is shown.
 * @typedef {Object} Thing
 * @property {"site" | "spacecraft" | "footprint"} kind
 * @property {number} id of the source
 * @property {string} name
 * @property {[number, number, number]} at in Earth radii
 * @property {boolean} on operating; spacecraft always
 */

export class Overlays {
  constructor() {
    this.group = new THREE.Group();
    this.coast = new THREE.LineSegments(
      new THREE.BufferGeometry(), new THREE.LineBasicMaterial({ transparent: true, depthWrite: false }));
    this.strokes = {
      maglat: new Stroke(1.2, { dashed: true }),
      terminator: new Stroke(1.6),
      aloft: new Stroke(1.2, { dashed: true }),
      dim: new Stroke(1),
      others: new Stroke(1),
      fov: new Stroke(1.5),
      footprints: new Stroke(1.3),
      plumb: new Stroke(1),
      spacecraft: new Stroke(1.6),
      picked: new Stroke(2.6),
    };
    this.marks = new Marks();
    this.group.add(this.coast, ...Object.values(this.strokes).map(({ object }) => object), this.marks.object);
    Object.values(this.strokes).forEach(({ object }, order) => {
      object.renderOrder = 1 + order;
    });
    /** @type {Thing[]} */
    this.things = [];
    /** @type {Moment | null} */
    this.moment = null;
    /** @type {string} */
    this.ringsOf = "";
    this.linesOf = "";
  }

  dispose() {
    this.coast.geometry.dispose();
    this.coast.material.dispose();
    Object.values(this.strokes).forEach((stroke) => stroke.dispose());
    this.marks.dispose();
  }

  /** @param {Float32Array} positions pairs of points */
  shore(positions) {
    this.coast.geometry.dispose();
    this.coast.geometry = new THREE.BufferGeometry();
    this.coast.geometry.setAttribute("position", new THREE.BufferAttribute(positions, 3));
  }

  /**
   * @param {Moment} moment
   * @param {import("./state.js").State} state
   * @param {import("./look.js").Look} look
   * @param {string | null} array whose grid is on show; its fields of view stand out
   */
  show(moment, state, look, array) {
    this.moment = moment;
    this._sky(moment);
    this._rings(moment.sites.filter(({ in_lifetime }) => in_lifetime), array);
    this._tracks(moment.spacecraft);
    this.mark(state, look);
  }

  /** Terminators and magnetic latitudes. @param {Moment} moment */
  _sky(moment) {
    const [ground, aloft] = moment.terminators;
    const line = (/** @type {{latlon: (number | null)[]} | undefined} */ one) => (one ? segments(one.latlon, () => OVER) : []);
    this.strokes.terminator.set(line(ground));
    this.strokes.aloft.set(line(aloft));
    const lines = moment.magnetic ? moment.magnetic.lines : [];
    const key = JSON.stringify(lines.map(({ latlon }) => latlon.slice(0, 4)));
    if (key === this.linesOf) return; // they move in years
    this.linesOf = key;
    this.strokes.maglat.set(lines.flatMap(line));
  }

  /** Fields of view, of those that operate and of those that do not. @param {Site[]} sites @param {string | null} array */
  _rings(sites, array) {
    const seen = sites.filter(({ fov }) => fov);
    const key = `${array} ${seen.map(({ id, operating }) => `${id}${operating ? "+" : ""}`).join()}`;
    if (key === this.ringsOf) return;
    this.ringsOf = key;
    const rings = (/** @type {(site: Site) => boolean} */ these) => seen.filter(these).flatMap(({ fov }) => segments(fov ?? [], () => OVER));
    const own = (/** @type {Site} */ site) => array === null || site.array === array;
    this.strokes.fov.set(rings((site) => site.operating && own(site)));
    this.strokes.others.set(rings((site) => site.operating && !own(site)));
    this.strokes.dim.set(rings((site) => !site.operating));
  }

  /** @param {Spacecraft[]} spacecraft */
  _tracks(spacecraft) {
    /** @type {number[]} */
    const aloft = [];
    /** @type {number[]} */
    const ground = [];
    /** @type {number[]} */
    const plumb = [];
    spacecraft.forEach((craft) => {
      craft.trail.forEach((stretch) => trail(stretch, craft.alt_km, aloft));
      [craft.north, craft.south].forEach((foot) => foot?.trail.forEach((stretch) => segments(stretch.latlon, () => OVER, ground)));
      if (craft.lat === null || craft.lon === null) return;
      plumb.push(...point(craft.lat, craft.lon, OVER), ...point(craft.lat, craft.lon, radiusOf(craft.alt_km)));
    });
    this.strokes.spacecraft.set(aloft);
    this.strokes.footprints.set(ground);
    this.strokes.plumb.set(plumb);
  }

  /**
   * Marks of what is on show, and colours of everything.
   * @param {import("./state.js").State} state
   * @param {import("./look.js").Look} look
   */
  mark(state, look) {
    this._paint(state.layers, look);
    this.things = this.moment ? things(this.moment, state.layers) : [];
    const picked = state.pick?.kind === "source" ? state.pick.id : null;
    const marks = this.things.map((thing) => markOf(thing, look, state.layers, thing.id === picked));
    if (state.pick?.kind === "place") {
      const at = point(state.pick.lat, state.pick.lon, OVER);
      marks.push({ at, colour: look.picked, opacity: 1, size: 15, shape: "cross" });
    }
    this.marks.set(marks);
    this.marks.uniforms.halo.value.set(...look.halo);
    this.strokes.picked.set(this._pickedLines(picked));
  }

  /** @param {number | null} id */
  _pickedLines(id) {
    if (id === null || !this.moment) return [];
    /** @type {number[]} */
    const into = [];
    this.moment.sites.filter((site) => site.id === id).forEach(({ fov }) => segments(fov ?? [], () => OVER, into));
    this.moment.spacecraft.filter((craft) => craft.id === id).forEach((craft) => {
      craft.trail.forEach((stretch) => trail(stretch, craft.alt_km, into));
      [craft.north, craft.south].forEach((foot) => foot?.trail.forEach((one) => segments(one.latlon, () => OVER, into)));
    });
    return into;
  }

  /** @param {Record<string, number>} layers @param {import("./look.js").Look} look */
  _paint(layers, look) {
    const opacity = (/** @type {string} */ name) => layers[name] ?? 0;
    const paint = (/** @type {Stroke} */ stroke, /** @type {import("./look.js").Rgb} */ colour, /** @type {number} */ alpha) => {
      stroke.paint(colour, alpha);
      stroke.object.visible = alpha > 0;
    };
    const { strokes } = this;
    this.coast.material.color.setRGB(...look.coast, THREE.SRGBColorSpace);
    this.coast.material.opacity = 0.9 * opacity("coast");
    this.coast.visible = opacity("coast") > 0;
    paint(strokes.maglat, look.maglat, 0.85 * opacity("maglat"));
    paint(strokes.terminator, look.terminator, opacity("terminator"));
    paint(strokes.aloft, look.terminator, 0.6 * opacity("terminator"));
    paint(strokes.dim, look.off, 0.55 * opacity("fov"));
    paint(strokes.others, look.site, 0.4 * opacity("fov"));
    paint(strokes.fov, look.site, 0.9 * opacity("fov"));
    paint(strokes.footprints, look.foot, 0.75 * opacity("footprints"));
    paint(strokes.plumb, look.space, 0.35 * opacity("spacecraft"));
    paint(strokes.spacecraft, look.space, 0.8 * opacity("spacecraft"));
    paint(strokes.picked, look.picked, 1);
  }
}

/** @param {Stretch} stretch @param {number | null} alt_km where the stretch tells no heights @param {number[]} into */
function trail(stretch, alt_km, into) {
  const heights = stretch.alt_km;
  segments(stretch.latlon, (place) => radiusOf(heights ? heights[place] : alt_km), into);
}

/** @param {Moment} moment @param {Record<string, number>} layers @returns {Thing[]} */
function things(moment, layers) {
  /** @type {Thing[]} */
  const found = [];
  const add = (/** @type {Thing["kind"]} */ kind, /** @type {{id: number, name: string}} */ of, /** @type {{lat: number | null, lon: number | null} | null} */ place, radius = OVER, on = true) => {
    if (!place || place.lat === null || place.lon === null) return;
    found.push({ kind, id: of.id, name: of.name, at: point(place.lat, place.lon, radius), on });
  };
  if ("footprints" in layers) {
    moment.spacecraft.forEach((craft) => [craft.north, craft.south].forEach((foot) => add("footprint", craft, foot)));
  }
  if ("sites" in layers) {
    const alive = moment.sites.filter(({ in_lifetime }) => in_lifetime);
    alive.sort((one, other) => Number(one.operating) - Number(other.operating));
    alive.forEach((site) => add("site", { id: site.id, name: site.code.toUpperCase() }, site, OVER, site.operating));
  }
  if ("spacecraft" in layers) {
    moment.spacecraft.forEach((craft) => add("spacecraft", craft, craft, radiusOf(craft.alt_km)));
  }
  return found;
}

/**
 * @param {Thing} thing @param {import("./look.js").Look} look @param {Record<string, number>} layers @param {boolean} picked
 * @returns {import("./stroke.js").Mark}
 */
function markOf({ kind, at, on }, look, layers, picked) {
  const forms = {
    site: { colour: on ? look.site : look.off, size: on ? 8 : 7, shape: on ? "disc" : "ring", opacity: layers.sites },
    spacecraft: { colour: look.space, size: 13, shape: "diamond", opacity: layers.spacecraft },
    footprint: { colour: look.foot, size: 10, shape: "cross", opacity: layers.footprints },
  };
  const form = /** @type {import("./stroke.js").Mark} */ ({ at, ...forms[kind] });
  return picked ? { ...form, colour: look.picked, size: form.size + 4, opacity: 1 } : form;
}

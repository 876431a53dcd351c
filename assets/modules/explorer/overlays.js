/* What lies over the sphere: coast, magnetic latitudes and fields of view, which keep their place
 * while it plays; terminators, spacecraft with trails at height, footprints and marks, which move. */
import { drawNames } from "./latitudes.js";
import { point, segments } from "./lines.js";

/** @import {Mark, Screen} from "./screen.js" */
/** @import {Look, Rgb} from "./look.js" */
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
    /** Pairs of points by name. */
    /** @type {Record<"coast" | "maglat" | "fov" | "others" | "dim" | "terminator" | "aloft" | "footprints" | "plumb" | "spacecraft" | "picked", ArrayLike<number>>} */
    this.lines = { coast: [], maglat: [], fov: [], others: [], dim: [], terminator: [], aloft: [], footprints: [], plumb: [], spacecraft: [], picked: [] };
    /** @type {{mlat: number, points: number[]}[]} */
    this.latitudes = [];
    /** @type {Mark[]} */
    this.marks = [];
    /** @type {Thing[]} */
    this.things = [];
    /** @type {Moment | null} */
    this.moment = null;
    /** @type {Float32Array} */
    this.coarse = new Float32Array();
    this.ringsOf = "";
    this.linesOf = "";
    this.stale = true; // what keeps its place has changed
  }

  /** @param {Float32Array} coast pairs of points; the first that comes is the coarse one */
  shore(coast) {
    if (!this.coarse.length) this.coarse = coast;
    this.lines.coast = coast;
    this.stale = true;
  }

  /**
   * @param {Moment} moment
   * @param {import("./state.js").State} state
   * @param {Look} look
   * @param {string | null} array whose grid is on show; its fields of view stand out
   */
  show(moment, state, look, array) {
    this.moment = moment;
    this._sky(moment, "terminator" in state.layers);
    this._rings(moment.sites.filter(({ in_lifetime }) => in_lifetime), array);
    this._tracks("spacecraft" in state.layers || "footprints" in state.layers ? moment.spacecraft : []);
    this.mark(state, look);
  }

  /** Terminators and magnetic latitudes. @param {Moment} moment @param {boolean} night whether terminators are on show */
  _sky(moment, night) {
    const [ground, aloft] = night ? moment.terminators : [];
    const line = (/** @type {{latlon: (number | null)[]} | undefined} */ one) => (one ? segments(one.latlon, () => OVER) : []);
    this.lines.terminator = line(ground);
    this.lines.aloft = line(aloft);
    const lines = moment.magnetic ? moment.magnetic.lines : [];
    const key = JSON.stringify(lines.map(({ latlon }) => latlon.slice(0, 4)));
    if (key === this.linesOf) return; // they move in years
    this.linesOf = key;
    this.latitudes = lines.map((one) => ({ mlat: one.mlat, points: line(one) }));
    this.lines.maglat = this.latitudes.flatMap(({ points }) => points);
    this.stale = true;
  }

  /** Fields of view, of those that operate and of those that do not. @param {Site[]} sites @param {string | null} array */
  _rings(sites, array) {
    const seen = sites.filter(({ fov }) => fov);
    const key = `${array} ${seen.map(({ id, operating }) => `${id}${operating ? "+" : ""}`).join()}`;
    if (key === this.ringsOf) return;
    this.ringsOf = key;
    const rings = (/** @type {(site: Site) => boolean} */ these) => seen.filter(these).flatMap(({ fov }) => segments(fov ?? [], () => OVER));
    const own = (/** @type {Site} */ site) => array === null || site.array === array;
    this.lines.fov = rings((site) => site.operating && own(site));
    this.lines.others = rings((site) => site.operating && !own(site));
    this.lines.dim = rings((site) => !site.operating);
    this.stale = true;
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
    Object.assign(this.lines, { spacecraft: aloft, footprints: ground, plumb });
  }

  /**
   * Marks of what is on show, and colours of everything.
   * @param {import("./state.js").State} state
   * @param {Look} look
   */
  mark(state, look) {
    this.things = this.moment ? things(this.moment, state.layers) : [];
    const picked = state.pick?.kind === "source" ? state.pick.id : null;
    this.marks = this.things.map((thing) => markOf(thing, look, state.layers, thing.id === picked));
    if (state.pick?.kind === "place") {
      const at = point(state.pick.lat, state.pick.lon, OVER);
      this.marks.push({ at, colour: look.picked, opacity: 1, size: 15, shape: "cross" });
    }
    this.lines.picked = this._pickedLines(picked);
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

  /** Whether there is anything that moves. */
  get moving() {
    const { terminator, aloft, footprints, spacecraft, picked } = this.lines;
    return this.marks.length > 0 || [terminator, aloft, footprints, spacecraft, picked].some(({ length }) => length > 0);
  }

  /**
   * What keeps its place.
   * @param {CanvasRenderingContext2D} context @param {Screen} screen
   * @param {Record<string, number>} layers @param {Look} look
   * @param {boolean} quick while the globe turns
   */
  drawKept(context, screen, layers, look, quick) {
    const pen = penOf(context, screen, layers);
    pen("coast", quick ? this.coarse : this.lines.coast, look.coast, 0.85, 1);
    pen("maglat", this.lines.maglat, look.maglat, 0.85, 1.2, [5, 5]);
    pen("fov", this.lines.dim, look.off, 0.55, 1);
    pen("fov", this.lines.others, look.site, 0.4, 1);
    pen("fov", this.lines.fov, look.site, 0.9, 1.5);
    drawNames(context, screen, this.latitudes, { colour: look.maglat, halo: look.halo, opacity: layers.maglat ?? 0 });
    this.stale = quick;
  }

  /**
   * What moves.
   * @param {CanvasRenderingContext2D} context @param {Screen} screen
   * @param {Record<string, number>} layers @param {Look} look
   */
  drawMoving(context, screen, layers, look) {
    const pen = penOf(context, screen, layers);
    pen("terminator", this.lines.aloft, look.terminator, 0.6, 1.2, [4, 4]);
    pen("terminator", this.lines.terminator, look.terminator, 1, 1.6);
    pen("footprints", this.lines.footprints, look.foot, 0.75, 1.3);
    pen("spacecraft", this.lines.plumb, look.space, 0.35, 1);
    pen("spacecraft", this.lines.spacecraft, look.space, 0.8, 1.6);
    screen.stroke(context, this.lines.picked, { colour: look.picked, opacity: 1, width: 2.6 });
    screen.mark(context, this.marks, look.halo);
  }
}

/** @param {CanvasRenderingContext2D} context @param {Screen} screen @param {Record<string, number>} layers */
function penOf(context, screen, layers) {
  return (/** @type {string} */ layer, /** @type {ArrayLike<number>} */ points, /** @type {Rgb} */ colour, /** @type {number} */ opacity, /** @type {number} */ width, /** @type {number[]} */ dash = []) =>
    screen.stroke(context, points, { colour, opacity: opacity * (layers[layer] ?? 0), width, dash });
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
 * @param {Thing} thing @param {Look} look @param {Record<string, number>} layers @param {boolean} picked
 * @returns {Mark}
 */
function markOf({ kind, at, on }, look, layers, picked) {
  const forms = {
    site: { colour: on ? look.site : look.off, size: on ? 8.5 : 7.5, shape: on ? "disc" : "ring", opacity: layers.sites },
    spacecraft: { colour: look.space, size: 13, shape: "diamond", opacity: layers.spacecraft },
    footprint: { colour: look.foot, size: 10, shape: "cross", opacity: layers.footprints },
  };
  const form = /** @type {Mark} */ ({ at, ...forms[kind] });
  return picked ? { ...form, colour: look.picked, size: form.size + 4, opacity: 1 } : form;
}

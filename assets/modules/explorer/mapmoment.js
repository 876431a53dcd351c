/* The moment as the map draws it: lines on the sphere, and marks at places. */
import { geoContains } from "d3-geo";

/**
 * @import {LatLon, Moment, Site, Stretch} from "../types/explorer.js"
 * @typedef {import("geojson").Position} Position
 * @typedef {import("geojson").MultiLineString} Lines
 * @typedef {"site" | "spacecraft" | "footprint"} MarkKind
 * @typedef {Object} Mark
 * @property {MarkKind} kind
 * @property {number} id the source that it stands for
 * @property {number[]} ids all sources there
 * @property {string} name
 * @property {string} label
 * @property {number} lat
 * @property {number} lon
 * @property {boolean} on whether it operates
 */

/** Flat latitudes and longitudes as lines, ended where a place is missing. @param {LatLon} latlon */
export function strings(latlon) {
  /** @type {Position[][]} */
  const lines = [[]];
  for (let at = 0; at + 1 < latlon.length; at += 2) {
    const [lat, lon] = [latlon[at], latlon[at + 1]];
    if (lat !== null && lon !== null) lines[lines.length - 1].push([lon, lat]);
    else lines.push([]);
  }
  return lines.filter((line) => line.length > 1);
}

/** @param {LatLon[]} all @returns {Lines} */
export const linesOf = (all) => ({ type: "MultiLineString", coordinates: all.flatMap(strings) });

/** @param {{trail: Stretch[]}[]} tracks */
export const trailsOf = (tracks) => linesOf(tracks.flatMap(({ trail }) => trail.map(({ latlon }) => latlon)));

/** Where the Sun is down, bounded by a terminator. @param {LatLon} ring @param {{lat: number, lon: number}} sun */
export function nightOf(ring, sun) {
  /** @type {import("geojson").Polygon} */
  const night = { type: "Polygon", coordinates: strings(ring).slice(0, 1) };
  // d3-geo takes as inside what lies to one side of the ring.
  if (night.coordinates.length && geoContains(night, [sun.lon, sun.lat])) night.coordinates[0].reverse();
  return night;
}

/** Imagers of one station stand on one mark, that of the first that operates. @param {Site[]} sites */
export function siteMarks(sites) {
  /** @type {Map<string, Mark>} */
  const marks = new Map();
  const known = sites.filter((site) => site.lat !== null && site.lon !== null && site.in_lifetime);
  known.sort((one, other) => Number(other.operating) - Number(one.operating));
  known.forEach(({ id, name, code, lat, lon, operating }) => {
    const key = `${Math.round(Number(lat) * 20)} ${Math.round(Number(lon) * 20)}`;
    const mark = marks.get(key);
    if (mark) {
      mark.ids.push(id);
      return;
    }
    marks.set(key, {
      kind: "site", id, ids: [id], name, label: code.toUpperCase(), lat: Number(lat), lon: Number(lon), on: operating,
    });
  });
  return [...marks.values()];
}

/** @param {Moment} moment */
export function spacecraftMarks(moment) {
  return moment.spacecraft.flatMap(({ id, name, lat, lon }) =>
    lat === null || lon === null ? [] : [mark("spacecraft", id, name, lat, lon)]);
}

/** @param {Moment} moment */
export function footprintMarks(moment) {
  return moment.spacecraft.flatMap(({ id, name, north, south }) =>
    [north, south].flatMap(({ lat, lon }) => (lat === null || lon === null ? [] : [mark("footprint", id, name, lat, lon)])));
}

/** @param {MarkKind} kind @param {number} id @param {string} name @param {number} lat @param {number} lon @returns {Mark} */
const mark = (kind, id, name, lat, lon) => ({ kind, id, ids: [id], name, label: name, lat, lon, on: true });

/* The numbers of geographic and magnetic lines, written where the lines meet the view's edges. */
import { nameOf } from "./latitudes.js";
import { strings } from "./mapmoment.js";
import { shows } from "./mapplane.js";

/**
 * @import {Moment} from "../types/explorer.js"
 * @typedef {import("./mapplane.js").Plane} Plane
 * @typedef {import("./mapcells.js").View} View
 * @typedef {import("./maplabels.js").Rect} Rect
 * @typedef {{x: number, y: number, text: string, kind: "lat" | "lon" | "mlat"}} Written
 */

/** "60° N" @param {number} lat */
export const latText = (lat) => (lat ? `${Math.abs(lat)}° ${lat < 0 ? "S" : "N"}` : "0°");

/** "120° W" @param {number} lon */
export const lonText = (lon) => (Math.abs(lon) % 180 ? `${Math.abs(lon)}° ${lon < 0 ? "W" : "E"}` : `${Math.abs(lon)}°`);

const WIDE = 44; // room for the longest number

/** @param {Plane} plane @param {View} view */
const placer = (plane, { left, top, step }) => (/** @type {number} */ lat, /** @type {number} */ lon) => {
  const [x, y] = plane.project(lat, lon);
  return { x: (x - left) / step, y: (top - y) / step };
};

/** @param {Rect} room @param {number} x @param {number} y */
const inside = ([left, top, right, bottom], x, y) => x >= left && x <= right - WIDE && y >= top + 14 && y <= bottom;

/** @param {number} from @param {number} to @param {number} step */
const range = (from, to, step) => Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, at) => from + at * step);

/** Latitudes at the left edge, longitudes at the lower one. @param {Plane} plane @param {View} view @param {Rect} room */
function straight(plane, view, room) {
  const at = placer(plane, view);
  const lats = range(-80, 80, 20).map((lat) => ({ x: Math.max(room[0] + 2, at(lat, -180).x + 2), y: at(lat, 0).y - 3, text: latText(lat), kind: /** @type {const} */ ("lat") }));
  const lons = range(-150, 150, 30).map((lon) => ({ x: at(0, lon).x + 3, y: Math.min(room[3] - 3, at(-85.05, 0).y - 3), text: lonText(lon), kind: /** @type {const} */ ("lon") }));
  return [...lats, ...lons.filter(({ x }) => x > room[0] + WIDE)];
}

/** Latitudes on the meridian that runs up, longitudes where meridians leave. @param {Plane} plane @param {View} view @param {Rect} room */
function round(plane, view, room) {
  const at = placer(plane, view);
  const sign = plane.name === "north" ? 1 : -1;
  const up = sign > 0 ? 180 : 0;
  const lats = range(10, 80, 10).map((lat) => {
    const { x, y } = at(sign * lat, up);
    return { x: x + 3, y: y - 3, text: latText(sign * lat), kind: /** @type {const} */ ("lat") };
  });
  const lons = range(-150, 180, 30).filter((lon) => lon !== up).flatMap((lon) => {
    // The farthest place from the pole that is still in view.
    const far = range(1, 85, 1).map((lat) => at(sign * lat, lon)).map(({ x, y }) => ({ x: x - 14, y: y + 4 })).find(({ x, y }) => inside(room, x, y));
    return far ? [{ ...far, text: lonText(lon), kind: /** @type {const} */ ("lon") }] : [];
  });
  return [...lats, ...lons];
}

/** Each magnetic latitude once, at its rightmost place in view. @param {Plane} plane @param {View} view @param {Rect} room @param {Moment} moment */
function magnetic(plane, view, room, { magnetic: lines }) {
  const at = placer(plane, view);
  return (lines?.lines ?? []).flatMap(({ mlat, latlon }) => {
    const seen = strings(latlon).flat().filter(([, lat]) => shows(plane, lat)).map(([lon, lat]) => at(lat, lon)).filter(({ x, y }) => inside(room, x, y) && x < room[2] - 60);
    if (!seen.length) return [];
    const { x, y } = seen.reduce((best, point) => (point.x > best.x ? point : best));
    return [{ x: x + 4, y: y - 4, text: nameOf(mlat), kind: /** @type {const} */ ("mlat") }];
  });
}

/**
 * @param {Plane} plane
 * @param {View} view
 * @param {Rect} room
 * @param {Moment | null} moment null: no magnetic latitudes
 * @returns {Written[]}
 */
export function numbersOf(plane, view, room, moment) {
  const geographic = plane.name === "mercator" ? straight(plane, view, room) : round(plane, view, room);
  return [...geographic, ...(moment ? magnetic(plane, view, room, moment) : [])].filter(({ x, y }) => inside(room, x, y));
}

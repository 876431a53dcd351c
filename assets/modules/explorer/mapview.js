/* How much of the Earth a map shows, beside how far away the globe is: one centre for both. */
import { defaults, FARTHEST, NEAREST } from "./state.js";
import { MERCATOR_RADIUS_M, PLANES, shows } from "./mapplane.js";
import { RADIUS_M } from "./polar.js";

/**
 * @typedef {import("./state.js").State["centre"]} Centre
 * @typedef {import("./mapplane.js").CrsName} CrsName
 */

/** The globe's eye: half of what it sees upright, seen from one Earth radius above the ground. */
const HALF_VIEW = Math.tan((17 * Math.PI) / 180);
const RADIANS = Math.PI / 180;
const TILE_PX = 256; // a zoom of 0 has the whole way round on so many pixels
const POLAR_EDGE_LAT = 42; // a polar view begins with the ovals in it
const CLOSEST_ZOOM = 9;

/** Ground metres of one metre of the plane, at a latitude. @param {CrsName} crs @param {number} lat */
const stretch = (crs, lat) => (crs === "mercator" ? Math.cos(Math.min(Math.abs(lat), 80) * RADIANS) : 1);

/** @param {CrsName} crs */
const roundM = (crs) => 2 * Math.PI * (crs === "mercator" ? MERCATOR_RADIUS_M : RADIUS_M);

/** The zoom at which a map is as near as the globe. @param {CrsName} crs @param {Centre} centre @param {number} height of the map in pixels */
export function zoomOf(crs, { lat, distance }, height) {
  const ground = (2 * HALF_VIEW * (distance - 1) * RADIUS_M) / Math.max(height, 1);
  return Math.log2((roundM(crs) * stretch(crs, lat)) / (TILE_PX * ground));
}

/** The other way round. @param {CrsName} crs @param {number} lat @param {number} zoom @param {number} height */
export function distanceOf(crs, lat, zoom, height) {
  const ground = (roundM(crs) * stretch(crs, lat)) / (TILE_PX * 2 ** zoom);
  return Math.min(FARTHEST, Math.max(NEAREST, 1 + (ground * height) / (2 * HALF_VIEW * RADIUS_M)));
}

/** Zooms that make sense: from the whole map in view to a few cells. @param {CrsName} crs @param {{x: number, y: number}} size */
export function zoomLimits(crs, { x, y }) {
  const whole = crs === "mercator" ? Math.log2(Math.min(x, 1.9 * y) / TILE_PX) : Math.log2((2 * Math.min(x, y)) / TILE_PX);
  return [Math.max(0, whole - 0.05), CLOSEST_ZOOM];
}

/** Where a projection begins. @param {CrsName} crs @param {{x: number, y: number}} size @returns {{lat: number, lon: number, zoom: number}} */
export function home(crs, size) {
  if (crs === "mercator") {
    const { centre } = defaults();
    const zoom = zoomOf(crs, centre, size.y);
    // As near to the globe's centre as the map's edge allows.
    const most = Math.max(0, 180 - (180 * size.x) / (TILE_PX * 2 ** zoom));
    return { lat: centre.lat, lon: Math.min(most, Math.max(-most, centre.lon)), zoom };
  }
  const ground = (2 * (90 - POLAR_EDGE_LAT) * RADIANS * RADIUS_M) / Math.min(size.x, size.y);
  return { lat: crs === "north" ? 90 : -90, lon: 0, zoom: Math.log2(roundM(crs) / (TILE_PX * ground)) };
}

/** Whether a centre can be looked at on a map. @param {CrsName} crs @param {Centre} centre */
export const reachable = (crs, { lat }) => shows(PLANES[crs], lat);

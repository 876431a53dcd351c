/* The three planes that the map can be drawn on, and how Leaflet is told of them. */
import { RADIUS_M, RIM_DEG, RIM_M, project, unproject } from "./polar.js";

/**
 * @typedef {"mercator" | "north" | "south"} CrsName
 * @typedef {[left: number, bottom: number, right: number, top: number]} Box in metres of the plane
 * @typedef {Object} Plane
 * @property {CrsName} name
 * @property {(lat: number, lon: number) => [number, number]} project
 * @property {(x: number, y: number) => [number, number] | null} unproject null: nothing lies there
 * @property {Box} box what there is of it
 */

/** The ellipsoid's equator, as Leaflet's EPSG:3857 has it. */
export const MERCATOR_RADIUS_M = 6_378_137;
/** Where the square map of the world ends. */
export const MERCATOR_LAT = 85.0511287798;
const HALF_M = Math.PI * MERCATOR_RADIUS_M;
const RADIANS = Math.PI / 180;
const HALF_TURN_M = Math.PI * RADIUS_M;

/** @param {number} value @param {number} low @param {number} high */
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** @type {Plane} */
const mercator = {
  name: "mercator",
  project(lat, lon) {
    const sine = Math.sin(clamp(lat, -MERCATOR_LAT, MERCATOR_LAT) * RADIANS);
    return [MERCATOR_RADIUS_M * lon * RADIANS, (MERCATOR_RADIUS_M * Math.log((1 + sine) / (1 - sine))) / 2];
  },
  unproject(x, y) {
    if (Math.abs(x) > HALF_M || Math.abs(y) > HALF_M) return null;
    const lat = 2 * Math.atan(Math.exp(y / MERCATOR_RADIUS_M)) - Math.PI / 2;
    return [lat / RADIANS, x / MERCATOR_RADIUS_M / RADIANS];
  },
  box: [-HALF_M, -HALF_M, HALF_M, HALF_M],
};

/** @param {"north" | "south"} pole @returns {Plane} */
const polar = (pole) => ({
  name: pole,
  project: (lat, lon) => project(pole, lat, lon),
  unproject: (x, y) => (Math.hypot(x, y) > RIM_M ? null : unproject(pole, x, y)),
  box: [-RIM_M, -RIM_M, RIM_M, RIM_M],
});

/** @type {Record<CrsName, Plane>} */
export const PLANES = { mercator, north: polar("north"), south: polar("south") };

/** Whether a map of this projection shows a place. @param {Plane} plane @param {number} lat */
export function shows(plane, lat) {
  if (plane.name === "mercator") return Math.abs(lat) <= MERCATOR_LAT;
  return 90 - lat * (plane.name === "north" ? 1 : -1) <= RIM_DEG;
}

/**
 * A plane as Leaflet knows them. At zoom 0 both kinds put half a turn of the Earth on 256 pixels
 * or a whole one, so that a zoom means about the same scale in each.
 * @param {typeof import("leaflet")} leaflet
 * @param {Plane} plane
 * @returns {import("leaflet").CRS}
 */
export function crsOf(leaflet, plane) {
  if (plane.name === "mercator") return leaflet.CRS.EPSG3857;
  const scale = 0.5 / HALF_TURN_M;
  const [left, bottom, right, top] = plane.box;
  return leaflet.Util.extend({}, leaflet.CRS.Earth, {
    code: `atlas:${plane.name}`,
    wrapLng: undefined,
    projection: {
      bounds: leaflet.bounds([left, bottom], [right, top]),
      project: (/** @type {import("leaflet").LatLng} */ { lat, lng }) => leaflet.point(plane.project(lat, lng)),
      // Every point must have a place for Leaflet; what lies beyond the rim is asked of the plane.
      unproject(/** @type {import("leaflet").Point} */ { x, y }) {
        const pole = /** @type {"north" | "south"} */ (plane.name);
        const [lat, lon] = unproject(pole, x, y) ?? [pole === "north" ? -90 : 90, 0];
        return leaflet.latLng(lat, lon);
      },
    },
    transformation: new leaflet.Transformation(scale, 0.5, -scale, 0.5),
  });
}

/* Land, coasts and geographic lines as paths of a plane, cut where the map ends.
 *
 * d3-geo cuts polygons on the sphere, so what crosses the date line or holds a pole comes out
 * whole: no line runs across the map, Antarctica is closed along its lower edge. Paths are in
 * kilometres of the plane, y down as pictures have it. */
import { geoAzimuthalEquidistant, geoGraticule, geoMercator, geoPath } from "d3-geo";
import { MERCATOR_RADIUS_M } from "./mapplane.js";
import { RADIUS_M, RIM_DEG } from "./polar.js";

/**
 * @typedef {import("geojson").Position} Position
 * @typedef {import("geojson").GeoJSON | {type: "Sphere"}} Shape
 */

/** Metres of the plane that one unit of a path stands for. */
export const UNIT_M = 1000;

/**
 * The projection of a plane for d3-geo, in kilometres.
 * @param {import("./mapplane.js").CrsName} name
 * @returns {import("d3-geo").GeoProjection}
 */
export function projectionOf(name) {
  if (name === "mercator") {
    return geoMercator().scale(MERCATOR_RADIUS_M / UNIT_M).translate([0, 0]).precision(2);
  }
  return geoAzimuthalEquidistant()
    .rotate([0, name === "north" ? -90 : 90])
    .scale(RADIUS_M / UNIT_M)
    .translate([0, 0])
    .clipAngle(RIM_DEG)
    .precision(2);
}

/** Makes paths of shapes on the sphere. @param {import("./mapplane.js").CrsName} name */
export function pen(name) {
  const path = geoPath(projectionOf(name)).digits(2);
  return (/** @type {Shape} */ shape) => path(/** @type {any} */ (shape)) ?? "";
}

/** Whether a side of a polygon is only where the data were cut: along the date line, or at a pole.
 * @param {Position} one @param {Position} other */
function cut(one, other) {
  const edge = 180 - 1e-3;
  return (Math.abs(one[0]) > edge && Math.abs(other[0]) > edge) || (one[1] < -89.99 && other[1] < -89.99);
}

/** A ring as lines, without the sides that are no coast. @param {Position[]} ring */
function coastOf(ring) {
  /** @type {Position[][]} */
  const lines = [[ring[0]]];
  for (let at = 1; at < ring.length; at += 1) {
    if (cut(ring[at - 1], ring[at])) lines.push([ring[at]]);
    else lines[lines.length - 1].push(ring[at]);
  }
  return lines.filter((line) => line.length > 1);
}

/** Outlines of polygons as lines: these are cut, and have no edge along the cut.
 * @param {import("geojson").GeoJSON} shape @returns {import("geojson").MultiLineString} */
export function outlines(shape) {
  /** @type {Position[][]} */
  const rings = [];
  const add = (/** @type {import("geojson").Geometry | null} */ geometry) => {
    if (geometry?.type === "Polygon") rings.push(...geometry.coordinates);
    else if (geometry?.type === "MultiPolygon") rings.push(...geometry.coordinates.flat());
    else if (geometry?.type === "GeometryCollection") geometry.geometries.forEach(add);
  };
  if (shape.type === "FeatureCollection") shape.features.forEach((feature) => add(feature.geometry));
  else if (shape.type === "Feature") add(shape.geometry);
  else add(shape);
  return { type: "MultiLineString", coordinates: rings.flatMap(coastOf) };
}

/** Every 10 deg of latitude and 30 deg of longitude. */
export const graticule = () => geoGraticule().step([30, 10]).extent([[-180, -85], [180, 85.01]])();

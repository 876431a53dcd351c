/* The small map around the site: azimuthal equidistant, as the server projects the frame, so that
 * picture, coasts, rings and latitudes lie on one another. */
import { geoAzimuthalEquidistant, geoGraticule, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import { svg } from "./dom.js";
import { Panel } from "./panel.js";
/** @import {GeoJsonProperties, LineString, Position} from "geojson" */
/** @import {GeoPermissibleObjects} from "d3-geo" */
/** @import {Objects, Topology} from "topojson-specification" */
/** @import {Site} from "../types/keogram.js" */
/** @import {Keogram} from "./data.js" */

/** @typedef {GeoPermissibleObjects} Shape */

const SIZE = 1000;
const EARTH_RADIUS_KM = 6371.2;
/** @type {Promise<Shape> | null} */
let land = null;

/** @param {string} url */
function coasts(url) {
  if (!land) {
    land = outlines(url);
    land.catch(() => { land = null; }); // the next map asks again
  }
  return land;
}

/**
 * @param {string} url of a world atlas
 * @returns {Promise<Shape>}
 */
async function outlines(url) {
  const answer = await fetch(url);
  /** @type {Topology<Objects<GeoJsonProperties>>} */
  const world = await answer.json();
  return feature(world, world.objects.land);
}

/**
 * @param {Position[]} coordinates
 * @returns {LineString}
 */
const lineString = (coordinates) => ({ type: "LineString", coordinates });

/** A place as projections take it. @param {Position} place @returns {[number, number]} */
const lonLat = ([lon, lat]) => [lon, lat];

export class SkyMap extends Panel {
  /** @param {Site} site @param {string} atlas address of the land's outlines */
  constructor(site, atlas) {
    super("map", "On the map");
    this.site = site;
    /** @type {Keogram | null} */
    this.keogram = null;
    const box = { viewBox: `0 0 ${SIZE} ${SIZE}` };
    [this.under, this.over].forEach((layer) => layer.setAttribute("viewBox", box.viewBox));
    this.slice = svg("path.kgs-slice");
    this.dot = svg("circle.kgs-slice-dot", { r: 10, visibility: "hidden" });
    const half = SIZE / 2;
    this.projection = geoAzimuthalEquidistant()
      .rotate([-site.lon, -site.lat])
      .translate([half, half])
      .scale(half / (site.radius_km / EARTH_RADIUS_KM))
      .clipAngle(60)
      .clipExtent([[-20, -20], [SIZE + 20, SIZE + 20]]);
    this.path = geoPath(this.projection);
    this._lines(null);
    coasts(atlas).then((shape) => this._lines(shape), () => this._landless());
  }

  _landless() {
    this.facts.textContent = "Without coasts: land outlines are not installed (npm ci).";
  }

  /** @param {Shape | null} shape */
  _lines(shape) {
    /** @param {string} name @param {Shape} geometry */
    const line = (name, geometry) => svg(`path.${name}`, { d: this.path(geometry) || "" });
    // Lines are seen on bright land and on a dark sky.
    /** @param {string} name @param {Shape} geometry */
    const haloed = (name, geometry) => [line("kgs-halo", geometry), line(name, geometry)];
    const { rings, parallels } = this.site;
    this.under.replaceChildren(
      svg("rect.kgs-sea", { width: SIZE, height: SIZE }),
      ...(shape ? [line("kgs-land", shape)] : []),
    );
    this.over.replaceChildren(
      line("kgs-graticule", geoGraticule().step([10, 5])()),
      ...(shape ? haloed("kgs-coast", shape) : []),
      ...Object.values(parallels).flatMap((points) => haloed("kgs-parallel", lineString(points))),
      ...Object.values(rings).flatMap((points) => haloed("kgs-ring", lineString(points))),
      ...this._numbers(),
      this.slice,
      this.dot,
      ...this._place(),
    );
  }

  /* Magnetic latitudes are written where their lines leave on the right, geographic ones where the
   * site's meridian crosses them on the way down. */
  _numbers() {
    /** @param {[number, number]} at */
    const inside = ([x, y]) => x > 30 && x < SIZE - 30 && y > 40 && y < SIZE - 24;
    const magnetic = Object.entries(this.site.parallels).flatMap(([mlat, points]) => {
      const seen = points.flatMap((point) => {
        const at = this.projection(lonLat(point));
        return at && inside(at) ? [at] : [];
      });
      if (!seen.length) return [];
      const [x, y] = seen.reduce((best, at) => (at[0] > best[0] ? at : best));
      return [svg("text.kgs-map-mlat", { x: SIZE - 12, y: y - 8 + (x < SIZE - 90 ? 4 : 0), "text-anchor": "end" }, `${mlat}° mag`)];
    });
    const first = Math.ceil((this.site.lat - 20) / 5) * 5;
    const geographic = Array.from({ length: 9 }, (_, step) => first + 5 * step).flatMap((lat) => {
      const at = Math.abs(lat) < 90 && this.projection([this.site.lon, lat]);
      if (!at || !inside(at) || Math.abs(at[1] - SIZE / 2) < 60) return [];
      return [svg("text.kgs-map-lat", { x: 12, y: at[1] - 6 }, `${Math.abs(lat)}° ${lat < 0 ? "S" : "N"}`)];
    });
    return [...geographic, ...magnetic];
  }

  _place() {
    const half = SIZE / 2;
    return [
      svg("circle.kgs-site", { cx: half, cy: half, r: 8 }),
      svg("text.kgs-map-site", { x: half + 16, y: half - 12 }, this.site.code),
    ];
  }

  /** Where the slice of the keogram lies on the Earth. @param {Keogram} keogram */
  draw(keogram) {
    const { lat, lon, elevation } = keogram.place;
    const seen = Array.from(lat, (value, pixel) => [lon[pixel], value]).filter(
      ([x, y], pixel) => Number.isFinite(x + y) && !(elevation[pixel] < 5),
    );
    this.slice.setAttribute("d", seen.length > 1 ? this.path(lineString(seen)) || "" : "");
    this.keogram = keogram;
  }

  /** @param {number} pixel */
  point(pixel) {
    const place = this.keogram && this.keogram.place;
    const seen = place && Number.isFinite(place.lat[pixel] + place.lon[pixel]);
    const at = seen && this.projection([place.lon[pixel], place.lat[pixel]]);
    this.dot.setAttribute("visibility", at ? "visible" : "hidden");
    if (!at) return;
    this.dot.setAttribute("cx", String(at[0]));
    this.dot.setAttribute("cy", String(at[1]));
  }
}

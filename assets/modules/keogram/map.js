/* The small map around the site: azimuthal equidistant, as the server projects the frame, so that
 * picture, coasts, rings and latitudes lie on one another. */
import { geoAzimuthalEquidistant, geoGraticule, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import { svg } from "./dom.js";
import { Panel } from "./panel.js";

const SIZE = 1000;
const EARTH_RADIUS_KM = 6371.2;
let land = null;

function coasts(url) {
  land = land || fetch(url).then((answer) => answer.json()).then((world) => feature(world, world.objects.land));
  land.catch(() => { land = null; }); // the next map asks again
  return land;
}

export class SkyMap extends Panel {
  constructor(site, urls) {
    super("map", "On the map");
    this.site = site;
    this.urls = urls;
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
    coasts(urls.land).then((shape) => this._lines(shape), () => this._landless());
  }

  _landless() {
    this.facts.textContent = "Without coasts: land outlines are not installed (npm ci).";
  }

  _lines(shape) {
    const line = (name, geometry) => svg(`path.${name}`, { d: this.path(geometry) || "" });
    // Lines are seen on bright land and on a dark sky.
    const haloed = (name, geometry) => [line("kgs-halo", geometry), line(name, geometry)];
    const string = (coordinates) => ({ type: "LineString", coordinates });
    const { rings, parallels } = this.site;
    this.under.replaceChildren(
      svg("rect.kgs-sea", { width: SIZE, height: SIZE }),
      ...(shape ? [line("kgs-land", shape)] : []),
    );
    this.over.replaceChildren(
      line("kgs-graticule", geoGraticule().step([10, 5])()),
      ...(shape ? haloed("kgs-coast", shape) : []),
      ...Object.values(parallels).flatMap((points) => haloed("kgs-parallel", string(points))),
      ...Object.values(rings).flatMap((points) => haloed("kgs-ring", string(points))),
      ...this._numbers(),
      this.slice,
      this.dot,
      ...this._place(),
    );
  }

  /* Magnetic latitudes are written where their lines leave on the right, geographic ones where the
   * site's meridian crosses them on the way down. */
  _numbers() {
    const inside = ([x, y]) => x > 30 && x < SIZE - 30 && y > 40 && y < SIZE - 24;
    const magnetic = Object.entries(this.site.parallels).flatMap(([mlat, points]) => {
      const seen = points.map((point) => this.projection(point)).filter((at) => at && inside(at));
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

  /* Where the slice of the keogram lies on the Earth. */
  draw(keogram) {
    const { lat, lon, elevation } = keogram.place;
    const seen = Array.from(lat, (value, pixel) => [lon[pixel], value]).filter(
      ([x, y], pixel) => Number.isFinite(x + y) && !(elevation[pixel] < 5),
    );
    const string = { type: "LineString", coordinates: seen };
    this.slice.setAttribute("d", seen.length > 1 ? this.path(string) || "" : "");
    this.keogram = keogram;
  }

  point(pixel) {
    const place = this.keogram && this.keogram.place;
    const seen = place && Number.isFinite(place.lat[pixel] + place.lon[pixel]);
    const at = seen && this.projection([place.lon[pixel], place.lat[pixel]]);
    this.dot.setAttribute("visibility", at ? "visible" : "hidden");
    if (!at) return;
    this.dot.setAttribute("cx", at[0]);
    this.dot.setAttribute("cy", at[1]);
  }
}

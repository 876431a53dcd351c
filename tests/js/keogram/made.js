/* Keograms and nights made for tests. */
import { Keogram } from "../../../assets/modules/keogram/data.js";
import { SERVER } from "../fixtures/server.js";
/** @import {Axes, NightFacts} from "../../../assets/modules/types/keogram.js" */

export const START = Date.UTC(2019, 0, 2, 3);

/**
 * Columns a minute apart of a camera that looks up at pixel `pixels / 2`; latitudes rise with the
 * tangent of the zenith angle, as they do on a flat Earth.
 * @param {Partial<Axes>} [changes]
 * @param {(column: number, pixel: number, channel: number) => number} [count]
 */
export function keogram(changes = {}, count = (column, pixel) => 100 * column + pixel) {
  const [columns, pixels, channels = 1] = changes.shape || [5, 17];
  const zenithAngle = Array.from({ length: pixels }, (_, pixel) => ((pixel + 0.5) / pixels - 0.5) * 176);
  const lat = zenithAngle.map((angle) => 56 + Math.tan((angle * Math.PI) / 180));
  /** @type {Axes} */
  const axes = {
    shape: [columns, pixels],
    times_ms: Array.from({ length: columns }, (_, column) => START + 60_000 * column + 500),
    exposure_s: 1,
    cadence_s: 60,
    units: "counts",
    provenance: "simulated",
    pixel: zenithAngle.map((_, pixel) => pixel + 0.5),
    latitude_deg: lat,
    longitude_deg: lat.map(() => -94.6),
    mlat_deg: lat.map((value) => value + 10),
    mlon_deg: lat.map(() => -25),
    elevation_deg: zenithAngle.map((angle) => 90 - Math.abs(angle)),
    azimuth_deg: lat.map(() => 0),
    alt_km: 110,
    mlt_h: Array.from({ length: columns }, (_, column) => (23.9 + column / 60) % 24),
    site_mlon_deg: -25,
    limits: [1000, 5000],
    frames: true,
    skymap: null,
    skymap_refused: "",
    ...changes,
  };
  const values = new Float32Array(columns * pixels * channels);
  values.forEach((_, place) => {
    const channel = place % channels;
    const pixel = Math.floor(place / channels) % pixels;
    values[place] = count(Math.floor(place / (channels * pixels)), pixel, channel);
  });
  return new Keogram(axes, values);
}

/** @param {Partial<NightFacts>} [changes] @returns {NightFacts} */
export const night = (changes = {}) => ({
  key: "46.2019-01-02",
  by: "night",
  source: 46,
  name: "THEMIS-ASI GILL",
  day: "2019-01-02",
  start: "2019-01-01T18:00:00Z",
  end: "2019-01-02T18:00:00Z",
  midnight: "2019-01-02T00:00:00Z",
  provenance: "ingested",
  image: [60, 660],
  runs: [[50, 700]],
  tracks: [],
  array: { name: "THEMIS-ASI", limits: [2500, 12000], unit: "counts", alt_km: 110, cadence_s: 3 },
  site: null,
  choices: SERVER.choices,
  urls: { keogram: "/k", frame: "/f/", map: "/m/", movies: "/movies", land: "/land" },
  ...changes,
});

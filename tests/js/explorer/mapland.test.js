/* Land comes out cut: nothing runs across the map, and what should be land is land. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { feature } from "topojson-client";

import { UNIT_M, graticule, outlines, pen } from "../../../assets/modules/explorer/mapland.js";
import { PLANES } from "../../../assets/modules/explorer/mapplane.js";

const CRS = /** @type {const} */ (["mercator", "north", "south"]);
const file = (/** @type {string} */ name) => JSON.parse(readFileSync(new URL(`../../../node_modules/world-atlas/${name}.json`, import.meta.url), "utf8"));
const worlds = Object.fromEntries(["land-110m", "land-50m"].map((name) => {
  const world = file(name);
  return [name, feature(world, world.objects.land)];
}));

/** Rings of a path of straight lines. @param {string} path @returns {number[][][]} */
function rings(path) {
  return path.split("M").filter(Boolean).map((part) =>
    part.replace("Z", "").split("L").map((point) => point.split(",").map(Number)));
}

/** By the crossing rule. @param {number[][][]} all @param {number[]} point */
function inside(all, [x, y]) {
  let odd = false;
  for (const ring of all) {
    for (let here = 0, before = ring.length - 1; here < ring.length; before = here, here += 1) {
      const [x1, y1] = ring[here];
      const [x2, y2] = ring[before];
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) odd = !odd;
    }
  }
  return odd;
}

/** The longest straight piece, in km. @param {number[][][]} all */
const longest = (all) =>
  Math.max(...all.flatMap((ring) => ring.slice(1).map((point, step) => Math.hypot(point[0] - ring[step][0], point[1] - ring[step][1]))));

/** Whether a point is where the map was cut. @param {"mercator" | "north" | "south"} name @param {number[]} point */
function onEdge(name, [x, y]) {
  const edge = PLANES[name].box[2] / UNIT_M - 0.02;
  if (name === "mercator") return Math.abs(x) > edge;
  // The date line is the meridian opposite Greenwich: up in the north view, down in the south view.
  return Math.hypot(x, y) > edge || (Math.abs(x) < 0.02 && y * (name === "north" ? -1 : 1) > 0);
}

/** Where a place lies on a path. @param {"mercator" | "north" | "south"} name @param {number} lat @param {number} lon */
function at(name, lat, lon) {
  const [x, y] = PLANES[name].project(lat, lon);
  return [x / UNIT_M, -y / UNIT_M];
}

/** @type {[string, number, number, boolean][]} */
const PLACES = [
  ["Chukotka, east of the date line", 66.5, -175.5, true], ["Chukotka, west of it", 67, 178, true],
  ["South Pole", -89.9, 30, true], ["Marie Byrd Land", -78, -130, true], ["Victoria Land", -75, 160, true],
  ["Ross Sea", -74, 179.5, false], ["Arctic Ocean", 88, 10, false], ["Pacific", 30, 179.9, false],
  ["Bering Sea", 58, -179.9, false], ["Greenland", 75, -40, true], ["Manitoba", 53, -100, true],
  ["Hudson Bay", 60, -86, false], ["Caspian Sea", 42, 51, false], ["Australia", -25, 135, true],
];

for (const [world, shape] of Object.entries(worlds)) {
  for (const name of CRS) {
    test(`${world}, ${name}: land is land and sea is sea, at the date line and the poles`, () => {
      const drawn = rings(pen(name)(shape));
      for (const [what, lat, lon, land] of PLACES) {
        if (name === "mercator" ? Math.abs(lat) > 85 : lat * (name === "north" ? 1 : -1) < 0) continue;
        assert.equal(inside(drawn, at(name, lat, lon)), land, what);
      }
    });

    test(`${world}, ${name}: coasts have no long straight lines`, () => {
      // Natural Earth's longest side is about 500 km at 1:110m; Mercator stretches it near the poles.
      const most = name === "mercator" ? 4500 : 800;
      assert.ok(longest(rings(pen(name)(outlines(shape)))) < most);
    });

    test(`${world}, ${name}: no coast follows the date line or the rim`, () => {
      for (const ring of rings(pen(name)(outlines(shape)))) {
        ring.slice(1).forEach((to, place) => {
          const from = ring[place];
          const far = Math.hypot(to[0] - from[0], to[1] - from[1]) > 5;
          assert.ok(!(far && onEdge(name, from) && onEdge(name, to)), `${from} to ${to}`);
        });
      }
    });
  }
}

test("geographic lines stay short of the poles and of the edges", () => {
  assert.ok(longest(rings(pen("mercator")(graticule()))) < 40_100);
  assert.ok(rings(pen("north")(graticule())).length > 12);
});

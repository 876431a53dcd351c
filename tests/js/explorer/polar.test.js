/* Both polar projections, against d3-geo's azimuthal equidistant. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { geoAzimuthalEquidistant, geoMercator } from "d3-geo";

import { PLANES, MERCATOR_RADIUS_M, shows } from "../../../assets/modules/explorer/mapplane.js";
import { RADIUS_M, RIM_M, project, unproject } from "../../../assets/modules/explorer/polar.js";

const NEAR_M = 0.01; // of rounding in sines of numbers of ten million metres
const NEAR_DEG = 1e-9;

/** Places all over a sphere, with the pole, the date line and the equator among them. */
function* places() {
  for (let lat = -89.5; lat < 90; lat += 7.3) {
    for (let lon = -180; lon <= 180; lon += 11.25) yield [lat, lon];
  }
  yield* [[90, 0], [-90, 0], [0, 180], [0, -180], [89.999, 123], [-89.999, -57]];
}

for (const pole of /** @type {const} */ (["north", "south"])) {
  const oracle = geoAzimuthalEquidistant()
    .rotate([0, pole === "north" ? -90 : 90])
    .scale(RADIUS_M)
    .translate([0, 0])
    .precision(0);

  test(`${pole}: places lie where d3-geo puts them`, () => {
    for (const [lat, lon] of places()) {
      const expected = /** @type {[number, number]} */ (oracle([lon, lat]));
      const [x, y] = project(pole, lat, lon);
      // All directions lead to the antipode: there d3-geo has its own.
      if (lat * (pole === "north" ? 1 : -1) < -89.9) continue;
      assert.ok(Math.hypot(x - expected[0], y + expected[1]) < NEAR_M, `${lat} ${lon}: ${x} ${y} is not ${expected}`);
    }
  });

  test(`${pole}: a point goes back to its place`, () => {
    for (const [lat, lon] of places()) {
      const back = unproject(pole, ...project(pole, lat, lon));
      assert.ok(back);
      assert.ok(Math.abs(back[0] - lat) < NEAR_DEG);
      if (Math.abs(lat) > 89.9) continue;
      const turn = (((back[1] - lon + 180) % 360) + 360) % 360 - 180;
      assert.ok(Math.abs(turn) < NEAR_DEG, `${lat} ${lon} came back as ${back}`);
    }
  });

  test(`${pole}: nothing lies beyond the rim of the map`, () => {
    assert.equal(PLANES[pole].unproject(RIM_M, RIM_M), null);
    assert.equal(PLANES[pole].unproject(0, RIM_M * 1.001), null);
    assert.equal(unproject(pole, 0, 2.001 * RIM_M), null);
    const place = PLANES[pole].unproject(0, RIM_M * 0.999);
    assert.ok(place && Math.abs(place[0]) < 0.1);
  });
}

test("from above the north pole Greenwich is down, from above the south pole up, east to the right", () => {
  assert.ok(project("north", 60, 0)[1] < 0);
  assert.ok(project("south", -60, 0)[1] > 0);
  assert.ok(project("north", 60, 90)[0] > 0 && project("south", -60, 90)[0] > 0);
});

test("Mercator agrees with d3-geo and goes back", () => {
  const oracle = geoMercator().scale(MERCATOR_RADIUS_M).translate([0, 0]).precision(0);
  for (const [lat, lon] of places()) {
    if (Math.abs(lat) > 85) continue;
    const expected = /** @type {[number, number]} */ (oracle([lon, lat]));
    const [x, y] = PLANES.mercator.project(lat, lon);
    assert.ok(Math.abs(y + expected[1]) < NEAR_M);
    if (Math.abs(lon) < 180) assert.ok(Math.abs(x - expected[0]) < NEAR_M); // d3 wraps 180 to -180
    const back = PLANES.mercator.unproject(x * (1 - 1e-15), y);
    assert.ok(back && Math.abs(back[0] - lat) < NEAR_DEG && Math.abs(back[1] - lon) < NEAR_DEG);
  }
});

test("a map shows its own half of the Earth, Mercator all but the poles", () => {
  assert.ok(shows(PLANES.north, 1) && !shows(PLANES.north, -1));
  assert.ok(shows(PLANES.south, -1) && !shows(PLANES.south, 1));
  assert.ok(shows(PLANES.mercator, 85) && !shows(PLANES.mercator, -86));
});

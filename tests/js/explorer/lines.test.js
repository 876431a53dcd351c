import assert from "node:assert/strict";
import { test } from "node:test";
import { geoInterpolate } from "d3-geo";
import { crossing, cut, place, point, segments } from "../../../assets/modules/explorer/lines.js";

test("a place survives the way into space and back", () => {
  for (let lat = -90; lat <= 90; lat += 15) {
    for (let lon = -180; lon < 180; lon += 15) {
      const back = place(...point(lat, lon, 2.5));
      assert.ok(Math.abs(back.lat - lat) < 1e-9);
      // Over a pole any longitude is right.
      if (Math.abs(lat) < 90) assert.ok(Math.abs(back.lon - lon) < 1e-9, `${lat} ${lon} ${back.lon}`);
      assert.ok(Math.abs(back.radius - 2.5) < 1e-12);
    }
  }
});

test("a line is cut where its great circle meets the date line (d3-geo)", () => {
  const way = geoInterpolate([170, 60], [-160, 70]);
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (way(middle)[0] > 0) low = middle;
    else high = middle;
  }
  assert.ok(Math.abs(crossing(60, 170, 70, -160) - way(low)[1]) < 1e-9);
  const pieces = cut([60, 170, 70, -160]);
  assert.deepEqual(pieces.map((piece) => piece.map(([, lon]) => lon)), [[170, 180], [-180, -160]]);
});

test("missing places end a line; a place alone is none", () => {
  const pieces = cut([1, 1, 2, 2, null, null, 3, 3, null, null, 4, 4, 5, 5]);
  assert.deepEqual(pieces, [[[1, 1], [2, 2]], [[4, 4], [5, 5]]]);
});

test("long steps follow the great circle at their height (d3-geo)", () => {
  const found = segments([10, 20, 60, 140], () => 1.5);
  const way = geoInterpolate([20, 10], [140, 60]);
  const count = found.length / 6;
  assert.ok(count > 20);
  for (let at = 0; at < count; at += 1) {
    const end = place(found[6 * at + 3], found[6 * at + 4], found[6 * at + 5]);
    const [lon, lat] = way((at + 1) / count);
    assert.ok(Math.hypot(end.lat - lat, end.lon - lon) < 1e-9);
    assert.ok(Math.abs(end.radius - 1.5) < 1e-12);
  }
});

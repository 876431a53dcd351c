import assert from "node:assert/strict";
import { test } from "node:test";
import { instant } from "../../../assets/modules/explorer/clock.js";
import { ticks } from "../../../assets/modules/explorer/legend.js";
import { point } from "../../../assets/modules/explorer/lines.js";
import { cellOf, hidden, nearest, struck, valueAt } from "../../../assets/modules/explorer/pick.js";

test("a cell holds the places between its edges", () => {
  for (const row of [0, 1, 255, 511]) {
    for (const column of [0, 1, 512, 1023]) {
      const lat = -90 + ((row + 0.5) * 180) / 512;
      const lon = -180 + ((column + 0.5) * 360) / 1024;
      assert.deepEqual(cellOf(lat, lon), { row, column });
      assert.deepEqual(cellOf(lat, lon + 360), { row, column });
    }
  }
  assert.deepEqual(cellOf(90, 180), { row: 511, column: 0 });
});

test("bytes stand for values between the limits, 0 for none", () => {
  const bytes = new Uint8Array(1024 * 512);
  bytes[cellOf(60, -100).row * 1024 + cellOf(60, -100).column] = 128;
  const grid = { bytes, info: { limits: /** @type {[number, number]} */ ([100, 354]) } };
  assert.equal(valueAt(grid, 60, -100), 227);
  assert.equal(valueAt(grid, 10, 10), null);
  assert.equal(valueAt(null, 10, 10), null);
});

test("a ray to a place in front strikes it; one past the Earth strikes nothing", () => {
  const [x, y, z] = point(60, -100, 3);
  const [u, v, w] = point(55, -90);
  const length = Math.hypot(u - x, v - y, w - z);
  const found = struck({ x, y, z }, { x: (u - x) / length, y: (v - y) / length, z: (w - z) / length });
  assert.ok(found && Math.abs(found.lat - 55) < 1e-9 && Math.abs(found.lon + 90) < 1e-9);
  assert.equal(struck({ x: 3, y: 0, z: 0 }, { x: 0, y: 1, z: 0 }), null);
  assert.equal(struck({ x: 3, y: 0, z: 0 }, { x: 1, y: 0, z: 0 }), null);
});

test("the nearest within reach, and of those at one place the last drawn", () => {
  const marks = [{ x: 0, y: 0, name: "a" }, { x: 0, y: 0, name: "b" }, { x: 9, y: 0, name: "c" }];
  assert.equal(nearest(marks, 1, 0)?.name, "b");
  assert.equal(nearest(marks, 8, 0)?.name, "c");
  assert.equal(nearest(marks, 40, 0), null);
});

test("typed times are taken or refused, never bent", () => {
  assert.equal(instant("2022-01-01", "6:30"), Date.UTC(2022, 0, 1, 6, 30));
  assert.equal(instant("2022-01-01", "0630"), Date.UTC(2022, 0, 1, 6, 30));
  assert.equal(instant("2022-01-01", ""), Date.UTC(2022, 0, 1));
  for (const [day, time] of [["2022-02-30", "00:00"], ["2022-01-01", "24:30"], ["2022-1-1", "00:00"], ["", "1"], ["2022-01-01", "six"]]) {
    assert.equal(instant(day, time), null, `${day} ${time}`);
  }
});

test("a scale names both its ends and round numbers between", () => {
  assert.deepEqual(ticks([0, 100]), [0, 25, 50, 75, 100]);
  const found = ticks([400, 5000]);
  assert.deepEqual([found[0], found.at(-1)], [400, 5000]);
  assert.ok(found.slice(1, -1).every((value) => value % 1000 === 0));
});

test("the Earth hides what is behind it, not what stands before it, on its rim or above", () => {
  const eye = { x: 3, y: 0, z: 0 };
  assert.equal(hidden(1, 0, 0, eye), false);
  assert.equal(hidden(-1, 0, 0, eye), true);
  assert.equal(hidden(-3, 0, 0, eye), true);
  // The rim as seen from here is where the line of sight touches: x = 1/3.
  assert.equal(hidden(0.34, Math.sqrt(1 - 0.34 ** 2), 0, eye), false);
  assert.equal(hidden(0.2, Math.sqrt(1 - 0.2 ** 2), 0, eye), true);
  assert.equal(hidden(-1, 2.5, 0, eye), false);
  // Beyond the eye, on the same side.
  assert.equal(hidden(5, 0, 0, eye), false);
});

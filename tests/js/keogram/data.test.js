/* One keogram as numbers, against counting through its columns and pixels. */
import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";

import { Keogram, Unavailable, latitudeCells, loadKeogram, upper } from "../../../assets/modules/keogram/data.js";
import { makeVertical } from "../../../assets/modules/keogram/vertical.js";
import { chance } from "../random.js";
import { START, keogram } from "./made.js";

afterEach(() => mock.restoreAll());

test("a moment belongs to the column whose exposure and cadence hold it", () => {
  const next = chance(4);
  const times = [START];
  for (let column = 1; column < 200; column += 1) {
    times.push(times[column - 1] + 3000 + Math.floor(next() * 40) + (next() < 0.1 ? 60_000 : 0));
  }
  const made = keogram({ shape: [200, 3], times_ms: times, exposure_s: 1, cadence_s: 3 });
  for (let time = 0; time < 3000; time += 1) {
    const ms = START - 5000 + next() * (times[199] - START + 10_000);
    const begins = times.map((middle) => middle - 500);
    const after = begins.findIndex((begin) => begin > ms);
    const last = after < 0 ? 199 : after - 1;
    const follows = last < 199 && begins[last + 1] - begins[last] <= 4500;
    const within = last >= 0 && (follows || ms < begins[last] + 3000);
    assert.equal(made.columnAt(ms), within ? last : -1);
    const far = times.map((middle) => Math.abs(middle - ms));
    assert.equal(far[made.columnNear(ms)], Math.min(...far));
  }
});

test("how many are not above a value", () => {
  const sorted = Float64Array.of(1, 2, 2, 5);
  [0, 1, 1.5, 2, 4, 5, 6].forEach((value) => {
    assert.equal(upper(sorted, value), sorted.filter((each) => each <= value).length);
  });
  assert.equal(upper(new Float64Array(), 1), 0);
});

test("counts lie in the order time, pixel, colour", () => {
  const made = keogram({ shape: [3, 4, 3] }, (column, pixel, channel) => 100 * column + 10 * pixel + channel);
  assert.deepEqual(made.value(2, 1), [210, 211, 212]);
  assert.deepEqual(keogram({ shape: [3, 4] }).value(2, 1), [201]);
});

test("counts that do not fit their axes are refused", () => {
  assert.throws(() => new Keogram(keogram().axes, new Float32Array(3)), Unavailable);
});

test("local time of a pixel runs with its magnetic longitude, past midnight", () => {
  const made = keogram({ mlon_deg: Array.from({ length: 17 }, (_, pixel) => -25 + pixel), shape: [10, 17] });
  assert.ok(Math.abs(made.mlt(0, 0) - 23.9) < 1e-9);
  assert.ok(Math.abs(made.mlt(0, 15) - 24.9) < 1e-9);
  assert.ok(made.mltHours.every((hour, place) => !place || hour > made.mltHours[place - 1]));
  const wide = keogram({ mlon_deg: Array.from({ length: 17 }, () => 175), site_mlon_deg: -179 });
  assert.ok(Math.abs(wide.mlt(0, 0) - (23.9 - 6 / 15)) < 1e-9, "the short way round");
});

test("a site without magnetic longitude gives its pixels no local time of their own", () => {
  const made = keogram({ site_mlon_deg: null });
  assert.equal(made.mlt(0, 3), 23.9);
});

test("the zenith is the pixel that looks highest; the middle where nobody knows", () => {
  assert.equal(keogram().zenith, 8);
  assert.equal(keogram({ elevation_deg: null, shape: [5, 21] }).zenith, 10);
  const odd = Array.from({ length: 17 }, (_, pixel) => (pixel < 3 ? null : 60 - Math.abs(pixel - 11)));
  assert.equal(keogram({ elevation_deg: odd }).zenith, 11);
});

test("the liveliest column is the one with most contrast, twilight left out", () => {
  const made = keogram({ shape: [100, 20] }, (column, pixel) => {
    if (column < 3) return 10_000 * (pixel % 2);
    return column === 57 && pixel > 15 ? 900 : 100 + (pixel % 3);
  });
  assert.equal(made.liveliest, 57);
});

test("on a latitude axis a pixel owns the latitudes nearest to it, above the haze", () => {
  [1, -1].forEach((way) => {
    const plain = keogram();
    const made = keogram({ latitude_deg: [...plain.place.lat].map((lat) => way * lat) });
    const cells = latitudeCells(made, "lat");
    assert.ok(cells);
    const seen = [...made.place.elevation.keys()].filter((pixel) => made.place.elevation[pixel] >= 5);
    assert.deepEqual([cells.first, cells.last], [seen[0], seen[seen.length - 1]]);
    const axis = makeVertical(made, "lat", "column");
    const [low, high] = [Math.min(...cells.edges), Math.max(...cells.edges)];
    for (let share = 0.001; share < 1; share += 0.003) {
      const lat = low + share * (high - low);
      const nearest = seen.reduce((best, pixel) =>
        Math.abs(made.place.lat[pixel] - lat) < Math.abs(made.place.lat[best] - lat) ? pixel : best);
      assert.equal(axis.pixelOf(share), nearest);
    }
    seen.forEach((pixel) => assert.equal(axis.pixelOf(axis.shareOf(pixel) ?? NaN), pixel));
    assert.equal(axis.shareOf(cells.first - 1), null);
    assert.deepEqual([axis.pixelOf(-0.1), axis.pixelOf(1)], [-1, -1]);
  });
});

test("a latitude axis ends where latitudes turn back, and is none without latitudes", () => {
  const lat = [...keogram().place.lat];
  const turning = lat.map((value, pixel) => (pixel > 12 ? lat[12] - (pixel - 12) : value));
  const cells = latitudeCells(keogram({ latitude_deg: turning }), "lat");
  assert.equal(cells && cells.last, 12);
  assert.equal(latitudeCells(keogram({ latitude_deg: null }), "lat"), null);
  assert.equal(makeVertical(keogram({ latitude_deg: null }), "lat", "column").axis, "pixel");
});

test("on the pixel axis every pixel has the same height", () => {
  const axis = makeVertical(keogram(), "pixel", "column");
  for (let pixel = 0; pixel < 17; pixel += 1) assert.equal(axis.pixelOf(axis.shareOf(pixel) ?? NaN), pixel);
  assert.equal(axis.pixelOf(0), 0);
  assert.equal(axis.pixelOf(0.9999), 16);
});

test("a keogram is read as axes and counts, in the words of the query", async () => {
  const { axes, values } = keogram();
  /** @type {string[]} */
  const asked = [];
  mock.method(globalThis, "fetch", async (/** @type {string} */ url) => {
    asked.push(url);
    return url.includes(".json") ? Response.json(axes) : new Response(new Uint8Array(Float32Array.from(values).buffer));
  });
  const made = await loadKeogram("/k", { slice: "column", start: "2019-01-02T00:00:00" }, new AbortController().signal);
  assert.deepEqual(made.values, values);
  assert.deepEqual(asked, [".json", ".bin"].map((end) => `/k${end}?slice=column&start=2019-01-02T00%3A00%3A00`));
});

test("what the server refuses is told in its words", async () => {
  const told = { error_message: "There is no keogram.", hint: "Ask for another day." };
  mock.method(globalThis, "fetch", async () => Response.json(told, { status: 404 }));
  await assert.rejects(loadKeogram("/k", {}, new AbortController().signal), {
    name: "Error", constructor: Unavailable, message: "There is no keogram. Ask for another day.",
  });
  mock.method(globalThis, "fetch", async () => new Response("<html>", { status: 502 }));
  await assert.rejects(loadKeogram("/k", {}, new AbortController().signal), { message: "The server answered 502." });
});

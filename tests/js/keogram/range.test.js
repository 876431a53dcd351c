/* Which time is in view, and which part of a long night is read for it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Range } from "../../../assets/modules/keogram/range.js";
import { stepOf } from "../../../assets/modules/keogram/movie.js";
import { chance } from "../random.js";
import { night } from "./made.js";

const MINUTE = 60_000;
const MIDNIGHT = Date.UTC(2019, 0, 2);

test("the data reach from the first image to the last, else over the record, else over the night", () => {
  assert.deepEqual(new Range(night()).data, [MIDNIGHT + 60 * MINUTE, MIDNIGHT + 660 * MINUTE]);
  assert.deepEqual(new Range(night({ image: null })).data, [MIDNIGHT + 50 * MINUTE, MIDNIGHT + 700 * MINUTE]);
  assert.deepEqual(new Range(night({ image: null, runs: [] })).data, [MIDNIGHT - 360 * MINUTE, MIDNIGHT + 1080 * MINUTE]);
});

test("a description without times is refused", () => {
  assert.throws(() => new Range(night({ start: "noon" })), RangeError);
});

test("a view is what the address says, else everything with a little room", () => {
  const range = new Range(night());
  const [start, end] = range.whole;
  assert.ok(start < range.data[0] && end > range.data[1] && end - start < 1.03 * 600 * MINUTE);
  assert.deepEqual(range.of({ t0: null, t1: null }), range.whole);
  assert.deepEqual(range.of({ t0: 5, t1: 9 }), [5, 9]);
  assert.deepEqual(range.of({ t0: 9, t1: 5 }), range.whole);
});

test("whatever is asked for, a view stays within the night and some columns wide", () => {
  const range = new Range(night());
  const next = chance(6);
  for (let time = 0; time < 2000; time += 1) {
    const middle = MIDNIGHT + (next() - 0.4) * 40 * 60 * MINUTE;
    const half = next() ** 4 * 30 * 60 * MINUTE;
    const found = range.limited(middle - half, middle + half, [0, 1], 3000);
    assert.ok(found);
    const { start, end } = range.window;
    assert.ok(found.t0 >= start && found.t1 <= end);
    assert.ok(found.t1 - found.t0 >= 24_000 - 1000);
    assert.equal(found.t0 % 1000, 0);
    // Where nothing is in the way, the view keeps its middle.
    if (middle - half > start && middle + half < end) assert.ok(Math.abs((found.t0 + found.t1) / 2 - middle) <= 13_000);
  }
});

test("a view that is there already is none that could be shown", () => {
  const range = new Range(night());
  assert.equal(range.limited(0, 1e15, [range.window.start, range.window.end], 3000), null);
});

test("a long night is read in minutes as a whole and as measured in parts", () => {
  const range = new Range(night());
  const [first, last] = range.data;
  assert.deepEqual(range.everything, { start: first, end: last, cadence: "minute" });
  const view = /** @type {[number, number]} */ ([MIDNIGHT + 300 * MINUTE, MIDNIGHT + 360 * MINUTE]);
  const part = range.part(view);
  assert.deepEqual(part, { start: MIDNIGHT + 270 * MINUTE, end: MIDNIGHT + 390 * MINUTE, cadence: "native" });
  assert.ok(range.serves(part, view));
  assert.ok(range.serves(part, [view[0] + 20 * MINUTE, view[1] + 20 * MINUTE]), "there is room on both sides");
  assert.ok(!range.serves(part, [view[0] + 40 * MINUTE, view[1] + 40 * MINUTE]));
  assert.ok(!range.serves(range.everything, view));
  assert.ok(!range.serves(null, view));
});

test("a part serves the view that it was made for, everywhere in the night", () => {
  const next = chance(7);
  for (let time = 0; time < 2000; time += 1) {
    const image = /** @type {[number, number]} */ ([Math.floor(next() * 300), 301 + Math.floor(next() * 400)]);
    const range = new Range(night({ image, provenance: next() < 0.3 ? "simulated" : "ingested" }));
    const start = MIDNIGHT + (image[0] + next() * (image[1] - image[0])) * MINUTE;
    const view = /** @type {[number, number]} */ ([start, start + 24_000 + next() ** 6 * 240 * MINUTE]);
    const part = range.part(view);
    assert.ok(range.serves(part, view));
    assert.ok(part.end > part.start);
  }
});

test("simulated nights, and short ones, are read once", () => {
  assert.deepEqual(new Range(night({ provenance: "simulated" })).everything.cadence, undefined);
  assert.equal(new Range(night({ image: [60, 200] })).everything.cadence, "native");
});

test("a movie has some hundred frames, no closer together than the images", () => {
  [[60, 3000], [3600, 3000], [36_000, 3000], [36_000, 60_000], [86_400, 60_000]].forEach(([seconds, cadence]) => {
    const step = stepOf(seconds * 1000, cadence);
    assert.ok(step >= cadence / 1000 && seconds / step <= 600, `${seconds} s in steps of ${step} s`);
  });
  assert.equal(stepOf(3_600_000, 3000), 6);
  assert.equal(stepOf(1000 * 3_600_000, 3000), 60_000);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Pace } from "../../../assets/modules/explorer/pace.js";

/** @param {Pace} pace @param {number} took @param {number} wanted @param {number} [times] */
const play = (pace, took, wanted, times = 8) =>
  Array.from({ length: times }, () => pace.count(took, wanted)).filter(Boolean).length;

test("a machine that keeps up draws every pixel", () => {
  const pace = new Pace();
  assert.equal(play(pace, 34, 33, 200), 0);
  assert.equal(play(pace, 101, 100, 200), 0, "ten frames a second were asked for");
  assert.equal(pace.share, 1);
});

test("one that does not draws fewer, but never less than a third of them", () => {
  const pace = new Pace();
  const shares = Array.from({ length: 5 }, () => {
    play(pace, 90, 33);
    return pace.share;
  });
  assert.deepEqual(shares, [0.75, 0.6, 0.6, 0.6, 0.6]);
  assert.ok(pace.share ** 2 > 1 / 3);
});

test("a single late frame, or one that was waited for, changes nothing", () => {
  const pace = new Pace();
  play(pace, 34, 33, 7);
  assert.equal(pace.count(900, 33), false);
  assert.equal(play(pace, 900, Infinity, 50), 0);
  assert.equal(pace.share, 1);
});

test("when the clock stands everything is sharp again", () => {
  const pace = new Pace();
  assert.equal(pace.reset(), false);
  play(pace, 90, 33);
  assert.equal(pace.reset(), true);
  assert.equal(pace.share, 1);
});

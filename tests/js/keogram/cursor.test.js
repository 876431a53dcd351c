/* The cursor over an opened night: where keys, pointer and playback put it, and what is read there. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { press } from "../../../assets/modules/keogram/gestures.js";
import { WithCursor } from "../../../assets/modules/keogram/cursor.js";
import { Readout, readAt, valueWords } from "../../../assets/modules/keogram/readout.js";
import { makeVertical } from "../../../assets/modules/keogram/vertical.js";
import { fake, fakePage } from "../fake_page.js";
import { START, keogram } from "./made.js";
/** @import {Night} from "../../../assets/modules/keogram/night.js" */

fakePage();

const MINUTE = 60_000;
let written = 0;
/** @type {[number, number][]} */
let zooms = [];
/** @type {unknown[][]} what the frames were told */
let told = [];

beforeEach(() => {
  written = 0;
  zooms = [];
  told = [];
});

/** A cursor with as much of a night as it moves over. @param {[number, number]} [range] */
function cursor(range = [START, START + 5 * MINUTE]) {
  const made = keogram();
  const night = Object.assign(new WithCursor(), {
    keogram: /** @type {typeof made | null} */ (made),
    vertical: makeVertical(made, "pixel", "column"),
    look: { at: null, px: null },
    range,
    pixel: made.zenith,
    figure: { cursor: () => undefined, hover: () => undefined, plot: { setAttribute: () => undefined } },
    readout: { show: () => undefined },
    frames: { at: (/** @type {unknown[]} */ ...what) => told.push(what), ready: () => true },
    player: { playing: false },
    writeAddress: () => { written += 1; },
    zoom: (/** @type {number} */ start, /** @type {number} */ end) => zooms.push([start, end]),
  });
  return /** @type {Night} */ (/** @type {unknown} */ (night));
}

test("it stays within the keogram", () => {
  const night = cursor();
  night.step(-3);
  assert.deepEqual([night.column, night.pixel], [0, 8]);
  night.step(99);
  night.climb(99);
  assert.deepEqual([night.column, night.pixel], [4, 16]);
  night.jump("first");
  night.climb(-99);
  assert.deepEqual([night.column, night.pixel], [0, 0]);
  night.jump("last");
  assert.equal(night.column, 4);
});

test("its place is in the address: whole seconds, and the pixel unless it is the zenith", () => {
  const night = cursor();
  night.step(2);
  assert.deepEqual([night.look.at, night.look.px, written], [START + 2 * MINUTE, null, 1]);
  night.climb(1);
  assert.equal(night.look.px, 9);
  night.player.playing = true;
  night.step(1);
  assert.equal(written, 2, "playing writes when it ends");
});

test("where the pointer presses is where it goes, and the frames know which way", () => {
  const night = cursor();
  night.pin(START + 3 * MINUTE, 0.99);
  assert.deepEqual([night.column, night.pixel], [3, 16]);
  night.pin(START, 0.01);
  assert.deepEqual(told.map(([column, pixel, way]) => [column, pixel, way]), [[3, 16, 1], [0, 0, -1]]);
});

test("a cursor that leaves the view takes the view along", () => {
  const night = cursor([START, START + 2 * MINUTE]);
  night.step(1);
  assert.equal(zooms.length, 0);
  night.step(3);
  assert.deepEqual(zooms, [[START + 4 * MINUTE + 500 - MINUTE, START + 4 * MINUTE + 500 + MINUTE]]);
});

test("playing begins at the cursor, or at the start of the view, and ends with it", () => {
  const night = cursor([START + MINUTE, START + 3 * MINUTE]);
  assert.ok(night.begins());
  assert.equal(night.column, 1);
  assert.ok(night.advance());
  assert.ok(!night.advance(), "the next column lies behind the view");
  assert.ok(night.begins());
  assert.equal(night.column, 2, "from within the view it goes on");
});

test("without a keogram nothing moves and nothing plays", () => {
  const night = cursor();
  night.keogram = null;
  night.step(1);
  night.pin(START, 0.5);
  night.hover(START, 0.5);
  night.leave();
  assert.deepEqual([night.column, night.begins(), night.advance(), written], [0, false, false, 0]);
});

test("keys do what the list of keys says, ten times with Shift", () => {
  /** @type {string[]} */
  const done = [];
  const host = {
    step: (/** @type {number} */ columns) => { done.push(`step ${columns}`); },
    climb: (/** @type {number} */ pixels) => { done.push(`climb ${pixels}`); },
    jump: (/** @type {string} */ end) => { done.push(`jump ${end}`); },
    play: () => { done.push("play"); },
    closer: (/** @type {number} */ factor) => { done.push(`closer ${factor}`); },
    reset: () => { done.push("reset"); },
  };
  /** @param {string} key */
  const type = (key, shiftKey = false) => press(/** @type {KeyboardEvent} */ (Object.assign(new Event("keydown"), { key, shiftKey })), host);
  const keys = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", " ", "+", "=", "-", "0"];
  keys.forEach((key) => assert.ok(type(key), key));
  assert.ok(type("ArrowLeft", true));
  assert.deepEqual(done, ["step -1", "step 1", "climb 1", "climb -1", "jump first", "jump last", "play",
    "closer 0.5", "closer 0.5", "closer 2", "reset", "step -10"]);
  ["a", "Enter", "constructor"].forEach((key) => assert.equal(type(key), false));
});

test("what is read has its unit, and says so where there is nothing", () => {
  const made = keogram({ units: "R", latitude_deg: Array(17).fill(-56.125), longitude_deg: Array(17).fill(-94.64) });
  const read = readAt(made, START, 2, 3);
  assert.deepEqual([read.utc, read.lat, read.lon, read.pixel, read.value],
    ["2019-01-02 03:00:00", "56.13° S", "94.64° W", "3.5", "203 R"]);
  assert.equal(readAt(made, START, -1, 3).value, "no image");
  assert.deepEqual(["lat", "value"].map((key) => readAt(made, START, 2, -1)[/** @type {"lat"} */ (key)]), ["", ""]);
  assert.equal(valueWords(keogram({}, () => NaN), 0, 0), "no value");
  assert.equal(valueWords(keogram({ shape: [5, 17, 3] }, (_column, _pixel, channel) => channel + 0.25), 0, 0), "0.3, 1.3, 2.3 counts");
  const readout = new Readout();
  readout.show({ ...read, lat: "" });
  assert.match(fake(readout.element).textContent, /Latitude–.*Value203 R/);
});

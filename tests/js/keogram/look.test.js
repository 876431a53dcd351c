/* The look of a night as part of the address, in the words that the server knows. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { DEFAULTS, readLook, styleQuery, writeLook } from "../../../assets/modules/keogram/look.js";
import { SERVER } from "../fixtures/server.js";
import { chance } from "../random.js";
/** @import {Look} from "../../../assets/modules/types/keogram.js" */

const { choices } = SERVER;
const USUAL = { ...DEFAULTS, cmap: choices.cmap };

test("an address that says nothing has the defaults, and they are not written", () => {
  assert.deepEqual(readLook("", choices), USUAL);
  assert.equal(writeLook(USUAL, choices), "");
});

test("what the server takes is taken, what it refuses is not", () => {
  /** @type {Record<string, keyof Look>} */
  const names = { skymap: "forced" };
  SERVER.looks.forEach(({ key, text, accepted }) => {
    const look = readLook(`${key}=${encodeURIComponent(text)}`, choices);
    const name = /** @type {keyof Look} */ (names[key] || key);
    // A default that is spelt out changes nothing either way.
    const usual = text === String(USUAL[name]) || (key === "log" && text === "0");
    assert.equal(look[name] !== USUAL[name], accepted && !usual, `${key}=${text}`);
  });
});

/**
 * @template Value
 * @param {() => number} next
 * @param {Value[]} values
 * @returns {Value}
 */
const oneOf = (next, values) => values[Math.floor(next() * values.length)];

/** @param {() => number} next @returns {Look} */
function anyLook(next) {
  const scale = oneOf(next, /** @type {Look["scale"][]} */ (Object.keys(choices.scale)));
  const ends = scale === "manual";
  const part = next() < 0.5;
  const t0 = Math.floor(next() * 2e9) * 1000;
  return {
    slice: oneOf(next, /** @type {Look["slice"][]} */ (Object.keys(choices.slice))),
    axis: oneOf(next, /** @type {Look["axis"][]} */ (Object.keys(choices.axis))),
    scale,
    vmin: ends ? oneOf(next, [null, 0, -2.5, 3000]) : null,
    vmax: ends ? oneOf(next, [null, 0, 1e4, 12000.25]) : null,
    log: next() < 0.5,
    gamma: oneOf(next, [1, 0.2, 1.4, 5]),
    cmap: oneOf(next, Object.keys(choices.tables)),
    view: oneOf(next, /** @type {Look["view"][]} */ (["sky", "map"])),
    forced: next() < 0.5,
    at: oneOf(next, [null, t0, t0 + 250]),
    px: oneOf(next, [null, 0, 125]),
    t0: part ? t0 : null,
    t1: part ? t0 + 3_600_000 : null,
  };
}

test("what is written reads back as it was", () => {
  const next = chance(5);
  for (let time = 0; time < 500; time += 1) {
    const look = anyLook(next);
    assert.deepEqual(readLook(writeLook(look, choices), choices), look);
  }
});

test("limits that the scale does not use are not in the address", () => {
  assert.equal(writeLook({ ...USUAL, vmin: 5, vmax: 9 }, choices), "");
});

test("half a span of time is none", () => {
  assert.equal(writeLook({ ...USUAL, t0: 0 }, choices), "");
});

test("the style of pictures is in text, with what differs from the plain one", () => {
  assert.deepEqual(styleQuery(USUAL, null), { cmap: "viridis" });
  assert.deepEqual(styleQuery({ ...USUAL, log: true, gamma: 1.4 }, [2500, 12000]), {
    cmap: "viridis", vmin: "2500", vmax: "12000", log: "1", gamma: "1.4",
  });
});

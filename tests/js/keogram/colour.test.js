/* Colours of counts, against the server that paints the same keograms. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { limitsOf, makeScale, ownLimits, percentiles, rounded, tableOf } from "../../../assets/modules/keogram/colour.js";
import { SERVER } from "../fixtures/server.js";

test("shares of the scale are the server's, in every shape of it", () => {
  SERVER.scales.forEach(({ limits, log, gamma, values, shares }) => {
    const scale = makeScale(limits, { log, gamma });
    values.forEach((value, place) => {
      // Both count in doubles; logarithm and power may differ in their last bits.
      assert.ok(Math.abs(scale.share(value) - shares[place]) < 1e-12, `${value} of ${limits}, log ${log}, gamma ${gamma}`);
    });
  });
});

test("a share leads back to its value", () => {
  SERVER.scales.filter(({ limits }) => limits[1] > limits[0]).forEach(({ limits, log, gamma }) => {
    const scale = makeScale(limits, { log, gamma });
    for (let share = 0.05; share < 1; share += 0.05) {
      assert.ok(Math.abs(scale.share(scale.value(share)) - share) < 1e-9);
    }
  });
});

test("limits are numpy's percentiles of the counts that are there", () => {
  SERVER.percentiles.forEach(({ values, limits }) => {
    const [low, high] = percentiles(Float32Array.from(values, (value) => value ?? NaN), [0.01, 0.99]);
    // Counts are float32: seven digits of the largest.
    const room = 1e-6 * Math.max(...limits.map(Math.abs));
    assert.ok(Math.abs(low - limits[0]) <= room && Math.abs(high - limits[1]) <= room);
  });
  assert.deepEqual(percentiles(Float32Array.of(NaN, NaN), [0.01, 0.99]), [0, 1]);
});

test("of many counts a sample serves, to three digits", () => {
  const many = Float32Array.from({ length: 1_000_001 }, (_, place) => (place * 7919) % 1_000_001);
  const [low, high] = percentiles(many, [0.01, 0.99]);
  assert.ok(Math.abs(low - 10_000) < 100 && Math.abs(high - 990_000) < 1000);
});

test("limits are those told, in four digits; else those of the counts", () => {
  assert.deepEqual(ownLimits({ axes: { limits: [2512.3, 11234.9] } }), [2512, 11230]);
  const values = Float32Array.from({ length: 101 }, (_, place) => place);
  assert.deepEqual(ownLimits({ axes: { limits: null }, values }), [1, 99]);
  assert.equal(rounded(0.0123456), 0.01235);
});

test("which limits hold is a matter of the scale that was chosen", () => {
  const array = { limits: /** @type {[number, number]} */ ([2500, 12000]) };
  /** @param {Partial<import("../../../assets/modules/types/keogram.js").Look>} look */
  const chosen = (look) => limitsOf({ scale: "percentile", vmin: null, vmax: null, ...look }, [3000, 8000], array);
  assert.deepEqual(chosen({}), [3000, 8000]);
  assert.deepEqual(chosen({ scale: "fixed" }), [2500, 12000]);
  assert.deepEqual(chosen({ scale: "manual", vmin: 0 }), [0, 8000]);
  assert.deepEqual(chosen({ scale: "manual", vmin: 9000 }), [3000, 8000], "ends that are crossed are not taken");
  assert.deepEqual(limitsOf({ scale: "fixed", vmin: null, vmax: null }, [1, 2], { limits: null }), [1, 2]);
});

test("a table has 255 colours; viridis goes from violet to yellow", () => {
  const { bytes, colours } = tableOf(SERVER.choices.tables.viridis);
  assert.equal(colours, 255);
  assert.deepEqual([...bytes.slice(0, 3)], [68, 1, 84]); // #440154
  assert.deepEqual([...bytes.slice(-3)], [253, 231, 37]); // #fde725
});

/* Where numbers stand on axes, against all the round steps that there are. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { clockTicks, timeTicks, valueTicks } from "../../../assets/modules/keogram/ticks.js";
import { chance } from "../random.js";

/* Every round step from a millionth to a million, rising. */
const STEPS = Array.from({ length: 14 }, (_, place) => [1, 2, 5].map((factor) => Number(`${factor}e${place - 7}`))).flat();

test("values stand at multiples of 1, 2 or 5 times a power of ten, as wide as need be", () => {
  const next = chance(2);
  for (let time = 0; time < 2000; time += 1) {
    const low = (next() - 0.5) * 10 ** Math.floor(next() * 9 - 3);
    const high = low + next() * 10 ** Math.floor(next() * 9 - 3) + 1e-5;
    const most = 2 + Math.floor(next() * 10);
    // A ten-millionth of room: whether 0.2 is below 0.2 is a matter of its last bit.
    const step = STEPS.find((size) => size * (1 + 1e-7) >= (high - low) / most) || NaN;
    const ticks = valueTicks(low, high, most);
    assert.ok(ticks.length <= most + 1, `${low} ${high} ${most}`);
    const room = step * 1e-6;
    ticks.forEach(({ at }) => {
      assert.ok(at >= low - room && at <= high + room);
      assert.ok(Math.abs(at / step - Math.round(at / step)) < 1e-6, `${at} is no multiple of ${step}`);
    });
    // None is missing: the first lies within a step of the lower end, the last of the upper one.
    if (ticks.length) {
      assert.ok(ticks[0].at - low < step && high - ticks[ticks.length - 1].at < step);
    } else assert.ok(high - low < step);
  }
});

test("what is written has as many digits as the step, and reads back as the value", () => {
  assert.deepEqual(valueTicks(0, 1, 5).map(({ text }) => text), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
  assert.deepEqual(valueTicks(2500, 12000, 4).map(({ text }) => text), ["5000", "10000"]);
  const next = chance(3);
  for (let time = 0; time < 300; time += 1) {
    const low = next() * 1000;
    const high = low + next() * 10;
    valueTicks(low, high, 6).forEach(({ at, text }) => assert.ok(Math.abs(Number(text) - at) <= 1e-9 * (1 + at)));
  }
});

test("an axis that goes down has the ticks of one that goes up; one without length has none", () => {
  assert.deepEqual(valueTicks(70, 50, 4), valueTicks(50, 70, 4));
  assert.deepEqual(valueTicks(5, 5, 4), []);
  assert.deepEqual(valueTicks(NaN, 4, 4), []);
});

test("times stand at whole parts of the UT day, with its date at midnight", () => {
  const start = Date.UTC(2019, 0, 1, 22, 20);
  const ticks = timeTicks(start, start + 3 * 3_600_000, 6);
  assert.deepEqual(ticks.map(({ text }) => text), ["22:30", "23:00", "23:30", "00:00", "00:30", "01:00"]);
  assert.deepEqual(ticks.map(({ note }) => note), ["", "", "", "2019-01-02", "", ""]);
  assert.deepEqual(timeTicks(start, start + 4000, 4).map(({ text }) => text).slice(0, 2), ["22:20:00", "22:20:01"]);
});

test("hours of a clock stand where it strikes them, whatever its speed", () => {
  const start = Date.UTC(2019, 0, 2);
  const times = Float64Array.from({ length: 600 }, (_, place) => start + 60_000 * place);
  // A clock that starts at 22.4 h, runs past midnight, and slows down.
  /** @param {number} ms */
  const hourAt = (ms) => 22.4 + 10 * Math.sin(((ms - start) / 36_000_000) * 1.2);
  const ticks = clockTicks(times, times.map(hourAt), start, times[599], 12);
  assert.ok(ticks.length > 4 && ticks.length <= 13);
  ticks.forEach(({ at, hours }) => {
    assert.equal(hours % 1, 0);
    assert.ok(Math.abs(hourAt(at) - hours) < 1e-4); // linear between moments a minute apart
  });
  assert.deepEqual(clockTicks(times, times.map(hourAt), times[599] + 1, times[599] + 2, 4), []);
});

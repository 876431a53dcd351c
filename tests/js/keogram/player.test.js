/* Playback, by the ticks of a clock that the test holds. */
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Player } from "../../../assets/modules/keogram/player.js";

let now = 0;
/** @type {((time: number) => void) | null} */
let wanted = null;

beforeEach(() => {
  now = 0;
  wanted = null;
  mock.method(performance, "now", () => now);
  Object.assign(globalThis, {
    requestAnimationFrame: (/** @type {(time: number) => void} */ act) => {
      wanted = act;
      return 1;
    },
    cancelAnimationFrame: () => {
      wanted = null;
    },
  });
});

/** Shows frames every 16 ms. @param {number} ms */
function run(ms) {
  for (const end = now + ms; now < end; now += 16) {
    const act = wanted;
    wanted = null;
    if (act) act(now);
  }
}

function host() {
  const made = {
    columns: 0, ended: 0, there: true, last: Infinity,
    ready: () => made.there,
    advance: () => {
      if (made.columns >= made.last) return false;
      made.columns += 1;
      return true;
    },
    stopped: () => {
      made.ended += 1;
    },
  };
  return made;
}

test("as many columns a second as were asked for", () => {
  [2, 5, 10, 20].forEach((speed) => {
    const made = host();
    const player = new Player(made);
    player.speed = speed;
    player.start();
    run(4000);
    // The first comes at once; a frame of the screen may be late by one.
    assert.ok(Math.abs(made.columns - 4 * speed) <= 1, `${made.columns} columns at ${speed} a second`);
    player.stop();
    assert.equal(made.ended, 1);
    assert.equal(wanted, null);
  });
});

test("no faster than the pictures come, and not for ever without them", () => {
  const made = host();
  const player = new Player(made);
  made.there = false;
  player.start();
  run(3900);
  assert.equal(made.columns, 0);
  run(300);
  assert.equal(made.columns, 1, "a picture that does not come is passed over");
  made.there = true;
  run(1000);
  assert.ok(made.columns > 8 && made.columns <= 12);
});

test("it ends with the last column, and starts once", () => {
  const made = host();
  made.last = 3;
  const player = new Player(made);
  player.toggle();
  player.start();
  run(2000);
  assert.deepEqual([made.columns, made.ended, player.playing], [3, 1, false]);
  player.stop();
  assert.equal(made.ended, 1);
});

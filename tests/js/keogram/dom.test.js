/* Elements as they are written, and calls that are held back. */
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { clamp, html, icon, svg, throttled } from "../../../assets/modules/keogram/dom.js";
import { fake, fakePage } from "../fake_page.js";

fakePage();

test("an element has the name, classes, attributes and children that were written", () => {
  let presses = 0;
  const button = html("button.btn.btn--small", { type: "button", hidden: true, title: null, disabled: false, tabindex: 0,
    onclick: () => { presses += 1; } }, "Play", null, [html("b", {}, "now"), undefined]);
  const { tagName, attributes, textContent } = fake(button);
  assert.equal(tagName, "BUTTON");
  assert.deepEqual([...attributes], [["class", "btn btn--small"], ["type", "button"], ["hidden", ""], ["tabindex", "0"]]);
  assert.equal(textContent, "Playnow");
  button.dispatchEvent(new Event("click"));
  assert.equal(presses, 1);
  assert.equal(fake(svg("g.axis")).getAttribute("class"), "axis");
  assert.equal(fake(icon("film")).getAttribute("aria-hidden"), "true");
});

test("a value is kept within its ends", () => {
  assert.deepEqual([-1, 0.5, 7].map((value) => clamp(value, 0, 1)), [0, 0.5, 1]);
});

/** @type {{act: () => void, due: number}[]} */
let timers = [];
let now = 0;

beforeEach(() => {
  timers = [];
  now = 1000;
  mock.method(performance, "now", () => now);
  mock.method(globalThis, "setTimeout", (/** @type {() => void} */ act, /** @type {number} */ wait) => timers.push({ act, due: now + wait }));
});

/** @param {number} ms */
function pass(ms) {
  now += ms;
  const due = timers.filter((timer) => timer.due <= now);
  timers = timers.filter((timer) => timer.due > now);
  due.forEach(({ act }) => act());
}

test("calls come at most so often, and the last of them always", () => {
  const times = /** @type {number[]} */ ([]);
  const call = throttled(() => times.push(now), 60);
  for (let step = 0; step < 20; step += 1) {
    call();
    pass(10);
  }
  pass(100);
  assert.ok(times.length >= 3 && times.length <= 5);
  times.forEach((time, place) => assert.ok(!place || time - times[place - 1] >= 60));
  const before = times.length;
  pass(1000);
  call();
  pass(0);
  assert.equal(times.length, before + 1, "after a rest it comes at once");
  pass(1000);
  assert.equal(times.length, before + 1);
});

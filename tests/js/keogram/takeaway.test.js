/* What leaves the page says what it is. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { DEFAULTS } from "../../../assets/modules/keogram/look.js";
import { fileName, nameOf, orderOf, pictureUrl, titleOf } from "../../../assets/modules/keogram/takeaway.js";
import { night } from "./made.js";

const LOOK = { ...DEFAULTS, cmap: "viridis" };
const SIMULATED = night({ provenance: "simulated" });

test("names and titles tell simulated nights", () => {
  assert.equal(nameOf(SIMULATED), "THEMIS-ASI GILL 2019-01-02");
  assert.equal(fileName(SIMULATED), "keogram_46_2019-01-02_simulated");
  assert.equal(fileName(night()), "keogram_46_2019-01-02");
  assert.equal(titleOf(SIMULATED, LOOK), "THEMIS-ASI GILL, night of 2019-01-02, centre column, SIMULATED");
  assert.equal(titleOf(night({ by: "day" }), { ...LOOK, slice: "meridian" }), "THEMIS-ASI GILL, UT day 2019-01-02, magnetic meridian");
});

test("the picture's address has its span, slice and colours", () => {
  const url = new URL(pictureUrl(night(), { ...LOOK, forced: true, log: true }, [2500, 12000]), "http://page");
  assert.equal(url.pathname, "/k.png");
  assert.deepEqual(Object.fromEntries(url.searchParams), {
    start: "2019-01-01T18:00:00", end: "2019-01-02T18:00:00", slice: "column", accept_skymap: "1",
    cmap: "viridis", vmin: "2500", vmax: "12000", log: "1",
  });
});

test("a movie is of the view, as far as there are data, at the cadence of the camera", () => {
  const order = orderOf(night(), LOOK, [1, 2], [100, 900], [200, 800]);
  assert.deepEqual([order.start, order.end, order.cadence, order.style.vmin], [200, 800, 3000, 1]);
  assert.equal(orderOf(SIMULATED, LOOK, null, [0, 1], [0, 1]).cadence, 60_000);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Store, defaults, makeState, toSearch, wrapped } from "../../../assets/modules/explorer/state.js";

test("an address gives the state that it was written from", () => {
  const state = {
    ...defaults(), view: /** @type {const} */ ("both"), t: Date.UTC(2022, 0, 1, 6, 10), series: "themis-asi",
    crs: /** @type {const} */ ("north"), layers: { grid: 0.5, sites: 1 }, centre: { lat: -12.34, lon: 179.5, distance: 3.25 },
    cmap: "inferno", vmin: -1.5, vmax: 300, rule: /** @type {const} */ ("nearest"), smooth: true,
    pick: /** @type {const} */ ({ kind: "place", lat: 1.25, lon: -2.5 }),
  };
  const search = toSearch(state);
  assert.deepEqual(makeState(search), state);
  assert.match(search, /t=2022-01-01T06:10:00Z/);
  assert.match(search, /layers=grid:0.5,sites&/);
  assert.equal(toSearch(makeState(search)), search);
});

test("defaults are not written; no layer is not the same as all", () => {
  assert.equal(toSearch(defaults()), "?v=1");
  assert.deepEqual(makeState("?v=1&layers=").layers, {});
  assert.equal(toSearch({ ...defaults(), layers: {} }), "?v=1&layers=");
});

test("what cannot be read has its default", () => {
  const bad = "?view=moon&t=soon&series=../x&crs=flat&layers=grid:9,none,coast:-1&centre=a,b&vmin=3&vmax=2&rule=best&pick=99,0&cmap=A";
  const state = makeState(bad);
  assert.deepEqual({ ...state, layers: {} }, { ...defaults(), layers: {} });
  assert.deepEqual(state.layers, { grid: 1, coast: 0 });
});

test("longitudes are from -180 to below 180", () => {
  assert.deepEqual([180, -180, 540, 359, -190].map(wrapped), [-180, -180, -180, -1, 170]);
});

test("who subscribes is told what changed, and only then", () => {
  /** @type {[string, boolean][]} */
  const written = [];
  /** @type {string[][]} */
  const told = [];
  const store = new Store(defaults(), (search, push) => written.push([search, push]));
  const end = store.subscribe((_, changed) => told.push([...changed]));
  store.set({ view: "map", crs: "mercator" }, { push: true });
  store.set({ view: "map", layers: defaults().layers });
  store.follow({ ...defaults(), cmap: "gray" });
  end();
  store.set({ view: "both" });
  assert.deepEqual(told, [["view"], ["view", "cmap"]]);
  assert.deepEqual(written, [["?v=1&view=map", true], ["?v=1&view=both&cmap=gray", false]]);
});

/* The frames around the cursor: which are asked for, and what the panels say of them. */
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Fisheye } from "../../../assets/modules/keogram/fisheye.js";
import { Frames } from "../../../assets/modules/keogram/frames.js";
import { DEFAULTS } from "../../../assets/modules/keogram/look.js";
import { FakeElement, fake, fakePage, settled } from "../fake_page.js";
import { keogram, night } from "./made.js";
/** @import {Geometry, Look, NightFacts} from "../../../assets/modules/types/keogram.js" */

fakePage();

/** @type {Geometry} */
const GEOMETRY = {
  size: [256, 256],
  zenith: [0.5, 0.5],
  labels: { N: [0.5, 0], E: [0, 0.5] },
  circles: [{ elevation_deg: 30, lines: [[[0.2, 0.2], [0.8, 0.2]]] }],
  slices: { column: [[[0.5, 0], [0.5, 1]]], meridian: [Array.from({ length: 17 }, (_, pixel) => [0.4, pixel / 16])] },
};
const SITE = { code: "GILL", lat: 56.4, lon: -94.6, radius_km: 700, rings: {}, parallels: {} };

/** @type {URL[]} */
let asked = [];
/** @type {Look} */
let look = { ...DEFAULTS };
let lost = 0;
let down = false;
let tick = 0;

beforeEach(() => {
  asked = [];
  look = { ...DEFAULTS, cmap: "viridis" };
  lost = 0;
  down = false;
  mock.method(performance, "now", () => (tick += 1000));
  mock.method(globalThis, "setTimeout", (/** @type {() => void} */ act) => setImmediate(act));
  mock.method(globalThis, "fetch", async (/** @type {string} */ address) => {
    const url = new URL(address, "http://page");
    if (url.pathname === "/land") throw new TypeError("network");
    asked.push(url);
    if (down) throw new TypeError("network");
    if (url.pathname.endsWith(".json")) return Response.json({ exposure_s: 1, skymap: null, geometry: GEOMETRY });
    const [, y, m, d, h, min, s] = /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/.exec(url.pathname) || [];
    return new Response("", { headers: { "X-Atlas-Time": `${y}-${m}-${d}T${h}:${min}:${s}Z`, "X-Atlas-Marks": "simulated" } });
  });
  Object.assign(globalThis, { createImageBitmap: async () => ({ width: 256, height: 256, close: () => undefined }) });
});

/** @param {Partial<NightFacts>} [facts] */
function frames(facts) {
  const made = new Frames(night(facts), {
    look: () => look,
    limits: () => [1000, 5000],
    change: (part) => { look = { ...look, ...part }; },
    lost: () => { lost += 1; },
  });
  made.keogram(keogram());
  return made;
}

const pictures = () => asked.filter(({ pathname }) => pathname.endsWith(".webp")).map(({ pathname }) => pathname);

/** The time that a panel says it shows. @param {{element: unknown}} panel */
const time = ({ element }) => fake(element).dataset.time;

test("the frame under the cursor comes first, then those around it", async () => {
  const made = frames();
  made.at(2, 8, 1, false);
  await settled();
  assert.deepEqual(pictures().map((path) => path.slice(-11, -5)), ["030200", "030300", "030100", "030400", "030000"]);
  assert.equal(time(made.sky), "2019-01-02T03:02:00.000Z");
  assert.ok(made.ready(2) && made.ready(0));
  assert.deepEqual(Object.fromEntries(asked[0].searchParams), { size: "512", cmap: "viridis", vmin: "1000", vmax: "5000", view: "sky" });
});

test("playing asks for what lies ahead", async () => {
  const made = frames();
  made.at(1, 8, 1, true);
  await settled();
  assert.deepEqual(pictures().map((path) => path.slice(-11, -5)), ["030100", "030200", "030300", "030400"]);
});

test("fisheye and map show the same time; the map's picture is of the site", async () => {
  const made = frames({ site: SITE });
  made.at(2, 8, 1, false);
  await settled();
  assert.ok(made.map);
  assert.equal(time(made.sky), time(made.map));
  const map = asked.find(({ pathname }) => pathname.startsWith("/m/"));
  assert.deepEqual([map?.searchParams.get("radius_km"), map?.searchParams.get("alt_km")], ["700", "110"]);
  assert.match(made.map.facts.textContent || "", /Without coasts/);
});

test("a refused skymap leaves the fisheye and no map", async () => {
  const made = frames({ site: SITE });
  made.keogram(keogram({ skymap_refused: "The camera was moved. Accept it (--force)." }));
  made.at(2, 8, 1, false);
  await settled();
  assert.ok(pictures().length && pictures().every((path) => path.startsWith("/f/")));
  assert.match(made.map?.empty.textContent || "", /No map of the frame: The camera was moved\./);
});

test("a server that is down is told of, and asked once", async () => {
  const made = frames();
  down = true;
  made.at(2, 8, 1, false);
  await settled();
  assert.equal(lost, 1);
  assert.equal(made.sky.empty.textContent, "The server did not answer.");
  assert.ok(pictures().length <= 2);
});

test("without a keogram nothing is waited for", async () => {
  const made = frames();
  made.at(2, 8, 1, true);
  made.none("No image of this night.");
  assert.ok(made.ready(3));
  made.at(3, 8, 1, true);
  await settled();
  assert.equal(time(made.sky), "");
  assert.equal(made.sky.empty.textContent, "No image of this night.");
  made.dispose();
});

test("the lines over the frame are asked for once a look, and the dot follows the cursor on them", async () => {
  const made = frames();
  made.at(2, 8, 1, false);
  await settled();
  const documents = asked.filter(({ pathname }) => pathname.endsWith(".json"));
  assert.equal(documents.length, 1);
  const dot = fake(made.sky.dot);
  // The middle of 17 pixels of a column that fills the picture.
  assert.deepEqual([dot.getAttribute("cx"), dot.getAttribute("cy")], ["500", "500"]);
  made.at(2, 16, 1, false);
  assert.ok(Number(dot.getAttribute("cy")) < 50, "the northern pixel is at the top");
});

test("the meridian's pixels are its samples, in their order", () => {
  const sky = new Fisheye();
  sky.draw(GEOMETRY, "meridian");
  sky.point(4, 17);
  const dot = fake(sky.dot);
  assert.deepEqual([dot.getAttribute("cx"), dot.getAttribute("cy"), dot.getAttribute("visibility")], ["400", "250", "visible"]);
  sky.point(4, 99);
  assert.equal(dot.getAttribute("visibility"), "hidden", "a meridian with parts outside the picture has no such samples");
  assert.ok(fake(sky.over).all().some((line) => line instanceof FakeElement && line.getAttribute("class") === "kgs-circle"));
});

test("a late answer about lines of another look is not drawn", async () => {
  const made = frames();
  made.at(2, 8, 1, false);
  /** @type {(() => void)[]} */
  const late = [];
  const usual = globalThis.fetch;
  mock.method(globalThis, "fetch", async (/** @type {string} */ address) => {
    if (address.includes(".json")) await new Promise((resolve) => void late.push(() => resolve(null)));
    return usual(address);
  });
  await settled();
  made.none("");
  late.forEach((go) => go());
  await settled();
  assert.equal(made.facts.textContent, "");
});

/* Which pictures are fetched, in which order, and which of them is shown. */
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Pictures, markWords } from "../../../assets/modules/keogram/pictures.js";
import { settled } from "../fake_page.js";
/** @import {Entry} from "../../../assets/modules/types/keogram.js" */

/** @typedef {{url: string, answer: (response: Response) => void, fail: (error: Error) => void}} Asked */

/** @type {Asked[]} requests that are under way */
let asked = [];
/** @type {string[]} */
let closed = [];

beforeEach(() => {
  asked = [];
  closed = [];
  mock.method(globalThis, "fetch", (/** @type {string} */ url, /** @type {RequestInit} */ { signal } = {}) =>
    new Promise((resolve, fail) => {
      const one = { url, answer: resolve, fail };
      asked.push(one);
      signal?.addEventListener("abort", () => {
        asked = asked.filter((each) => each !== one);
        fail(new DOMException("aborted", "AbortError"));
      });
    }));
  Object.assign(globalThis, {
    createImageBitmap: async (/** @type {Blob} */ blob) => {
      const name = await blob.text();
      return { name, close: () => closed.push(name) };
    },
  });
});

/** @param {string} url @param {Response} [response] */
async function answer(url, response) {
  const one = asked.find((each) => each.url === url);
  assert.ok(one, `${url} was not asked for`);
  asked = asked.filter((each) => each !== one);
  const time = new Date(Number(url.slice(1))).toISOString();
  one.answer(response || new Response(url, { headers: { "X-Atlas-Time": time, "X-Atlas-Marks": "simulated, x-y" } }));
  await settled();
}

function pictures() {
  /** @type {Entry[]} */
  const shown = [];
  return { shown, loader: new Pictures((ms) => `/${ms}`, (entry) => shown.push(entry)) };
}

const urls = () => asked.map(({ url }) => url);

test("two at a time, the most urgent first, and none twice", async () => {
  const { shown, loader } = pictures();
  loader.want([1000, 2000, 3000, 1000]);
  assert.deepEqual(urls(), ["/1000", "/2000"]);
  await answer("/1000");
  assert.deepEqual(urls(), ["/2000", "/3000"]);
  assert.deepEqual(shown.map(({ time }) => time), [1000]);
  assert.deepEqual(shown[0].marks, ["simulated", "x-y"]);
  assert.ok(loader.has(1000) && !loader.has(2000));
  loader.want([1000]);
  assert.equal(shown.length, 2, "what is kept is shown at once");
});

test("what is no longer wanted is aborted, and a late picture is not shown", async () => {
  const { shown, loader } = pictures();
  loader.want([1000, 2000]);
  loader.want([2000, 3000]);
  await settled();
  assert.deepEqual(urls().sort(), ["/2000", "/3000"]);
  await answer("/3000");
  assert.equal(shown.length, 0);
  await answer("/2000");
  assert.deepEqual(shown.map(({ time }) => time), [2000]);
  assert.ok(loader.has(3000));
});

test("one that is wanted again while its request is being aborted comes after all", async () => {
  const { shown, loader } = pictures();
  loader.want([1000]);
  loader.want([2000]);
  loader.want([1000]);
  await settled();
  await answer("/1000");
  assert.deepEqual(shown.map(({ time }) => time), [1000]);
});

test("a refusal is told and remembered; silence is told and asked about again", async () => {
  const { shown, loader } = pictures();
  loader.want([1000, 2000, 3000]);
  await answer("/1000", Response.json({ error_message: "No frame here." }, { status: 404 }));
  assert.equal(shown[0].error, "No frame here.");
  assert.ok(loader.has(1000));
  loader.want([2000]);
  await settled();
  asked.splice(0, 1)[0].fail(new TypeError("network"));
  await settled();
  assert.ok(shown[1].error && shown[1].passing);
  assert.ok(!loader.has(2000));
  assert.deepEqual(urls(), [], "a server that is down is left alone");
  loader.want([2000]);
  assert.deepEqual(urls(), ["/2000"]);
});

test("old pictures are let go of, those wanted are kept", async () => {
  const { loader } = pictures();
  for (let ms = 1; ms <= 100; ms += 1) {
    loader.want([ms, 1]);
    if (ms > 1) await answer(`/${ms}`);
    else await answer("/1");
  }
  assert.equal(loader.kept.size, 90);
  assert.ok(loader.has(1) && loader.has(100) && !loader.has(5));
  assert.equal(closed.length, 10);
  loader.clear();
  assert.equal(closed.length, 100);
});

test("marks are said in words", () => {
  assert.deepEqual(markWords(["simulated", "forced-skymap", "new-kind"]), ["SIMULATED", "skymap of another time", "new kind"]);
});

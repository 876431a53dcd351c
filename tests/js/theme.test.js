/* The colour scheme before the first paint, in a window of its own. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

const SOURCE = readFileSync(new URL("../../assets/modules/theme.js", import.meta.url), "utf8");

/** @param {{stored?: string | null, dark?: boolean, forbidden?: boolean}} browser */
function themed({ stored = null, dark = false, forbidden = false }) {
  /** @type {Record<string, string>} */
  const root = {};
  const media = { matches: dark, addEventListener: (/** @type {string} */ _name, /** @type {() => void} */ act) => { media.changed = act; }, changed: () => {} };
  const window = {
    matchMedia: () => media,
    get localStorage() {
      if (forbidden) throw new Error("SecurityError");
      return { getItem: () => stored };
    },
  };
  const documentElement = { setAttribute: (/** @type {string} */ name, /** @type {string} */ value) => { root[name] = value; } };
  runInNewContext(SOURCE, { window, document: { documentElement } });
  return { root, media };
}

test("what was chosen holds, else what the system has", () => {
  assert.deepEqual(themed({ stored: "dark" }).root, { "data-mantine-color-scheme": "dark", "data-scheme-choice": "dark" });
  assert.deepEqual(themed({ stored: "light", dark: true }).root, { "data-mantine-color-scheme": "light", "data-scheme-choice": "light" });
  assert.deepEqual(themed({ dark: true }).root, { "data-mantine-color-scheme": "dark", "data-scheme-choice": "auto" });
  assert.equal(themed({ stored: "purple" }).root["data-mantine-color-scheme"], "light");
});

test("storage may be forbidden", () => {
  assert.deepEqual(themed({ forbidden: true, dark: true }).root, { "data-mantine-color-scheme": "dark", "data-scheme-choice": "auto" });
});

test("the page follows the system while it is open", () => {
  const { root, media } = themed({});
  media.matches = true;
  media.changed();
  assert.equal(root["data-mantine-color-scheme"], "dark");
});

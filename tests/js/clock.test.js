/* Instants as they are written and read. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { hms, parse } from "../../assets/modules/keogram/clock.js";

test("a time of day has two digits each", () => {
  assert.equal(hms(Date.UTC(2019, 0, 2, 3, 4, 5)), "03:04:05");
});

test("a time without a zone is UTC", () => {
  assert.equal(parse("2019-01-02T03:04:05"), Date.UTC(2019, 0, 2, 3, 4, 5));
});

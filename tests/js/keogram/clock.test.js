/* Instants as they are written and read. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { compact, date, hm, hms, mlt, parse, stamp } from "../../../assets/modules/keogram/clock.js";
import { SERVER } from "../fixtures/server.js";
import { chance } from "../random.js";

const INTL = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "UTC", year: "numeric", month: "2-digit", day: "2-digit",
  hour: "2-digit", minute: "2-digit", second: "2-digit",
});

test("instants are written as Intl writes them for UTC", () => {
  const next = chance(1);
  for (let time = 0; time < 500; time += 1) {
    const ms = Math.floor(Date.UTC(2005, 0, 1) + next() * 20 * 365.25 * 86_400_000);
    const [day, clock] = INTL.format(ms).split(" ");
    assert.equal(date(ms), day);
    assert.equal(hms(ms), clock);
    assert.equal(hm(ms), clock.slice(0, 5));
    assert.equal(stamp(ms), `${day}T${clock}`);
    assert.equal(compact(ms), `${day}T${clock}`.replace(/\D/g, "").replace(/^(.{8})/, "$1T"));
    assert.equal(parse(stamp(ms)), Math.floor(ms / 1000) * 1000);
  }
});

test("what is a time is what Python's isoformat takes, as UTC where no zone is told", () => {
  const asked = SERVER.looks.filter(({ key }) => key === "at");
  assert.ok(asked.length > 8);
  asked.forEach(({ text, ms }) => assert.equal(parse(text), ms, text));
});

test("a day that is in no calendar is no time", () => {
  assert.equal(parse("2019-00-10"), null);
  assert.equal(parse(""), null);
  assert.equal(parse(null), null);
});

test("magnetic local time is cut to the minute and goes round", () => {
  assert.equal(mlt(0), "00:00");
  assert.equal(mlt(23.999), "23:59");
  assert.equal(mlt(24.5), "00:30");
  assert.equal(mlt(-0.25), "23:45");
  assert.equal(mlt(NaN), "");
});

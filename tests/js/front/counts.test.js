/* The counts of the Availability chart, packed here by Node's own zlib. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { Counts, unpack } from "../../../assets/modules/front/counts.js";

/** @param {number[]} values */
function pack(values) {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, n) => bytes.writeUInt16LE(value, 2 * n));
  return deflateSync(bytes).toString("base64");
}

const VALUES = [0, 1, 1440, 720, 720, 0, 65_535, 359, 0, 0];

/** @param {number[]} [values] */
const made = (values = VALUES) =>
  Counts.of({
    first: "2020-02-27", days: "5", levels: "1,360,720,1080,1440", nouns: "record,records", counts: pack(values),
  });

test("numbers come out as they went in", async () => {
  assert.deepEqual([...(await unpack(pack(VALUES)))], VALUES);
});

test("a row and a day have their count, level, date and words", async () => {
  const counts = await made();
  assert.equal(counts.rows, 2);
  assert.equal(counts.get(1, 1), 65_535);
  assert.deepEqual([0, 1, 359, 360, 1439, 1440].map((n) => counts.level(n)), [0, 1, 1, 2, 4, 5]);
  assert.equal(counts.date(2), "2020-02-29");
  assert.equal(counts.dayName(3), "2020-03-01 Sun");
  assert.equal(counts.words(0, 0), "no records");
  assert.equal(counts.words(0, 1), "1 record");
  assert.equal(counts.words(0, 2), "1,440 records");
  assert.equal(counts.words(1, 1), "65,535 records or more");
});

test("the next change is found in both directions, and the end where there is none", async () => {
  const counts = await made();
  assert.equal(counts.change(0, 3, -1), 2);
  assert.equal(counts.change(0, 2, 1), 3);
  assert.equal(counts.change(0, 3, 1), 4);
  assert.equal(counts.change(1, 3, 1), 4);
  assert.equal(counts.change(0, 0, -1), 0);
});

test("the keyboard begins at the last day of the first row that has any", async () => {
  assert.deepEqual((await made()).latest(), { row: 0, day: 4 });
  assert.deepEqual((await made([0, 0, 0, 0, 0, 0, 7, 0, 0, 0])).latest(), { row: 1, day: 1 });
  assert.deepEqual((await made(Array(10).fill(0))).latest(), { row: 0, day: 0 });
});

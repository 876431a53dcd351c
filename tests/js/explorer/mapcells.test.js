/* Cells under pixels, against looking up each pixel's place by itself; pieces of pictures; labels. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { cellsOf, paint, pixelsOf } from "../../../assets/modules/explorer/mapcells.js";
import { boxOf, piecesOf } from "../../../assets/modules/explorer/mapimages.js";
import { placeLabels } from "../../../assets/modules/explorer/maplabels.js";
import { PLANES } from "../../../assets/modules/explorer/mapplane.js";
import { cellOf } from "../../../assets/modules/explorer/pick.js";
import { distanceOf, home, zoomOf } from "../../../assets/modules/explorer/mapview.js";

const CRS = /** @type {const} */ (["mercator", "north", "south"]);
const [WIDTH, HEIGHT] = [97, 61];

for (const crs of CRS) {
  test(`${crs}: every pixel has the cell of its place`, () => {
    const plane = PLANES[crs];
    const [left, , right, top] = plane.box;
    for (const [share, step] of [[1.1, (2.2 * right) / WIDTH], [0.2, 30_000], [0.01, 4000], [0.003, 800]]) {
      const view = { left: left * share, top: top * share, step, width: WIDTH, height: HEIGHT };
      const cells = cellsOf(crs, view);
      for (let at = 0; at < cells.length; at += 1) {
        const place = plane.unproject(view.left + ((at % WIDTH) + 0.5) * step, view.top - (Math.floor(at / WIDTH) + 0.5) * step);
        if (place && Math.abs(place[0]) > 89.9999) continue; // at a pole every longitude is right
        const expected = place ? cellOf(place[0], place[1]) : null;
        assert.equal(cells[at], expected ? expected.row * 1024 + expected.column : -1, `pixel ${at} at ${place}`);
      }
    }
  });

  test(`${crs}: the distance of the globe and the zoom of the map are one`, () => {
    const centre = { lat: crs === "south" ? -70 : 60, lon: 20, distance: 2.3 };
    const zoom = zoomOf(crs, centre, 600);
    assert.ok(Math.abs(distanceOf(crs, centre.lat, zoom, 600) - 2.3) < 1e-9);
    // Half the ground on a pixel is one zoom more.
    assert.ok(Math.abs(zoomOf(crs, { ...centre, distance: 1.65 }, 600) - zoom - 1) < 1e-9);
  });
}

test("a map begins within its edges", () => {
  const { lon, zoom } = home("mercator", { x: 1000, y: 600 });
  assert.ok(((180 - Math.abs(lon)) / 360) * 256 * 2 ** zoom >= 499.9);
  assert.equal(home("south", { x: 1000, y: 600 }).lat, -90);
});

test("no value is transparent, the first and the last colour are those of 1 and 255", () => {
  const rgb = Uint8Array.from({ length: 765 }, (_, at) => Math.floor(at / 3));
  const table = pixelsOf(rgb);
  const bytes = new Uint8Array(table.buffer);
  assert.deepEqual([...bytes.subarray(0, 4)], [0, 0, 0, 0]);
  assert.deepEqual([...bytes.subarray(4, 8)], [0, 0, 0, 255]);
  assert.deepEqual([...bytes.subarray(4 * 255)], [254, 254, 254, 255]);
  const pixels = new Uint32Array(3);
  paint(Int32Array.of(1, -1, 0), Uint8Array.of(0, 255), table, pixels);
  assert.deepEqual([...pixels], [table[255], 0, 0]);
});

test("a picture over the date line is seen at both ends, and only what is on the map", () => {
  const world = PLANES.mercator.box;
  const box = boxOf("mercator", { bounds: [[50, 160], [70, 200]] });
  const pieces = piecesOf(box, world);
  assert.equal(pieces.length, 2);
  const [there, here] = [pieces.find(({ box: [, , right] }) => right < 0), pieces.find(({ box: [left] }) => left > 0)];
  assert.ok(there && here);
  assert.ok(Math.abs((PLANES.mercator.unproject(there.box[2], 0)?.[1] ?? 0) + 160) < 1e-6);
  assert.ok(Math.abs(here.width - 2) < 1e-9 && Math.abs(there.width - 2) < 1e-9);
  assert.ok(Math.abs(here.left) < 1e-9 && Math.abs(there.left + 1) < 1e-9);
  assert.deepEqual(piecesOf(boxOf("mercator", { bounds: [[50, -120], [70, -60]] }), world).map(({ left, width }) => [left, width]), [[0, 1]]);
});

test("a polar picture reaches the latitude in the middle of its edges", () => {
  const [left, bottom, right, top] = boxOf("south", { pole: "south", edge_lat_deg: -40 });
  assert.ok(Math.abs(right - PLANES.south.project(-40, 90)[0]) < 0.01);
  assert.deepEqual([left, bottom], [-right, -top]);
});

test("labels stand apart, the more important ones first", () => {
  const wish = (/** @type {number} */ x, /** @type {number} */ rank) => ({ x, y: 50, width: 30, height: 12, rank, reach: 5 });
  const room = /** @type {[number, number, number, number]} */ ([0, 0, 200, 100]);
  const crowd = Array.from({ length: 30 }, (_, at) => wish(90 + at % 5, 30 - at));
  const places = placeLabels(crowd, room);
  const stood = places.filter((place) => place !== null);
  assert.ok(places[29] && stood.length < 30);
  stood.forEach((one, at) => stood.slice(at + 1).forEach((other) => {
    assert.ok(one[2] <= other[0] || other[2] <= one[0] || one[3] <= other[1] || other[3] <= one[1]);
  }));
  assert.deepEqual(placeLabels([wish(198, 0)], room)[0], [160, 44, 190, 56], "left where there is no room on the right");
  assert.deepEqual(placeLabels([wish(50, 0)], room, [[0, 0, 200, 100]]), [null]);
});

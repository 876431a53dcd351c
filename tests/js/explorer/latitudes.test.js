import assert from "node:assert/strict";
import { test } from "node:test";
import { nameOf, placeOf } from "../../../assets/modules/explorer/latitudes.js";
import { segments } from "../../../assets/modules/explorer/lines.js";
import { Screen } from "../../../assets/modules/explorer/screen.js";
import { PerspectiveCamera } from "three";

/** A screen over 0 N 0 E. */
function over() {
  const camera = new PerspectiveCamera(40, 800 / 600, 0.1, 10);
  camera.position.set(3, 0, 0);
  camera.lookAt(0, 0, 0);
  const screen = new Screen();
  screen.aim(camera, 800, 600);
  return screen;
}

test("latitudes south of the equator have the minus sign of print", () => {
  assert.equal(nameOf(70), "70° mag");
  assert.equal(nameOf(-60), "−60° mag");
});

test("a name stands on its line, at its right end in view", () => {
  const latlon = Array.from({ length: 73 }, (_, at) => [30, 5 * at - 180]).flat();
  const place = placeOf(segments(latlon, () => 1), over());
  assert.ok(place);
  const [x, y] = place;
  assert.ok(x > 500 && x < 766, `${x}`);
  assert.ok(y > 34 && y < 300, `${y}`);
});

test("a line behind the Earth has no name", () => {
  const latlon = [0, 170, 0, 175, 0, 180, 0, -175];
  assert.equal(placeOf(segments(latlon, () => 1), over()), null);
});

/* Natural Earth's land: filled for the sphere's shader, its coast as lines. */
import { geoEquirectangular, geoPath } from "d3-geo";
import { feature, mesh } from "topojson-client";
import { segments } from "./lines.js";

const WIDTH = 2048;

/** @param {string} url @param {AbortSignal} signal */
export async function loadLand(url, signal) {
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new Error(`no land: ${answer.status}`);
  /** @type {import("topojson-specification").Topology} */
  const world = await answer.json();
  return { ground: filled(world), coast: coast(world) };
}

/** White land on black, equirectangular, north up. @param {import("topojson-specification").Topology} world */
function filled(world) {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = WIDTH / 2;
  const context = canvas.getContext("2d");
  if (!context) return canvas;
  const projection = geoEquirectangular().scale(WIDTH / (2 * Math.PI)).translate([WIDTH / 2, WIDTH / 4]);
  context.fillStyle = "#000";
  context.fillRect(0, 0, WIDTH, WIDTH / 2);
  context.fillStyle = "#fff";
  context.beginPath();
  geoPath(projection, context)(feature(world, world.objects.land));
  context.fill();
  return canvas;
}

/** @param {import("topojson-specification").Topology} world */
function coast(world) {
  /** @type {number[]} */
  const into = [];
  const land = /** @type {import("topojson-specification").GeometryObject} */ (world.objects.land);
  mesh(world, land).coordinates.forEach((line) => {
    for (let at = 1; at < line.length; at += 1) {
      const [from, to] = [line[at - 1], line[at]];
      if (!seam(from) || !seam(to)) segments([from[1], from[0], to[1], to[0]], () => 1.0015, into);
    }
  });
  return new Float32Array(into);
}

/** Edges that a flat map has and the Earth does not. @param {number[]} place */
const seam = ([lon, lat]) => Math.abs(lon) > 179.99 || lat < -89.9;

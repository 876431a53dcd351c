/* Names of lines of magnetic latitude: the same on globe and map. */
import { css } from "./look.js";

/** @import {Rgb} from "./look.js" */
/** @import {Screen} from "./screen.js" */

const EDGE_PX = 34; // from the edge of the picture to the middle of a name

/** @param {number} mlat degrees */
export const nameOf = (mlat) => `${mlat < 0 ? "−" : ""}${Math.abs(mlat)}° mag`;

/**
 * Where a name stands: the place of the line farthest to the right that is well inside the picture.
 * @param {ArrayLike<number>} points pairs of points, as `segments` gives them
 * @param {Screen} screen
 * @returns {[number, number] | null} pixels of the page
 */
export function placeOf(points, screen) {
  /** @type {[number, number] | null} */
  let best = null;
  for (let at = 0; at < points.length; at += 6) {
    if (!screen.put(points[at], points[at + 1], points[at + 2])) continue;
    const { x, y } = screen;
    const inside = x > EDGE_PX && y > EDGE_PX && x < screen.width - EDGE_PX && y < screen.height - EDGE_PX;
    if (inside && (!best || x > best[0])) best = [x, y];
  }
  return best;
}

/**
 * @param {CanvasRenderingContext2D} context @param {Screen} screen
 * @param {{mlat: number, points: ArrayLike<number>}[]} lines
 * @param {{colour: Rgb, halo: Rgb, opacity: number}} pen
 */
export function drawNames(context, screen, lines, { colour, halo, opacity }) {
  if (!(opacity > 0)) return;
  context.globalAlpha = opacity;
  context.font = '560 11px "Inter Variable", sans-serif';
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 3.5;
  context.strokeStyle = css(halo, 0.9);
  context.fillStyle = css(colour);
  lines.forEach(({ mlat, points }) => {
    const place = placeOf(points, screen);
    if (!place) return;
    context.strokeText(nameOf(mlat), ...place);
    context.fillText(nameOf(mlat), ...place);
  });
  context.textAlign = "start";
  context.globalAlpha = 1;
}

/* The globe as a picture to take away: with title, time, cameras, scale and the SIMULATED mark. */
import { css } from "./look.js";
import { facts, plain, ticks } from "./legend.js";
import { tableBytes } from "./look.js";

/** @import {Frames} from "./frames.js" */
/** @import {GlobeView} from "./globe.js" */

const FONT = '"Inter Variable", sans-serif';

/**
 * @param {GlobeView} globe @param {Frames} frames @param {string | null} cmap
 * @returns {HTMLCanvasElement}
 */
export function compose(globe, frames, cmap) {
  const view = globe.picture();
  const unit = view.width / Math.max(globe.element.clientWidth, 1);
  const foot = 92 * unit;
  const canvas = document.createElement("canvas");
  canvas.width = view.width;
  canvas.height = view.height + foot;
  const context = canvas.getContext("2d");
  if (!context) return view;
  context.fillStyle = css(globe.look.back);
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(view, 0, 0);
  context.translate(0, view.height);
  context.scale(unit, unit);
  footer(context, globe, frames, cmap, canvas.width / unit);
  return canvas;
}

/**
 * @param {CanvasRenderingContext2D} context @param {GlobeView} globe @param {Frames} frames
 * @param {string | null} cmap @param {number} width
 */
function footer(context, globe, frames, cmap, width) {
  const series = frames.series();
  const grid = globe.grid;
  const text = css(globe.look.text);
  context.textBaseline = "alphabetic";
  const write = (/** @type {string} */ words, /** @type {number} */ x, /** @type {number} */ y, weight = 400, size = 13) => {
    context.font = `${weight} ${size}px ${FONT}`;
    context.fillText(words, x, y);
    return context.measureText(words).width;
  };
  context.fillStyle = text;
  if (!grid || !series) {
    write("Aurora Atlas", 20, 30, 600, 15);
    return;
  }
  const said = facts(grid, series);
  const end = 20 + write(said.title, 20, 26, 620, 15);
  if (said.mark) {
    context.fillStyle = css(globe.look.terminator);
    write(said.mark, end + 12, 26, 680, 12);
    context.fillStyle = text;
  }
  write([said.time, said.cameras, said.height].filter(Boolean).join("  ·  "), 20, 48);
  write("Aurora Atlas", 20, 70, 400, 11);
  if (!grid.bytes) return;
  scale(context, frames, cmap ?? series.colour_map, Math.max(width - 380, width / 2), Math.min(340, width / 2 - 40), said.unit);
}

/**
 * @param {CanvasRenderingContext2D} context @param {Frames} frames @param {string} cmap
 * @param {number} left @param {number} wide @param {string} unit
 */
function scale(context, frames, cmap, left, wide, unit) {
  const bytes = tableBytes(frames.data.tables[cmap]);
  const limits = frames.limits();
  const text = context.fillStyle;
  for (let at = 0; at < 255; at += 1) {
    context.fillStyle = `rgb(${bytes[3 * at]} ${bytes[3 * at + 1]} ${bytes[3 * at + 2]})`;
    context.fillRect(left + (wide * at) / 255, 16, wide / 255 + 0.6, 14);
  }
  context.fillStyle = text;
  context.font = `400 12px ${FONT}`;
  context.textAlign = "center";
  ticks(limits).forEach((value) => {
    const x = left + (wide * (value - limits[0])) / (limits[1] - limits[0]);
    context.fillRect(x - 0.5, 30, 1, 4);
    context.fillText(plain(value), x, 48);
  });
  context.fillText(unit, left + wide / 2, 66);
  context.textAlign = "start";
}

/** Hands a canvas over as a file. @param {HTMLCanvasElement} canvas @param {string} name */
export function save(canvas, name) {
  canvas.toBlob((blob) => {
    if (!blob) return;
    const url = URL.createObjectURL(blob);
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }, "image/png");
}

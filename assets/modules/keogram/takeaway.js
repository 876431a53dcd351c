/* What is taken away of an opened night: figure, picture, order of a movie. */
import { savePng, saveSvg } from "./export.js";
import { styleQuery } from "./look.js";
/** @import {Look, NightFacts, Order, Pair} from "../types/keogram.js" */
/** @import {Figure} from "./figure.js" */

/** @param {NightFacts} night */
export const nameOf = (night) => `${night.name} ${night.day}`;

/** A file is told apart by its name when it has left the page. @param {NightFacts} night */
export function fileName(night) {
  const mark = night.provenance === "simulated" ? "_simulated" : "";
  return `keogram_${night.source}_${night.day}${mark}`;
}

/** @param {NightFacts} night @param {Look} look */
export function titleOf(night, look) {
  const kind = night.by === "night" ? "night of" : "UT day";
  const marks = night.provenance === "simulated" ? ", SIMULATED" : "";
  return `${night.name}, ${kind} ${night.day}, ${night.choices.slice[look.slice].toLowerCase()}${marks}`;
}

/**
 * @param {"png" | "svg"} kind
 * @param {Figure} figure
 * @param {NightFacts} night
 * @param {Look} look
 */
export function save(kind, figure, night, look) {
  return (kind === "svg" ? saveSvg : savePng)(figure, titleOf(night, look), fileName(night));
}

/**
 * The keogram of the row alone, as the server paints it.
 * @param {NightFacts} night
 * @param {Look} look
 * @param {Pair | null} limits
 */
export function pictureUrl(night, look, limits) {
  /** @type {Record<string, string>} */
  const query = { start: night.start.slice(0, 19), end: night.end.slice(0, 19), slice: look.slice };
  if (look.forced) query.accept_skymap = "1";
  return `${night.urls.keogram}.png?${new URLSearchParams({ ...query, ...styleQuery(look, limits) })}`;
}

/**
 * What a movie of the view is made of.
 * @param {NightFacts} night
 * @param {Look} look
 * @param {Pair | null} limits
 * @param {Pair} view
 * @param {Pair} data
 * @returns {Order}
 */
export function orderOf(night, look, limits, [start, end], [first, last]) {
  const [vmin, vmax] = limits || [null, null];
  return {
    source: night.source,
    start: Math.max(start, first),
    end: Math.min(end, last),
    cadence: night.provenance === "simulated" ? 60_000 : 1000 * (night.array.cadence_s || 60),
    style: { cmap: look.cmap, vmin, vmax, log: look.log, gamma: look.gamma },
    accept_skymap: look.forced,
  };
}

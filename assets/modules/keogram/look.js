/* How a keogram is looked at, as part of the address (components/keogram_look.py knows the same
 * words). What has its default is left out. */
import { parse, stamp } from "./clock.js";
/** @import {Choices, Look, Pair} from "../types/keogram.js" */

/** @type {Look} */
export const DEFAULTS = {
  slice: "column",
  axis: "pixel",
  scale: "percentile",
  vmin: null,
  vmax: null,
  log: false,
  gamma: 1,
  cmap: "",
  view: "sky",
  forced: false,
  at: null,
  px: null,
  t0: null,
  t1: null,
};

/** @param {string | null} text */
const number = (text) => (text !== null && text.trim() !== "" && Number.isFinite(+text) ? +text : null);

/**
 * @template {string} Key
 * @param {Record<Key, unknown>} allowed
 * @param {string | null} given
 * @param {Key} fallback
 * @returns {Key}
 */
function oneOf(allowed, given, fallback) {
  return given !== null && Object.hasOwn(allowed, given) ? /** @type {Key} */ (given) : fallback;
}

/**
 * @param {string} text
 * @param {Choices} choices
 * @returns {Look}
 */
export function readLook(text, choices) {
  const given = new URLSearchParams(text);
  const gamma = number(given.get("gamma")) ?? 1;
  return {
    slice: oneOf(choices.slice, given.get("slice"), DEFAULTS.slice),
    axis: oneOf(choices.axis, given.get("axis"), DEFAULTS.axis),
    scale: oneOf(choices.scale, given.get("scale"), DEFAULTS.scale),
    vmin: number(given.get("vmin")),
    vmax: number(given.get("vmax")),
    log: given.get("log") === "1",
    gamma: gamma >= choices.gamma[0] && gamma <= choices.gamma[1] ? gamma : 1,
    cmap: oneOf(choices.tables, given.get("cmap"), choices.cmap),
    view: oneOf({ sky: true, map: true }, given.get("view"), DEFAULTS.view),
    forced: given.get("skymap") === "forced",
    at: parse(given.get("at")),
    px: number(given.get("px")),
    t0: parse(given.get("t0")),
    t1: parse(given.get("t1")),
  };
}

/**
 * @param {Look} look
 * @param {Choices} choices
 */
export function writeLook(look, choices) {
  return [...styleItems(look, choices), ...placeItems(look)]
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}=${value}`)
    .join("&");
}

/** @typedef {[key: string, value: string | number | null]} Item null is left out */

/**
 * @param {Look} look
 * @param {Choices} choices
 * @returns {Item[]}
 */
function styleItems(look, choices) {
  const manual = look.scale === "manual";
  /** @param {string | number} value @param {string | number} usual */
  const unless = (value, usual) => (value === usual ? null : value);
  return [
    ["slice", unless(look.slice, DEFAULTS.slice)],
    ["axis", unless(look.axis, DEFAULTS.axis)],
    ["scale", unless(look.scale, DEFAULTS.scale)],
    ["vmin", manual ? look.vmin : null],
    ["vmax", manual ? look.vmax : null],
    ["log", look.log ? "1" : null],
    ["gamma", unless(look.gamma, DEFAULTS.gamma)],
    ["cmap", unless(look.cmap, choices.cmap)],
    ["view", unless(look.view, DEFAULTS.view)],
    ["skymap", look.forced ? "forced" : null],
  ];
}

/**
 * @param {Look} look
 * @returns {Item[]}
 */
function placeItems({ at, px, t0, t1 }) {
  const part = t0 !== null && t1 !== null;
  return [
    ["at", at === null ? null : atText(at)],
    ["px", px],
    ["t0", part ? stamp(t0) : null],
    ["t1", part ? stamp(t1) : null],
  ];
}

/** @param {number} ms */
const atText = (ms) => (ms % 1000 ? new Date(ms).toISOString().slice(0, 23) : stamp(ms));

/**
 * The part of a picture's address that says how counts become colours.
 * @param {Look} look
 * @param {Pair | null} limits
 */
export function styleQuery(look, limits) {
  /** @type {Record<string, string>} */
  const style = { cmap: look.cmap };
  if (limits) [style.vmin, style.vmax] = limits.map(String);
  if (look.log) style.log = "1";
  if (look.gamma !== 1) style.gamma = String(look.gamma);
  return style;
}

/* How a keogram is looked at, as part of the address (components/keogram_look.py knows the same
 * words). What has its default is left out. */
import { parse, stamp } from "./clock.js";

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
/* What belongs to one night and not to how nights are looked at. */
export const OF_ONE_NIGHT = ["skymap", "at", "px", "t0", "t1"];

const number = (text) => (text !== null && text !== "" && Number.isFinite(+text) ? +text : null);

export function readLook(text, choices) {
  const given = new URLSearchParams(text);
  const one = (key, allowed, fallback) => (allowed.includes(given.get(key)) ? given.get(key) : fallback);
  const gamma = number(given.get("gamma"));
  return {
    slice: one("slice", Object.keys(choices.slice), DEFAULTS.slice),
    axis: one("axis", Object.keys(choices.axis), DEFAULTS.axis),
    scale: one("scale", Object.keys(choices.scale), DEFAULTS.scale),
    vmin: number(given.get("vmin")),
    vmax: number(given.get("vmax")),
    log: given.get("log") === "1",
    gamma: gamma >= choices.gamma[0] && gamma <= choices.gamma[1] ? gamma : 1,
    cmap: one("cmap", Object.keys(choices.tables), choices.cmap),
    view: one("view", ["sky", "map"], DEFAULTS.view),
    forced: given.get("skymap") === "forced",
    at: parse(given.get("at")),
    px: number(given.get("px")),
    t0: parse(given.get("t0")),
    t1: parse(given.get("t1")),
  };
}

export function writeLook(look, choices) {
  const manual = look.scale === "manual";
  const items = [
    ["slice", look.slice !== DEFAULTS.slice && look.slice],
    ["axis", look.axis !== DEFAULTS.axis && look.axis],
    ["scale", look.scale !== DEFAULTS.scale && look.scale],
    ["vmin", manual && look.vmin !== null && look.vmin],
    ["vmax", manual && look.vmax !== null && look.vmax],
    ["log", look.log && "1"],
    ["gamma", look.gamma !== 1 && look.gamma],
    ["cmap", look.cmap !== choices.cmap && look.cmap],
    ["view", look.view !== DEFAULTS.view && look.view],
    ["skymap", look.forced && "forced"],
    ["at", look.at !== null && atText(look.at)],
    ["px", look.px !== null && look.px],
    ["t0", look.t0 !== null && look.t1 !== null && stamp(look.t0)],
    ["t1", look.t0 !== null && look.t1 !== null && stamp(look.t1)],
  ];
  return items
    .filter(([, value]) => value !== false)
    .map(([key, value]) => `${key}=${value}`)
    .join("&");
}

const atText = (ms) => (ms % 1000 ? new Date(ms).toISOString().slice(0, 23) : stamp(ms));

/* The part of a picture's address that says how counts become colours. */
export function styleQuery(look, limits) {
  const style = { cmap: look.cmap };
  if (limits) [style.vmin, style.vmax] = limits;
  if (look.log) style.log = "1";
  if (look.gamma !== 1) style.gamma = look.gamma;
  return style;
}

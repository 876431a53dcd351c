/* What keys do on the Explorer. Arrows move the clock; on the globe itself they turn it. */
import { FARTHEST, NEAREST, defaults, wrapped } from "./state.js";
import { DAY, HOUR } from "./clock.js";

/** @import {Explorer} from "./explorer.js" */
/** @import {Store} from "./state.js" */

const TURN_DEG = 6; // from a distance of one Earth radius above the ground

/** @param {Store} store @param {number} north @param {number} east @param {number} [factor] */
export function turn(store, north, east, factor = 1) {
  const { lat, lon, distance } = store.get().centre;
  const step = TURN_DEG * Math.min(2, distance - 1);
  store.set({ centre: {
    lat: Math.min(Math.max(lat + north * step, -89), 89),
    lon: wrapped(lon + east * step),
    distance: Math.min(Math.max(1 + (distance - 1) * factor, NEAREST), FARTHEST),
  } });
}

/** @type {Record<string, [number, number]>} */
const WAYS = { ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** @param {Explorer} explorer @param {KeyboardEvent} event */
function arrow({ store, time, frames }, event) {
  const way = WAYS[event.key];
  if (event.target instanceof Element && event.target.closest(".ex-canvas")) turn(store, ...way);
  else if (way[0]) time.step(way[0] * HOUR);
  else time.step(way[1] * frames.stepMs * (event.shiftKey ? 10 : 1));
}

/** @type {Record<string, (explorer: Explorer) => void>} */
const KEYS = {
  " ": ({ player }) => player.toggle(),
  ",": ({ time, frames }) => time.step(-frames.stepMs),
  ".": ({ time, frames }) => time.step(frames.stepMs),
  PageUp: ({ time }) => time.step(-DAY, true),
  PageDown: ({ time }) => time.step(DAY, true),
  "+": ({ store }) => turn(store, 0, 0, 0.8),
  "=": ({ store }) => turn(store, 0, 0, 0.8),
  "-": ({ store }) => turn(store, 0, 0, 1.25),
  0: ({ store }) => store.set({ centre: defaults().centre }),
  g: ({ store }) => store.set({ view: "globe" }, { push: true }),
  m: ({ store }) => store.set({ view: "map" }, { push: true }),
  b: ({ store }) => store.set({ view: "both" }, { push: true }),
  Escape: ({ store }) => store.set({ pick: null }, { push: true }),
};

/** Whether a key meant something. @param {Explorer} explorer @param {KeyboardEvent} event */
export function pressed(explorer, event) {
  if (event.key in WAYS) {
    arrow(explorer, event);
    return true;
  }
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act || (event.key === "Escape" && !explorer.store.get().pick)) return false;
  act(explorer);
  return true;
}

/* What pointer, wheel and keys do to a figure. The host is told in times and pixels. */
import { clamp } from "./dom.js";
/** @import {Figure} from "./figure.js" */

/**
 * @typedef {object} Pointed
 * @property {(ms: number, share: number) => void} hover
 * @property {() => void} leave
 * @property {(ms: number, share: number) => void} pin
 * @property {(start: number, end: number) => boolean} zoom whether there was anything left to zoom
 * @property {() => void} reset
 */

/**
 * @typedef {object} Pressed
 * @property {(columns: number) => void} step
 * @property {(pixels: number) => void} climb
 * @property {(end: "first" | "last") => void} jump
 * @property {() => void} play
 * @property {(factor: number) => void} closer
 * @property {() => void} reset
 */

/** @typedef {{x: number, ms: number, share: number}} At x of the figure, time, share of the height */

/** @typedef {{x: number, at: At, start: number, end: number, moved: boolean, pan: boolean, touch: boolean}} Press */

const FARTHEST_CLICK = 4;

/**
 * @param {Figure} figure
 * @param {Pointed} host
 */
export function listen(figure, host) {
  const plot = figure.plot;
  /** @type {Press | null} */
  let pressed = null;

  /**
   * @param {MouseEvent} event
   * @returns {At}
   */
  const where = (event) => {
    const box = plot.getBoundingClientRect();
    const x = clamp(event.clientX - box.left, 0, box.width);
    const y = clamp(event.clientY - box.top, 0, box.height - 0.01);
    return { x: figure.box.x + x, ms: figure.time(figure.box.x + x), share: 1 - (y + 0.005) / box.height };
  };

  plot.addEventListener("pointerdown", (event) => {
    if (event.button || !figure.drawn) return;
    plot.setPointerCapture(event.pointerId);
    const at = where(event);
    const { start, end } = figure.scene;
    pressed = { x: event.clientX, at, start, end, moved: false, pan: event.shiftKey, touch: event.pointerType === "touch" };
  });

  plot.addEventListener("pointermove", (event) => {
    if (!figure.drawn) return;
    const at = where(event);
    if (!pressed) {
      host.hover(at.ms, at.share);
      return;
    }
    if (Math.abs(event.clientX - pressed.x) > FARTHEST_CLICK) pressed.moved = true;
    if (!pressed.moved) return;
    if (pressed.touch) host.hover(at.ms, at.share);
    else if (pressed.pan) {
      const shift = ((pressed.x - event.clientX) / figure.box.w) * (pressed.end - pressed.start);
      host.zoom(pressed.start + shift, pressed.end + shift);
    } else figure.select(pressed.at.x, at.x);
  });

  plot.addEventListener("pointerup", (event) => {
    if (!pressed) return;
    const at = where(event);
    const { moved, pan, touch } = pressed;
    const from = pressed.at;
    pressed = null;
    figure.unselect();
    if (!moved || touch) host.pin(at.ms, at.share);
    else if (!pan) host.zoom(Math.min(from.ms, at.ms), Math.max(from.ms, at.ms));
  });

  plot.addEventListener("pointercancel", () => {
    pressed = null;
    figure.unselect();
  });
  plot.addEventListener("pointerleave", () => {
    if (!pressed) host.leave();
  });
  plot.addEventListener("dblclick", () => host.reset());

  plot.addEventListener("wheel", (event) => {
    if (!figure.drawn || event.ctrlKey) return;
    const { start, end } = figure.scene;
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const shift = (event.deltaX / figure.box.w) * (end - start);
      if (host.zoom(start + shift, end + shift)) event.preventDefault();
      return;
    }
    const factor = Math.exp(clamp(event.deltaY, -120, 120) * 0.0022);
    const { ms } = where(event);
    // Where there is nothing left to zoom, the page scrolls.
    if (host.zoom(ms - (ms - start) * factor, ms + (end - ms) * factor)) event.preventDefault();
  }, { passive: false });
}

/**
 * Keys of the opened night.
 * @param {KeyboardEvent} event
 * @param {Pressed} host
 * @returns {boolean} whether the key did something
 */
export function press(event, host) {
  const step = event.shiftKey ? 10 : 1;
  /** @type {Record<string, () => void>} */
  const acts = {
    ArrowLeft: () => host.step(-step),
    ArrowRight: () => host.step(step),
    ArrowUp: () => host.climb(step),
    ArrowDown: () => host.climb(-step),
    Home: () => host.jump("first"),
    End: () => host.jump("last"),
    " ": () => host.play(),
    "+": () => host.closer(0.5),
    "=": () => host.closer(0.5),
    "-": () => host.closer(2),
    0: () => host.reset(),
  };
  if (!Object.hasOwn(acts, event.key)) return false;
  acts[event.key]();
  return true;
}

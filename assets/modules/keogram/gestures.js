/* What pointer, wheel and keys do to a figure. `host` is told in times and pixels:
 * hover(ms, share), leave(), pin(ms, share), zoom(start, end), reset(), step(columns), climb(pixels),
 * jump("first" | "last"). */
import { clamp } from "./dom.js";

const FARTHEST_CLICK = 4;

export function listen(figure, host) {
  const plot = figure.plot;
  let pressed = null;

  const where = (event) => {
    const box = plot.getBoundingClientRect();
    const x = clamp(event.clientX - box.left, 0, box.width);
    const y = clamp(event.clientY - box.top, 0, box.height - 0.01);
    return { x: figure.box.x + x, ms: figure.time(figure.box.x + x), share: 1 - (y + 0.005) / box.height };
  };

  plot.addEventListener("pointerdown", (event) => {
    if (event.button || !figure.scene) return;
    plot.setPointerCapture(event.pointerId);
    const at = where(event);
    const { start, end } = figure.scene;
    pressed = { x: event.clientX, at, start, end, moved: false, pan: event.shiftKey, touch: event.pointerType === "touch" };
  });

  plot.addEventListener("pointermove", (event) => {
    if (!figure.scene) return;
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
    figure.select(null);
    if (!moved || touch) host.pin(at.ms, at.share);
    else if (!pan) host.zoom(Math.min(from.ms, at.ms), Math.max(from.ms, at.ms));
  });

  plot.addEventListener("pointercancel", () => {
    pressed = null;
    figure.select(null);
  });
  plot.addEventListener("pointerleave", () => !pressed && host.leave());
  plot.addEventListener("dblclick", () => host.reset());

  plot.addEventListener("wheel", (event) => {
    if (!figure.scene || event.ctrlKey) return;
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

/* Keys of the opened night; returns whether the key did something. */
export function press(event, host) {
  const step = event.shiftKey ? 10 : 1;
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
  const act = acts[event.key];
  if (!act) return false;
  act();
  return true;
}

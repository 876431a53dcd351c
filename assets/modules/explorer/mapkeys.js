/* The map by keys: arrows move it, plus and minus zoom, 0 shows all of it, Enter asks for what is in
 * the middle. With Shift the arrows move it by little steps, so that every cell can be reached. */

const PAN_PX = 80;
const FINE_PAN_PX = 6;

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @typedef {{pan(x: number, y: number): void, zoom(way: 1 | -1): void, home(): void, pick(): void}} Acts */

/** @type {Record<string, (acts: Acts) => void>} */
const KEYS = {
  "+": (acts) => acts.zoom(1),
  "=": (acts) => acts.zoom(1),
  "-": (acts) => acts.zoom(-1),
  "_": (acts) => acts.zoom(-1),
  "0": (acts) => acts.home(),
  Enter: (acts) => acts.pick(),
};

/**
 * @param {KeyboardEvent} event
 * @param {Acts} acts
 * @returns {boolean} whether the key meant something
 */
export function press(event, acts) {
  if (event.altKey || event.ctrlKey || event.metaKey) return false;
  const arrow = ARROWS[event.key];
  const far = event.shiftKey ? FINE_PAN_PX : PAN_PX;
  if (arrow) acts.pan(arrow[0] * far, arrow[1] * far);
  else if (Object.hasOwn(KEYS, event.key)) KEYS[event.key](acts);
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}

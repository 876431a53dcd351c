/* Names beside marks, on a canvas over the globe: those that matter most first, none over another. */
import { css } from "./look.js";

/** @typedef {import("./look.js").Look} Look @typedef {import("./overlays.js").Thing} Thing */

const HEIGHT = 14;
const GAP = 9;
const MOST = 70;
const RANKS = { spacecraft: 1, footprint: 2, site: 3 };

export class Labels {
  constructor() {
    /** @type {Map<string, number>} */
    this.widths = new Map();
    this.width = 1;
    this.height = 1;
  }

  /** @param {number} width @param {number} height in pixels of the page */
  size(width, height) {
    this.width = width;
    this.height = height;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {(Thing & {x: number, y: number})[]} seen what is in view, with its place in pixels
   * @param {Look} look
   * @param {number | null} picked
   */
  draw(context, seen, look, picked) {
    context.lineJoin = "round";
    context.lineWidth = 3;
    context.textBaseline = "middle";
    context.strokeStyle = css(look.halo, 0.85);
    const rank = (/** @type {Thing} */ thing) => (thing.id === picked ? 0 : thing.on ? RANKS[thing.kind] : 9);
    /** @type {[number, number, number, number][]} */
    const taken = seen.map(({ x, y }) => [x - 3, y - 3, x + 3, y + 3]);
    /** @type {(Thing & {x: number, y: number})[]} */
    const named = [];
    seen.filter((thing) => rank(thing) < 9).sort((one, other) => rank(one) - rank(other)).forEach((thing) => {
      const twice = named.some((other) => sameAs(other, thing));
      if (named.length >= MOST || twice) return;
      context.font = fontOf(thing);
      const box = this._room(context, thing, taken);
      if (!box) return;
      taken.push(box);
      named.push(thing);
      context.fillStyle = css(thing.id === picked ? look.picked : { site: look.text, spacecraft: look.space, footprint: look.foot }[thing.kind]);
      context.strokeText(thing.name, box[0], (box[1] + box[3]) / 2);
      context.fillText(thing.name, box[0], (box[1] + box[3]) / 2);
    });
  }

  /**
   * Where a name finds room: right of its mark, left, above, below.
   * @param {CanvasRenderingContext2D} context
   * @param {Thing & {x: number, y: number}} thing
   * @param {[number, number, number, number][]} taken
   * @returns {[number, number, number, number] | null}
   */
  _room(context, { name, kind, x, y }, taken) {
    const key = kind + name;
    const width = this.widths.get(key) ?? context.measureText(name).width;
    this.widths.set(key, width);
    const spots = [[x + GAP, y], [x - GAP - width, y], [x - width / 2, y - HEIGHT], [x - width / 2, y + HEIGHT]];
    for (const [left, middle] of spots) {
      /** @type {[number, number, number, number]} */
      const box = [left, middle - HEIGHT / 2, left + width, middle + HEIGHT / 2];
      const outside = box[0] < 2 || box[2] > this.width - 2 || box[1] < 2 || box[3] > this.height - 2;
      if (!outside && !taken.some((other) => overlap(box, other))) return box;
    }
    return null;
  }
}

/**
 * Whether a name is there already: several cameras stand at one site, a footprint under its craft.
 * @param {Thing & {x: number, y: number}} one @param {Thing & {x: number, y: number}} other
 */
function sameAs(one, other) {
  const apart = Math.hypot(one.x - other.x, one.y - other.y);
  return one.name === other.name && apart < (one.kind === "site" ? 30 : 90);
}

/** @param {Thing} thing */
const fontOf = ({ kind }) => `${kind === "spacecraft" ? 620 : 540} ${kind === "site" ? 11 : 12}px "Inter Variable", sans-serif`;

/** @param {number[]} one @param {number[]} other */
const overlap = (one, other) => one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];

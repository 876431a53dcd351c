/* Marks of a fixed size: sites, spacecraft, footprints, what is picked, numbers of lines, and labels. */
import { svg } from "../keogram/dom.js";
import { placeLabels } from "./maplabels.js";
import { footprintMarks, siteMarks, spacecraftMarks } from "./mapmoment.js";
import { PLANES, shows } from "./mapplane.js";
import { numbersOf } from "./mapnumbers.js";
import { Sheet } from "./mapsheet.js";
import { REACH_PX as REACH, nearest } from "./pick.js";

/**
 * @import {Moment} from "../types/explorer.js"
 * @import {Mark} from "./mapmoment.js"
 * @typedef {import("./maplabels.js").Rect} Rect
 * @typedef {{mark: Mark, x: number, y: number}} Seen
 */

const LINE_PX = 13;
const INSET_PX = 4;
const REACH_PX = { site: 5, spacecraft: 7, footprint: 6 };
const RANK = { spacecraft: 1, site: 2, footprint: 4 };
const SHAPES = {
  site: "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0Z",
  spacecraft: "M0,-6.5L6.5,0L0,6.5L-6.5,0Z",
  footprint: "M-4.5,-4.5L4.5,4.5M4.5,-4.5L-4.5,4.5",
};
/** Layer of the store that shows a kind. */
const LAYER = { site: "sites", spacecraft: "spacecraft", footprint: "footprints" };

export class MapMarks {
  /** @param {import("leaflet").Map} map @param {HTMLElement} pane @param {import("./mapplane.js").CrsName} crs */
  constructor(map, pane, crs) {
    this.map = map;
    this.plane = PLANES[crs];
    this.svg = svg("svg.xm-marks", { "aria-hidden": "true", focusable: "false" });
    /** @type {Moment | null} */
    this.moment = null;
    /** @type {Record<string, number>} */
    this.opacities = {};
    /** @type {import("./state.js").Pick | null} */
    this.pick = null;
    /** @type {Seen[]} */
    this.seen = [];
    /** @type {() => DOMRect[]} what lies over the map, in pixels of the window */
    this.covers = () => [];
    this.widths = new Widths();
    this.frame = 0;
    this.sheet = new Sheet(map, pane, this.svg, () => this._draw());
  }

  /** @param {Partial<{moment: Moment | null, opacities: Record<string, number>, pick: import("./state.js").Pick | null}>} what */
  show(what) {
    Object.assign(this, what);
    this.frame = this.frame || requestAnimationFrame(() => this._draw());
  }

  /** The mark under a point of the container. @param {{x: number, y: number}} point @returns {Mark | null} */
  under({ x, y }) {
    const offset = this._offset();
    return nearest(this.seen, x + offset.x, y + offset.y, REACH)?.mark ?? null;
  }

  /** Where the container's corner lies on the sheet. */
  _offset() {
    const L = /** @type {typeof import("leaflet")} */ (window.L);
    const corner = this.map.containerPointToLayerPoint(L.point(0, 0));
    return corner.subtract(L.DomUtil.getPosition(/** @type {any} */ (this.svg)));
  }

  /** Pixels of a place on the sheet. @param {number} lat @param {number} lon */
  _at(lat, lon) {
    const { left, top, step } = this.sheet.view;
    const [x, y] = this.plane.project(lat, lon);
    return { x: (x - left) / step, y: (top - y) / step };
  }

  /** @returns {Mark[]} */
  _marks() {
    if (!this.moment) return [];
    const { sites, spacecraft, footprints } = this.opacities;
    return [
      ...(footprints ? footprintMarks(this.moment) : []),
      ...(sites ? siteMarks(this.moment.sites) : []),
      ...(spacecraft ? spacecraftMarks(this.moment) : []),
    ];
  }

  _draw() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (!this.sheet) return; // on the way of being made
    const { width, height } = this.sheet.view;
    const near = (/** @type {Seen} */ { x, y }) => x > -20 && y > -20 && x < width + 20 && y < height + 20;
    this.seen = this._marks()
      .filter(({ lat }) => shows(this.plane, lat))
      .map((mark) => ({ mark, ...this._at(mark.lat, mark.lon) }))
      .filter(near);
    const covered = this._covered();
    const numbers = numbersOf(this.plane, this.sheet.view, this._room(), this.opacities.maglat ? this.moment : null)
      .filter(({ x, y }) => !covered.some((rect) => x > rect[0] - 20 && x < rect[2] && y > rect[1] && y < rect[3] + 12));
    this.svg.replaceChildren(
      ...numbers.map(({ x, y, text, kind }) => svg(`text.xm-number.xm-${kind}`, { x, y }, text)),
      ...this.seen.map((seen) => this._symbol(seen)),
      ...this._labels(numbers),
      ...this._picked(),
    );
  }

  /** What of the sheet is in view. @returns {Rect} */
  _room() {
    const { x, y } = this._offset();
    const size = this.map.getSize();
    return [x + INSET_PX, y + INSET_PX, x + size.x - INSET_PX, y + size.y - INSET_PX];
  }

  /** @returns {Rect[]} */
  _covered() {
    const { x, y } = this._offset();
    const { left, top } = this.map.getContainer().getBoundingClientRect();
    return this.covers().map((rect) => [rect.left - left + x, rect.top - top + y, rect.right - left + x, rect.bottom - top + y]);
  }

  /** @param {Seen} seen */
  _symbol({ mark, x, y }) {
    return svg(`path.xm-mark.xm-${mark.kind}${mark.on ? "" : ".xm-off"}`, {
      d: SHAPES[mark.kind],
      transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
      opacity: this.opacities[LAYER[mark.kind]] ?? 1,
      "data-id": mark.id,
    });
  }

  /** @param {import("./mapnumbers.js").Written[]} numbers */
  _labels(numbers) {
    // A footprint bears its spacecraft's name; a site that is off is named when it is picked.
    const named = this.seen.filter(({ mark }) => mark.on);
    const wishes = named.map(({ mark, x, y }) => ({
      x, y, reach: REACH_PX[mark.kind], rank: RANK[mark.kind] + (this._isPicked(mark) ? -10 : 0),
      width: this.widths.of(mark.label), height: LINE_PX,
    }));
    /** @type {Rect[]} */
    const taken = numbers.map(({ x, y, text }) => [x - 2, y - LINE_PX, x + this.widths.of(text) + 2, y + 2]);
    taken.push(...this._covered());
    return placeLabels(wishes, this._room(), taken).flatMap((rect, at) => {
      if (!rect) return [];
      const { mark } = named[at];
      const name = `text.xm-label.xm-label-${mark.kind}`;
      return [svg(name, { x: rect[0].toFixed(1), y: (rect[3] - 3).toFixed(1) }, mark.label)];
    });
  }

  /** @param {Mark} mark */
  _isPicked(mark) {
    return this.pick?.kind === "source" && mark.ids.includes(this.pick.id);
  }

  _picked() {
    const { pick } = this;
    if (!pick) return [];
    if (pick.kind === "place" && !shows(this.plane, pick.lat)) return [];
    const places = pick.kind === "place" ? [this._at(pick.lat, pick.lon)] : this.seen.filter(({ mark }) => this._isPicked(mark));
    return places.map(({ x, y }) =>
      svg("g.xm-picked", { transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` },
        svg("circle.xm-picked-halo", { r: 10 }), svg("circle.xm-picked-ring", { r: 10 }),
        ...(pick.kind === "place" ? [svg("path.xm-picked-ring", { d: "M-16,0H-5M5,0H16M0,-16V-5M0,5V16" })] : [])));
  }

  remove() {
    cancelAnimationFrame(this.frame);
    this.sheet.remove();
  }
}

/** How wide words are in the labels' type. */
class Widths {
  constructor() {
    this.paper = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
    this.paper.font = `600 11px ${getComputedStyle(document.body).fontFamily}`;
    /** @type {Map<string, number>} */
    this.known = new Map();
  }

  /** @param {string} text */
  of(text) {
    const known = this.known.get(text) ?? Math.ceil(this.paper.measureText(text).width) + 2;
    this.known.set(text, known);
    return known;
  }
}

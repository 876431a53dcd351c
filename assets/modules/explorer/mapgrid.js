/* The grid of a minute on the map: the bytes that the globe has too, painted pixel by pixel. */
import { html } from "../keogram/dom.js";
import { cellsOf, paint } from "./mapcells.js";
import { Sheet } from "./mapsheet.js";

/** @typedef {import("./mapplane.js").CrsName} CrsName */

export class MapGrid {
  /** @param {import("leaflet").Map} map @param {HTMLElement} pane @param {CrsName} crs */
  constructor(map, pane, crs) {
    this.crs = crs;
    this.canvas = /** @type {HTMLCanvasElement} */ (html("canvas.xm-grid", { "aria-hidden": "true" }));
    this.paper = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    /** @type {Uint8Array | null} */
    this.bytes = null;
    /** @type {Uint32Array} */
    this.table = new Uint32Array(256);
    /** @type {Int32Array | null} */
    this.cells = null;
    /** @type {ImageData | null} */
    this.image = null;
    this.sheet = new Sheet(map, pane, this.canvas, () => this._look());
  }

  /** @param {Uint8Array | null} bytes @param {Uint32Array} table */
  show(bytes, table) {
    this.bytes = bytes;
    this.table = table;
    this._paint();
  }

  /** Another part of the map is in view. */
  _look() {
    const { width, height } = this.sheet?.view ?? { width: 0, height: 0 };
    this.cells = null;
    if (!width) return;
    this.canvas.width = width;
    this.canvas.height = height;
    this.image = this.paper.createImageData(width, height);
    this._paint();
  }

  _paint() {
    if (!this.sheet || this.canvas.hidden) return;
    if (!this.bytes) {
      this.paper.clearRect(0, 0, this.canvas.width, this.canvas.height);
      return;
    }
    if (!this.image) return this._look();
    this.cells = this.cells ?? cellsOf(this.crs, this.sheet.view);
    paint(this.cells, this.bytes, this.table, new Uint32Array(this.image.data.buffer));
    this.paper.putImageData(this.image, 0, 0);
  }

  /** @param {boolean} seen */
  reveal(seen) {
    if (this.canvas.hidden === !seen) return;
    this.canvas.hidden = !seen;
    this._paint();
  }

  remove() {
    this.sheet.remove();
    this.canvas.width = 0;
    this.canvas.height = 0;
  }
}

/* The frame as the camera saw it: compass, circles of elevation, and the slice that the keogram is
 * made of. The lines come from the server, which knows the lens; in parts of the picture's size. */
import { svg } from "./dom.js";
import { Panel } from "./panel.js";
/** @import {Geometry, Pair, Point, SliceName} from "../types/keogram.js" */

const SIZE = 1000;

export class Fisheye extends Panel {
  /** @param {...HTMLElement} tools */
  constructor(...tools) {
    super("sky", "All-sky frame", ...tools);
    this.over.setAttribute("viewBox", `0 0 ${SIZE} ${SIZE}`);
    this.dot = svg("circle.kgs-slice-dot", { r: 11, visibility: "hidden" });
    /** @type {Geometry | null} */
    this.geometry = null;
    /** @type {SliceName} */
    this.slice = "column";
    /** @type {Pair} */
    this.scale = [SIZE, SIZE];
  }

  /** @param {Geometry | null} geometry @param {SliceName} slice */
  draw(geometry, slice) {
    this.geometry = geometry;
    this.slice = slice;
    const parts = [];
    if (geometry) {
      const [width, height] = geometry.size;
      const ratio = height / width;
      this.box.style.aspectRatio = `${width} / ${height}`;
      this.over.setAttribute("viewBox", `0 0 ${SIZE} ${SIZE * ratio}`);
      this.scale = [SIZE, SIZE * ratio];
      parts.push(...this._circles(geometry), ...this._slice(geometry), ...this._letters(geometry));
    }
    this.over.replaceChildren(...parts, this.dot);
  }

  /** @param {Geometry} geometry */
  _circles({ circles }) {
    return circles.flatMap(({ elevation_deg: elevation, lines }) =>
      lines.map((points) => this._line(elevation > 0 ? "kgs-circle" : "kgs-horizon", points)));
  }

  /** @param {Geometry} geometry */
  _slice({ slices }) {
    return slices[this.slice].map((points) => this._line("kgs-slice", points));
  }

  /** Letters stand inside the horizon, towards the zenith. @param {Geometry} geometry */
  _letters({ labels, zenith }) {
    const centre = zenith || [0.5, 0.5];
    return Object.entries(labels).map(([name, at]) => {
      const [x, y] = at.map((part, axis) => centre[axis] + (part - centre[axis]) * 0.9);
      const place = { x: x * this.scale[0], y: y * this.scale[1] + 15, "text-anchor": "middle" };
      return svg("text.kgs-compass", place, name);
    });
  }

  /** @param {string} name @param {Point[]} points */
  _line(name, points) {
    const path = points.map(([x, y]) => `${(x * this.scale[0]).toFixed(1)},${(y * this.scale[1]).toFixed(1)}`);
    return svg(`polyline.${name}`, { points: path.join(" ") });
  }

  /** The pixel of the cursor on the slice. @param {number} pixel @param {number} pixels */
  point(pixel, pixels) {
    const lines = this.geometry && this.geometry.slices[this.slice];
    const place = lines && lines.length === 1 && along(lines[0], pixel, pixels, this.slice);
    this.dot.setAttribute("visibility", place ? "visible" : "hidden");
    if (!place) return;
    this.dot.setAttribute("cx", String(place[0] * this.scale[0]));
    this.dot.setAttribute("cy", String(place[1] * this.scale[1]));
  }
}

/**
 * The column is given by its two ends, the northern first; the meridian by each of its samples,
 * in their order, unless a part of it lies outside the picture.
 * @param {Point[]} line
 * @param {number} pixel
 * @param {number} pixels
 * @param {SliceName} slice
 */
function along(line, pixel, pixels, slice) {
  if (slice === "meridian") return line.length === pixels ? line[pixel] : null;
  const share = 1 - (pixel + 0.5) / pixels;
  const [from, to] = [line[0], line[line.length - 1]];
  return from.map((part, axis) => part + share * (to[axis] - part));
}

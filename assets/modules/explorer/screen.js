/* Lines and marks in space, drawn on a flat canvas: what the Earth hides is left out. */
import { css } from "./look.js";
import { hidden } from "./pick.js";

/** @import {Rgb} from "./look.js" */

/**
 * @typedef {"disc" | "ring" | "diamond" | "cross"} Shape
 * @typedef {{at: [number, number, number], colour: Rgb, opacity: number, size: number, shape: Shape}} Mark
 */

const LINES = 24;
const PIECES = 120;
const STEP_PX = 1;

export class Screen {
  constructor() {
    this.matrix = new Float64Array(16);
    this.eye = { x: 0, y: 0, z: 3 };
    this.width = 1;
    this.height = 1;
    this.x = 0;
    this.y = 0;
  }

  /** @param {import("three").PerspectiveCamera} camera @param {number} width @param {number} height */
  aim(camera, width, height) {
    camera.updateMatrixWorld();
    this.matrix.set(camera.projectionMatrix.clone().multiply(camera.matrixWorldInverse).elements);
    const { x, y, z } = camera.position;
    this.eye = { x, y, z };
    this.width = width;
    this.height = height;
  }

  /** Puts a point into `x` and `y`; false where the Earth or the edge hides it.
   * @param {number} x @param {number} y @param {number} z */
  put(x, y, z) {
    const m = this.matrix;
    const depth = m[3] * x + m[7] * y + m[11] * z + m[15];
    if (depth <= 0 || hidden(x, y, z, this.eye)) return false;
    this.x = ((m[0] * x + m[4] * y + m[8] * z + m[12]) / depth + 1) * 0.5 * this.width;
    this.y = (1 - (m[1] * x + m[5] * y + m[9] * z + m[13]) / depth) * 0.5 * this.height;
    return this.x > -60 && this.y > -60 && this.x < this.width + 60 && this.y < this.height + 60;
  }

  /**
   * Strokes pairs of points: x y z of a beginning, x y z of an end, and so on.
   * @param {CanvasRenderingContext2D} context @param {ArrayLike<number>} points
   * @param {{colour: Rgb, opacity: number, width: number, dash?: number[]}} pen
   */
  stroke(context, points, { colour, opacity, width, dash = [] }) {
    if (!(opacity > 0) || !points.length) return;
    context.strokeStyle = css(colour, opacity);
    context.lineWidth = width;
    context.setLineDash(dash);
    context.beginPath();
    // One long path takes a rasterizer many times as long as its pieces.
    for (let at = 0, line = 0; at < points.length; line += 1) {
      at = this._line(context, points, at);
      if (line % LINES) continue;
      context.stroke();
      context.beginPath();
    }
    context.stroke();
    context.setLineDash([]);
  }

  /**
   * Draws from a piece on while one joins the other; returns where it ends. Steps of less than a
   * pixel are left out.
   * @param {CanvasRenderingContext2D} context @param {ArrayLike<number>} points @param {number} from
   */
  _line(context, points, from) {
    let at = from;
    if (!this.put(points[at], points[at + 1], points[at + 2])) return at + 6;
    let [x, y] = [this.x, this.y];
    context.moveTo(x, y);
    const end = Math.min(points.length, from + 6 * PIECES);
    do {
      if (!this.put(points[at + 3], points[at + 4], points[at + 5])) return at + 6;
      at += 6;
      const over = at >= end || !joined(points, at);
      if (over || Math.abs(this.x - x) + Math.abs(this.y - y) > STEP_PX) {
        context.lineTo(this.x, this.y);
        [x, y] = [this.x, this.y];
      }
      if (over) break;
    } while (at < end);
    return at;
  }

  /** @param {CanvasRenderingContext2D} context @param {Mark[]} marks @param {Rgb} halo */
  mark(context, marks, halo) {
    marks.forEach(({ at, colour, opacity, size, shape }) => {
      if (!this.put(...at)) return;
      context.globalAlpha = opacity;
      context.beginPath();
      SHAPES[shape](context, this.x, this.y, size / 2);
      const hollow = shape === "ring" || shape === "cross";
      context.strokeStyle = css(halo, 0.8);
      context.lineWidth = hollow ? 4 : 2.5;
      context.stroke();
      context.strokeStyle = context.fillStyle = css(colour);
      context.lineWidth = 1.8;
      if (hollow) context.stroke();
      else context.fill();
    });
    context.globalAlpha = 1;
  }
}

/** Whether a piece begins where the one before it ends. @param {ArrayLike<number>} points @param {number} at */
const joined = (points, at) => points[at] === points[at - 3] && points[at + 1] === points[at - 2] && points[at + 2] === points[at - 1];

/** @type {Record<Shape, (context: CanvasRenderingContext2D, x: number, y: number, reach: number) => void>} */
const SHAPES = {
  disc: (context, x, y, reach) => context.arc(x, y, reach, 0, 2 * Math.PI),
  ring: (context, x, y, reach) => context.arc(x, y, reach, 0, 2 * Math.PI),
  diamond: (context, x, y, reach) => {
    context.moveTo(x, y - reach);
    context.lineTo(x + reach, y);
    context.lineTo(x, y + reach);
    context.lineTo(x - reach, y);
    context.closePath();
  },
  cross: (context, x, y, reach) => {
    const arm = 0.72 * reach;
    context.moveTo(x - arm, y - arm);
    context.lineTo(x + arm, y + arm);
    context.moveTo(x - arm, y + arm);
    context.lineTo(x + arm, y - arm);
  },
};

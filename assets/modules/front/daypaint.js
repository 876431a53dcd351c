/* Paints the strips of days, sharp at every width and in both colour schemes. */
/** @import {Counts} from "./counts.js" */
import { html, pen } from "../keogram/dom.js";

const ROOM_FOR_NUMBERS = 26; // CSS pixels that four digits need
const ROOM_FOR_GAPS = 6;

export class Painter {
  /**
   * @param {HTMLElement[]} strips
   * @param {Counts} counts
   */
  constructor(strips, counts) {
    this.counts = counts;
    this.canvases = strips.map((strip) => {
      const canvas = html("canvas.av-paint", { "aria-hidden": "true" });
      strip.prepend(canvas);
      return canvas;
    });
    this.paint = () => this.all();
    this.watch = new ResizeObserver(this.paint);
    this.watch.observe(strips[0]);
    this.scheme = new MutationObserver(this.paint);
    this.scheme.observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
  }

  dispose() {
    this.watch.disconnect();
    this.scheme.disconnect();
  }

  all() {
    const [first] = this.canvases;
    const style = getComputedStyle(first);
    const levels = this.counts.levels.map((_, n) => n + 1);
    const look = {
      width: first.clientWidth,
      height: first.clientHeight,
      ratio: window.devicePixelRatio || 1,
      colours: levels.map((n) => style.getPropertyValue(`--av-${n}`)),
      inks: levels.map((n) => style.getPropertyValue(`--av-ink-${n}`)),
      font: style.fontFamily,
    };
    if (look.width) this.canvases.forEach((canvas, row) => this.row(canvas, row, look));
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {number} row
   * @param {{width: number, height: number, ratio: number, colours: string[], inks: string[], font: string}} look
   */
  row(canvas, row, { width, height, ratio, colours, inks, font }) {
    const { counts } = this;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const drawn = pen(canvas);
    const step = canvas.width / counts.days;
    const gap = step / ratio >= ROOM_FOR_GAPS ? Math.max(1, Math.round(ratio)) : 0;
    const numbers = step / ratio >= ROOM_FOR_NUMBERS;
    drawn.font = `${10 * ratio}px ${font}`;
    drawn.textAlign = "center";
    drawn.textBaseline = "middle";
    for (let day = 0; day < counts.days; day += 1) {
      const count = counts.get(row, day);
      if (!count) continue;
      const level = counts.level(count) - 1;
      const [left, right] = [Math.round(day * step), Math.round((day + 1) * step)];
      drawn.fillStyle = colours[level];
      drawn.fillRect(left, 0, Math.max(1, right - left - gap), canvas.height);
      if (!numbers) continue;
      drawn.fillStyle = inks[level];
      drawn.fillText(String(count), (left + right - gap) / 2, canvas.height / 2 + ratio / 2);
    }
  }
}

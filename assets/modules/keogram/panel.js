/* A picture with its own time beneath it: the fisheye and the map are two of these. */
import { date, hms } from "./clock.js";
import { html, pen, svg } from "./dom.js";
import { markWords } from "./pictures.js";
/** @import {Entry} from "../types/keogram.js" */

export class Panel {
  /**
   * @param {string} name
   * @param {string} title
   * @param {...HTMLElement} tools
   */
  constructor(name, title, ...tools) {
    this.canvas = html("canvas.kgs-frame-picture", { width: 8, height: 8, role: "img", "aria-label": `${title}: no picture yet` });
    this.under = svg("svg.kgs-frame-lines", { "aria-hidden": "true" });
    this.over = svg("svg.kgs-frame-lines", { "aria-hidden": "true" });
    this.marks = html("div.kgs-frame-marks");
    this.empty = html("div.kgs-frame-empty", { role: "status" });
    this.time = html("span.kgs-frame-time.num", {}, "no picture yet");
    this.facts = html("span.kgs-frame-facts");
    this.box = html("div.kgs-frame-box", {}, this.under, this.canvas, this.over, this.marks, this.empty);
    const head = html("div.kgs-frame-head", {}, html("h3", {}, title), ...tools);
    this.title = title;
    /** @type {Entry | null} */
    this.shown = null;
    /** @type {string[]} */
    this.always = [];
    this.element = html(
      `section.kgs-frame.kgs-frame-${name}`,
      { "aria-label": title },
      head,
      this.box,
      html("p.kgs-frame-caption", {}, this.time, this.facts),
    );
  }

  /** Picture and label are exchanged in the same step, both from the same answer. @param {Entry} entry */
  show(entry) {
    this.shown = entry;
    this.element.classList.remove("is-waiting");
    this.element.classList.toggle("is-empty", Boolean(entry.error));
    this.empty.textContent = entry.error || "";
    this.time.textContent = label(entry);
    this.canvas.setAttribute("aria-label", `${this.title}: ${label(entry)}`);
    this.element.dataset.time = entry.time ? new Date(entry.time).toISOString() : "";
    this._mark();
    if (!entry.bitmap) return;
    const { bitmap } = entry;
    if (this.canvas.width !== bitmap.width) this.canvas.width = bitmap.width;
    if (this.canvas.height !== bitmap.height) this.canvas.height = bitmap.height;
    const context = pen(this.canvas);
    context.clearRect(0, 0, bitmap.width, bitmap.height);
    context.drawImage(bitmap, 0, 0);
  }

  /** Marks that hold for every picture of the night, beside those of the picture. @param {string[]} marks */
  standing(marks) {
    this.always = marks;
    this._mark();
  }

  _mark() {
    const own = (this.shown && this.shown.marks) || [];
    const marks = [...new Set([...own, ...(own.length || this.shown ? this.always : [])])];
    this.marks.replaceChildren(...markWords(marks).map((words) => html("span", {}, words)));
  }

  wait() {
    this.element.classList.add("is-waiting");
  }

  /** @param {string} words */
  reset(words) {
    this.shown = null;
    this.always = [];
    pen(this.canvas).clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.marks.replaceChildren();
    this.element.classList.remove("is-waiting");
    this.element.classList.toggle("is-empty", Boolean(words));
    this.element.dataset.time = "";
    this.empty.textContent = words || "";
    this.time.textContent = "";
  }
}

/** @param {Entry} entry */
function label(entry) {
  if (!entry.bitmap) return "no picture";
  return entry.time === null ? "time not told" : `${date(entry.time)} ${hms(entry.time)} UTC`;
}

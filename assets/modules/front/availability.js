/* Draws the days of every source, and makes the one under pointer or keyboard a link. */
import { html } from "../keogram/dom.js";
import { Counts } from "./counts.js";
import { Painter } from "./daypaint.js";
import { Tip } from "./daytip.js";

/** @typedef {{row: number, day: number}} Place */

class Chart {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.rows = /** @type {HTMLElement[]} */ ([...root.querySelectorAll(".av-row")]);
    this.strips = this.rows.map((row) => /** @type {HTMLElement} */ (row.querySelector(".av-strip")));
    /** @type {Counts | null} */
    this.counts = null;
    /** @type {Painter | null} */
    this.painter = null;
    this.tip = new Tip(root);
    // One link follows the pointer; the other is where the keyboard is, and the one stop of Tab.
    this.pointed = html("a.av-cell", { tabindex: "-1", "aria-hidden": "true" });
    this.cursor = html("a.av-cell.av-cell--cursor", { tabindex: "0" });
    /** @type {Place} */
    this.at = { row: 0, day: 0 };
    this.ended = new AbortController();
    this.start();
  }

  async start() {
    const counts = await Counts.of(this.root.dataset);
    if (this.ended.signal.aborted) return;
    this.counts = counts;
    this.painter = new Painter(this.strips, counts);
    this.listen();
    this.place(this.cursor, (this.at = counts.latest()));
    this.root.setAttribute("data-drawn", "true");
  }

  listen() {
    const { signal } = this.ended;
    this.root.addEventListener("pointermove", (event) => this.point(event), { signal });
    this.root.addEventListener("pointerleave", () => this.leave(), { signal });
    this.cursor.addEventListener("keydown", (event) => this.key(event), { signal });
    this.cursor.addEventListener("focus", () => this.tell(this.cursor, this.at), { signal });
    this.cursor.addEventListener("blur", () => this.tip.hide(), { signal });
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.tip.hide(), { signal });
  }

  dispose() {
    this.ended.abort();
    if (this.painter) this.painter.dispose();
    this.tip.dispose();
  }

  /** @param {PointerEvent} event */
  point(event) {
    const strip = event.target instanceof Element ? event.target.closest(".av-strip") : null;
    const row = strip ? this.strips.indexOf(/** @type {HTMLElement} */ (strip)) : -1;
    if (!strip || !this.counts || row < 0) return this.leave();
    const box = strip.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    const day = Math.min(this.counts.days - 1, Math.max(0, Math.floor(share * this.counts.days)));
    this.place(this.pointed, { row, day });
    return this.tell(this.pointed, { row, day });
  }

  leave() {
    this.pointed.remove();
    this.tip.hide();
  }

  /**
   * @param {HTMLAnchorElement} link
   * @param {Place} place
   */
  place(link, { row, day }) {
    if (!this.counts) return;
    const { days } = this.counts;
    const date = this.counts.date(day);
    const { href = "", to = "" } = this.rows[row].dataset;
    link.href = href.replaceAll("YYYY-MM-DD", date);
    link.style.left = `${(100 * day) / days}%`;
    link.style.width = `${100 / days}%`;
    link.setAttribute("aria-label", `${this.name(row)}, ${date}: ${this.counts.words(row, day)}. Open in ${to}`);
    if (link.parentElement === this.strips[row]) return;
    const focused = document.activeElement === link;
    this.strips[row].append(link);
    if (focused) link.focus({ preventScroll: true });
  }

  /** @param {number} row */
  name(row) {
    const head = this.rows[row].querySelector("th");
    return (head && head.textContent) || "";
  }

  /**
   * @param {HTMLElement} link
   * @param {Place} place
   */
  tell(link, { row, day }) {
    if (!this.counts) return;
    const { to = "" } = this.rows[row].dataset;
    this.tip.show(link, this.name(row), this.counts.dayName(day), this.counts.words(row, day), `Open in ${to}`);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.counts || event.altKey || event.metaKey || event.shiftKey) return;
    const { row, day } = this.at;
    const last = this.counts.days - 1;
    const counts = this.counts;
    /** @type {Record<string, () => Place>} */
    const moves = {
      ArrowLeft: () => ({ row, day: event.ctrlKey ? counts.change(row, day, -1) : day - 1 }),
      ArrowRight: () => ({ row, day: event.ctrlKey ? counts.change(row, day, 1) : day + 1 }),
      ArrowUp: () => ({ row: row - 1, day }),
      ArrowDown: () => ({ row: row + 1, day }),
      Home: () => ({ row: event.ctrlKey ? 0 : row, day: 0 }),
      End: () => ({ row: event.ctrlKey ? this.rows.length - 1 : row, day: last }),
      PageUp: () => ({ row: this.program(row, -1), day }),
      PageDown: () => ({ row: this.program(row, 1), day }),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    this.go(move());
  }

  /** @param {Place} to */
  go(to) {
    if (!this.counts || to.row < 0 || to.row >= this.rows.length) return;
    if (to.day < 0 || to.day >= this.counts.days) return;
    this.at = to;
    this.place(this.cursor, to);
    this.cursor.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.tell(this.cursor, to);
  }

  /** The first row of the program before or after that of a row.
   * @param {number} row
   * @param {number} way */
  program(row, way) {
    const bodies = [...this.root.querySelectorAll("tbody")];
    const own = this.rows[row].closest("tbody");
    const next = bodies[bodies.findIndex((body) => body === own) + way];
    const first = next && next.querySelector(".av-row");
    return first ? this.rows.indexOf(/** @type {HTMLElement} */ (first)) : row;
  }
}

/** @param {HTMLElement} root */
export const mount = (root) => new Chart(root);

/* The bar over the stages: globe, map or both; what is under the mouse; what to take away. */
import { html, icon } from "../keogram/dom.js";
import { plain } from "./legend.js";
import { placeText } from "./card.js";

/** @import {Frames} from "./frames.js" */
/** @import {Store} from "./state.js" */

const VIEWS = /** @type {const} */ ([["globe", "Globe", "globe"], ["map", "Map", "map"], ["both", "Both", "columns-2"]]);

export class Bar {
  /**
   * @param {HTMLElement} element @param {Store} store @param {Frames} frames
   * @param {{picture: () => void}} host
   */
  constructor(element, store, frames, host) {
    this.element = element;
    this.store = store;
    this.frames = frames;
    this.host = host;
    /** @type {Record<string, HTMLInputElement>} */
    this.inputs = {};
    this.hover = html("span.ex-hover.num", { "aria-hidden": "true" });
    this.files = this._save();
    element.setAttribute("role", "toolbar");
    element.setAttribute("aria-label", "What is shown");
    element.replaceChildren(this._segments("View", VIEWS), this.hover, this.files);
    this.ends = [
      store.subscribe((_, changed) => changed.has("view") && this.show()),
      frames.on("hover", (what) => {
        this.hover.textContent = what ? this._words(what) : "";
      }),
    ];
    this.show();
  }

  dispose() {
    this.ends.forEach((end) => end());
    this.element.replaceChildren();
  }

  /** @param {NonNullable<import("./frames.js").Hover>} what */
  _words({ lat, lon, value, name }) {
    const units = this.frames.series()?.units ?? "";
    return [name, placeText(lat, lon), value === null ? "" : `about ${plain(Number(value.toPrecision(2)))} ${units}`].filter(Boolean).join(" · ");
  }

  /** @param {string} label @param {typeof VIEWS} options */
  _segments(label, options) {
    const made = options.map(([value, text, name]) => {
      const input = html("input", { type: "radio", name: "ex-view", value, onchange: () => this.store.set({ view: value }, { push: true }) });
      this.inputs[value] = input;
      return html("label", {}, input, html("span", {}, icon(name), text));
    });
    return html("fieldset.ex-segments", {}, html("legend.sr-only", {}, label), ...made);
  }

  _save() {
    const file = (/** @type {string} */ kind, /** @type {string} */ words) =>
      html("a.ex-menu-item", { href: "#", download: true, "data-kind": kind }, icon("download"), words);
    const menu = html("details.ex-menu", {},
      html("summary.btn.btn--small", { title: "Take picture or data away" }, icon("download"), "Save"),
      html("div.ex-menu-list", {},
        html("button.ex-menu-item", { type: "button", onclick: () => this.host.picture() }, icon("image-down"), "Picture of the globe (PNG)"),
        file("png", "Grid as a picture (PNG)"),
        file("nc", "Grid as data (NetCDF)"),
        file("json", "What went into it (JSON)")));
    menu.addEventListener("toggle", () => menu.querySelectorAll("a").forEach((link) => {
      link.href = this.frames.fileUrl(link.dataset.kind ?? "") || "#";
    }));
    menu.addEventListener("click", (event) => {
      if (event.target instanceof Element && event.target.closest(".ex-menu-item")) menu.open = false;
    });
    menu.addEventListener("focusout", (event) => {
      if (!(event.relatedTarget instanceof Node && menu.contains(event.relatedTarget))) menu.open = false;
    });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary")?.focus();
      event.stopPropagation();
      event.preventDefault();
    });
    return menu;
  }

  show() {
    this.inputs[this.store.get().view].checked = true;
  }
}

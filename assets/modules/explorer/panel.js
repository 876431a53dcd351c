/* The panel: what is picked, grid, layers, and who is here as a list that can be read and heard. */
import { html } from "../keogram/dom.js";
import { Card } from "./card.js";
import { LayerList } from "./layers.js";
import { ScaleControls } from "./scale.js";

/** @import {Frames} from "./frames.js" */
/** @import {Store} from "./state.js" */
/** @import {Moment} from "../types/explorer.js" */

export class Panel {
  /** @param {HTMLElement} element @param {Store} store @param {Frames} frames */
  constructor(element, store, frames) {
    this.element = element;
    this.parts = [new Card(store, frames), new ScaleControls(store, frames), new LayerList(store), new Here(store, frames)];
    element.replaceChildren(...this.parts.map((part) => part.element));
  }

  dispose() {
    this.parts.forEach((part) => part.dispose());
    this.element.replaceChildren();
  }

  /** @param {string} name */
  toggle(name) {
    this.parts.forEach((part) => part instanceof LayerList && part.toggle(name));
  }
}

class Here {
  /** @param {Store} store @param {Frames} frames */
  constructor(store, frames) {
    this.store = store;
    this.frames = frames;
    this.imagers = html("p.ex-count.num");
    this.fleet = html("p.ex-count.num");
    this.list = html("ul.ex-list");
    this.sky = html("ul.ex-list");
    this.shown = "";
    this.element = html("section.ex-here", { "aria-label": "Who is here" },
      html("h2.ex-heading", {}, "At this minute"),
      details(this.imagers, this.list), details(this.fleet, this.sky));
    this.end = frames.on("moment", (moment) => this.show(moment));
  }

  dispose() {
    this.end();
  }

  /** @param {Moment} moment */
  show({ imagers, fleet, sites, spacecraft }) {
    this.imagers.textContent = `${imagers.operating} of ${imagers.in_lifetime} imagers operating`;
    this.fleet.textContent = `${fleet.shown} of ${fleet.in_lifetime} spacecraft with a position`;
    const on = sites.filter(({ operating }) => operating);
    const key = [...on, ...spacecraft].map(({ id }) => id).join();
    if (key === this.shown) return;
    this.shown = key;
    this.list.replaceChildren(...on.map(({ id, name, code, program }) => this._row(id, `${code.toUpperCase()}`, `${program}, ${name}`)));
    this.sky.replaceChildren(...spacecraft.map(({ id, name, program }) => this._row(id, name, program)));
  }

  /** @param {number} id @param {string} name @param {string} about */
  _row(id, name, about) {
    const pick = () => this.store.set({ pick: { kind: "source", id } }, { push: true });
    return html("li", {}, html("button.ex-item", { type: "button", onclick: pick }, html("b", {}, name), html("span", {}, about)));
  }
}

/** @param {HTMLElement} title @param {HTMLElement} list */
const details = (title, list) => html("details.ex-details", {}, html("summary", {}, title), list);

/* What was pointed at: a place with its value, a site, a spacecraft; with ways on. */
import { html, icon } from "../keogram/dom.js";
import { DAY, MINUTE, date } from "./clock.js";
import { plain } from "./legend.js";
import { cellOf, valueAt } from "./pick.js";

/** @import {Frames, Grid} from "./frames.js" */
/** @import {Store} from "./state.js" */
/** @import {Moment, Site, Spacecraft} from "../types/explorer.js" */

const RAD = Math.PI / 180;
const WAIT_MS = 150;

/** @param {number} lat @param {number} lon */
export const placeText = (lat, lon) =>
  `${Math.abs(lat).toFixed(2)}° ${lat < 0 ? "S" : "N"}, ${Math.abs(lon).toFixed(2)}° ${lon < 0 ? "W" : "E"}`;

/**
 * Elevation of the Sun, degrees, over a place on a sphere.
 * @param {{lat: number, lon: number}} sun the place where it stands overhead
 */
export function sunElevation(sun, lat = 0, lon = 0) {
  const cosine = Math.sin(sun.lat * RAD) * Math.sin(lat * RAD) + Math.cos(sun.lat * RAD) * Math.cos(lat * RAD) * Math.cos((lon - sun.lon) * RAD);
  return 90 - Math.acos(Math.min(Math.max(cosine, -1), 1)) / RAD;
}

/** The night that an instant belongs to, as the Keogramist names it: from noon to noon of the
 * local Sun, by the date of its midnight. @param {number} t @param {number} lon */
export const nightOf = (t, lon) => date(t + Math.round((lon * DAY) / 360 / MINUTE) * MINUTE + DAY / 2);

export class Card {
  /** @param {Store} store @param {Frames} frames */
  constructor(store, frames) {
    this.store = store;
    this.frames = frames;
    this.element = html("section.ex-card", { "aria-live": "polite", "aria-label": "What is picked" });
    this.abort = new AbortController();
    this.timer = 0;
    this.exact = "";
    /** @type {Moment | null} */
    this.moment = null;
    /** @type {Grid | null} */
    this.grid = null;
    this.ends = [
      frames.on("moment", (moment) => {
        this.moment = moment;
        this.show();
      }),
      frames.on("grid", (grid) => {
        this.grid = grid;
        this.show();
      }),
      store.subscribe((_, changed) => changed.has("pick") && this.show()),
    ];
    this.show();
  }

  dispose() {
    this.ends.forEach((end) => end());
    window.clearTimeout(this.timer);
    this.abort.abort();
  }

  show() {
    const { pick } = this.store.get();
    this.element.hidden = !pick;
    if (!pick) return;
    if (pick.kind === "place") this._place(pick.lat, pick.lon);
    else this._source(pick.id);
  }

  /** @param {string} title @param {string} kind @param {[string, string | HTMLElement][]} facts @param {...(HTMLElement | null)} more */
  _fill(title, kind, facts, ...more) {
    const close = html("button.btn.btn--bare.btn--small", {
      type: "button", title: "Let go (Esc)", "aria-label": "Let go of what is picked",
      onclick: () => this.store.set({ pick: null }, { push: true }),
    }, icon("x"));
    this.element.replaceChildren(
      html("div.ex-card-head", {}, html("div", {}, html("h2", {}, title), html("p.ex-card-kind", {}, kind)), close),
      html("dl.ex-facts", {}, ...facts.flatMap(([name, value]) => [html("dt", {}, name), html("dd.num", {}, value)])),
      ...more.filter((one) => one !== null));
  }

  /** @param {number} lat @param {number} lon */
  _place(lat, lon) {
    const { row, column } = cellOf(lat, lon);
    const series = this.frames.series();
    const about = valueAt(this.grid, lat, lon);
    const value = html("span", {}, about === null ? "none" : `about ${plain(Number(about.toPrecision(2)))} ${series?.units ?? ""}`);
    this.value = value;
    this.element.dataset.cell = `${row},${column}`;
    this._fill(placeText(lat, lon), "Place", [
      ["Value", value],
      ["Cell", `row ${row}, column ${column}`],
      ...this._sun(lat, lon),
    ]);
    this._ask(lat, lon);
  }

  /** @param {number} lat @param {number} lon @returns {[string, string][]} */
  _sun(lat, lon) {
    return this.moment ? [["Sun", `${sunElevation(this.moment.sun, lat, lon).toFixed(1)}° elevation`]] : [];
  }

  /** The exact value, once the clock has stood still for a moment. @param {number} lat @param {number} lon */
  _ask(lat, lon) {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(async () => {
      const file = this.frames.fileUrl("json").split("?");
      if (!file[0]) return;
      this.abort.abort();
      this.abort = new AbortController();
      const { signal } = this.abort;
      const rule = new URLSearchParams(file[1]).get("rule");
      const url = `${file[0].replace(/\.json$/, "")}/at.json?lat=${lat}&lon=${lon}${rule ? `&rule=${rule}` : ""}`;
      try {
        const answer = await fetch(url, { signal });
        if (answer.ok) this._exact(await answer.json());
      } catch {
        // What eight bits say stands.
      }
    }, WAIT_MS);
  }

  /** @param {{value: number | null, units: string, camera: {site?: string} | string | number | null}} told */
  _exact({ value, units, camera }) {
    if (!this.value) return;
    const by = camera !== null && typeof camera === "object" ? camera.site : null;
    this.value.textContent = value === null ? "none" : `${plain(value)} ${units}${by ? ` (${by.toUpperCase()})` : ""}`;
    this.element.dataset.value = value === null ? "" : String(value);
  }

  /** @param {number} id */
  _source(id) {
    const site = this.moment?.sites.find((one) => one.id === id);
    const craft = this.moment?.spacecraft.find((one) => one.id === id);
    if (site) this._site(site);
    else if (craft) this._craft(craft);
    else this._fill("Not here", `Source ${id}`, [["", this.moment ? "It has no record at this minute." : "…"]]);
  }

  /** @param {Site} site */
  _site(site) {
    const { lat, lon } = site;
    const t = this.store.get().t ?? 0;
    const known = lat !== null && lon !== null;
    const keogram = known
      ? `/keogramist?v=2&from=${nightOf(t, lon)}&sources=${site.program}&open=${site.id}.${nightOf(t, lon)}&at=${stamp(t)}` : "/keogramist?v=2";
    this._fill(site.name, `${site.program}, ${site.code.toUpperCase()}`, [
      ["At this minute", site.operating ? "operating" : site.in_lifetime ? "not operating" : "outside its lifetime"],
      ["Records", site.provenance ?? "none"],
      ...(known ? [/** @type {[string, string]} */ (["Place", placeText(lat, lon)]), ...this._sun(lat, lon)] : []),
    ], ways([["Night in the Keogramist", keogram, "audio-lines"], ["Find conjunctions", finder(t, `ground;program:${site.program};platform:${site.platform}`), "search"]]));
  }

  /** @param {Spacecraft} craft */
  _craft(craft) {
    const t = this.store.get().t ?? 0;
    const foot = (/** @type {{lat: number | null, lon: number | null}} */ { lat, lon }) => (lat === null || lon === null ? "open field line" : placeText(lat, lon));
    this._fill(craft.name, `${craft.program}, spacecraft`, [
      ["Height", craft.alt_km === null ? "unknown" : `${Math.round(craft.alt_km).toLocaleString("en-US")} km`],
      ["Below it", craft.lat === null || craft.lon === null ? "no record" : placeText(craft.lat, craft.lon)],
      ["Footprint N", foot(craft.north)],
      ["Footprint S", foot(craft.south)],
      ["Records", craft.provenance],
    ], ways([["Find conjunctions", finder(t, `space;program:${craft.program};platform:${craft.platform}`), "search"]]));
  }
}

/** @param {number} t */
const stamp = (t) => new Date(t).toISOString().slice(0, 19);

/** The finder with the day of an instant and one block. @param {number} t @param {string} block */
const finder = (t, block) =>
  `/conjunctions?v=1&from=${date(t)}+00:00&to=${date(t)}+23:59&km=500&types=nbtrace&b=${block.replace(/ /g, "+")}&b=${block.startsWith("ground") ? "space" : "ground"}`;

/** @param {[string, string, string][]} links */
const ways = (links) =>
  html("p.ex-ways", {}, ...links.map(([words, href, name]) => html("a.btn.btn--small", { href }, icon(name), words)));


/* An opened night: keogram, cursor, frames, map, playback and movie, all in the browser. */
import { limitsOf, makeScale, ownLimits, tableOf } from "./colour.js";
import { Controls } from "./controls.js";
import { WithCursor } from "./cursor.js";
import { Unavailable, latitudeCells, loadAxes, loadKeogram } from "./data.js";
import { stamp } from "./clock.js";
import { clamp, html, throttled } from "./dom.js";
import { Figure } from "./figure.js";
import { Frames } from "./frames.js";
import { listen } from "./gestures.js";
import { readLook, writeLook } from "./look.js";
import { Movie } from "./movie.js";
import { PlayBar } from "./playbar.js";
import { Player } from "./player.js";
import { Range } from "./range.js";
import { Readout } from "./readout.js";
import { fileName, nameOf, orderOf, pictureUrl, save } from "./takeaway.js";
import { makeVertical } from "./vertical.js";
/** @import {Address, Look, NightFacts, Pair, Part, Refusals, Vertical} from "../types/keogram.js" */
/** @import {Keogram} from "./data.js" */
/** @import {Picture} from "./figure.js" */

const ADDRESS_WAIT_MS = 250;
const DETAIL_WAIT_MS = 350;
const NO_PLACE = "Wants a skymap of this camera and time.";

export class Night extends WithCursor {
  /**
   * @param {HTMLElement} stage what it is drawn into
   * @param {NightFacts} night
   * @param {Address} address
   */
  constructor(stage, night, address) {
    super();
    this.stage = stage;
    this.night = night;
    this.gone = false;
    /** @type {Keogram | null} */
    this.keogram = null;
    /** @type {Part | null} the part of it that is there */
    this.part = null;
    /** @type {Pair | null} ends of the scale that suit all of it */
    this.wholeLimits = null;
    /** @type {Pair | null} ends of the scale that is drawn with */
    this.limits = null;
    /** @type {Vertical | null} */
    this.vertical = null;
    /** @type {AbortController | null} */
    this.loading = null;
    this.span = new Range(night);
    this.look = readLook(address.read(), night.choices);
    this.figure = new Figure(night);
    this.readout = new Readout();
    this.note = html("div.kgs-note-line", { role: "status" });
    this.player = new Player(this);
    this.playbar = new PlayBar(this.player, this);
    this.controls = this._controls();
    this.frames = this._frames();
    this.movie = this._movie();
    this.writeAddress = throttled(() => {
      if (!this.gone) address.write(writeLook(this.look, night.choices));
    }, ADDRESS_WAIT_MS);
    this.detailSoon = throttled(() => this._detail(), DETAIL_WAIT_MS);
    this.drawSoon = throttled(() => this.draw(), 16);
    this._build();
    this.observer = new ResizeObserver(throttled(() => this.draw(), 60));
    this.observer.observe(stage);
    this.load();
  }

  _controls() {
    return new Controls(this.night.choices, {
      change: (part) => this.change(part),
      reset: () => this.reset(),
      closer: (factor) => this.closer(factor),
      save: (kind) => {
        if (this.keogram) save(kind, this.figure, this.night, this.look);
      },
    });
  }

  _frames() {
    return new Frames(this.night, {
      look: () => this.look,
      limits: () => this.limits,
      change: (part) => this.change(part),
      lost: () => this.player.stop(),
    });
  }

  _movie() {
    const { night } = this;
    return new Movie(night.urls.movies, {
      order: () => orderOf(night, this.look, this.limits, this.range, this.span.data),
      view: () => this.look.view,
      name: () => nameOf(night),
    });
  }

  _build() {
    const { night } = this;
    this.stage.classList.toggle("is-imageless", !night.image);
    const side = html("section.kgs-side", { "aria-label": "Playback and movie" }, this.playbar.element, this.movie.element, this.frames.facts);
    this.stage.replaceChildren(
      this.controls.element, this.note, this.figure.element, this.readout.element,
      html("div.kgs-below", {}, ...this.frames.elements, side),
    );
    listen(this.figure, this);
    this.controls.show(this.look, null, "", this._can());
  }

  dispose() {
    this.gone = true;
    this.player.stop();
    this.observer.disconnect();
    if (this.loading) this.loading.abort();
    this.frames.dispose();
    this.movie.dispose();
    this.stage.replaceChildren();
  }

  /* ---------------------------------------------------------------- data */

  async load() {
    this.keogram = null;
    this.wholeLimits = null;
    this.say(this.night.image ? "Loading the keogram" : "");
    this.draw();
    if (!this.night.image) {
      this.frames.none("No image of this night.");
      return;
    }
    await this._fetch(this.span.part(this.range));
    if (this.keogram) this.say("");
  }

  /** Another part, or another cadence, for what is in view now; what is there stays until then. */
  async _detail() {
    if (this.gone || !this.keogram || this.span.serves(this.part, this.range)) return;
    await this._fetch(this.span.part(this.range));
  }

  /** @param {Part} part */
  async _fetch(part) {
    if (this.loading) this.loading.abort();
    this.loading = new AbortController();
    const { signal } = this.loading;
    try {
      const [keogram, limits] = await Promise.all([
        loadKeogram(this.night.urls.keogram, this._query(part), signal),
        this._limitsOfAll(part, signal),
      ]);
      if (signal.aborted) return;
      if (!keogram.columns) throw new Unavailable("This keogram has no images.");
      this.wholeLimits = this.wholeLimits || limits;
      this.keogram = keogram;
      this.part = part;
      this.arrived(keogram);
      this.stage.dataset.loaded = this.look.slice;
    } catch (error) {
      if (!signal.aborted) this._failed(error);
    }
  }

  /** @param {Part} part */
  _query(part) {
    /** @type {Record<string, string>} */
    const query = { start: stamp(part.start), end: stamp(part.end), slice: this.look.slice };
    if (part.cadence) query.cadence = part.cadence;
    if (this.look.forced) query.accept_skymap = "1";
    return query;
  }

  /**
   * A link into a part of a night has the colours that the part had in the whole of it.
   * @param {Part} part
   * @param {AbortSignal} signal
   */
  async _limitsOfAll(part, signal) {
    const all = this.span.everything;
    if (this.wholeLimits || (part.start === all.start && part.end === all.end)) return null;
    return ownLimits({ axes: await loadAxes(this.night.urls.keogram, this._query(all), signal) });
  }

  /** @param {unknown} error */
  _failed(error) {
    if (!(error instanceof Unavailable)) console.warn("the keogram could not be shown:", error);
    this.player.stop();
    this.keogram = null;
    this.draw();
    this.stage.dataset.loaded = "failed";
    this.say(error instanceof Unavailable ? error.message : "The keogram could not be loaded.");
    this.frames.none("");
  }

  /** @param {Keogram} keogram */
  arrived(keogram) {
    const { look } = this;
    const at = look.at ?? this.lastTime;
    this.column = at === null ? keogram.liveliest : keogram.columnNear(at);
    this.pixel = look.px === null ? keogram.zenith : clamp(Math.floor(look.px), 0, keogram.pixels - 1);
    // Colours stay as they were when another part of the night is read.
    this.wholeLimits = keogram.ownLimits = this.wholeLimits || ownLimits(keogram);
    this.frames.keogram(keogram);
    this.draw();
    this.moved(1);
  }

  /* ---------------------------------------------------------------- view */

  get range() {
    return this.span.of(this.look);
  }

  draw() {
    if (this.gone || !this.stage.clientWidth) return;
    const { keogram, look, night } = this;
    const [start, end] = this.range;
    const picture = keogram && this._picture(keogram);
    this.vertical = picture && picture.vertical;
    this.limits = picture && picture.scale.limits;
    this.figure.draw({ picture, start, end, marks: this._marks() });
    this.stage.dataset.axis = this.vertical ? this.vertical.axis : "";
    const effective = this.vertical ? { ...look, axis: this.vertical.axis } : look;
    this.controls.show(effective, this.limits, this._unit(), this._can(), keogram ? keogram.channels : 1);
    this.controls.picture.href = pictureUrl(night, look, this.limits);
    this.controls.picture.download = fileName(night) + ".png";
    this.movie.describe();
    this.figure.hover(null);
    if (!keogram) return;
    this._cursor(keogram);
    this._tell(keogram);
  }

  /**
   * @param {Keogram} keogram
   * @returns {Picture}
   */
  _picture(keogram) {
    const { look, night } = this;
    const axis = keogram.has(look.axis) ? look.axis : "pixel";
    return {
      keogram,
      vertical: makeVertical(keogram, axis, look.slice),
      scale: makeScale(limitsOf(look, keogram.ownLimits || ownLimits(keogram), night.array), look),
      table: tableOf(night.choices.tables[look.cmap]),
    };
  }

  _unit() {
    return this.keogram ? this.keogram.axes.units || "counts" : this.night.array.unit;
  }

  /** @returns {Refusals} */
  _can() {
    const { keogram } = this;
    const refused = keogram ? keogram.refused : "";
    const why = refused || NO_PLACE;
    /** @type {Refusals["axis"]} */
    const axis = {};
    if (keogram && !latitudeCells(keogram, "lat")) axis.lat = why;
    if (keogram && !latitudeCells(keogram, "mlat")) axis.mlat = why;
    const scale = this.night.array.limits ? {} : { fixed: "This array has no fixed limits." };
    const slice = refused && this.look.slice === "column" ? { meridian: why } : {};
    return { axis, scale, slice };
  }

  _marks() {
    const { keogram, night } = this;
    const marks = [];
    const provenance = keogram ? keogram.axes.provenance : night.provenance;
    if (provenance === "simulated") marks.push("SIMULATED");
    if (provenance === "mixed") marks.push("REAL AND SIMULATED");
    const skymap = keogram && keogram.skymap;
    if (skymap && skymap.approximate) marks.push("Approximate skymap: places are estimates");
    if (skymap && skymap.forced) marks.push(`Skymap of another time: ${skymap.reason || "forced"}`);
    return marks;
  }

  /** What of the picture needs words: a skymap that was refused, with the way round it. @param {Keogram} keogram */
  _tell(keogram) {
    const parts = [];
    if (keogram.refused) {
      parts.push(html("span", {}, `No latitudes: ${keogram.refused} `));
      if (keogram.forceable) parts.push(html("button.btn.btn--small", { type: "button", onclick: () => this.force(true) }, "Use it all the same"));
    } else if (this.look.forced && keogram.skymap && keogram.skymap.forced) {
      parts.push(html("span", {}, `The skymap is used all the same: ${keogram.skymap.reason} `),
        html("button.btn.btn--small", { type: "button", onclick: () => this.force(false) }, "Do not use it"));
    }
    this.note.replaceChildren(...parts);
  }

  /** @param {boolean} forced */
  force(forced) {
    this.change({ forced });
  }

  /** @param {string} words */
  say(words) {
    this.figure.words.textContent = words;
  }

  /* ---------------------------------------------------------------- look */

  /** @param {Partial<Look>} part */
  change(part) {
    const before = this.look;
    this.look = { ...before, ...part };
    this.writeAddress();
    if (before.slice !== this.look.slice || before.forced !== this.look.forced) {
      this.look.px = null;
      this._refetch();
      return;
    }
    this.draw();
    this.frames.restyle();
    this.moved(1);
  }

  _refetch() {
    if (this.keogram) this.look.at = this._at(this.keogram);
    this.player.stop();
    this.load();
  }

  /** The address was changed by Back, Forward or a link. @param {string} text */
  follow(text) {
    const look = readLook(text, this.night.choices);
    const again = look.slice !== this.look.slice || look.forced !== this.look.forced;
    this.look = look;
    if (again || !this.keogram) return this.load();
    this.frames.restyle();
    this.detailSoon();
    return this.arrived(this.keogram);
  }

  /** @param {number} start @param {number} end */
  zoom(start, end) {
    const cadence = this.keogram ? this.keogram.cadenceMs : 60_000;
    const limited = this.span.limited(start, end, this.range, Math.min(cadence, this._finest()));
    if (!limited) return false;
    this.look = { ...this.look, ...limited };
    this.writeAddress();
    this.drawSoon();
    this.detailSoon();
    return true;
  }

  _finest() {
    return this.night.provenance === "simulated" ? Infinity : 1000 * (this.night.array.cadence_s || 60);
  }

  /** @param {number} factor of the time in view */
  closer(factor) {
    const [start, end] = this.range;
    const time = this.keogram ? this.keogram.times[this.column] : NaN;
    const middle = time >= start && time <= end ? time : (start + end) / 2;
    this.zoom(middle - (middle - start) * factor, middle + (end - middle) * factor);
  }

  reset() {
    this.look = { ...this.look, t0: null, t1: null };
    this.writeAddress();
    this.draw();
    this.detailSoon();
  }
}

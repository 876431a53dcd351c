/* The clock's controls: day and time, the day as a slider, steps and playback. */
import { html, icon, svg } from "../keogram/dom.js";
import { DAY, MINUTE, STEPS, date, dayOf, hm, instant, stepName } from "./clock.js";
import { SPEEDS } from "./player.js";

/** @import {Frames} from "./frames.js" */
/** @import {Player} from "./player.js" */
/** @import {State, Store} from "./state.js" */

const TEXT_MS = 1500; // how often people who hear the page are told the time while it runs

export class TimeBar {
  /** @param {HTMLElement} element @param {Store} store @param {Frames} frames @param {Player} player */
  constructor(element, store, frames, player) {
    this.store = store;
    this.frames = frames;
    this.player = player;
    this.date = this._field("ex-day", "Day (UTC), year-month-day", "YYYY-MM-DD");
    this.time = this._field("ex-minute", "Time (UTC), hours:minutes", "HH:MM");
    this.calendar = html("input.ex-calendar", { type: "date", tabindex: -1, "aria-hidden": "true", onchange: () => this._chosen() });
    this.slider = /** @type {HTMLInputElement} */ (html("input.ex-slider", {
      type: "range", min: 0, max: DAY / MINUTE - 1, step: 1, "aria-label": "Time of the day",
      oninput: () => this._slide(),
    }));
    this.play = html("button.btn.ex-play", { type: "button", onclick: () => player.toggle() });
    this.wait = html("span.ex-wait", { role: "status", "aria-live": "off" });
    this.ends = [
      store.subscribe((state, changed) => changed.has("t") && this.show(state)),
      frames.on("waiting", (waiting) => element.classList.toggle("is-waiting", waiting)),
    ];
    element.replaceChildren(this._row(), this._track());
    this.element = element;
    this.show(store.get());
    this.playing();
  }

  dispose() {
    this.ends.forEach((end) => end());
    this.element.replaceChildren();
  }

  _row() {
    const button = (/** @type {string} */ name, /** @type {string} */ words, /** @type {() => void} */ act) =>
      html("button.btn.btn--small.btn--bare", { type: "button", title: words, "aria-label": words, onclick: act }, icon(name));
    return html("div.ex-time-row", {},
      html("div.ex-time-group", {},
        button("chevrons-left", "A day back", () => this.step(-DAY, true)),
        html("span.ex-day-field", {}, this.date, this.calendar, button("calendar", "Choose a day", () => this.calendar.showPicker())),
        button("chevrons-right", "A day on", () => this.step(DAY, true)),
        this.time, html("span.ex-utc", {}, "UTC")),
      html("div.ex-time-group.ex-time-play", {},
        button("step-back", "One step back (left arrow)", () => this.step(-this.frames.stepMs)),
        this.play,
        button("step-forward", "One step on (right arrow)", () => this.step(this.frames.stepMs))),
      html("div.ex-time-group", {},
        this._select("Step of time", STEPS, stepName, this.frames.stepMs, (value) => {
          this.frames.stepMs = value;
          this.frames.want();
        }),
        this._select("Speed of playback", SPEEDS, (value) => `${value} / s`, this.player.speed, (value) => {
          this.player.speed = value;
        }),
        this.wait));
  }

  /** Hours under the slider. */
  _track() {
    const at = (/** @type {number} */ hour) => `${(100 * hour) / 24}%`;
    const marks = Array.from({ length: 25 }, (_, hour) => [
      svg("line", { x1: at(hour), x2: at(hour), y1: 0, y2: hour % 3 ? 4 : 7 }),
      ...(hour % 3 ? [] : [svg("text", { x: at(hour), y: 18, "text-anchor": hour === 0 ? "start" : hour === 24 ? "end" : "middle" },
        `${String(hour).padStart(2, "0")}`)]),
    ]);
    return html("div.ex-track", {}, this.slider, svg("svg.ex-hours", { "aria-hidden": "true" }, ...marks.flat()));
  }

  /** Not the browser's own fields: they write days and hours as its language does. */
  /** @param {string} name @param {string} label @param {string} form @returns {HTMLInputElement} */
  _field(name, label, form) {
    return html(`input.ex-field.${name}`, {
      type: "text", inputmode: "numeric", autocomplete: "off", spellcheck: "false", "aria-label": label, placeholder: form, maxlength: form.length,
      onchange: () => this._typed(),
    });
  }

  _chosen() {
    if (!this.calendar.value) return;
    this.date.value = this.calendar.value;
    this._typed();
  }

  /**
   * @template {number} T
   * @param {string} label @param {readonly T[]} values @param {(value: T) => string} name @param {T} chosen
   * @param {(value: T) => void} act
   */
  _select(label, values, name, chosen, act) {
    const options = values.map((value) => html("option", { value, selected: value === chosen }, name(value)));
    const select = /** @type {HTMLSelectElement} */ (html("select.ex-select", { "aria-label": label, title: label }, ...options));
    select.addEventListener("change", () => act(values[select.selectedIndex]));
    return select;
  }

  _typed() {
    const t = instant(this.date.value, this.time.value);
    [this.date, this.time].forEach((field) => field.setAttribute("aria-invalid", String(t === null)));
    if (t === null) return;
    this.store.set({ t }, { push: true });
    this.show(this.store.get(), true);
  }

  _slide() {
    const { t } = this.store.get();
    if (t === null) return;
    const next = dayOf(t) + Number(this.slider.value) * MINUTE;
    this.frames.way = next < t ? -1 : 1;
    this.store.set({ t: next });
  }

  /** @param {number} ms @param {boolean} [push] */
  step(ms, push = false) {
    const { t } = this.store.get();
    if (t === null) return;
    this.frames.way = ms < 0 ? -1 : 1;
    this.store.set({ t: t + ms }, { push });
  }

  /** @param {State} state @param {boolean} [all] also the field that is being typed in */
  show({ t }, all = false) {
    if (t === null) return;
    if (all || document.activeElement !== this.date) this.date.value = date(t);
    if (all || document.activeElement !== this.time) this.time.value = hm(t);
    this.calendar.value = date(t);
    const minute = Math.floor((t - dayOf(t)) / MINUTE);
    this.slider.value = String(minute);
    this.slider.style.setProperty("--share", `${(100 * minute) / (DAY / MINUTE - 1)}%`);
    const now = performance.now();
    if (this.player.playing && now - (this.told ?? 0) < TEXT_MS) return;
    this.told = now;
    this.slider.setAttribute("aria-valuetext", `${date(t)} ${hm(t)} UTC`);
  }

  playing() {
    const { playing } = this.player;
    this.play.replaceChildren(icon(playing ? "pause" : "play"), playing ? "Pause" : "Play");
    this.play.title = `${playing ? "Pause" : "Play from here on"} (space)`;
    this.play.setAttribute("aria-pressed", String(playing));
  }
}

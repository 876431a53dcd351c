/* The buttons of playback. */
import { html, icon } from "./dom.js";
import { SPEEDS } from "./player.js";
/** @import {Player} from "./player.js" */

const KEYS = [
  ["← →", "one column"],
  ["Shift ← →", "ten"],
  ["↑ ↓", "pixel"],
  ["Space", "play"],
  ["+ − 0", "zoom"],
  ["P N", "nights"],
  ["Esc", "wall"],
];

export class PlayBar {
  /**
   * @typedef {object} Plays
   * @property {(columns: number) => void} step
   * @property {(end: "first" | "last") => void} jump
   * @property {() => boolean} begins whether there is anything to play, from where the cursor then is
   */
  /** @param {Player} player @param {Plays} host */
  constructor(player, host) {
    this.player = player;
    this.host = host;
    /** @param {string} name @param {string} words @param {() => void} act */
    const button = (name, words, act) =>
      html("button.btn.btn--small", { type: "button", title: words, "aria-label": words, onclick: act }, icon(name));
    this.play = html("button.btn.btn--small.kgs-play", { type: "button", onclick: () => this.toggle() });
    this.speed = html("select.kgs-select", { "aria-label": "Speed of playback", onchange: () => { player.speed = Number(this.speed.value); } },
      ...SPEEDS.map((speed) => html("option", { value: speed, selected: speed === player.speed }, `${speed} columns / s`)));
    this.element = html("div.kgs-playbar", {},
      html("div.kgs-row", {},
        button("skip-back", "First column (Home)", () => host.jump("first")),
        button("step-back", "One column back (left arrow)", () => host.step(-1)),
        this.play,
        button("step-forward", "One column on (right arrow)", () => host.step(1)),
        button("skip-forward", "Last column (End)", () => host.jump("last")),
        this.speed),
      html("p.kgs-keys", {}, ...KEYS.flatMap(([keys, words]) => [html("span", {}, html("kbd", {}, keys), " ", words)])));
    this.show();
  }

  toggle() {
    if (!this.player.playing && !this.host.begins()) return;
    this.player.toggle();
    this.show();
  }

  show() {
    const { playing } = this.player;
    this.play.replaceChildren(icon(playing ? "pause" : "play"), playing ? "Pause" : "Play");
    this.play.title = (playing ? "Pause" : "Play from the cursor on") + " (space)";
  }
}

/* Puts the opened night onto its stage, and takes it off again. Loaded when the first one opens. */
import { Night } from "./night.js";
/** @import {Address} from "../types/keogram.js" */

/** @type {{stage: HTMLElement, text: string, night: Night} | null} */
let open = null;

/**
 * @param {HTMLElement} stage
 * @param {string} text what the server tells of the night, as JSON
 * @param {Address} address
 */
export function show(stage, text, address) {
  if (open && open.stage === stage && open.text === text) return;
  hide();
  if (text) open = { stage, text, night: new Night(stage, JSON.parse(text), address) };
}

export function hide() {
  if (open) open.night.dispose();
  open = null;
}

/** @param {string} text */
export function follow(text) {
  if (open) open.night.follow(text);
}

/** Whether a key of the keyboard did something. @param {KeyboardEvent} event */
export const key = (event) => Boolean(open && open.night.key(event));

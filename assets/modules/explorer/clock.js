/* The Explorer's one clock: minutes of UTC, steps and days. */
import { DAY, HOUR, MINUTE, compact, date, hm, parse } from "../keogram/clock.js";

export { DAY, HOUR, MINUTE, compact, date, hm, parse };

/** Steps of time that can be chosen, in ms. */
export const STEPS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR];

/** Midnight (UTC) of the day of an instant. @param {number} ms */
export const dayOf = (ms) => Math.floor(ms / DAY) * DAY;

/** The whole minute at or before an instant. @param {number} ms */
export const minuteOf = (ms) => Math.floor(ms / MINUTE) * MINUTE;

/** An instant as links write it: to the minute where it is a whole one. @param {number} ms */
export function written(ms) {
  const text = new Date(ms).toISOString();
  return ms % 1000 ? text : text.slice(0, 19) + "Z";
}

/** As the moment's addresses name a minute: YYYYMMDDTHHMM. @param {number} ms */
export const compactMinute = (ms) => compact(ms).slice(0, 13);

/**
 * The instant that somebody typed, "2022-01-01" and "6:30" or "0630"; null where it is none.
 * @param {string} day @param {string} time
 */
export function instant(day, time) {
  const found = /^(\d{1,2}):?(\d{2})$/.exec(time.trim() || "00:00");
  if (!found || !/^\d{4}-\d{2}-\d{2}$/.test(day.trim())) return null;
  const t = Date.parse(`${day.trim()}T${found[1].padStart(2, "0")}:${found[2]}:00Z`);
  // Browsers take the 30th of February for the 2nd of March.
  return Number.isFinite(t) && date(t) === day.trim() ? t : null;
}

/** "1 min", "1 h". @param {number} ms */
export const stepName = (ms) => (ms >= HOUR ? `${ms / HOUR} h` : `${ms / MINUTE} min`);

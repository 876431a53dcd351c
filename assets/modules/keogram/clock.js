/* Instants are milliseconds since 1970 in UTC; these are the ways they are written. */

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** @param {number} ms */
const iso = (ms) => new Date(ms).toISOString();

/** @param {number} ms */
export const hms = (ms) => iso(ms).slice(11, 19);
/** @param {number} ms */
export const hm = (ms) => iso(ms).slice(11, 16);
/** @param {number} ms */
export const date = (ms) => iso(ms).slice(0, 10);
/** @param {number} ms */
export const stamp = (ms) => iso(ms).slice(0, 19);
/** As frames are named in addresses. @param {number} ms */
export const compact = (ms) => stamp(ms).replace(/[-:]/g, "");

/* Date, time and zone of ISO 8601. Of other texts each browser makes what it likes. */
const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/;

/**
 * A time without a zone is UTC.
 * @param {string | null | undefined} text
 * @returns {number | null} nothing where it is no time
 */
export function parse(text) {
  const found = ISO.exec(text || "");
  if (!found) return null;
  const [, day, clock = "00:00", zone = "Z"] = found;
  const ms = Date.parse(`${day}T${clock}${zone}`);
  return Number.isFinite(ms) ? ms : null;
}

/** Hours of magnetic local time as 23:05; the day of an hour has 24. @param {number} hours */
export function mlt(hours) {
  if (!Number.isFinite(hours)) return "";
  const minutes = Math.floor((((hours % 24) + 24) % 24) * 60);
  /** @param {number} value */
  const two = (value) => String(value).padStart(2, "0");
  return two(Math.floor(minutes / 60)) + ":" + two(minutes % 60);
}

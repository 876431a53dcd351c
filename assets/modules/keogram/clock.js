/* Instants are milliseconds since 1970 in UTC; these are the ways they are written. */

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const iso = (ms) => new Date(ms).toISOString();

export const hms = (ms) => iso(ms).slice(11, 19);
export const hm = (ms) => iso(ms).slice(11, 16);
export const date = (ms) => iso(ms).slice(0, 10);
export const stamp = (ms) => iso(ms).slice(0, 19);
/* As frames are named in addresses. */
export const compact = (ms) => stamp(ms).replace(/[-:]/g, "");

export function parse(text) {
  if (!text) return null;
  const ms = Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : text + "Z");
  return Number.isFinite(ms) ? ms : null;
}

/* Hours of magnetic local time as 23:05; the day of an hour has 24. */
export function mlt(hours) {
  if (!Number.isFinite(hours)) return "";
  const minutes = Math.floor((((hours % 24) + 24) % 24) * 60);
  const two = (value) => String(value).padStart(2, "0");
  return two(Math.floor(minutes / 60)) + ":" + two(minutes % 60);
}

/* Azimuthal equidistant over a pole, for both hemispheres: distances from the pole are true.
 *
 * Points of the plane are metres, x to the right and y up as Leaflet counts them. Seen from above
 * the north pole 0 deg longitude points down, from above the south pole up; 90 deg east is to the
 * right in both. (Snyder, Map Projections: A Working Manual, USGS PP 1395, 1987, eq. 25-1.) */

/** @typedef {"north" | "south"} Pole */

export const RADIUS_M = 6_371_200;
/** How far from the pole the map reaches, in degrees: the whole hemisphere. */
export const RIM_DEG = 90;

const RADIANS = Math.PI / 180;

/** Metres from the pole to where the map ends. */
export const RIM_M = RIM_DEG * RADIANS * RADIUS_M;

/** @param {Pole} pole */
const signOf = (pole) => (pole === "north" ? 1 : -1);

/**
 * @param {Pole} pole
 * @param {number} lat
 * @param {number} lon
 * @returns {[number, number]}
 */
export function project(pole, lat, lon) {
  const sign = signOf(pole);
  const away = (90 - sign * lat) * RADIANS * RADIUS_M;
  return [away * Math.sin(lon * RADIANS), -sign * away * Math.cos(lon * RADIANS)];
}

/**
 * Latitude and longitude of a point; null beyond the antipode of the pole, where nothing lies.
 * @param {Pole} pole
 * @param {number} x
 * @param {number} y
 * @returns {[number, number] | null}
 */
export function unproject(pole, x, y) {
  const sign = signOf(pole);
  const away = Math.hypot(x, y) / (RADIUS_M * RADIANS);
  if (away > 180 + 1e-9) return null;
  const lon = away ? Math.atan2(x, -sign * y) / RADIANS : 0;
  return [sign * (90 - Math.min(away, 180)), lon];
}

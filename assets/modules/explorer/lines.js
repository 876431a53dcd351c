/* Lines on the sphere: cut at the date line for maps, as points in space for the globe. */

const RAD = Math.PI / 180;

/**
 * The point of a place: x towards 0 N 0 E, y to the north pole, z towards 0 N 90 W; length `radius`.
 * @param {number} lat degrees @param {number} lon degrees east @param {number} [radius]
 * @returns {[number, number, number]}
 */
export function point(lat, lon, radius = 1) {
  const across = radius * Math.cos(lat * RAD);
  return [across * Math.cos(lon * RAD), radius * Math.sin(lat * RAD), -across * Math.sin(lon * RAD)];
}

/**
 * The place below a point in space. Over a pole any longitude would do; it is 0.
 * @param {number} x @param {number} y @param {number} z
 * @returns {{lat: number, lon: number, radius: number}}
 */
export function place(x, y, z) {
  const radius = Math.hypot(x, y, z);
  const lon = Math.atan2(-z, x) / RAD;
  return { lat: Math.asin(Math.min(Math.max(y / radius, -1), 1)) / RAD, lon: lon === 180 ? -180 : lon + 0, radius };
}

/**
 * The latitude where the great circle between two places meets the date line, degrees.
 * @param {number} lat0 @param {number} lon0 @param {number} lat1 @param {number} lon1
 */
export function crossing(lat0, lon0, lat1, lon1) {
  const [x0, y0, z0] = point(lat0, lon0);
  const [x1, y1, z1] = point(lat1, lon1);
  // The plane of the date line is z = 0, and a chord projects onto its great circle.
  const share = z0 === z1 ? 0.5 : z0 / (z0 - z1);
  const x = x0 + share * (x1 - x0);
  const y = y0 + share * (y1 - y0);
  return Math.atan2(y, Math.abs(x)) / RAD;
}

/** @import {LatLon} from "../types/explorer.js" */

/**
 * Cuts a line where it crosses the date line and where places are missing (null or NaN).
 * @param {LatLon} latlon flat: lat, lon, lat, lon, ...
 * @returns {[number, number][][]} pieces of at least two places as [lat, lon]; a cut ends at
 *   longitude 180 or -180 and goes on at the other
 */
export function cut(latlon) {
  /** @type {[number, number][][]} */
  const pieces = [];
  /** @type {[number, number][]} */
  let piece = [];
  const end = () => {
    if (piece.length > 1) pieces.push(piece);
    piece = [];
  };
  for (let at = 0; at + 1 < latlon.length; at += 2) {
    const here = known(latlon, at);
    if (!here) {
      end();
      continue;
    }
    const last = piece[piece.length - 1];
    if (last && Math.abs(here[1] - last[1]) > 180) {
      const edge = last[1] > 0 ? 180 : -180;
      const middle = crossing(...last, ...here);
      piece.push([middle, edge]);
      end();
      piece.push([middle, -edge]);
    }
    piece.push(here);
  }
  end();
  return pieces;
}

/** @param {LatLon} latlon @param {number} at @returns {[number, number] | null} */
function known(latlon, at) {
  const [lat, lon] = [latlon[at], latlon[at + 1]];
  return typeof lat === "number" && typeof lon === "number" && Number.isFinite(lat + lon) ? [lat, lon] : null;
}

/**
 * The same line in space, as pairs of points: x y z of a beginning, x y z of an end, and so on.
 * Long steps follow the great circle.
 * @param {LatLon} latlon flat: lat, lon, lat, lon, ...
 * @param {(place: number) => number} radius of the place of this number
 * @param {number[]} [into]
 */
export function segments(latlon, radius, into = []) {
  for (let at = 2; at + 1 < latlon.length; at += 2) {
    const [from, to] = [known(latlon, at - 2), known(latlon, at)];
    if (from && to) arc(point(...from), point(...to), radius(at / 2 - 1), radius(at / 2), into);
  }
  return into;
}

const MOST = 3 * RAD;

/**
 * @param {[number, number, number]} from @param {[number, number, number]} to
 * @param {number} radius0 @param {number} radius1 @param {number[]} into
 */
function arc(from, to, radius0, radius1, into) {
  const cosine = from[0] * to[0] + from[1] * to[1] + from[2] * to[2];
  const angle = Math.acos(Math.min(Math.max(cosine, -1), 1));
  const steps = Math.max(1, Math.ceil(angle / MOST));
  const sine = Math.sin(angle);
  let [x, y, z] = [radius0 * from[0], radius0 * from[1], radius0 * from[2]];
  for (let step = 1; step <= steps; step += 1) {
    const share = step / steps;
    const radius = radius0 + share * (radius1 - radius0);
    const one = steps === 1 ? 0 : (radius * Math.sin((1 - share) * angle)) / sine;
    const other = steps === 1 ? radius : (radius * Math.sin(share * angle)) / sine;
    into.push(x, y, z);
    x = one * from[0] + other * to[0];
    y = one * from[1] + other * to[1];
    z = one * from[2] + other * to[2];
    into.push(x, y, z);
  }
}

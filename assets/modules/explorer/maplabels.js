/* Where labels stand so that none covers another, nor a mark: the more important ones choose
 * first, and what finds no room is left out. */

/**
 * @typedef {{x: number, y: number, width: number, height: number, rank: number, reach: number}} Wish
 *   a mark's middle and how far it reaches, the size of its text, and who goes first (lowest)
 * @typedef {[left: number, top: number, right: number, bottom: number]} Rect
 */

const GAP = 3;

/** @param {Rect} one @param {Rect} other */
const overlap = (one, other) => one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];

/** Right of the mark, left, above, below. @param {Wish} wish @returns {Rect[]} */
function choices({ x, y, width, height, reach }) {
  const away = reach + GAP;
  /** @type {[number, number][]} */
  const corners = [
    [x + away, y - height / 2], [x - away - width, y - height / 2],
    [x - width / 2, y - away - height], [x - width / 2, y + away],
    [x + 0.7 * away, y - 0.7 * away - height], [x - 0.7 * away - width, y - 0.7 * away - height],
    [x + 0.7 * away, y + 0.7 * away], [x - 0.7 * away - width, y + 0.7 * away],
  ];
  return corners.map(([left, top]) => /** @type {Rect} */ ([left, top, left + width, top + height]));
}

/**
 * @param {Wish[]} wishes
 * @param {Rect} room what labels must stay in
 * @param {Rect[]} [taken] where nothing may stand
 * @returns {(Rect | null)[]} a place for each wish, null where there is none
 */
export function placeLabels(wishes, room, taken = []) {
  const full = [...taken, ...wishes.map(({ x, y, reach }) => /** @type {Rect} */ ([x - reach, y - reach, x + reach, y + reach]))];
  /** @type {(Rect | null)[]} */
  const places = wishes.map(() => null);
  const order = wishes.map((_, at) => at).sort((one, other) => wishes[one].rank - wishes[other].rank);
  const inside = (/** @type {Rect} */ at) => at[0] >= room[0] && at[1] >= room[1] && at[2] <= room[2] && at[3] <= room[3];
  order.forEach((at) => {
    const own = taken.length + at; // a label may touch its own mark
    const free = choices(wishes[at]).find((rect) => inside(rect) && !full.some((other, place) => place !== own && overlap(rect, other)));
    if (!free) return;
    places[at] = free;
    full.push(free);
  });
  return places;
}

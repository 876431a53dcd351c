/* How finely the globe is drawn while it plays: where the processor draws, and cannot keep up, it
 * has fewer pixels to draw until the clock stands again. */

const FRAMES = 8; // that must be late before anything is done about it
const ENOUGH_MS = 50; // 20 frames a second are fluent
const LATE = 1.2;
const SHARES = [1, 0.75, 0.6]; // of the picture's width and height

export class Pace {
  constructor() {
    this.step = 0;
    /** @type {number[]} */
    this.taken = [];
  }

  /** Of the picture's width and height. */
  get share() {
    return SHARES[this.step];
  }

  /** With the next play everything is as sharp as it can be again. @returns {boolean} whether it was not */
  reset() {
    const changed = this.step > 0;
    this.step = 0;
    this.taken = [];
    return changed;
  }

  /**
   * Counts a frame.
   * @param {number} took ms since the one before
   * @param {number} wanted ms from frame to frame as asked for; Infinity where the frame was waited for
   * @returns {boolean} whether the share is another one now
   */
  count(took, wanted) {
    if (!Number.isFinite(wanted)) return false;
    this.taken.push(took);
    if (this.taken.length < FRAMES) return false;
    const middle = this.taken.sort((one, other) => one - other)[FRAMES >> 1];
    this.taken = [];
    if (middle < LATE * Math.max(wanted, ENOUGH_MS) || this.step === SHARES.length - 1) return false;
    this.step += 1;
    return true;
  }
}

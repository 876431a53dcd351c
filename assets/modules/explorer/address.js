/* The browser's address: written seldom while things move, at once for what was done on purpose. */

const WAIT_MS = 400; // browsers refuse more than about six changes of the address a second

export class Address {
  /** @param {string} path */
  constructor(path) {
    this.path = path;
    /** @type {string | null} */
    this.waiting = null;
    this.timer = 0;
    this.flush = () => this._flush();
    window.addEventListener("pagehide", this.flush);
  }

  /** @param {string} search @param {boolean} push */
  write(search, push) {
    if (!push) {
      this.waiting = search;
      this.timer = this.timer || window.setTimeout(this.flush, WAIT_MS);
      return;
    }
    this._flush();
    if (search !== window.location.search) window.history.pushState({}, "", this.path + search);
  }

  /** Lets go of what was to be written: the address has changed by itself. */
  forget() {
    window.clearTimeout(this.timer);
    this.timer = 0;
    this.waiting = null;
  }

  _flush() {
    const search = this.waiting;
    this.forget();
    if (search === null || window.location.pathname !== this.path) return;
    window.history.replaceState(window.history.state, "", this.path + search);
  }

  dispose() {
    window.removeEventListener("pagehide", this.flush);
    this._flush();
  }
}

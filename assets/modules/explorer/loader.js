/* Fetches what is wanted, most wanted first, few at a time, and keeps what came last. */

/**
 * @template T
 * @typedef {{url: string, value: T | null, error: string}} Entry
 */

/** @template T */
export class Loader {
  /**
   * @param {(answer: Response) => Promise<T>} read
   * @param {{keep: number, atOnce?: number}} room how many are kept, how many are asked for at once
   */
  constructor(read, { keep, atOnce = 3 }) {
    this.read = read;
    this.keep = keep;
    this.atOnce = atOnce;
    /** @type {Map<string, Entry<T>>} */
    this.kept = new Map();
    /** @type {Map<string, AbortController>} */
    this.running = new Map();
    /** @type {string[]} */
    this.queue = [];
    /** @type {(entry: Entry<T>) => void} */
    this.arrived = () => {};
  }

  /** @param {string} url */
  has(url) {
    return this.kept.has(url);
  }

  /** What was fetched from an address; it is then kept longest. @param {string} url */
  get(url) {
    const entry = this.kept.get(url);
    if (entry) {
      this.kept.delete(url);
      this.kept.set(url, entry);
    }
    return entry;
  }

  /** Asks for these, in this order; requests for anything else are ended. @param {string[]} urls */
  want(urls) {
    this.queue = [...new Set(urls)].filter((url) => !this.kept.has(url));
    const wanted = new Set(this.queue);
    this.running.forEach((abort, url) => {
      if (wanted.has(url)) return;
      abort.abort();
      this.running.delete(url);
    });
    this._next();
  }

  clear() {
    this.want([]);
    this.kept.clear();
  }

  _next() {
    this.queue = this.queue.filter((url) => !this.running.has(url) && !this.kept.has(url));
    while (this.running.size < this.atOnce && this.queue.length) {
      this._fetch(/** @type {string} */ (this.queue.shift()));
    }
  }

  /** @param {string} url */
  async _fetch(url) {
    const abort = new AbortController();
    this.running.set(url, abort);
    /** @type {Entry<T>} */
    const entry = { url, value: null, error: "" };
    try {
      const answer = await fetch(url, { signal: abort.signal });
      if (answer.ok) entry.value = await this.read(answer);
      else entry.error = await reason(answer);
    } catch {
      entry.error = "The server does not answer.";
    }
    if (this.running.get(url) !== abort) return;
    this.running.delete(url);
    // What failed for want of an answer may be asked for again.
    this.kept.set(url, entry);
    while (this.kept.size > this.keep) this.kept.delete(/** @type {string} */ (this.kept.keys().next().value));
    this.arrived(entry);
    if (entry.error === "The server does not answer.") this.kept.delete(url);
    this._next();
  }
}

/** @param {Response} answer */
async function reason(answer) {
  const told = await answer.json().catch(() => ({}));
  const words = [told.error_message, told.hint].filter(Boolean).join(" ");
  return words || `The server answered ${answer.status}.`;
}

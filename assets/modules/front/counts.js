/* The counts of a chart: one number for each row and day. */

const DAY_MS = 86_400_000;

/** Reads numbers packed as little-endian uint16, zlib, base 64.
 * @param {string} text */
export async function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const view = new DataView(await new Response(stream).arrayBuffer());
  return Uint16Array.from({ length: view.byteLength / 2 }, (_, n) => view.getUint16(2 * n, true));
}

export class Counts {
  /**
   * @param {Uint16Array} values row after row
   * @param {{first: string, days: number, levels: number[], nouns: [string, string]}} facts
   */
  constructor(values, { first, days, levels, nouns }) {
    this.values = values;
    this.first = Date.parse(`${first}T00:00:00Z`);
    this.days = days;
    this.levels = levels;
    this.nouns = nouns;
    this.rows = Math.floor(values.length / days);
  }

  /** Reads what the page says of its chart.
   * @param {DOMStringMap} data */
  static async of(data) {
    const [one = "", many = ""] = (data.nouns || "").split(",");
    return new Counts(await unpack(data.counts || ""), {
      first: data.first || "",
      days: Number(data.days),
      levels: (data.levels || "").split(",").map(Number),
      nouns: [one, many],
    });
  }

  /**
   * @param {number} row
   * @param {number} day
   */
  get(row, day) {
    return this.values[row * this.days + day];
  }

  /** 0 for nothing, else the number of the colour, from 1.
   * @param {number} count */
  level(count) {
    return this.levels.filter((low) => count >= low).length;
  }

  /** @param {number} day */
  date(day) {
    return new Date(this.first + day * DAY_MS).toISOString().slice(0, 10);
  }

  /** @param {number} day */
  dayName(day) {
    const weekday = new Intl.DateTimeFormat("en", { weekday: "short", timeZone: "UTC" });
    return `${this.date(day)} ${weekday.format(this.first + day * DAY_MS)}`;
  }

  /**
   * @param {number} row
   * @param {number} day
   */
  words(row, day) {
    const count = this.get(row, day);
    const number = new Intl.NumberFormat("en").format(count);
    if (!count) return `no ${this.nouns[1]}`;
    return `${number} ${this.nouns[count === 1 ? 0 : 1]}${count === 65_535 ? " or more" : ""}`;
  }

  /** The next day, in a direction, whose number differs; the last one there where none does.
   * @param {number} row
   * @param {number} day
   * @param {number} way */
  change(row, day, way) {
    const here = this.get(row, day);
    let at = day;
    while (at + way >= 0 && at + way < this.days) {
      at += way;
      if (this.get(row, at) !== here) break;
    }
    return at;
  }

  /** The last day of the first row that has any. */
  latest() {
    for (let row = 0; row < this.rows; row += 1) {
      for (let day = this.days - 1; day >= 0; day -= 1) if (this.get(row, day)) return { row, day };
    }
    return { row: 0, day: 0 };
  }
}

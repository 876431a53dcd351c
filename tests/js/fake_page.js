/* As much of a page as the modules touch when they build elements and are told of events: no
 * layout, no styles. What needs a real page is tested in one (tests/e2e). */

class FakeClasses {
  constructor() {
    /** @type {Set<string>} */
    this.names = new Set();
  }

  /** @param {string} name */
  add(name) {
    this.names.add(name);
  }

  /** @param {string} name */
  remove(name) {
    this.names.delete(name);
  }

  /** @param {string} name @param {boolean} there */
  toggle(name, there) {
    this.names[there ? "add" : "delete"](name);
  }

  /** @param {string} name */
  contains(name) {
    return this.names.has(name);
  }
}

export class FakeElement extends EventTarget {
  /** @param {string} name */
  constructor(name) {
    super();
    this.tagName = name.toUpperCase();
    /** @type {Record<string, string>} */
    this.dataset = {};
    /** @type {Record<string, unknown>} */
    this.style = { setProperty: () => undefined };
    this.classList = new FakeClasses();
    /** @type {Map<string, string>} */
    this.attributes = new Map();
    /** @type {(FakeElement | string)[]} */
    this.childNodes = [];
    this.hidden = false;
    this.disabled = false;
    this.value = "";
    this.width = 0;
    this.height = 0;
    /** @type {unknown[][]} */
    this.drawn = [];
  }

  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.attributes.set(name, value);
    if (name === "value") this.value = value;
    if (name === "hidden") this.hidden = true;
    if (name === "class") value.split(" ").forEach((each) => this.classList.add(each));
  }

  /** @param {string} name */
  getAttribute(name) {
    return this.attributes.get(name) ?? null;
  }

  /** @param {...(FakeElement | string)} children */
  append(...children) {
    this.childNodes.push(...children);
  }

  /** @param {...(FakeElement | string)} children */
  replaceChildren(...children) {
    this.childNodes = children;
  }

  /** @returns {string} */
  get textContent() {
    return this.childNodes.map((child) => (typeof child === "string" ? child : child.textContent)).join("");
  }

  set textContent(text) {
    this.childNodes = text ? [text] : [];
  }

  /** A pen that writes down what it is told to draw. */
  getContext() {
    return {
      clearRect: (/** @type {unknown[]} */ ...box) => this.drawn.push(["clear", ...box]),
      drawImage: (/** @type {unknown[]} */ ...what) => this.drawn.push(["draw", ...what]),
    };
  }

  /** All elements below this one. @returns {FakeElement[]} */
  all() {
    return this.childNodes.flatMap((child) => (typeof child === "string" ? [] : [child, ...child.all()]));
  }
}

/** What a module made, as what it is in these tests. @param {unknown} element */
export function fake(element) {
  if (element instanceof FakeElement) return element;
  throw new TypeError("This element was not made in the fake page.");
}

/** Puts a document into the world, where modules look for it. */
export function fakePage() {
  const document = {
    activeElement: null,
    createElement: (/** @type {string} */ name) => new FakeElement(name),
    createElementNS: (/** @type {string} */ _space, /** @type {string} */ name) => new FakeElement(name),
  };
  Object.assign(globalThis, { document });
}

/** Lets everything go on that only waits for promises. */
export async function settled() {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
}

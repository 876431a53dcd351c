/* The sheet of keyboard shortcuts, the keys that go to pages, and the switch of single keys. */
const SINGLE = "atlas-single-keys";
const PATIENCE_MS = 1500;
const PAGES = { h: "/", c: "/conjunctions", k: "/keogramist", e: "/explorer", a: "/availability" };
const TYPING = [
  "input:not([type=checkbox]):not([type=radio]):not([type=range])",
  "textarea", "select", "[contenteditable]", ".ag-root",
].join(", ");

/** Whether keys of one character work; kept by the browser where that is allowed. */
function singleKeys() {
  try {
    return window.localStorage.getItem(SINGLE) !== "off";
  } catch {
    return true;
  }
}

/** @param {boolean} on */
function keepSingleKeys(on) {
  try {
    window.localStorage.setItem(SINGLE, on ? "on" : "off");
  } catch {
    /* forbidden storage: the choice lasts as long as the page */
  }
}

/** Whether a key is a letter, digit or sign that somebody presses alone, outside of a field.
 * @param {KeyboardEvent} event */
function isSingle(event) {
  if (event.key.length !== 1 || event.key === " ") return false;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
  return !(event.target instanceof Element && event.target.closest(TYPING));
}

/** @param {HTMLDialogElement} dialog */
function fill(dialog) {
  dialog.querySelectorAll("[data-path]").forEach((part) => {
    const path = part.getAttribute("data-path");
    const within = part.getAttribute("data-within");
    const here = !path || path === window.location.pathname;
    part.toggleAttribute("hidden", !here || Boolean(within && !document.querySelector(within)));
  });
}

class Sheet {
  /** @param {HTMLDialogElement} dialog */
  constructor(dialog) {
    this.dialog = dialog;
    this.single = singleKeys();
    this.leaving = -Infinity;
    this.ended = new AbortController();
    const { signal } = this.ended;
    window.addEventListener("keydown", (event) => this.key(event), { capture: true, signal });
    document.addEventListener("click", (event) => this.click(event), { signal });
    // What is typed into the sheet is no business of the page beneath it.
    dialog.addEventListener("keydown", (event) => event.stopPropagation(), { signal });
    this.showSingle();
  }

  dispose() {
    this.ended.abort();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!isSingle(event)) return;
    if (!this.single) event.stopImmediatePropagation();
    else if (event.key === "?") this.toggle(event);
    else this.go(event);
  }

  /** Two keys in a row, `o` (for open) and the page's letter.
   * @param {KeyboardEvent} event */
  go(event) {
    const key = event.key.toLowerCase();
    const waited = event.timeStamp - this.leaving;
    this.leaving = key === "o" ? event.timeStamp : -Infinity;
    const path = Object.entries(PAGES).find(([letter]) => letter === key)?.[1];
    if (!path || waited > PATIENCE_MS || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    /** @type {HTMLElement | null} */
    const link = document.querySelector(`.top a[href="${path}"]`);
    if (link) link.click();
  }

  /** @param {Event} event */
  toggle(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.dialog.open) this.dialog.close();
    else this.open();
  }

  open() {
    if (this.dialog.open) return;
    fill(this.dialog);
    this.dialog.showModal();
  }

  /** @param {MouseEvent} event */
  click(event) {
    if (event.target === this.dialog) this.dialog.close();
    const asked = event.target instanceof Element ? event.target.closest("[data-keys]") : null;
    const what = asked && asked.getAttribute("data-keys");
    if (what === "open") this.open();
    if (what === "close") this.dialog.close();
    if (what !== "single") return;
    this.single = !this.single;
    keepSingleKeys(this.single);
    this.showSingle();
  }

  showSingle() {
    const control = this.dialog.querySelector("[data-keys=single]");
    if (control) control.setAttribute("aria-checked", String(this.single));
  }
}

/** @param {HTMLDialogElement} dialog */
export const mount = (dialog) => new Sheet(dialog);

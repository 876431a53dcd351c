/* The Explorer page: one state, one clock, and the views of it. */
import { Explorer } from "./explorer.js";
import { Address } from "./address.js";
import { Store, makeState } from "./state.js";

/** @type {{explorer: Explorer, store: Store, address: Address} | null} */
let shown = null;

/** Draws into the page's element. @param {HTMLElement} root */
export function show(root) {
  hide();
  const data = JSON.parse(root.dataset.explorer || "{}");
  const address = new Address(window.location.pathname);
  const state = makeState(window.location.search);
  const start = data.start ? Date.parse(data.start) : null;
  const store = new Store({ ...state, t: state.t ?? start }, (search, push) => address.write(search, push));
  shown = { store, address, explorer: new Explorer(root, store, data) };
}

export function hide() {
  if (!shown) return;
  shown.explorer.dispose();
  shown.address.dispose();
  shown = null;
}

/** Shows what an address says: Back, Forward or a link. @param {string} search */
export function follow(search) {
  if (!shown) return;
  shown.address.forget();
  const state = makeState(search);
  shown.explorer.pause();
  shown.store.follow({ ...state, t: state.t ?? shown.explorer.start });
}

/** What is on the page, null where it is another page. */
export const current = () => (shown ? shown.explorer : null);

/** Whether a key means something here. @param {KeyboardEvent} event */
export const key = (event) => (shown ? shown.explorer.key(event) : false);

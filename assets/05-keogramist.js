/* The Keogramist in the browser: its address and its keys.
 *
 * The page is built by the server from the address. After that a change of the address is pushed
 * here, without building the page anew. The wall and the opened row are handed to the page's
 * stores; callbacks that listen to them redraw that part alone. How the opened keogram is looked at
 * (colours, axis, cursor) is drawn by modules in the browser and only replaces the address, so that
 * Back leads to the wall. Back and forward come the same way. This file loads before the shell's,
 * because on this page it takes such events first and keeps them from Dash's router.
 */
(function () {
  "use strict";
  const PAGE = "keogramist-page";
  const PATH = "/keogramist";
  const MODULE = "/assets/modules/keogram/main.js";
  const MISSING = "The drawing of this night could not be loaded. Is the server running, and is npm ci done?";
  const LOOK = ["slice", "axis", "scale", "vmin", "vmax", "log", "gamma", "cmap", "view", "skymap", "at", "px", "t0", "t1"];
  const OF_ONE_NIGHT = ["skymap", "at", "px", "t0", "t1"];
  const WALL_DRAFT = "keogramist-wall-draft";
  const STORES = { wall: "keogramist-wall-key", open: "keogramist-open-key" };

  /**
   * An address in three parts: which rows the wall has, which of them is open, how it is looked at.
   * @typedef {{wall: string, open: string, look: string}} Parts
   */

  /** @param {string} id */
  const byId = (id) => document.getElementById(id);
  const page = () => byId(PAGE);
  const here = () => window.location.pathname === PATH && page() !== null;
  /** @param {string} id @param {Props} props */
  const setProps = (id, props) => window.dash_clientside.set_props(id, props);
  /** @param {string} item of an address */
  const keyOf = (item) => item.split("=")[0];

  /** @type {typeof import("./modules/keogram/main.js") | null} */
  let stageModule = null;
  let wallScroll = 0;
  let focusNight = false;

  /** @param {string} item @returns {keyof Parts} */
  function partOf(item) {
    const key = keyOf(item);
    if (key === "open") return "open";
    return LOOK.includes(key) ? "look" : "wall";
  }

  /** @param {string} search @returns {Parts} */
  function split(search) {
    /** @type {Record<keyof Parts, string[]>} */
    const parts = { wall: [], open: [], look: [] };
    search.replace(/^\?/, "").split("&").filter(Boolean).forEach((item) => parts[partOf(item)].push(item));
    return {
      wall: parts.wall.join("&"),
      open: parts.open.map((item) => item.slice(5)).join(""),
      look: parts.look.join("&"),
    };
  }

  /** @param {Parts} parts */
  function join(parts) {
    const open = parts.open ? "open=" + parts.open : "";
    const text = [parts.wall, open, parts.open ? parts.look : ""].filter(Boolean).join("&");
    return text ? "?" + text : "";
  }

  /** What pages show is remembered by their element: a page built anew starts afresh.
   * @type {WeakMap<Element, Parts>} */
  const remembered = new WeakMap();

  function shown() {
    const element = page();
    const known = element && remembered.get(element);
    return known || remember(split(window.location.search));
  }

  /** @param {Parts} parts */
  function remember(parts) {
    const element = page();
    if (element) remembered.set(element, parts);
    return parts;
  }

  /** @param {Parts} parts @param {boolean} [byControls] */
  function show(parts, byControls) {
    const before = shown();
    remember(parts);
    /* What the controls last asked for is forgotten, so that they are set to the new address. */
    if (!byControls && before.wall !== parts.wall) setProps(WALL_DRAFT, { data: null });
    if (before.wall !== parts.wall) setProps(STORES.wall, { data: parts.wall });
    if (before.open !== parts.open) setProps(STORES.open, { data: parts.open });
    turn(before, parts);
    mark(parts.open);
  }

  /** @param {Partial<Parts>} changes @param {boolean} [byControls] */
  function go(changes, byControls) {
    if (!here()) return;
    const before = shown();
    const parts = { ...before, ...changes };
    const search = join(parts);
    if (search === join(before)) return;
    window.history.pushState({}, "", PATH + search);
    show(parts, byControls);
  }

  /** From the wall to a row and back: one of the two is seen. @param {Parts} before @param {Parts} parts */
  function turn(before, parts) {
    const night = byId("keogramist-night");
    const browser = byId("keogramist-browser");
    if (!night || !browser) return;
    if (parts.open && !before.open) wallScroll = window.scrollY;
    night.hidden = !parts.open;
    browser.hidden = Boolean(parts.open);
    if (!parts.open) leave(before.open);
    else if (parts.open !== before.open) enter(before.open);
    else if (parts.look !== before.look && stageModule) stageModule.follow(parts.look);
  }

  /** @param {string} before what was open */
  function enter(before) {
    if (!before) window.scrollTo(0, 0);
    focusNight = true;
    mount();
  }

  /** @param {string} before what was open */
  function leave(before) {
    if (stageModule) stageModule.hide();
    if (before) comeBack(before);
  }

  /** @param {string} open */
  function comeBack(open) {
    window.scrollTo(0, wallScroll);
    const row = rowOf(open);
    if (row) row.focus({ preventScroll: true });
  }

  /** @param {string} open @returns {HTMLElement | null} */
  const rowOf = (open) => document.querySelector('.kg-row[data-key="' + CSS.escape(open) + '"]');

  /** @param {string} open */
  function mark(open) {
    document.querySelectorAll(".kg-row[aria-current]").forEach((row) => {
      row.removeAttribute("aria-current");
    });
    const row = open && rowOf(open);
    if (row) row.setAttribute("aria-current", "true");
  }

  /* ---- the stage: what the server told of the row that is open, given to the modules */
  const address = {
    read: () => shown().look,
    /** @param {string} look */
    write: (look) => {
      if (!here() || !shown().open || look === shown().look) return;
      remember({ ...shown(), look });
      window.history.replaceState(window.history.state, "", PATH + join(shown()));
    },
  };

  async function mount() {
    const stage = readyStage();
    if (!stage) {
      if (stageModule) stageModule.hide();
      return;
    }
    const { open } = shown();
    const text = stage.dataset.night || "";
    const loaded = await load(stage);
    if (!loaded || !stage.isConnected || shown().open !== open) return;
    loaded.show(stage, text, address);
    focusTitle();
  }

  /** The stage, once the server has told of the row that is open. */
  function readyStage() {
    const stage = byId("keogramist-stage");
    const night = byId("keogramist-night");
    if (!stage || !night || !here()) return null;
    const told = tellsOf(stage.dataset.night || "", shown());
    night.classList.toggle("kg-opening", !told);
    return told && shown().open ? stage : null;
  }

  /** Whether what the server told is of the row that is wanted. @param {string} text @param {Parts} wanted */
  function tellsOf(text, wanted) {
    const by = /(^|&)by=day(&|$)|(^|&)v=1(&|$)/.test(wanted.wall) ? "day" : "night";
    return text.startsWith('{"key":"' + wanted.open + '","by":"' + by + '"');
  }

  /** @param {HTMLElement} stage */
  async function load(stage) {
    try {
      stageModule = stageModule || (await import(MODULE));
    } catch (error) {
      console.warn("the drawing could not be loaded:", error);
      stage.textContent = MISSING;
    }
    return stageModule;
  }

  function focusTitle() {
    /** @type {HTMLElement | null} */
    const heading = focusNight ? document.querySelector(".kg-title-text") : null;
    if (heading) heading.focus({ preventScroll: true });
    focusNight = false;
  }

  new MutationObserver((records) => {
    const stage = byId("keogramist-stage");
    /** @param {MutationRecord} record */
    const within = (record) => stage && stage !== record.target && stage.contains(record.target);
    if (!records.every(within)) mount();
  }).observe(document.documentElement, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-night"],
  });

  /* ---- events */
  /** Dash's router would build the whole page anew for another query of the same page. @param {Event} event */
  function onNavigation(event) {
    if (!here()) return;
    event.stopImmediatePropagation();
    show(split(window.location.search));
  }
  window.addEventListener("popstate", onNavigation, true);
  window.addEventListener("_dashprivate_pushstate", onNavigation, true);

  /** A link to another row keeps colours and axis, and leaves the cursor where it was. @param {Parts} parts */
  function withStyle(parts) {
    if (!parts.open || parts.look) return parts;
    const kept = shown().look.split("&").filter((item) => item && !OF_ONE_NIGHT.includes(keyOf(item)));
    return { ...parts, look: kept.join("&") };
  }

  /** @param {MouseEvent | KeyboardEvent} event */
  const isBare = (event) => !(event.metaKey || event.ctrlKey || event.altKey);

  /** Whether a click is one that a browser would follow in the same window. @param {MouseEvent} event */
  const isPlain = (event) => isBare(event) && !(event.defaultPrevented || event.button || event.shiftKey);

  /** Where a link of this page leads to within it, null for others. @param {HTMLAnchorElement} link */
  function innerSearch(link) {
    if (link.target || link.hasAttribute("download")) return null;
    const url = new URL(link.href, window.location.href);
    if (url.origin !== window.location.origin || url.pathname !== PATH) return null;
    return link.closest("#" + PAGE + ", .kg-quick") ? url.search : null;
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target || !here()) return;
    if (target.closest("[data-close=night]")) {
      go({ open: "" });
      return;
    }
    /** @type {HTMLAnchorElement | null} */
    const link = target.closest("a[href]");
    const search = link && isPlain(event) ? innerSearch(link) : null;
    if (!link || search === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (link.getAttribute("href")) go(withStyle(split(search)));
  }, true);

  const TYPING =
    "input:not([type=checkbox]), textarea, select, video, [contenteditable], [role=tab], [role=dialog], .ag-root";
  const PRESSED_BY_SPACE = "button, a, summary, [type=checkbox]";

  /** @param {KeyboardEvent} event @param {Element} target */
  const isClosing = (event, target) =>
    event.key === "Escape" && !event.defaultPrevented && !target.closest("[role=dialog]");

  /** Whether a key belongs to what has the focus. @param {KeyboardEvent} event @param {Element} target */
  const isTaken = (event, target) =>
    target.closest(TYPING) !== null || (event.key === " " && target.closest(PRESSED_BY_SPACE) !== null);

  /** Goes to the night before or after; whether the key is one for that. @param {string} key */
  function turnNight(key) {
    const name = { p: "previous", n: "next" }[key];
    /** @type {HTMLAnchorElement | null} */
    const link = name ? document.querySelector('.kg-title a[data-day="' + name + '"][href]') : null;
    if (link) link.click();
    return link !== null;
  }

  document.addEventListener("keydown", (event) => {
    if (!here() || !shown().open || !isBare(event)) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (isClosing(event, target)) go({ open: "" });
    else if (!isTaken(event, target) && (turnNight(event.key.toLowerCase()) || keyOfStage(event))) event.preventDefault();
  });

  /** @param {KeyboardEvent} event */
  const keyOfStage = (event) => stageModule !== null && stageModule.key(event);

  const unchanged = () => window.dash_clientside.no_update;
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    keogramist: {
      /** @param {string | null | undefined} draft */
      wall: (draft) => {
        if (draft !== undefined && draft !== null) go({ wall: draft }, true);
        return unchanged();
      },
    },
  });
})();

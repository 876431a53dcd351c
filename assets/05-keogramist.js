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

  const byId = (id) => document.getElementById(id);
  const page = () => byId(PAGE);
  const here = () => window.location.pathname === PATH && page() !== null;
  const setProps = (id, props) => window.dash_clientside.set_props(id, props);
  const keyOf = (item) => item.split("=")[0];

  let stageModule = null;
  let wallScroll = 0;
  let focusNight = false;

  function split(search) {
    const parts = { wall: [], open: [], look: [] };
    search.replace(/^\?/, "").split("&").filter(Boolean).forEach((item) => {
      const key = keyOf(item);
      (key === "open" ? parts.open : LOOK.includes(key) ? parts.look : parts.wall).push(item);
    });
    return {
      wall: parts.wall.join("&"),
      open: parts.open.map((item) => item.slice(5)).join(""),
      look: parts.look.join("&"),
    };
  }

  function join(parts) {
    const open = parts.open ? "open=" + parts.open : "";
    const text = [parts.wall, open, parts.open ? parts.look : ""].filter(Boolean).join("&");
    return text ? "?" + text : "";
  }

  /* What the page shows is remembered on its element: a page built anew starts afresh. */
  function shown() {
    page().shownParts = page().shownParts || split(window.location.search);
    return page().shownParts;
  }

  function show(parts, byControls) {
    const before = shown();
    page().shownParts = parts;
    /* What the controls last asked for is forgotten, so that they are set to the new address. */
    if (!byControls && before.wall !== parts.wall) setProps(WALL_DRAFT, { data: null });
    Object.keys(STORES).forEach((name) => {
      if (before[name] !== parts[name]) setProps(STORES[name], { data: parts[name] });
    });
    turn(before, parts);
    mark(parts.open);
  }

  function go(changes, byControls) {
    if (!here()) return;
    const before = shown();
    const parts = Object.assign({}, before, changes);
    const search = join(parts);
    if (search === join(before)) return;
    window.history.pushState({}, "", PATH + search);
    show(parts, byControls);
  }

  /* From the wall to a row and back: one of the two is seen. */
  function turn(before, parts) {
    const night = byId("keogramist-night");
    const browser = byId("keogramist-browser");
    if (parts.open && !before.open) wallScroll = window.scrollY;
    night.hidden = !parts.open;
    browser.hidden = Boolean(parts.open);
    if (!parts.open) {
      if (stageModule) stageModule.hide();
      if (before.open) comeBack(before.open);
      return;
    }
    if (parts.open !== before.open) {
      if (!before.open) window.scrollTo(0, 0);
      focusNight = true;
      mount();
    } else if (parts.look !== before.look && stageModule) stageModule.follow(parts.look);
  }

  function comeBack(open) {
    window.scrollTo(0, wallScroll);
    const row = rowOf(open);
    if (row) row.focus({ preventScroll: true });
  }

  const rowOf = (open) => document.querySelector('.kg-row[data-key="' + CSS.escape(open) + '"]');

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
    write: (look) => {
      if (!here() || !shown().open || look === shown().look) return;
      page().shownParts = Object.assign({}, shown(), { look });
      window.history.replaceState(window.history.state, "", PATH + join(shown()));
    },
  };

  async function mount() {
    const stage = byId("keogramist-stage");
    if (!stage || !here()) {
      if (stageModule) stageModule.hide();
      return;
    }
    const text = stage.dataset.night || "";
    const wanted = shown();
    const by = /(^|&)by=day(&|$)|(^|&)v=1(&|$)/.test(wanted.wall) ? "day" : "night";
    const told = text.startsWith('{"key":"' + wanted.open + '","by":"' + by + '"');
    byId("keogramist-night").classList.toggle("kg-opening", !told);
    if (!wanted.open || !told) {
      if (stageModule) stageModule.hide();
      return;
    }
    try {
      stageModule = stageModule || (await import(MODULE));
    } catch (error) {
      console.warn("the drawing could not be loaded:", error);
      stage.textContent = MISSING;
      return;
    }
    if (!stage.isConnected || shown().open !== wanted.open) return;
    stageModule.show(stage, text, address);
    const heading = focusNight && document.querySelector(".kg-title-text");
    if (heading) heading.focus({ preventScroll: true });
    focusNight = false;
  }

  new MutationObserver((records) => {
    const stage = byId("keogramist-stage");
    const within = (record) => stage && stage !== record.target && stage.contains(record.target);
    if (!records.every(within)) mount();
  }).observe(document.documentElement, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-night"],
  });

  /* ---- events */
  /* Dash's router would build the whole page anew for another query of the same page. */
  function onNavigation(event) {
    if (!here()) return;
    event.stopImmediatePropagation();
    show(split(window.location.search));
  }
  window.addEventListener("popstate", onNavigation, true);
  window.addEventListener("_dashprivate_pushstate", onNavigation, true);

  /* A link to another row keeps colours and axis, and leaves the cursor where it was. */
  function withStyle(parts) {
    if (!parts.open || parts.look) return parts;
    const kept = shown().look.split("&").filter((item) => item && !OF_ONE_NIGHT.includes(keyOf(item)));
    return Object.assign({}, parts, { look: kept.join("&") });
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest ? event.target : null;
    if (target && here() && target.closest("[data-close=night]")) {
      go({ open: "" });
      return;
    }
    const link = target && target.closest("a[href]");
    if (!link || !here() || event.defaultPrevented) return;
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.target || link.hasAttribute("download")) return;
    const url = new URL(link.href, window.location.href);
    if (url.origin !== window.location.origin || url.pathname !== PATH) return;
    if (!link.closest("#" + PAGE + ", .kg-quick")) return;
    event.preventDefault();
    event.stopPropagation();
    if (link.getAttribute("href")) go(withStyle(split(url.search)));
  }, true);

  const TYPING =
    "input:not([type=checkbox]), textarea, select, video, [contenteditable], [role=tab], [role=dialog], .ag-root";
  const PRESSED_BY_SPACE = "button, a, summary, [type=checkbox]";
  document.addEventListener("keydown", (event) => {
    if (!here() || !shown().open || event.metaKey || event.ctrlKey || event.altKey) return;
    const target = event.target.closest ? event.target : document.body;
    if (event.key === "Escape" && !event.defaultPrevented && !target.closest("[role=dialog]")) {
      go({ open: "" });
      return;
    }
    if (target.closest(TYPING)) return;
    if (event.key === " " && target.closest(PRESSED_BY_SPACE)) return;
    const name = { p: "previous", n: "next" }[event.key.toLowerCase()];
    const link = name && document.querySelector('.kg-title a[data-day="' + name + '"][href]');
    if (link) link.click();
    else if (!stageModule || !stageModule.key(event)) return;
    event.preventDefault();
  });

  const unchanged = () => window.dash_clientside.no_update;
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    keogramist: {
      wall: (draft) => {
        if (draft !== undefined && draft !== null) go({ wall: draft }, true);
        return unchanged();
      },
    },
  });
})();

/* The Keogramist in the browser: its address, the time cursor, keys.
 *
 * The page is built by the server from the address. After that a change of the address is pushed
 * here, without building the page anew, and the parts of it that changed (wall, opened row, look)
 * are handed to the page's stores; callbacks that listen to them redraw that part alone. Back and
 * forward come the same way. This file loads before the shell's, because on this page it takes
 * such events first and keeps them from Dash's router.
 */
(function () {
  "use strict";
  const PAGE = "keogramist-page";
  const PATH = "/keogramist";
  const LOOK = ["scale", "cmap", "extent"];
  const WALL_DRAFT = "keogramist-wall-draft";
  const STORES = {
    wall: "keogramist-wall-key",
    open: "keogramist-open-key",
    look: "keogramist-look-key",
  };

  const page = () => document.getElementById(PAGE);
  const here = () => window.location.pathname === PATH && page() !== null;
  const setProps = (id, props) => window.dash_clientside.set_props(id, props);

  function split(search) {
    const parts = { wall: [], open: [], look: [] };
    search.replace(/^\?/, "").split("&").filter(Boolean).forEach((item) => {
      const key = item.split("=")[0];
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
    const text = [parts.wall, open, parts.look].filter(Boolean).join("&");
    return text ? "?" + text : "";
  }

  /* What the page shows is remembered on its element: a page built anew starts afresh. */
  function show(parts, byControls) {
    const shown = page().shownParts || {};
    page().shownParts = parts;
    /* What the controls last asked for is forgotten, so that they are set to the new address. */
    if (!byControls && shown.wall !== parts.wall) setProps(WALL_DRAFT, { data: null });
    Object.keys(STORES).forEach((name) => {
      if (shown[name] !== parts[name]) setProps(STORES[name], { data: parts[name] });
    });
    mark(parts.open);
  }

  function go(changes, byControls) {
    if (!here()) return;
    const before = page().shownParts || split(window.location.search);
    page().shownParts = before;
    const parts = Object.assign({}, before, changes);
    const search = join(parts);
    if (search === join(before)) return;
    window.history.pushState({}, "", PATH + search);
    show(parts, byControls);
  }

  function mark(open) {
    document.querySelectorAll(".kg-row[aria-current]").forEach((row) => {
      row.removeAttribute("aria-current");
    });
    const row = open && document.querySelector('.kg-row[data-key="' + CSS.escape(open) + '"]');
    if (row) row.setAttribute("aria-current", "true");
  }

  /* Dash's router would build the whole page anew for another query of the same page. */
  function onNavigation(event) {
    if (!here()) return;
    event.stopImmediatePropagation();
    show(split(window.location.search));
  }
  window.addEventListener("popstate", onNavigation, true);
  window.addEventListener("_dashprivate_pushstate", onNavigation, true);

  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href]");
    if (!link || !here() || event.defaultPrevented) return;
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.target || link.hasAttribute("download")) return;
    const url = new URL(link.href, window.location.href);
    if (url.origin !== window.location.origin || url.pathname !== PATH) return;
    if (!link.closest("#" + PAGE + ", .kg-drawer, .kg-quick")) return;
    event.preventDefault();
    event.stopPropagation();
    if (link.getAttribute("href")) go(split(url.search));
  }, true);

  /* Images are fetched when their row comes near the window: a page may have hundreds. */
  const nearing = new IntersectionObserver((entries) => {
    entries.filter((entry) => entry.isIntersecting).forEach(({ target }) => {
      nearing.unobserve(target);
      target.addEventListener("error", () => target.closest(".kg-strip").classList.add("kg-failed"));
      target.src = target.dataset.src;
    });
  }, { rootMargin: "600px 0px" });
  new MutationObserver(() => {
    document.querySelectorAll("img.kg-image[data-src]:not([src])").forEach((image) => {
      nearing.observe(image);
    });
  }).observe(document.documentElement, { childList: true, subtree: true });

  /* The time under the pointer, on the whole wall at once. */
  function clock(minutes) {
    const whole = Math.max(0, Math.min(1439, Math.floor(minutes)));
    const two = (value) => String(value).padStart(2, "0");
    return two(Math.floor(whole / 60)) + ":" + two(whole % 60);
  }

  function moveCursor(event) {
    const wall = event.target.closest && event.target.closest(".kg-wall");
    const drawn = document.querySelector(".kg-wall");
    if (!drawn) return;
    const hours = drawn.querySelector(".kg-hours").getBoundingClientRect();
    const part = (event.clientX - hours.left) / hours.width;
    drawn.classList.toggle("kg-pointing", Boolean(wall) && part >= 0 && part <= 1);
    if (!wall) return;
    const left = hours.left - drawn.getBoundingClientRect().left;
    drawn.style.setProperty("--kg-cursor", left + part * hours.width + "px");
    const tag = drawn.querySelector(".kg-cursor-tag");
    tag.style.left = part * 100 + "%";
    tag.textContent = clock(part * 1440) + " UTC";
  }

  function moveReadout(event) {
    const graph = event.target.closest && event.target.closest(".kg-figure .js-plotly-plot");
    const readout = document.querySelector(".kg-readout");
    if (!readout) return;
    const layout = graph && graph._fullLayout;
    if (!layout || !layout.xaxis) { readout.textContent = ""; return; }
    const box = graph.getBoundingClientRect();
    const x = event.clientX - box.left - layout.xaxis._offset;
    const y = event.clientY - box.top - layout.yaxis._offset;
    if (x < 0 || y < 0 || x > layout.xaxis._length || y > layout.yaxis._length) {
      readout.textContent = "";
      return;
    }
    const time = new Date(layout.xaxis.p2c(x)).toISOString().slice(11, 19);
    readout.textContent = time + " UTC · pixel " + Math.floor(layout.yaxis.p2c(y));
  }

  document.addEventListener("pointermove", (event) => {
    if (!here()) return;
    moveCursor(event);
    moveReadout(event);
  }, { passive: true });

  const TYPING = "input, textarea, select, [contenteditable], [role=radio], [role=tab], .ag-root";
  document.addEventListener("keydown", (event) => {
    if (!here() || event.metaKey || event.ctrlKey || event.altKey || event.shiftKey) return;
    if (event.target.closest && event.target.closest(TYPING)) return;
    const name = { ArrowLeft: "previous", ArrowRight: "next" }[event.key];
    const link = name && document.querySelector('.kg-drawer a[data-day="' + name + '"][href]');
    if (!link) return;
    event.preventDefault();
    link.click();
  });

  /* The calendar marks the days that have data; `months` holds one bit a day. */
  window.dashMantineFunctions = Object.assign({}, window.dashMantineFunctions, {
    keogramDay: (day, { months }) => {
      const bits = (months || {})[String(day).slice(0, 7)] || 0;
      const there = (bits >> (Number(String(day).slice(8, 10)) - 1)) & 1;
      return there ? { "data-has-data": "true" } : {};
    },
  });

  const unchanged = () => window.dash_clientside.no_update;
  function asked(part) {
    return (draft) => {
      if (draft !== undefined && draft !== null) go({ [part]: draft }, true);
      return unchanged();
    };
  }
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    keogramist: {
      wall: asked("wall"),
      look: asked("look"),
      closed: (opened) => {
        if (opened === false) go({ open: "" });
        return unchanged();
      },
    },
  });
})();

/* The frame's share of the browser work: colour scheme, current page, copying, history, modules. */
(function () {
  "use strict";
  const atlas = (window.dash_clientside = Object.assign({}, window.dash_clientside));
  /** @type {Record<string, unknown>} */
  const ours = (atlas.atlas = Object.assign({}, atlas.atlas));
  const ROUTER = "_pages_location";
  const MODULES = "/assets/modules/front/";

  /* ---- colour scheme: three buttons, remembered, told to Mantine by the event it listens for */
  function showScheme() {
    document.querySelectorAll("[data-scheme]").forEach((button) => {
      const chosen = button.getAttribute("data-scheme") === window.atlasTheme.choice();
      button.setAttribute("aria-pressed", String(chosen));
    });
  }

  /** @param {string} value */
  function chooseScheme(value) {
    const key = window.atlasTheme.KEY;
    try {
      window.localStorage.setItem(key, value);
    } catch {
      /* forbidden storage: the choice lasts as long as the page */
    }
    window.dispatchEvent(new StorageEvent("storage", { key, newValue: value, storageArea: window.localStorage }));
    window.atlasTheme.apply();
    showScheme();
    window.dispatchEvent(new CustomEvent("atlas:scheme"));
  }

  /* ---- copying, with a fallback where the clipboard is closed to plain http */
  /**
   * @param {string} text
   * @param {Element} button
   */
  function copy(text, button) {
    function done() {
      button.setAttribute("data-copied", "true");
      const label = button.querySelector("[data-label]");
      const before = label && label.textContent;
      if (label) label.textContent = "Copied";
      window.setTimeout(() => {
        button.removeAttribute("data-copied");
        if (label) label.textContent = before;
      }, 1600);
    }
    function old() {
      const area = document.createElement("textarea");
      area.value = text;
      area.style.position = "fixed";
      area.style.opacity = "0";
      document.body.appendChild(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      done();
    }
    if (navigator.clipboard && window.isSecureContext) navigator.clipboard.writeText(text).then(done, old);
    else old();
  }

  /** @param {Element} copier */
  function copyFrom(copier) {
    const name = copier.getAttribute("data-copy") || "";
    if (copier.hasAttribute("data-copied")) return;
    if (name === "url") copy(window.location.href, copier);
    const source = document.getElementById(name);
    if (source) copy(source.textContent || "", copier);
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : document.body;
    const scheme = target.closest("[data-scheme]");
    if (scheme) chooseScheme(scheme.getAttribute("data-scheme") || "auto");
    const copier = target.closest("[data-copy]");
    if (copier) copyFrom(copier);
    if (target.closest("[data-reload]")) window.location.reload();
  });

  /* ---- which page is open, for the navigation and for people who hear the page */
  function markPage() {
    document.querySelectorAll("a.nav__link").forEach((link) => {
      const path = new URL(link.getAttribute("href") || "", window.location.href).pathname;
      if (path === window.location.pathname) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
  }

  /* ---- history
     Pages write their state into the URL with history.replaceState or pushState, which Dash's
     router does not notice, so that nothing is rebuilt while a person works. Back, forward and
     links do have to rebuild. The router compares the URL with the one it knows; where a page has
     moved the URL in between and came back to that one, it sees no change. Then it is told. */
  function tellRouter() {
    const known = window.dash_component_api && window.dash_component_api.getLayout(ROUTER);
    const props = known && known.props;
    const here = window.location;
    if (props && props.pathname === here.pathname && (props.search || "") === here.search) {
      window.dash_clientside.set_props(ROUTER, { search: here.search });
    }
    window.setTimeout(markPage, 0);
  }
  window.addEventListener("popstate", tellRouter, true);
  window.addEventListener("_dashprivate_pushstate", tellRouter, true);

  /**
   * Writes `query` into the URL. A search makes an entry of its own; so does the first edit after
   * one, and further edits replace it, so that Back leads from search to search.
   * @param {string} query
   * @param {boolean} isSearch
   */
  ours.writeUrl = function (query, isSearch) {
    const here = window.location;
    const target = here.pathname + (query ? "?" + query : "");
    if (target === here.pathname + here.search) {
      if (isSearch) window.history.replaceState({ atlas: "search" }, "", target);
      return;
    }
    const kind = (window.history.state || {}).atlas;
    const push = isSearch ? kind !== "edit-after-search" : kind === "search";
    const next = isSearch ? "search" : push ? "edit-after-search" : kind || "edit";
    window.history[push ? "pushState" : "replaceState"]({ atlas: next }, "", target);
  };

  /**
   * Makes what the Availability page's handlers show an entry of the history.
   * @param {string} query
   */
  ours.availabilityUrl = function (query) {
    const here = window.location;
    const target = "/availability?" + query;
    if (here.pathname === "/availability" && target !== here.pathname + here.search) {
      window.history.pushState({}, "", target);
    }
    return window.dash_clientside.no_update;
  };

  /* ---- modules: an element with data-mount="name" is given to that module of this page's part */
  /** @type {Map<Element, {dispose(): void} | null>} */
  const mounted = new Map();

  function mountModules() {
    mounted.forEach((view, element) => {
      if (element.isConnected) return;
      if (view) view.dispose();
      mounted.delete(element);
    });
    document.querySelectorAll("[data-mount]").forEach((element) => {
      if (!mounted.has(element)) mount(element);
    });
  }

  /** @param {Element} element */
  async function mount(element) {
    mounted.set(element, null);
    try {
      const module = await import(MODULES + element.getAttribute("data-mount") + ".js");
      if (element.isConnected) mounted.set(element, module.mount(element));
    } catch (error) {
      console.warn("a part of the page could not be loaded:", error);
    }
  }

  let framed = false;
  new MutationObserver(() => {
    mountModules();
    if (framed || !document.querySelector("[data-scheme]")) return;
    framed = true;
    showScheme();
    markPage();
  }).observe(document.documentElement, { childList: true, subtree: true });
})();

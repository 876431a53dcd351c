/* The frame's share of the browser work: colour scheme, current page, copying, history. */
(function () {
  "use strict";
  var atlas = (window.dash_clientside = Object.assign({}, window.dash_clientside));
  var ours = (atlas.atlas = Object.assign({}, atlas.atlas));
  var ROUTER = "_pages_location";

  /* ---- colour scheme: three buttons, remembered, told to Mantine by the event it listens for */
  function showScheme() {
    var theme = window.atlasTheme;
    document.querySelectorAll("[data-scheme]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.scheme === theme.choice()));
    });
  }

  function chooseScheme(value) {
    var theme = window.atlasTheme;
    try {
      window.localStorage.setItem(theme.KEY, value);
    } catch (error) {
      /* forbidden storage: the choice lasts as long as the page */
    }
    window.dispatchEvent(
      new StorageEvent("storage", { key: theme.KEY, newValue: value, storageArea: window.localStorage })
    );
    theme.apply();
    showScheme();
    window.dispatchEvent(new CustomEvent("atlas:scheme"));
  }

  /* ---- copying, with a fallback where the clipboard is closed to plain http */
  function copy(text, button) {
    function done() {
      button.setAttribute("data-copied", "true");
      var label = button.querySelector("[data-label]");
      var before = label && label.textContent;
      if (label) label.textContent = "Copied";
      window.setTimeout(function () {
        button.removeAttribute("data-copied");
        if (label) label.textContent = before;
      }, 1600);
    }
    function old() {
      var area = document.createElement("textarea");
      area.value = text;
      area.style.position = "fixed";
      area.style.opacity = "0";
      document.body.appendChild(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      done();
    }
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text).then(done, old);
    } else {
      old();
    }
  }

  document.addEventListener("click", function (event) {
    var scheme = event.target.closest("[data-scheme]");
    if (scheme) return chooseScheme(scheme.dataset.scheme);
    var copier = event.target.closest("[data-copy]");
    if (!copier || copier.hasAttribute("data-copied")) return undefined;
    if (copier.dataset.copy === "url") return copy(window.location.href, copier);
    var source = document.getElementById(copier.dataset.copy);
    return source ? copy(source.textContent, copier) : undefined;
  });

  /* ---- which page is open, for the navigation and for people who hear the page */
  function markPage() {
    document.querySelectorAll(".nav__link").forEach(function (link) {
      if (new URL(link.href).pathname === window.location.pathname) {
        link.setAttribute("aria-current", "page");
      } else {
        link.removeAttribute("aria-current");
      }
    });
  }

  /* ---- history
     Pages write their state into the URL with history.replaceState or pushState, which Dash's
     router does not notice, so that nothing is rebuilt while a person works. Back, forward and
     links do have to rebuild. The router compares the URL with the one it knows; where a page has
     moved the URL in between and came back to that one, it sees no change. Then it is told. */
  function tellRouter() {
    var known = window.dash_component_api && window.dash_component_api.getLayout(ROUTER);
    var props = known && known.props;
    var here = window.location;
    if (props && props.pathname === here.pathname && (props.search || "") === here.search) {
      window.dash_clientside.set_props(ROUTER, { search: here.search });
    }
    window.setTimeout(markPage, 0);
  }
  window.addEventListener("popstate", tellRouter, true);
  window.addEventListener("_dashprivate_pushstate", tellRouter, true);

  /* Writes `query` into the URL. A search makes an entry of its own; so does the first edit after
     one, and further edits replace it, so that Back leads from search to search. */
  ours.writeUrl = function (query, isSearch) {
    var here = window.location;
    var target = here.pathname + (query ? "?" + query : "");
    if (target === here.pathname + here.search) {
      if (isSearch) window.history.replaceState({ atlas: "search" }, "", target);
      return;
    }
    var kind = (window.history.state || {}).atlas;
    var push = isSearch ? kind !== "edit-after-search" : kind === "search";
    var next = isSearch ? "search" : push ? "edit-after-search" : kind || "edit";
    window.history[push ? "pushState" : "replaceState"]({ atlas: next }, "", target);
  };

  var observer = new MutationObserver(function () {
    if (!document.querySelector("[data-scheme]")) return;
    observer.disconnect();
    showScheme();
    markPage();
  });
  observer.observe(document.documentElement, { childList: true, subtree: true });
})();

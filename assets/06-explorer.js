/* The Explorer in the browser: its modules are loaded when its page is there, and disposed of when
 * it is gone. The page's address is theirs; this file keeps Dash's router from building the page
 * anew when it changes, and so loads before the shell's. */
(function () {
  "use strict";
  const PAGE = "explorer-page";
  const PATH = "/explorer";
  const MODULE = "/assets/modules/explorer/main.js";
  const MISSING = "The Explorer could not be loaded. Is the server running, and is npm ci done?";

  const page = () => document.getElementById(PAGE);
  const here = () => window.location.pathname === PATH && page() !== null;

  /** @type {typeof import("./modules/explorer/main.js") | null} */
  let module = null;
  /** @type {HTMLElement | null} */
  let mounted = null;

  async function mount() {
    const found = page();
    if (found === mounted) return;
    mounted = found;
    if (module) module.hide();
    if (!found) return;
    try {
      module = module || (await import(MODULE));
    } catch (error) {
      console.warn("the Explorer could not be loaded:", error);
      const words = document.createElement("p");
      words.className = "notice notice--bad";
      words.setAttribute("role", "alert");
      words.textContent = MISSING;
      found.prepend(words);
      return;
    }
    if (module && found === page() && found === mounted) module.show(found);
  }

  new MutationObserver(() => {
    if (page() !== mounted) mount();
  }).observe(document.documentElement, { childList: true, subtree: true });

  /** @param {Event} event */
  function onNavigation(event) {
    if (!here() || !module) return;
    event.stopImmediatePropagation();
    module.follow(window.location.search);
  }
  window.addEventListener("popstate", onNavigation, true);
  window.addEventListener("_dashprivate_pushstate", onNavigation, true);

  const TYPING = "input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [role=dialog]";
  const PRESSED_BY_SPACE = "button, a, summary, [type=checkbox], [type=radio]";
  const MOVED_BY_ARROWS = "[type=range], [type=radio]";
  /** Whether a key belongs to what has the focus. @param {KeyboardEvent} event @param {Element} target */
  function owned(event, target) {
    if (target.closest(TYPING)) return true;
    if (event.key === " ") return target.closest(PRESSED_BY_SPACE) !== null;
    return /^(Arrow|Home|End|Page)/.test(event.key) && target.closest(MOVED_BY_ARROWS) !== null;
  }

  document.addEventListener("keydown", (event) => {
    if (!here() || event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (!owned(event, target) && module?.key(event)) event.preventDefault();
  });
})();

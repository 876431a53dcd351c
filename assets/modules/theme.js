/* Sets the colour scheme before the first paint; loaded in the head, ahead of everything else. */
(function () {
  "use strict";
  const KEY = "mantine-color-scheme-value"; // the key that Mantine reads as well
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  function choice() {
    try {
      const stored = window.localStorage.getItem(KEY);
      return stored === "light" || stored === "dark" ? stored : "auto";
    } catch {
      return "auto"; // storage may be forbidden
    }
  }

  function scheme() {
    const chosen = choice();
    if (chosen !== "auto") return chosen;
    return dark.matches ? "dark" : "light";
  }

  function apply() {
    const root = document.documentElement;
    root.setAttribute("data-mantine-color-scheme", scheme());
    root.setAttribute("data-scheme-choice", choice());
  }

  window.atlasTheme = { KEY, choice, scheme, apply };
  dark.addEventListener("change", apply);
  apply();
})();

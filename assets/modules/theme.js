/* Sets the colour scheme before the first paint; loaded in the head, ahead of everything else. */
(function () {
  "use strict";
  var KEY = "mantine-color-scheme-value"; // the key that Mantine reads as well
  var dark = window.matchMedia("(prefers-color-scheme: dark)");

  function choice() {
    try {
      var stored = window.localStorage.getItem(KEY);
      return stored === "light" || stored === "dark" ? stored : "auto";
    } catch (error) {
      return "auto"; // storage may be forbidden
    }
  }

  function scheme() {
    var chosen = choice();
    return chosen === "auto" ? (dark.matches ? "dark" : "light") : chosen;
  }

  function apply() {
    var root = document.documentElement;
    root.setAttribute("data-mantine-color-scheme", scheme());
    root.setAttribute("data-scheme-choice", choice());
  }

  window.atlasTheme = { KEY: KEY, choice: choice, scheme: scheme, apply: apply };
  dark.addEventListener("change", apply);
  apply();
})();

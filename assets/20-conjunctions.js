/* The finder's share of the browser work: URL, shortcut, table theme and keyboard. */
(function () {
  "use strict";
  var ours = window.dash_clientside.atlas;

  function requestOf(query) {
    return new URLSearchParams(query).get("request") || "";
  }

  /* Writes the form's state into the URL; says whether the results shown answer another form. */
  ours.conjunctionsUrl = function (state, answered) {
    var form = document.getElementById("conjunctions-form");
    var here = window.location;
    if (form && here.pathname.endsWith("/conjunctions")) {
      var untouched = !here.search && state === form.dataset.default;
      var request = requestOf(state);
      if (!untouched) ours.writeUrl(state, request !== "" && request !== requestOf(here.search));
    }
    return !answered || answered === state;
  };

  document.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      var button = document.getElementById("conjunctions-search");
      if (!button || button.disabled || document.querySelector("[role=dialog]")) return;
      event.preventDefault();
      // A field hands over what was typed when it loses the focus.
      if (document.activeElement) document.activeElement.blur();
      window.setTimeout(function () {
        button.click();
      }, 30);
      return;
    }
    if (event.key === "Enter" && event.target.classList.contains("ag-cell")) event.target.click();
  });

  /* AG Grid's theme from the page's own colours: they are variables, so light and dark follow. */
  var theme;
  var functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  functions.atlasGridTheme = function (base) {
    theme =
      theme ||
      base.withParams({
        fontFamily: "var(--font)",
        fontSize: "13px",
        headerFontSize: "12px",
        headerFontWeight: 560,
        spacing: "6px",
        backgroundColor: "var(--surface)",
        foregroundColor: "var(--text)",
        textColor: "var(--text)",
        headerBackgroundColor: "var(--sunk)",
        headerTextColor: "var(--text-2)",
        chromeBackgroundColor: "var(--sunk)",
        borderColor: "var(--line)",
        rowHoverColor: "var(--hover)",
        selectedRowBackgroundColor: "var(--selected)",
        oddRowBackgroundColor: "var(--surface)",
        accentColor: "var(--accent)",
        menuBackgroundColor: "var(--surface)",
        menuTextColor: "var(--text)",
        tooltipBackgroundColor: "var(--text)",
        tooltipTextColor: "var(--surface)",
        inputBackgroundColor: "var(--surface)",
        inputTextColor: "var(--text)",
        inputBorder: { color: "var(--field-line)" },
        wrapperBorderRadius: "6px",
        borderRadius: "4px",
        cellHorizontalPadding: "10px",
        columnBorder: false,
        browserColorScheme: "inherit",
      });
    return theme;
  };
})();

/* The finder's share of the browser work: URL, shortcut, table theme and keyboard. */
(function () {
  "use strict";
  const ours = window.dash_clientside.atlas;
  // The sheet of keys is a closed <dialog> most of the time.
  const DIALOG = "[role=dialog]:not(dialog), dialog[open]";

  /** @param {string} query */
  function requestOf(query) {
    return new URLSearchParams(query).get("request") || "";
  }

  /**
   * Writes the form's state into the URL; says whether the results shown answer another form.
   * @param {string} state
   * @param {string | null} answered
   */
  ours.conjunctionsUrl = function (state, answered) {
    const form = document.getElementById("conjunctions-form");
    const here = window.location;
    if (form && here.pathname.endsWith("/conjunctions")) {
      const untouched = !here.search && state === form.dataset.default;
      const request = requestOf(state);
      if (!untouched) ours.writeUrl(state, request !== "" && request !== requestOf(here.search));
    }
    return !answered || answered === state;
  };

  /** @param {KeyboardEvent} event */
  function search(event) {
    const button = document.getElementById("conjunctions-search");
    if (!(button instanceof HTMLButtonElement) || button.disabled || document.querySelector(DIALOG)) return;
    event.preventDefault();
    // A field hands over what was typed when it loses the focus.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    window.setTimeout(() => button.click(), 30);
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const cell = event.target;
    if (event.ctrlKey || event.metaKey) search(event);
    else if (cell instanceof HTMLElement && cell.classList.contains("ag-cell")) cell.click();
  });

  /* AG Grid's theme from the page's own colours: they are variables, so light and dark follow. */
  /** @type {object | undefined} */
  let theme;
  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  /** @param {{withParams(params: Record<string, unknown>): object}} base */
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

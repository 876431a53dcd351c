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

  /**
   * The value of what was really clicked; components that only appear have none.
   * @returns {{id: Record<string, unknown>, value: any} | null}
   */
  function clicked() {
    /** @type {any} the renderer says what began the call, and Dash has no types for it */
    const context = window.dash_clientside.callback_context;
    const { triggered, triggered_id: id } = context;
    const value = triggered && triggered.length === 1 ? triggered[0]?.value : null;
    return value && id && typeof id === "object" ? { id, value } : null;
  }

  ours.conjunctionsChosen = function () {
    const found = clicked();
    return found ? { number: found.id.number, at: Date.now() } : window.dash_clientside.no_update;
  };

  ours.conjunctionsClicked = function () {
    const found = clicked();
    return found ? { request: found.id.request, event: found.value, at: Date.now() } : window.dash_clientside.no_update;
  };

  const PRICE_REST_MS = 250;
  let resting = 0;

  /**
   * The criteria that the price line is of: the form's, once it has not changed for a moment.
   * @param {string} state
   * @param {string | null} priced
   */
  ours.conjunctionsPriceFor = function (state, priced) {
    const criteria = state.replace(/&request=[^&]*/, "");
    window.clearTimeout(resting);
    if (!priced) return criteria;
    if (criteria !== priced) {
      resting = window.setTimeout(() => {
        if (document.getElementById("conjunctions-price"))
          window.dash_clientside.set_props("conjunctions-price-for", { data: criteria });
      }, PRICE_REST_MS);
    }
    return window.dash_clientside.no_update;
  };

  /* ---- the table: the first page came with the answer, everything else is the server's */
  const DRAW_AFTER_MS = 60;
  let asked = 0;
  /** @type {Record<string, string>} */
  const drawn = {};

  /** @param {string} request */
  function figureId(request) {
    return `{"request":"${request}","type":"conjunctions-figure"}`;
  }

  /** @param {{startRow: number, sortModel?: {colId: string, sort: string}[], filterModel?: object}} request */
  function asAtFirst(request) {
    const [order, ...more] = request.sortModel || [];
    const filters = Object.keys(request.filterModel || {});
    const usual = !more.length && order?.colId === "start" && order.sort === "asc";
    return request.startRow === 0 && usual && !filters.length;
  }

  /** Has the figure drawn once the browser has shown the rows. @param {string} request @param {string} token */
  function drawSoon(request, token) {
    const id = { type: "conjunctions-running-draw", request };
    if (drawn[request] === token && document.getElementById(figureId(request))) return;
    drawn[request] = token;
    window.requestAnimationFrame(() => {
      window.setTimeout(() => window.dash_clientside.set_props(id, { data: token }), DRAW_AFTER_MS);
    });
  }

  /**
   * @param {any} request
   * @param {string | null} token
   * @param {{token: string, rowData: object[], rowCount: number} | null} first
   * @param {{request: string}} identity
   */
  ours.conjunctionsRows = function (request, token, first, identity) {
    const no = window.dash_clientside.no_update;
    if (!request) return [no, no];
    if (token && token.startsWith("done-")) drawSoon(identity.request, token);
    if (first && first.token === token && asAtFirst(request))
      return [{ rowData: first.rowData, rowCount: first.rowCount }, no];
    const { startRow, endRow, sortModel, filterModel } = request;
    asked += 1;
    return [no, { startRow, endRow, sortModel, filterModel, asked }];
  };

  /**
   * The rows of a search have become others: the table asks again, where it stands.
   * @param {string | null} token
   * @param {{request: string}} identity
   */
  ours.conjunctionsRefresh = function (token, identity) {
    if (!token || !window.dash_ag_grid) return;
    const id = { type: "conjunctions-grid", request: identity.request };
    if (!document.getElementById(`{"request":"${identity.request}","type":"conjunctions-grid"}`)) return;
    window.dash_ag_grid.getApi(id)?.refreshInfiniteCache();
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

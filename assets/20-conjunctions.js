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
   * @returns {{id: any, value: any} | null}
   */
  function clicked() {
    /** @type {any} the renderer says what began the call, and Dash has no types for it */
    const context = window.dash_clientside.callback_context;
    const { triggered, triggered_id: id } = context;
    const value = triggered && triggered.length === 1 ? triggered[0]?.value : null;
    return value && id ? { id, value } : null;
  }

  ours.conjunctionsChosen = function () {
    const found = clicked();
    return found ? { number: found.id.number, at: Date.now() } : window.dash_clientside.no_update;
  };

  ours.conjunctionsClicked = function () {
    const found = clicked();
    if (!found) return window.dash_clientside.no_update;
    // The figure is one search's; the table is the page's, and holds the rows of one.
    const request = typeof found.id === "object" ? found.id.request : held.request;
    return { request, event: found.value, at: Date.now() };
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

  /* ---- the table: one for all searches of the page, and its rows are the server's */
  const DRAW_AFTER_MS = 60;
  const TABLE = "conjunctions-table";
  const GRID = "conjunctions-grid";
  const WIDTHS_PX = { minutes: 164, seconds: 184 };
  const ROW_PX = 34;
  const HEAD_PX = 40;
  const FIRST_ORDER = [{ colId: "start", sort: "asc" }];
  /** What the table is to hold; `request` is empty while it holds nothing. */
  let held = { request: "", token: "", rows: 0, seconds: false };
  let asked = 0;
  /** What the table waits for, and whether the server has been asked for it. @type {any} */
  let pending = null;
  let sent = false;
  /** From the click on Search until its answer; `ready` when the table waits for its rows. */
  let searching = false;
  let ready = false;
  /** @type {Record<string, string>} */
  const drawn = {};

  function grid() {
    return document.querySelector(`#${GRID} .ag-root`) ? window.dash_ag_grid?.getApi(GRID) : undefined;
  }

  /** All of a few rows, else most of the page; put away when there is none. @param {number} rows */
  function showTable(rows) {
    const place = document.getElementById(TABLE);
    if (!place) return;
    place.classList.toggle("table--shown", rows > 0);
    place.style.height = rows ? `min(${ROW_PX * Math.max(rows, 4) + HEAD_PX}px, max(320px, 58vh))` : "";
  }

  /** A new search begins as a new table would. @param {any} api */
  function asNew(api) {
    if (Object.keys(api.getFilterModel()).length) api.setFilterModel(null);
    api.applyColumnState({ state: FIRST_ORDER, defaultState: { sort: null } });
    api.deselectAll();
    if (api.getDisplayedRowCount()) api.ensureIndexVisible(0);
    window.dash_clientside.set_props("conjunctions-matched", { children: "" });
  }

  /** @param {any} api @param {boolean} seconds */
  function widenTimes(api, seconds) {
    const px = seconds ? WIDTHS_PX.seconds : WIDTHS_PX.minutes;
    if (api.getColumnDef("start")?.minWidth === px) return;
    /** @param {any} column */
    const widened = (column) =>
      ["start", "end"].includes(column.field) ? { ...column, minWidth: px, maxWidth: px + 24 } : column;
    api.setGridOption("columnDefs", api.getColumnDefs().map(widened));
  }

  /**
   * The rows of the page are others now: those of another search, or more of the same.
   * @param {{token: string, rows: number, seconds: boolean} | null} shown
   * @param {{request: string}} identity
   */
  ours.conjunctionsTable = function (shown, identity) {
    if (leaving(identity.request)) return held.token;
    const before = held;
    // The answer of a search brings the first rows with it, straight into the table.
    const brought = searching && ready;
    searching = false;
    held = { token: "", rows: 0, seconds: false, ...shown, request: identity.request };
    showTable(held.token ? held.rows : 0);
    const api = grid(); // a table that is still being made asks by itself
    if (api) widenTimes(api, held.seconds);
    if (api && held.token && !brought) fill(api, before);
    return held.token;
  };

  /** Says whether news are of a search that another is about to replace. @param {string} request */
  function leaving(request) {
    const button = document.getElementById("conjunctions-search");
    return searching && request !== "" && request === held.request && button?.hasAttribute("data-loading");
  }

  /** @param {any} api @param {typeof held} before what the table was to hold */
  function fill(api, before) {
    const more = held.request === before.request && before.token && (!pending || sent);
    if (more) api.refreshInfiniteCache();
    else askAnew(api);
  }

  /** Search was clicked: the table forgets its rows, and waits for others. */
  ours.conjunctionsSearching = function () {
    const api = grid();
    ready = Boolean(pending) && !sent;
    searching = true;
    if (!api || ready) return;
    held = { ...held, token: "" };
    asNew(api);
    api.purgeInfiniteCache();
  };

  /**
   * The table asks for one page at a time. One that it asked for before there was anything is
   * answered now; one that was never answered must be, or it would ask for nothing any more.
   * @param {any} api
   */
  function askAnew(api) {
    asNew(api);
    if (!pending || sent) api.purgeInfiniteCache();
    if (pending) window.dash_clientside.set_props("conjunctions-ask", { data: ask(pending) });
  }

  /** @param {any} wanted */
  function ask(wanted) {
    const { startRow, endRow, sortModel, filterModel } = wanted;
    asked += 1;
    sent = true;
    return { request: held.request, startRow, endRow, sortModel, filterModel, asked };
  }

  /** What the table asks the server for. @param {any} wanted */
  ours.conjunctionsAsk = function (wanted) {
    if (!wanted) return window.dash_clientside.no_update;
    pending = wanted;
    sent = false;
    ready = searching;
    return held.token ? ask(wanted) : window.dash_clientside.no_update;
  };

  /** @param {string} request */
  function figureId(request) {
    return `{"request":"${request}","type":"conjunctions-figure"}`;
  }

  /**
   * Rows have come: the figure is drawn once the browser has shown them.
   * @param {{request: string, asked: number} | null} answered
   */
  ours.conjunctionsAnswered = function (answered) {
    if (!answered) return;
    pending = null;
    const { request, token } = held;
    const api = grid(); // a table that was made after its rows were named has its widths from here
    if (api) widenTimes(api, held.seconds);
    if (answered.request !== request || !token.startsWith("done-")) return;
    if (drawn[request] === token && document.getElementById(figureId(request))) return;
    drawn[request] = token;
    const id = { type: "conjunctions-running-draw", request };
    window.requestAnimationFrame(() => {
      window.setTimeout(() => {
        if (held.request === request) window.dash_clientside.set_props(id, { data: token });
      }, DRAW_AFTER_MS);
    });
  };

  const LONGEST_PAUSE_MS = 8000;

  /** @param {number} _ticks @param {number} pauseMs */
  ours.conjunctionsPatience = function (_ticks, pauseMs) {
    return Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
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

"""Every component id of the application, one class a page; each id begins with its page's name."""

from __future__ import annotations

from typing import Any


class Shell:
    """The frame around every page.

    Dash's page container brings the application's one `dcc.Location`; its id is Dash's.
    """

    LOCATION = "_pages_location"
    TOAST = "shell-toast"
    MAIN = "shell-main"
    KEYS = "shell-keys"


class Home:
    """The front page."""

    NIGHT = "home-night"


class Availability:
    """Sources by day, and who was operating at a minute."""

    # A key only: the address of what is shown.
    STATE = "availability-state"
    NAVIGATION = "availability-navigation"
    SOURCES = "availability-sources"
    BOARD = "availability-board"
    AT = "availability-at"
    MINUTE = "availability-minute"


class Conjunctions:
    """The conjunction finder."""

    STATE = "conjunctions-state"
    START = "conjunctions-start"
    END = "conjunctions-end"
    CALENDAR = "conjunctions-calendar"
    DISTANCE = "conjunctions-distance"
    DISTANCES_OPEN = "conjunctions-distances-open"
    TYPES = "conjunctions-types"
    FRAME = "conjunctions-frame"
    SUBMINUTE = "conjunctions-subminute"
    BLOCKS = "conjunctions-blocks"
    FORM = "conjunctions-form"
    RESET_ALL = "conjunctions-reset-all"
    SEARCH = "conjunctions-search"
    PRICE = "conjunctions-price"
    PRICE_FOR = "conjunctions-price-for"  # a key only: the criteria that the price line is of
    ALLOWED = "conjunctions-allowed"
    ALLOWED_END = "conjunctions-allowed-end"
    CHOSEN = "conjunctions-chosen"  # the example that was clicked last
    CLICKED = "conjunctions-clicked"  # the row that was clicked last
    ABOUT = "conjunctions-about"
    IMPORT = "conjunctions-import"
    RESULTS = "conjunctions-results"
    RESULT_STATE = "conjunctions-result-state"
    STALE = "conjunctions-stale"
    # One table for all searches of the page: where it stands, what it asks for, what it leaves out.
    TABLE = "conjunctions-table"
    GRID = "conjunctions-grid"
    ASK = "conjunctions-ask"
    ANSWERED = "conjunctions-answered"
    MATCHED = "conjunctions-matched"
    DRAWER = "conjunctions-drawer"
    DRAWER_BODY = "conjunctions-drawer-body"

    DISTANCES = "conjunctions-distances"
    DISTANCES_BODY = "conjunctions-distances-body"
    DISTANCES_RESET = "conjunctions-distances-reset"
    DISTANCES_CANCEL = "conjunctions-distances-cancel"
    DISTANCES_OK = "conjunctions-distances-ok"
    DISTANCES_OFF = "conjunctions-distances-off"

    FILTERS = "conjunctions-filters"
    FILTERS_BODY = "conjunctions-filters-body"
    FILTERS_BLOCK = "conjunctions-filters-block"
    FILTERS_DRAFT = "conjunctions-filters-draft"
    FILTERS_ABOUT = "conjunctions-filters-about"
    RESULT_FILTERS = "conjunctions-result-filters"
    FILTERS_RESET = "conjunctions-filters-reset"
    FILTERS_CANCEL = "conjunctions-filters-cancel"
    FILTERS_OK = "conjunctions-filters-ok"
    FILTERS_ERROR = "conjunctions-filters-error"

    ABOUT_DIALOG = "conjunctions-about-dialog"
    ABOUT_BODY = "conjunctions-about-body"
    IMPORT_DIALOG = "conjunctions-import-dialog"
    IMPORT_TEXT = "conjunctions-import-text"
    IMPORT_ERROR = "conjunctions-import-error"
    IMPORT_OK = "conjunctions-import-ok"
    IMPORT_CANCEL = "conjunctions-import-cancel"

    @staticmethod
    def block(part: str, index: Any) -> dict[str, Any]:
        """Return the id of a part (programs, platforms, ...) of the block at `index`."""
        return {"type": f"conjunctions-block-{part}", "index": index}

    @staticmethod
    def add(kind: Any) -> dict[str, Any]:
        """Return the id of the button that adds a block of `kind`."""
        return {"type": "conjunctions-add", "kind": kind}

    @staticmethod
    def example(number: Any, place: Any) -> dict[str, Any]:
        """Return the id of the control that loads an example; `place` is menu or list."""
        return {"type": "conjunctions-example", "number": number, "place": place}

    @staticmethod
    def pair(name: Any) -> dict[str, Any]:
        """Return the id of the distance field of a pair of blocks."""
        return {"type": "conjunctions-pair", "name": name}

    @staticmethod
    def condition(part: str, field: Any) -> dict[str, Any]:
        """Return the id of a part (key, operator, value, add, ...) of the condition at a path."""
        return {"type": f"conjunctions-condition-{part}", "field": field}

    @staticmethod
    def running(part: str, request: Any) -> dict[str, Any]:
        """Return the id of a part (head, poll, cancel, ...) of what shows a search."""
        return {"type": f"conjunctions-running-{part}", "request": request}

    @staticmethod
    def figure(request: Any) -> dict[str, Any]:
        """Return the id of the figure of a request's results."""
        return {"type": "conjunctions-figure", "request": request}


class Keogramist:
    """The keogram browser."""

    PAGE = "keogramist-page"
    # Keys only: the two parts of the address that the server reads, and what the controls ask
    # the first of them to become. How an opened keogram looks is the browser's own affair.
    WALL_KEY = "keogramist-wall-key"
    OPEN_KEY = "keogramist-open-key"
    WALL_DRAFT = "keogramist-wall-draft"

    BY = "keogramist-by"
    DATES = "keogramist-dates"
    QUICK = "keogramist-quick"
    EARLIER = "keogramist-earlier"
    LATER = "keogramist-later"
    SOURCES = "keogramist-sources"
    GROUP = "keogramist-group"
    ORDER = "keogramist-order"
    IMAGES = "keogramist-images"
    HEIGHT = "keogramist-height"
    SIZE = "keogramist-size"
    PAGER = "keogramist-pager"
    SUMMARY = "keogramist-summary"
    NOTES = "keogramist-notes"
    BROWSER = "keogramist-browser"
    WALL = "keogramist-wall"

    NIGHT = "keogramist-night"
    TITLE = "keogramist-title"
    STAGE = "keogramist-stage"
    NO_IMAGE = "keogramist-no-image"
    LABELS = "keogramist-labels"
    RECORDS = "keogramist-records"
    GRID = "keogramist-grid"
    METADATA = "keogramist-metadata"
    CITE = "keogramist-cite"
    LINKS = "keogramist-links"


class Explorer:
    """Globe and map of one minute; what is in these places is drawn by the browser."""

    PAGE = "explorer-page"
    BAR = "explorer-bar"
    STAGES = "explorer-stages"
    GLOBE = "explorer-globe"
    MAP = "explorer-map"
    LEGEND = "explorer-legend"
    TIME = "explorer-time"
    PANEL = "explorer-panel"

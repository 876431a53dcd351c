"""Every component id of the application, one class a page; each id begins with its page's name."""

from __future__ import annotations


class Shell:
    """The frame around every page."""

    LOCATION = "shell-location"


class Conjunctions:
    """The conjunction finder."""


class Keogramist:
    """The keogram browser."""

    PAGE = "keogramist-page"
    # Keys only: the three parts of the address, and what the controls ask it to become.
    WALL_KEY = "keogramist-wall-key"
    OPEN_KEY = "keogramist-open-key"
    LOOK_KEY = "keogramist-look-key"
    WALL_DRAFT = "keogramist-wall-draft"
    LOOK_DRAFT = "keogramist-look-draft"

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
    WALL = "keogramist-wall"

    DRAWER = "keogramist-drawer"
    TITLE = "keogramist-title"
    FIGURE = "keogramist-figure"
    FIGURE_BOX = "keogramist-figure-box"
    NO_IMAGE = "keogramist-no-image"
    EXTENT = "keogramist-extent"
    SCALE = "keogramist-scale"
    COLOUR_MAP = "keogramist-colour-map"
    LOOK_BAR = "keogramist-look-bar"
    LABELS = "keogramist-labels"
    RECORDS = "keogramist-records"
    GRID = "keogramist-grid"
    METADATA = "keogramist-metadata"
    CITE = "keogramist-cite"
    LINKS = "keogramist-links"

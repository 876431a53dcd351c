"""Every component id of the application, one class a page; each id begins with its page's name."""

from __future__ import annotations


class Shell:
    """The frame around every page."""

    LOCATION = "shell-location"


class Conjunctions:
    """The conjunction finder."""


class Keogramist:
    """The keogram browser."""

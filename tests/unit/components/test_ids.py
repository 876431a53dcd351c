"""Ids are of one page each, and no two are alike."""

from __future__ import annotations

import pytest

from components import ids

PAGES = {"Conjunctions": "conjunctions-", "Keogramist": "keogramist-"}


@pytest.mark.parametrize("name", PAGES)
def test_ids_begin_with_their_page(name: str) -> None:
    page = getattr(ids, name)
    values = [v for k, v in vars(page).items() if k.isupper()]
    assert all(value.startswith(PAGES[name]) for value in values)


def test_no_two_names_mean_one_component() -> None:
    pages = (ids.Shell, ids.Conjunctions, ids.Keogramist)
    values = [v for page in pages for k, v in vars(page).items() if k.isupper()]
    assert len(values) == len(set(values))

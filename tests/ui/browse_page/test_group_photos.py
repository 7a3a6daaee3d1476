"""The group that is shown is the one that was clicked last, also before the page was drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st

from explorer.config import PROJECT
from explorer.search.facets.folder_tree import folder_test
from explorer.search.language.print_query import print_query
from explorer.search.language.query_tree import QueryTree
from explorer.ui.browse_page import browse_state
from tests.ui.search_page.test_search_state import address, app


class _Address(dict[str, str]):
    def from_dict(self, parameters: dict[str, str]) -> None:
        self.clear()
        self.update(parameters)


def _folder(path: Path, *, subfolders: bool = True) -> str:
    return print_query(QueryTree(condition=folder_test(str(path), subfolders=subfolders)))


def test_search_here_opens_the_group_that_was_clicked_just_before(photos: Path) -> None:
    page = app()
    page.query_params["q"] = _folder(photos)
    page.switch_page(str(PROJECT / "pages" / "browse.py")).run()
    assert not page.exception
    page.query_params["q"] = _folder(photos / "Sub")
    page.button(key="search-here").click().run()
    assert not page.exception
    assert address(page)["q"] == _folder(photos / "Sub")


def test_the_switch_for_subfolders_applies_to_the_folder_that_was_chosen_just_before(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = _Address({"q": _folder(photos), "sort": "name"})
    monkeypatch.setattr(st, "query_params", url)
    browse_state.choose(_folder(photos / "Sub"))
    browse_state.include_subfolders(False)
    assert url == {"q": _folder(photos / "Sub", subfolders=False), "sort": "name"}
    browse_state.choose("")
    assert url == {"by": "folders", "sort": "name"}
    browse_state.include_subfolders(False)
    assert url == {"by": "folders", "sort": "name"}

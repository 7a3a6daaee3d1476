"""Folders as choices: which are offered, what they are called, and that a thousand of them are not
read one by one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from explorer.config import PROJECT
from explorer.library.catalog import Catalog
from explorer.library.stores.root_store import add_root
from explorer.ui import resources
from explorer.ui.library_page import folder_choices
from tests.factory import LibraryBuilder
from tests.ui.search_page.test_search_state import app


@pytest.fixture
def builder(tmp_path: Path) -> Any:
    (tmp_path / "Pictures").mkdir()
    made = LibraryBuilder(resources.library(), str(tmp_path / "Pictures"))
    yield made
    made.writer.close()
    resources.close()


def test_every_folder_below_the_watched_one_is_offered(
    builder: LibraryBuilder, tmp_path: Path
) -> None:
    root = str(tmp_path / "Pictures")
    builder.put("a.jpg", 0)
    builder.put("Trips/2021/Rome/b.jpg", 1)
    below = [
        os.path.join(root, *parts)
        for parts in (["Trips"], ["Trips", "2021"], ["Trips", "2021", "Rome"])
    ]
    assert folder_choices.choices() == [root, *below]
    assert folder_choices.choices("/gone") == sorted(["/gone", root, *below])
    assert folder_choices.choices(below[0]) == [root, *below]
    assert folder_choices.folder_names()(below[2]) == os.path.join(
        "Pictures", "Trips", "2021", "Rome"
    )
    assert folder_choices.folder_names()("/elsewhere") == "/elsewhere"


def test_a_new_folder_is_offered_at_once(builder: LibraryBuilder, tmp_path: Path) -> None:
    assert len(folder_choices.choices()) == 1
    builder.put("New/a.jpg", 0)
    assert folder_choices.choices()[-1].endswith("New")
    new = folder_choices.choices()[-1]
    assert folder_choices.folder_names()(new) == os.path.join("Pictures", "New")
    other = tmp_path / "elsewhere" / "Pictures"
    other.mkdir(parents=True)
    with builder.writer.transaction():
        add_root(builder.writer, str(other))
    # Two folders of one name: only the whole path tells which is meant.
    assert folder_choices.folder_names()(new) == new


@pytest.mark.parametrize("page", ["search", "duplicates", "anomalies"])
def test_a_page_needs_the_same_queries_for_many_folders_as_for_few(
    photos: Path, tmp_path: Path, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()
    rows = Catalog._rows

    def counted(self: Catalog, sql: str, values: Sequence[object] = ()) -> Any:
        asked.append(sql)
        return rows(self, sql, values)

    def questions() -> int:
        shown = app()
        shown.switch_page(str(PROJECT / "pages" / f"{page}.py")).run()
        asked.clear()
        shown.run()
        assert not shown.exception
        return len(asked)

    monkeypatch.setattr(Catalog, "_rows", counted)
    few = questions()
    made = LibraryBuilder(resources.library(), str(tmp_path))
    for number in range(40):
        made.put(f"{number}/photo.jpg", number)
    made.writer.close()
    assert questions() <= few + 5
    assert len(folder_choices.choices()) >= 40

"""The folders to which a library has moved photos, as it remembers them."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from explorer.library.connection import write_transaction
from explorer.library.library import Library
from explorer.library.removals import removal_folders as module
from explorer.library.removals.removal_folders import (
    SETTING,
    remember_removal_folder,
    removal_folders,
)
from explorer.library.stores.setting_store import put_setting

NOTHING: Any = SimpleNamespace(runs=lambda: [])


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    opened = Library.open(tmp_path / "library")
    yield opened
    opened.close()


def of_runs(*runs: tuple[str, float]) -> Any:
    """A journal with runs to these folders, at these times."""
    return SimpleNamespace(runs=lambda: [SimpleNamespace(where=where, at=at) for where, at in runs])


def test_folders_are_remembered_in_order_and_once(library: Library) -> None:
    assert removal_folders(library.catalog, NOTHING) == []
    odd = os.fsdecode(b"/two\xff")
    for folder in ("/one", odd, "/one"):
        remember_removal_folder(library.catalog, NOTHING, folder)
    assert removal_folders(library.catalog, NOTHING) == ["/one", odd]
    # Once anything is remembered, the journal is not asked.
    assert removal_folders(library.catalog, of_runs(("/forged", 0.0))) == ["/one", odd]


@pytest.mark.parametrize(
    ("kept", "found"),
    [("no json", []), ("3", []), ('{"/x": 1}', []), ('["/x", 3, null]', ["/x"]), ("[]", [])],
)
def test_a_damaged_setting_yields_only_folders_it_names(
    library: Library, kept: str, found: list[str]
) -> None:
    put_setting(library.catalog, SETTING, kept)
    assert removal_folders(library.catalog, of_runs(("/forged", 0.0))) == found
    remember_removal_folder(library.catalog, NOTHING, "/new")
    assert removal_folders(library.catalog, NOTHING) == [*found, "/new"]


def test_folders_of_earlier_releases_are_read_from_the_journal_of_their_time(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_schema_times", lambda _: (100.0, 200.0))
    journal = of_runs(
        ("/before", 99.9),
        ("/first", 100.0),
        ("trash", 150.0),
        ("/first", 160.0),
        ("/last", 200.0),
        ("/after", 200.1),
    )
    assert removal_folders(library.catalog, journal) == ["/first", "/last"]
    # With the first removal by this release they are remembered, whichever folder that is to.
    remember_removal_folder(library.catalog, journal, "/first")
    assert removal_folders(library.catalog, NOTHING) == ["/first", "/last"]


def test_the_period_of_earlier_releases_is_determined_by_the_schema(library: Library) -> None:
    first, last = module._schema_times(library.catalog)
    assert abs(first - dt.datetime.now(dt.UTC).timestamp()) < 3600 and first <= last
    assert (
        removal_folders(library.catalog, of_runs(("/forged", first - 1), ("/forged too", last + 1)))
        == []
    )


def test_the_period_of_earlier_releases_spans_the_first_to_the_last_step(library: Library) -> None:
    early = "2001-02-03T04:05:06+00:00"
    with write_transaction(library.catalog.path) as db:
        db.execute(
            "update _sqlite_migrations set applied_at = ? where name = (select min(name) from"
            " _sqlite_migrations)",
            (early,),
        )
    first, last = module._schema_times(library.catalog)
    assert first == dt.datetime.fromisoformat(early).timestamp() and last > first + 9e7
    # Where the catalog does not say, nothing that the journal says is believed.
    with write_transaction(library.catalog.path) as db:
        db.execute("delete from _sqlite_migrations")
    assert module._schema_times(library.catalog) == (0.0, 0.0)

"""The files of a damaged catalog: what SQLite keeps beside it, and what earlier repairs left."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from explorer.errors import CatalogDamaged
from explorer.library.connection import connect
from explorer.library.durable_io import replace_durably
from explorer.library.library import Library
from explorer.library.repair import salvage as salvage_module
from explorer.library.repair.salvage import salvage
from tests.library.filled_catalog import rows_of, salvaged


@contextmanager
def cut_off(path: Path) -> Iterator[None]:
    """The catalog as a program that was killed leaves it: a last change is in its log only."""
    aside = path.with_name("aside.db")
    shutil.copy(path, aside)
    with closing(sqlite3.connect(aside, isolation_level=None)) as db:
        db.execute("pragma journal_mode = wal")
        db.execute("pragma wal_checkpoint(truncate)")
        db.execute("insert into setting values ('last', 'change')")
        shutil.copy(aside, path)
        for suffix in ("-wal", "-shm"):
            shutil.copy(f"{aside}{suffix}", f"{path}{suffix}")
    for each in path.parent.glob("aside.db*"):
        each.unlink()
    yield


def test_the_log_is_read_and_moves_with_the_damaged_file(made: Path, path: Path) -> None:
    with cut_off(path):
        log = path.with_name("catalog.db-wal").read_bytes()
        assert log
        saved = salvage(path)
    # Left in its place, it would be applied to the new file.
    assert sorted(each.name for each in path.parent.glob("catalog*")) == [
        "catalog.damaged-1.db", "catalog.damaged-1.db-shm", "catalog.damaged-1.db-wal",
        "catalog.db",
    ]  # fmt: skip
    assert saved.kept.with_name("catalog.damaged-1.db-wal").read_bytes() == log
    assert rows_of(path)["setting"] == rows_of(made)["setting"] | {("last", "change")}
    # The damaged catalog is kept with all that it had.
    assert ("last", "change") in rows_of(saved.kept)["setting"]


def test_what_an_interrupted_repair_left_is_not_used(made: Path, path: Path) -> None:
    shutil.copy(made, path.with_name("catalog.saved"))
    for name in ("catalog.saved-wal", "catalog.saved-shm"):
        path.with_name(name).write_bytes(b"of another time")
    saved, found = salvaged(path)
    assert found == rows_of(made) and saved.lost == []
    assert not list(path.parent.glob("catalog.saved*"))


def test_every_damaged_file_is_kept(path: Path) -> None:
    path.with_name("catalog.damaged-2.db").write_bytes(b"of an earlier repair")
    kept = [salvage(path).kept.name for _ in range(3)]
    assert kept == ["catalog.damaged-1.db", "catalog.damaged-3.db", "catalog.damaged-4.db"]
    assert path.with_name("catalog.damaged-2.db").read_bytes() == b"of an earlier repair"


def test_the_new_catalog_is_closed_before_it_is_moved(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows moves no file that is open."""
    opened = list[sqlite3.Connection]()

    def remember(new: Path) -> sqlite3.Connection:
        opened.append(connect(new))
        return opened[-1]

    monkeypatch.setattr(salvage_module, "connect", remember)

    def replace(new: Path, old: Path) -> None:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            opened[0].execute("select 1")
        replace_durably(new, old)

    monkeypatch.setattr(salvage_module, "replace_durably", replace)
    salvage(path)
    assert len(opened) == 1


def refuse(*_: object, **__: object) -> None:
    raise PermissionError(1, "Operation not permitted")


@pytest.mark.parametrize("has_links", [True, False])
@pytest.mark.parametrize("moved", [0, 1, 2])
def test_a_repair_that_is_interrupted_while_files_are_renamed_is_made_again(
    made: Path, path: Path, monkeypatch: pytest.MonkeyPatch, moved: int, has_links: bool
) -> None:
    """moved: how many of the files beside the catalog had their new names."""
    real, renamed = Path.rename, list[str]()
    if not has_links:
        monkeypatch.setattr(os, "link", refuse)

    def rename(self: Path, target: Path) -> Path:
        if len(renamed) == moved:
            raise KeyboardInterrupt
        renamed.append(self.name)
        return real(self, target)

    def stop(new: Path, old: Path) -> None:
        if old == path:
            raise KeyboardInterrupt
        replace_durably(new, old)

    with cut_off(path), monkeypatch.context() as patch:
        patch.setattr(Path, "rename", rename)
        patch.setattr(salvage_module, "replace_durably", stop)
        with pytest.raises(KeyboardInterrupt):
            salvage(path)
    assert len(renamed) == moved and path.exists()
    saved = salvage(path)
    assert saved.kept.name == "catalog.damaged-1.db"
    for each in (path, saved.kept):
        assert rows_of(each)["setting"] == rows_of(made)["setting"] | {("last", "change")}
    assert len(list(path.parent.glob("catalog.damaged*.db"))) == 1


def test_a_catalog_is_repaired_on_a_drive_without_links(
    made: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", refuse)
    path.with_suffix(".copy").write_bytes(b"of an interrupted repair")
    before = path.read_bytes()
    saved, found = salvaged(path)
    assert found == rows_of(made) and saved.kept.read_bytes() == before
    assert not path.with_suffix(".copy").exists()


def test_the_log_of_a_damaged_file_that_was_put_back_by_hand_stays(made: Path, path: Path) -> None:
    with cut_off(path):
        shutil.copy(path, path.with_name("catalog.damaged-1.db"))
        path.with_name("catalog.damaged-1.db-wal").write_bytes(b"of an earlier time")
        saved = salvage(path)
    assert ("last", "change") in rows_of(path)["setting"]
    assert saved.kept.name == "catalog.damaged-2.db"
    assert path.with_name("catalog.damaged-1.db").exists()


def test_a_log_of_another_damaged_file_is_never_beside_a_kept_one(path: Path) -> None:
    path.with_name("catalog.damaged-1.db-wal").write_bytes(b"of a file that was deleted")
    assert salvage(path).kept.name == "catalog.damaged-2.db"


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), OSError("odd")])
def test_what_stopped_a_repair_is_said(
    path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    from explorer.errors import LibraryError

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(salvage_module, "migrate", fail)
    before = path.read_bytes()
    words = error.strerror or "odd"
    with pytest.raises(LibraryError, match=rf"{path.name} cannot be repaired: {words}\."):
        salvage(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("at", "content"), [(16, b"\2\0"), (16, b"\x20\0"), (16, b"\0\0"), (44, b"\0\0\0\x09")]
)
def test_a_wrong_value_in_the_header_costs_nothing(
    made: Path, path: Path, at: int, content: bytes
) -> None:
    """The page size, and the version of the schema's format."""
    data = path.read_bytes()
    path.write_bytes(data[:at] + content + data[at + len(content) :])
    with pytest.raises(CatalogDamaged):
        Library.open(path.parent)
    saved, found = salvaged(path)
    assert found == rows_of(made) and saved.lost == []

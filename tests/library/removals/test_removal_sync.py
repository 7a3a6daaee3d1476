"""Updating the catalog after a removal or an undo."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from explorer.library.file_lookup import find_file
from explorer.library.removals import removal_sync
from explorer.library.removals.removal_sync import update_catalog
from explorer.library.stores.command_store import take_commands
from explorer.library.stores.root_store import add_root
from explorer.library.writer import Writer
from tests.fixtures.small_library import SmallLibrary


def state(small_library: SmallLibrary, path: str) -> str:
    known = find_file(small_library.library.catalog, path)
    assert known is not None
    return known.file.state


def test_the_disk_decides_whether_a_file_is_missing_or_back(small_library: SmallLibrary) -> None:
    path = small_library.add_photo("a.jpg", "one")
    facts = Path(path).stat()
    update_catalog(small_library.library, gone=[path], back=[])
    assert state(small_library, path) == "present"
    Path(path).unlink()
    update_catalog(small_library.library, gone=[path], back=[])
    assert state(small_library, path) == "missing"
    update_catalog(small_library.library, gone=[], back=[path])
    assert state(small_library, path) == "missing"
    Path(path).write_text("two, and longer")
    update_catalog(small_library.library, gone=[], back=[path])
    assert state(small_library, path) == "missing"
    Path(path).write_text("one")
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    update_catalog(small_library.library, gone=[], back=[path])
    known, restored = find_file(small_library.library.catalog, path), Path(path).stat()
    assert known is not None and known.file.state == "present"
    assert (known.file.path, known.file.size, known.file.mtime_ns, known.file.inode) == (
        "a.jpg",
        3,
        facts.st_mtime_ns,
        restored.st_ino,
    )


def test_an_update_that_fails_changes_nothing(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, back = (small_library.add_photo(name, name) for name in ("a.jpg", "b.jpg"))
    Path(gone).unlink()

    def fails(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="Input/output"):
        patch.setattr(removal_sync, "put_moved", fails)
        update_catalog(small_library.library, gone=[gone], back=[back])
    assert state(small_library, gone) == "present"
    update_catalog(small_library.library, gone=[gone], back=[back])
    assert (state(small_library, gone), state(small_library, back)) == ("missing", "present")


def test_a_running_worker_is_asked_to_scan_the_folders_concerned(
    small_library: SmallLibrary, tmp_path: Path
) -> None:
    catalog = small_library.library.catalog
    path = small_library.add_photo("a.jpg", "one")
    Path(path).unlink()
    with contextlib.closing(Writer(catalog)) as writer:
        (tmp_path / "other").mkdir()
        add_root(writer, str(tmp_path / "other"))
        lock = small_library.library.lock()
        try:
            update_catalog(small_library.library, gone=[path, "/elsewhere/b.jpg"], back=[])
            update_catalog(small_library.library, gone=[], back=["/elsewhere/b.jpg"])
        finally:
            lock.release()
        assert take_commands(writer) == [("rescan", str(small_library.photos))]
    assert state(small_library, path) == "present"

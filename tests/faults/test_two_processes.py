"""Two processes at one library, and clocks that disagree."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from explorer.config import PROJECT
from explorer.errors import LibraryLocked
from explorer.library.catalog import Catalog
from explorer.library.connection import write_transaction
from explorer.library.library import Library
from explorer.library.stores.worker_store import worker_status
from explorer.library.writer import Writer
from tests.faults.folders import RandomFolders, check, index
from tests.faults.test_disk import folders, library
from tests.fixtures.waiting import PATIENCE

__all__ = ["folders", "library"]


def test_a_clock_set_back_changes_nothing(
    library: Library, folders: RandomFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    index(library, folders)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() - 400 * 86_400)
    # The last sign of life seems to come from the future; that is none.
    Writer(library.catalog).close()
    with write_transaction(library.catalog.path) as db:
        db.execute(
            "insert or replace into worker values (1, 1, ?, 'watching', 0, 0, 0, null, 'tiny', '')",
            (real(),),
        )
    status = worker_status(library.catalog)
    assert status is not None and not status["alive"]
    for _ in range(6):
        folders.change()
    index(library, folders)
    check(library, folders)
    monkeypatch.undo()
    index(library, folders)
    check(library, folders)


def test_two_runs_at_once_exclude_each_other(library: Library, folders: RandomFolders) -> None:
    with library.lock(), pytest.raises(LibraryLocked, match="Another run"):
        index(library, folders)
    index(library, folders)
    check(library, folders)


def test_two_processes_can_create_the_same_library_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from explorer.library.catalog import Catalog;"
        " Catalog(Path(sys.argv[1])).close()"
    )
    for attempt in range(3):
        path = tmp_path / f"{attempt}.db"
        started = [
            subprocess.Popen(
                [sys.executable, "-c", code, str(path)],
                cwd=PROJECT,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(4)
        ]
        for process in started:
            _, errors = process.communicate(timeout=PATIENCE)
            assert (process.returncode, errors) == (0, "")
        catalog = Catalog(path)
        assert catalog.change() == 0
        catalog.close()

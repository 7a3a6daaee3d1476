"""A disk that is full, a catalog that is locked or not to be written, a power cut between any two
writes, a clock that is set back."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.cli.app import main
from explorer.config import PROJECT
from explorer.errors import LibraryBusy, LibraryError, LibraryFull
from explorer.indexing import worker_loop
from explorer.library import connection, durable_io, previews, vectors, writer
from explorer.library.durable_io import explain
from explorer.library.library import Library
from explorer.library.stores.command_store import send_command
from explorer.library.stores.worker_store import worker_status
from tests.faults.folders import TINY, RandomFolders, check, index, sound
from tests.fixtures.waiting import wait
from tests.fixtures.worker_thread import worker_thread


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library.open(tmp_path / "library")
    yield library
    library.close()


@pytest.fixture
def folders(tmp_path: Path) -> RandomFolders:
    return RandomFolders(tmp_path, 3, 16)


class Limit:
    """A disk with little room: previews and index files of more than this many bytes in all, and
    the catalog beyond so many pages."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full, self._real = False, durable_io.flush

        def flush(path: Path) -> None:
            if self.full:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            self._real(path)

        monkeypatch.setattr(durable_io, "flush", flush)


def phase(library: Library) -> str:
    found = worker_status(library.catalog)
    return found["phase"] if found else ""


def test_the_worker_reports_a_full_disk_and_continues_when_there_is_room(
    library: Library, folders: RandomFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Limit(monkeypatch)
    monkeypatch.setattr(worker_loop, "RETRY_INTERVAL", 0.2)
    disk.full = True
    for root in folders.roots:
        send_command(library.catalog, "add", str(root))
    with worker_thread(library, TINY):
        wait(lambda: phase(library) == "waiting", "the report of a full disk")
        status = worker_status(library.catalog)
        assert (
            status is not None
            and "is full" in status["message"]
            and str(library.dir) in status["message"]
        )
        assert library.catalog.counts().photos == 0
        assert not list(library.previews.all())
        sound(library)
        disk.full = False
        wait(
            lambda: phase(library) == "watching" and library.catalog.counts().photos > 0,
            "the indexing of everything",
        )
    index(library, folders)
    check(library, folders)


def test_a_catalog_that_cannot_grow_is_reported(
    library: Library, folders: RandomFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's own limit on a file's pages fails like a full disk does, at any statement."""
    real, extra = connection.connect, [0]

    def connect(path: Path, wait: float = 1.0) -> sqlite3.Connection:
        connection = real(path, wait)
        (pages,) = connection.execute("pragma page_count").fetchone()
        connection.execute(f"pragma max_page_count = {pages + extra[0]}")
        return connection

    monkeypatch.setattr(writer, "connect", connect)
    for more in range(0, 24, 3):
        extra[0] = more
        try:
            index(library, folders)
            break
        except Exception as error:  # noqa: BLE001  whatever it is, it has to be explained
            assert isinstance(explain(error, library.dir), LibraryFull), repr(error)
        sound(library)
    monkeypatch.undo()
    index(library, folders)
    check(library, folders)


@pytest.mark.parametrize("where", ["previews", "vectors"])
def test_index_reports_a_full_disk_in_one_line(
    library: Library, folders: RandomFolders, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def fail(scratch: Path, path: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(previews if where == "previews" else vectors, "replace_durably", fail)
    with pytest.raises(OSError) as failed:
        index(library, folders)
    assert isinstance(explain(failed.value, library.dir), LibraryFull)
    monkeypatch.undo()
    sound(library)
    index(library, folders)
    check(library, folders)


def test_a_command_waits_for_a_locked_catalog(
    library: Library, folders: RandomFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program holds the catalog for longer than the worker waits at once; when it lets go,
    all continues."""
    monkeypatch.setattr(worker_loop, "RETRY_INTERVAL", 0.2)
    monkeypatch.setattr(writer, "BUSY_TIMEOUT", 0.2)
    for root in folders.roots:
        send_command(library.catalog, "add", str(root))
    other = sqlite3.connect(library.catalog.path, isolation_level=None)
    with worker_thread(library, TINY):
        wait(lambda: library.catalog.counts().photos > 0, "a photo")
        other.execute("begin immediate")
        for _ in range(5):
            folders.change()
            time.sleep(0.3)
        other.execute("rollback")
        other.close()
        before = len(folders.files())
        folders.create()
        wait(
            lambda: library.catalog.counts().files + library.catalog.counts().failed >= before,
            "the new file",
        )
    index(library, folders)
    check(library, folders)


def test_obstacles_in_the_library_folder_are_reported(tmp_path: Path) -> None:
    def error(name: str) -> sqlite3.OperationalError:
        made = sqlite3.OperationalError(name.lower())
        made.sqlite_errorcode = getattr(sqlite3, name)
        return made

    expected: list[tuple[BaseException, type, str]] = [
        (error("SQLITE_FULL"), LibraryFull, "full"),
        (error("SQLITE_BUSY"), LibraryBusy, "locked"),
        (error("SQLITE_BUSY_SNAPSHOT"), LibraryBusy, "locked"),
        (error("SQLITE_READONLY"), LibraryError, "cannot be read and written"),
        (error("SQLITE_IOERR_WRITE"), LibraryError, "check the disk"),
        (error("SQLITE_CORRUPT"), LibraryError, "verify --repair"),
        (error("SQLITE_NOTADB"), LibraryError, "verify --repair"),
        (OSError(errno.ENOSPC, "full", str(tmp_path / "previews")), LibraryFull, "full"),
        (OSError(errno.EDQUOT, "quota"), LibraryFull, "full"),
        (
            OSError(errno.EROFS, "read-only", str(tmp_path / "x")),
            LibraryError,
            "cannot be read and written",
        ),
        (OSError(errno.EIO, "I/O", str(tmp_path / "x")), LibraryError, "check the disk"),
        (RuntimeError(f"write error in {tmp_path}/vectors/a.part"), LibraryError, "index"),
    ]
    for each, kind, words in expected:
        found = explain(each, tmp_path)
        assert isinstance(found, kind) and words in str(found), each
    for other in (
        OSError(errno.EROFS, "read-only", "/elsewhere"),
        ValueError("mine"),
        RuntimeError("mine"),
        error("SQLITE_ERROR"),
    ):
        assert explain(other, tmp_path) is None


# Root may write everywhere, unless it lets go of that right.
_RIGHTS = (
    ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--"]
    if hasattr(os, "getuid") and os.getuid() == 0
    else []
)


@pytest.mark.skipif(
    sys.platform == "win32" or bool(_RIGHTS and not shutil.which("setpriv")),
    reason="needs permissions that bind us",
)
@pytest.mark.parametrize("mode", [0o555, 0o000])
def test_a_read_only_library_is_reported(folders: RandomFolders, tmp_path: Path, mode: int) -> None:
    place = tmp_path / "library"
    library = Library.open(place)
    index(library, folders)
    library.close()
    for path in [*place.rglob("*"), place]:
        path.chmod(mode if path.is_dir() else mode & 0o444)
    try:
        for command in (
            ["index", str(folders.roots[0]), "--encoder", "starter"],
            ["status"],
            ["verify"],
            ["verify", "--repair"],
        ):
            ended = subprocess.run(
                [*_RIGHTS, sys.executable, "-m", "tests.faults.command", *command, "--library",
                str(place)],
                cwd=PROJECT, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1), ended.stderr
            assert str(place) in ended.stderr and "cannot be" in ended.stderr
    finally:
        place.chmod(0o755)
        for path in place.rglob("*"):
            path.chmod(0o755)
    library = Library.open(place)
    check(library, folders)
    library.close()


def test_a_command_on_a_full_disk_ends_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(
            errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path / "library" / "catalog.db")
        )

    monkeypatch.setattr(Library, "open", full)
    assert main(["status", "--library", str(tmp_path / "library")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1

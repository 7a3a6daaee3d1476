"""A disk that is full, a catalog that is locked or not to be written, a power cut between any two
writes, a clock that is set back."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.cli.app import main
from explorer.config import PROJECT
from explorer.errors import LibraryBusy, LibraryError, LibraryFull, LibraryLocked
from explorer.indexing import worker_loop
from explorer.indexing.worker_loop import Worker
from explorer.library import catalog as cataloguing
from explorer.library import connection, durable_io, previews, vectors, writer
from explorer.library.catalog import Catalog
from explorer.library.command_store import send_command
from explorer.library.connection import write_transaction
from explorer.library.durable_io import explain
from explorer.library.library import Library
from explorer.library.worker_store import worker_status
from explorer.library.writer import Writer
from tests.faults.folders import TINY, RandomFolders, check, index, sound


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library.open(tmp_path / "library")
    yield library
    library.close()


@pytest.fixture
def folders(tmp_path: Path) -> RandomFolders:
    return RandomFolders(tmp_path, 3, 16)


class Limit:
    """A disk with little room: previews and index files of more than so many bytes in all, and the
    catalog beyond so many pages."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full, self._real = False, durable_io.flush

        def flush(path: Path) -> None:
            if self.full:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            self._real(path)

        monkeypatch.setattr(durable_io, "flush", flush)


def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


@contextlib.contextmanager
def at_work(library: Library) -> Iterator[Worker]:
    worker = Worker(library, TINY, decoders=1)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(60)
        worker.close()


def test_on_a_full_disk_the_worker_says_so_and_goes_on_when_there_is_room(
    library: Library, folders: RandomFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Limit(monkeypatch)
    monkeypatch.setattr(worker_loop, "RETRY_INTERVAL", 0.2)
    disk.full = True
    for root in folders.roots:
        send_command(library.catalog, "add", str(root))
    with at_work(library):
        until(lambda: (worker_status(library.catalog) or {"phase": ""})["phase"] == "waiting")
        said = worker_status(library.catalog)
        assert (
            said is not None
            and "is full" in said["message"]
            and str(library.dir) in said["message"]
        )
        assert library.catalog.counts().photos == 0
        assert not list(library.previews.all())
        sound(library)
        disk.full = False
        until(
            lambda: (
                (worker_status(library.catalog) or {"phase": ""})["phase"] == "watching"
                and library.catalog.counts().photos > 0
            )
        )
    index(library, folders)
    check(library, folders)


def test_a_catalog_that_may_not_grow(
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
def test_index_says_in_one_line_that_the_disk_is_full(
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


def test_a_locked_catalog_is_waited_for(
    library: Library, folders: RandomFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program holds the catalog for longer than the worker waits at once; when it lets go,
    all goes on."""
    monkeypatch.setattr(worker_loop, "RETRY_INTERVAL", 0.2)
    monkeypatch.setattr(writer, "BUSY_TIMEOUT", 0.2)
    for root in folders.roots:
        send_command(library.catalog, "add", str(root))
    other = sqlite3.connect(library.catalog.path, isolation_level=None)
    with at_work(library):
        until(lambda: library.catalog.counts().photos > 0)
        other.execute("begin immediate")
        for _ in range(5):
            folders.change()
            time.sleep(0.3)
        other.execute("rollback")
        other.close()
        before = len(folders.files())
        folders.create()
        until(lambda: library.catalog.counts().files + library.catalog.counts().failed >= before)
    index(library, folders)
    check(library, folders)


def test_what_is_in_the_way_is_said_in_words(tmp_path: Path) -> None:
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
def test_a_library_that_may_not_be_written(
    folders: RandomFolders, tmp_path: Path, mode: int
) -> None:
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


class PowerCut(BaseException):
    """Nothing after it happens."""


class Power:
    """Cuts at the so-manieth write. What was not flushed by then may be lost: files lose their
    bytes, the catalog its last commits."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, cut_at: int) -> None:
        self.left, self.flushed, self.written = cut_at, set[Path](), set[Path]()
        real_flush, real_replace, real_transaction = (
            durable_io.flush,
            Path.replace,
            Writer.transaction,
        )

        def flush(path: Path) -> None:
            self.step()
            real_flush(path)
            self.flushed.add(path)
            if path.name.endswith("-wal"):
                self.durable = path.stat().st_size

        def replace(path: Path, target: Path) -> Path:
            self.step()
            if path in self.flushed:
                self.flushed.add(target)
            self.written.add(target)
            return real_replace(path, target)

        @contextlib.contextmanager
        def transaction(writing: Writer) -> Iterator[int]:
            self.step()
            with real_transaction(writing) as change:
                yield change
            self.step()

        self.durable = 0
        for module in (durable_io, cataloguing):
            monkeypatch.setattr(module, "flush", flush)
        monkeypatch.setattr(Path, "replace", replace)
        monkeypatch.setattr(Writer, "transaction", transaction)

    def step(self) -> None:
        self.left -= 1
        if self.left <= 0:
            raise PowerCut

    def lose(self, folder: Path, share: float) -> None:
        """Files that were not flushed are empty; of the catalog's commits since it was last
        flushed, a share stays."""
        for path in self.written - self.flushed:
            if path.exists():
                path.write_bytes(b"")
        log = folder / "catalog.db-wal"
        if log.exists():
            size = log.stat().st_size
            with log.open("r+b") as file:
                file.truncate(min(size, self.durable + int((size - self.durable) * share)))


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_power_cut_between_any_two_writes(
    folders: RandomFolders, tmp_path: Path, share: float
) -> None:
    """Each run is cut at a later write than the one before, until one comes to its end."""
    current, cut, cuts = tmp_path / "library", 1, 0
    Library.open(current).close()
    while True:
        with pytest.MonkeyPatch.context() as patch:
            library = Library.open(current)
            # A checkpoint would wait for the disk; the test's own bookkeeping knows only what is
            # flushed.
            with library.catalog.reading() as db:
                db.execute("pragma wal_checkpoint(truncate)")
            power = Power(patch, cut)
            patch.setattr(writer, "connect", _without_checkpoints(connection.connect))
            try:
                index(library, folders)
                break
            except PowerCut:
                cuts += 1
            finally:
                after = tmp_path / f"after-{cut}"
                # As it was at that moment: closing tidies up, which a machine without power does
                # not.
                shutil.copytree(current, after)
                library.close()
        power.lose(after, share)
        (after / "catalog.db-shm").unlink(missing_ok=True)
        shutil.rmtree(current)
        after.rename(current)
        library = Library.open(current)
        sound(library)
        library.close()
        for _ in range(2):
            folders.change()
        cut += 1 + cut // 6
    assert cuts > 8
    library = Library.open(current)
    index(library, folders)
    check(library, folders)
    library.close()


def _without_checkpoints(
    connect: Callable[..., sqlite3.Connection],
) -> Callable[..., sqlite3.Connection]:
    def connected(*given: Any, **options: Any) -> sqlite3.Connection:
        connection = connect(*given, **options)
        connection.execute("pragma wal_autocheckpoint = 0")
        return connection

    return connected


def test_a_clock_that_is_set_back(
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
    said = worker_status(library.catalog)
    assert said is not None and not said["alive"]
    for _ in range(6):
        folders.change()
    index(library, folders)
    check(library, folders)
    monkeypatch.undo()
    index(library, folders)
    check(library, folders)


def test_two_runs_at_once(library: Library, folders: RandomFolders) -> None:
    with library.lock(), pytest.raises(LibraryLocked, match="Another run"):
        index(library, folders)
    index(library, folders)
    check(library, folders)


def test_two_processes_make_the_same_library_at_once(tmp_path: Path) -> None:
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
            _, said = process.communicate(timeout=120)
            assert (process.returncode, said) == (0, "")
        catalog = Catalog(path)
        assert catalog.change() == 0
        catalog.close()


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

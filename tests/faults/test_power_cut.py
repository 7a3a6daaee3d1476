"""A power cut between any two writes of the indexer."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.library import catalog as cataloguing
from explorer.library import connection, durable_io, writer
from explorer.library.library import Library
from explorer.library.writer import Writer
from tests.faults.folders import RandomFolders, check, index, sound
from tests.faults.test_disk import folders, library
from tests.thoroughness import times

__all__ = ["folders", "library"]

pytestmark = pytest.mark.usefixtures("decode_here")


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
def test_the_library_survives_a_power_cut_between_any_two_writes(
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
        cut += 1 + cut // times(3, 8)
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

"""Photos whose measurements are outdated but cannot be made again: each is tried once, and nothing
stays unsaid."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer.decoding.decode_result import DecodeResult
from explorer.library.missing_files import put_vanished
from explorer.library.stores.embedding_store import photos_without_embedding
from explorer.library.stores.quality_store import photos_to_measure
from explorer.library.stores.root_store import add_root, update_root
from explorer.photos.decode import content_hash
from tests.factory import LibraryBuilder
from tests.fixtures.indexing import IndexingSetup


@pytest.fixture
def outdated(setup: IndexingSetup) -> Path:
    """A photo that an earlier release has measured."""
    path = setup.draw("a.jpg")
    setup.run()
    setup.writer.connection.execute("update photo set metadata_version = 1")
    return path


@pytest.fixture
def read(setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that have been read."""
    found, real = list[str](), setup.pool._run_job

    def run(process: Any, job: Any, *rest: Any) -> DecodeResult:
        found.append(job.path)
        return real(process, job, *rest)

    monkeypatch.setattr(setup.pool, "_run_job", run)
    return found


def answering(setup: IndexingSetup, answer: Callable[[Path], dict[str, Any]]) -> Any:
    def run(process: Any, job: Any, *rest: Any) -> DecodeResult:
        path = Path(job.path)
        return DecodeResult(job, mtime_ns=path.stat().st_mtime_ns, **answer(path))

    setup.pool._run_job = run  # type: ignore[method-assign, assignment]


def test_a_file_whose_bytes_were_damaged_unnoticed_is_reported(
    setup: IndexingSetup, outdated: Path, read: list[str]
) -> None:
    facts = outdated.stat()
    outdated.write_bytes(bytes(facts.st_size))
    os.utime(outdated, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    # As on a drive that records no change times.
    setup.writer.connection.execute("update file set ctime_ns = 0")
    setup.run()
    assert len(read) == 1 and len(setup.present()) == 1
    setup.run()
    assert len(read) == 2 and set(setup.failed()) == {"a.jpg"} and not setup.present()
    setup.run()
    assert len(read) == 2


def test_a_file_that_cannot_be_read_is_reported(setup: IndexingSetup, outdated: Path) -> None:
    answering(setup, lambda _: {"error": "it cannot be read"})
    setup.run()
    assert not setup.failed()
    setup.run()
    assert setup.failed() == {"a.jpg": "it cannot be read"}


def test_a_known_photo_that_cannot_be_decoded_now_is_tried_once(
    setup: IndexingSetup, outdated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = list[Path]()

    def low_memory(path: Path) -> dict[str, Any]:
        tried.append(path)
        data = path.read_bytes()
        return {"digest": content_hash(data), "size": len(data), "error": "x", "transient": True}

    answering(setup, low_memory)
    for _ in range(3):
        setup.run()
    assert len(tried) == 1 and len(setup.present()) == 1 and not setup.failed()


@pytest.mark.parametrize("reason", ["in use", "deleted", "drive"])
def test_a_file_that_says_nothing_about_its_photo_is_not_marked(
    setup: IndexingSetup, outdated: Path, reason: str
) -> None:
    def answer(path: Path) -> dict[str, Any]:
        if reason == "drive":
            setup.drives.unresponsive = {str(setup.photos)}
        return {"error": "x", "in_use": reason == "in use"}

    def deleting(process: Any, job: Any, *rest: Any) -> DecodeResult:
        outdated.unlink()
        return DecodeResult(job, error="it is gone")

    answering(setup, answer)
    if reason == "deleted":
        setup.pool._run_job = deleting  # type: ignore[method-assign, assignment]
    size = outdated.stat().st_size
    setup.indexer._reader.roots = setup.library.catalog.root_paths()
    setup.indexer._backfill.measure_outdated()
    assert setup.writer.connection.execute("select size from file").fetchone()[0] == size


@pytest.mark.parametrize("away", ["vanished", "offline"])
def test_a_copy_that_is_here_is_read_rather_than_one_that_is_away(
    builder: LibraryBuilder, tmp_path: Path, away: str
) -> None:
    first = builder.root
    builder.put("a.jpg", 1)
    (tmp_path / "other").mkdir()
    builder.root = add_root(builder.writer, str(tmp_path / "other"))
    photo = builder.put("copy.jpg", 1)
    builder.writer.connection.execute("delete from embedding")

    def chosen() -> set[str]:
        (measured,) = [file for _, file in photos_to_measure(builder.library.catalog)]
        (encoded,) = [file for _, file, _ in photos_without_embedding(builder.writer, 1)]
        return {measured.path, encoded.path}

    assert chosen() == {"a.jpg"}
    if away == "offline":
        update_root(builder.writer, first, state="offline")
    else:
        put_vanished(builder.writer, [photos_to_measure(builder.library.catalog)[0][1]])
    assert chosen() == {"copy.jpg"}
    assert photos_without_embedding(builder.writer, 1)[0][0] == photo

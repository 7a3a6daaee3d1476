"""One bad file, or one bad ignore file, costs one row or one sentence with the reason, and nothing
else anything."""

from __future__ import annotations

import dataclasses
import os
import socket
from collections.abc import Generator
from typing import Any

import pytest

from explorer.decoding.decode_result import DecodeResult
from explorer.indexing import photo_updates
from explorer.indexing.read_outcomes import MAX_CHANGES
from explorer.library.stores.photo_store import add_photo
from explorer.library.writer import Writer
from explorer.scanning.root_scan import ScanTarget
from tests.fixtures.indexing import IndexingSetup

posix = pytest.mark.skipif(os.name != "posix", reason="names and devices are other ones there")


def problem(setup: IndexingSetup) -> str:
    return next(
        root["problem"] or "" for root in setup.library.catalog.roots() if root["id"] == setup.root
    )


@pytest.mark.parametrize("seconds", [9_999_999_999, -9_999_999_999, 2**33, -(2**31) - 1])
def test_a_file_time_outside_the_calendar_is_handled(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    setup.draw("a.jpg", 1)
    path = setup.draw("b.jpg", 2)
    os.utime(path, (seconds, seconds))
    summary = setup.run()
    assert (summary.indexed, summary.failed, summary.unsettled) == (2, 0, set())
    with monkeypatch.context() as patched:
        patched.setattr(setup.pool, "_run_job", lambda *_: pytest.fail("a file was read"))
        assert setup.run().unchanged == 2
    # Many files may share such a time, so it does not tell whether this is the same file: its
    # content does.
    read = list[str]()
    real = setup.pool._run_job
    monkeypatch.setattr(
        setup.pool,
        "_run_job",
        lambda child, job, *rest: (read.append(job.path), real(child, job, *rest))[1],
    )
    path.rename(setup.photos / "c.jpg")
    assert setup.run().moved == 1 and read == [str(setup.photos / "c.jpg")]


@posix
def test_devices_pipes_and_sockets_named_like_photos_are_skipped(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.draw("a.jpg")
    os.mkfifo(setup.photos / "pipe.jpg")
    (setup.photos / "zero.heic").symlink_to("/dev/zero")
    monkeypatch.chdir(setup.photos)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("socket.png")
    summary = setup.run()
    assert (summary.indexed, summary.failed, summary.unsettled) == (1, 3, set())
    assert set(setup.failed()) == {"pipe.jpg", "zero.heic", "socket.png"}
    assert all(reason and "not a regular file" in reason for reason in setup.failed().values())
    assert setup.run().failed == 3
    (setup.photos / "pipe.jpg").unlink()
    setup.draw("pipe.jpg", 2)
    assert setup.run().indexed == 1 and len(setup.failed()) == 2


@posix
def test_a_photo_that_becomes_a_pipe_while_queued_is_not_opened(setup: IndexingSetup) -> None:
    """Between the scan and the reading."""
    path = setup.draw("a.jpg")
    setup.draw("b.jpg", 2)
    real = setup.indexer._reader.batches

    def late(*args: Any) -> Any:
        if path.is_file():
            path.unlink()
            os.mkfifo(path)
        return real(*args)

    setup.indexer._reader.batches = late  # type: ignore[assignment, method-assign]
    summary = setup.run()
    assert (summary.indexed, summary.failed) == (1, 1)
    assert "not a regular file" in (setup.failed()["a.jpg"] or "")


@posix
@pytest.mark.skipif(
    os.uname().sysname == "Darwin" if os.name == "posix" else True,
    reason="that file system takes no such names",
)
def test_names_with_unusual_code_points_are_indexed(setup: IndexingSetup) -> None:
    names = [
        "\U0010dc80.jpg",
        "\U0010d83d.jpg",
        "\uffff.jpg",
        "\ufdd0.jpg",
        "a\nb.jpg",
        "\x01\x7f.jpg",
        "\u2028\x85.jpg",
        "d\U0010dc80/d/x.jpg",
    ]
    names += [os.fsdecode(b"\xed\xa0\x80.jpg"), os.fsdecode(b"\xff\xf4\x8d\xb2\x80.jpg")]
    for number, name in enumerate(names):
        setup.draw(name, number)
    summary = setup.run()
    assert (summary.indexed, summary.failed, summary.unsettled) == (len(names), 0, set())
    rows = setup.library.catalog.photos(setup.present().values()).values()
    assert sorted(row["path"] for row in rows) == sorted(str(setup.photos / name) for name in names)
    assert setup.run().unchanged == len(names)


def restless(setup: IndexingSetup, name: str) -> None:
    """Have that file be another one after each reading than before."""
    real = setup.pool.run

    def run(*args: Any) -> Generator[DecodeResult, None, None]:
        for outcome in real(*args):
            changed = outcome.job.path.endswith(name)
            yield dataclasses.replace(outcome, size=-1) if changed else outcome

    setup.pool.run = run  # type: ignore[assignment, method-assign]


def test_a_file_that_changes_on_every_read_is_given_up_in_the_end(setup: IndexingSetup) -> None:
    setup.draw("x/a.jpg", 1)
    setup.draw("b.jpg", 2)
    real = setup.pool.run
    restless(setup, "a.jpg")
    for _ in range(MAX_CHANGES - 1):
        summary = setup.run()
        assert (
            summary.unsettled == {ScanTarget(setup.root, str(setup.photos), "x", False)}
            and not setup.failed()
            and summary.failed == 0
        )
    summary = setup.run()
    assert not summary.unsettled and summary.failed == 1
    assert "keeps changing" in (setup.failed()["a.jpg"] or "") and set(setup.present()) == {"b.jpg"}
    # It is tried again by each scan, though it seems to be as it was.
    assert setup.run().failed == 1
    setup.pool.run = real  # type: ignore[method-assign]
    assert setup.run().indexed == 1 and not setup.failed()
    restless(setup, "a.jpg")
    setup.draw("x/a.jpg", 3)
    assert setup.run().unsettled


def test_values_too_large_for_the_catalog_fail_only_their_own_photo(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        setup.draw(f"{number}.jpg", number)
    real = add_photo

    def add(writer: Writer, digest: bytes, size: int, photo: Any) -> int:
        odd = digest == bad
        return real(
            writer,
            digest,
            size,
            dataclasses.replace(photo, iso=1 << 70, width=1 << 70) if odd else photo,
        )

    from explorer.photos.decode import content_hash

    bad = content_hash((setup.photos / "2.jpg").read_bytes())
    monkeypatch.setattr(photo_updates, "add_photo", add)
    summary = setup.run()
    assert (summary.indexed, summary.encoded, summary.failed) == (3, 3, 1)
    assert set(setup.present()) == {"0.jpg", "1.jpg", "3.jpg"}
    assert "cannot be stored in the catalog" in (setup.failed()["2.jpg"] or "")
    setup.agrees()


def test_a_full_disk_is_not_blamed_on_the_file(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.draw("a.jpg")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(photo_updates, "add_photo", full)
    with pytest.raises(OSError, match="No space left"):
        setup.run()
    assert not setup.failed()


# --- ignore files


# --- folders

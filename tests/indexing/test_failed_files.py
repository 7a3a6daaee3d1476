"""Files that cannot be read: each costs a row with the reason, and is read again when that may
help."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from explorer.decoding.decode_result import DecodeResult
from explorer.photos.decode import content_hash
from tests.fixtures.indexing import IndexingSetup
from tests.indexing.test_pipeline import counts


def test_what_is_no_photo_costs_a_row_with_a_reason_each(desk: IndexingSetup) -> None:
    good = desk.draw("good.jpg")
    (desk.photos / "empty.jpg").write_bytes(b"")
    (desk.photos / "text.png").write_text("hello")
    (desk.photos / "cut.jpg").write_bytes(good.read_bytes()[:200])
    (desk.photos / "raw.nef").write_bytes(b"II*\0" + bytes(100))
    tally = desk.run()
    assert counts(tally) == {"indexed": 1, "failed": 4, "encoded": 1}
    reasons = desk.failed()
    assert set(reasons) == {"empty.jpg", "text.png", "cut.jpg", "raw.nef"}
    assert all(
        reason and "Error" not in reason and "Traceback" not in reason
        for reason in reasons.values()
    )
    faults = {Path(file["path"]).name: file["fault"] for file in desk.library.catalog.failures()}
    assert faults == {
        "empty.jpg": "damaged",
        "text.png": "foreign",
        "cut.jpg": "damaged",
        "raw.nef": "unsupported",
    }
    assert counts(desk.run()) == {"unchanged": 1, "failed": 4}


def test_a_broken_file_that_is_mended_becomes_a_photo(desk: IndexingSetup) -> None:
    (desk.photos / "a.jpg").write_bytes(b"not yet")
    assert desk.run().failed == 1
    desk.draw("a.jpg")
    assert counts(desk.run()) == {"indexed": 1, "encoded": 1}
    assert not desk.failed()
    (desk.photos / "a.jpg").write_bytes(b"broken again")
    assert counts(desk.run()) == {"failed": 1}
    assert not desk.present() and len(desk.index()) == 0


def test_a_failed_file_that_is_deleted_is_forgotten(desk: IndexingSetup) -> None:
    desk.draw("b.jpg")
    (desk.photos / "a.jpg").write_bytes(b"broken")
    desk.run()
    (desk.photos / "a.jpg").unlink()
    desk.run()
    assert not desk.failed() and desk.library.catalog.counts().missing == 0


def test_a_file_that_could_not_be_read_is_tried_again_unchanged_as_it_is(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rights and drives get better without a change to the file's size and time."""
    desk.draw("a.jpg")
    with monkeypatch.context() as patched:
        patched.setattr(
            desk.pool,
            "_run_job",
            lambda child, job, known, stop: DecodeResult(
                job, error="you are not allowed to read this file"
            ),
        )
        assert counts(desk.run()) == {"failed": 1}
        assert counts(desk.run()) == {"failed": 1}
    assert counts(desk.run()) == {"indexed": 1, "encoded": 1}
    assert not desk.failed()


@pytest.mark.parametrize(("deaths", "tries"), [(1, 2), (9, 2)])
def test_a_file_that_crashed_the_decoder_gets_one_more_chance_and_no_third(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch, deaths: int, tries: int
) -> None:
    """A killed process, or memory that others took, is no fault of the file."""
    path, read, real = desk.draw("a.jpg"), list[str](), desk.pool._run_job

    def dies(child: Any, job: Any, *rest: Any) -> DecodeResult:
        read.append(job.path)
        if len(read) <= deaths:
            return DecodeResult(
                job,
                content_hash(path.read_bytes()),
                path.stat().st_size,
                path.stat().st_mtime_ns,
                error="crashed",
                transient=True,
            )
        return real(child, job, *rest)

    monkeypatch.setattr(desk.pool, "_run_job", dies)
    for _ in range(4):
        desk.run()
    assert len(read) == tries
    assert (list(desk.present()), desk.failed()) == (
        (["a.jpg"], {}) if deaths == 1 else ([], {"a.jpg": "crashed"})
    )


def test_a_file_that_changes_while_it_is_read_is_left_for_later(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = desk.draw("below/a.jpg")
    real = desk.pool._run_job

    def meanwhile(child: Any, job: Any, *rest: Any) -> DecodeResult:
        desk.draw("below/a.jpg", 1)
        os.utime(path, ns=(5, 5))
        return real(child, job, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(desk.pool, "_run_job", meanwhile)
        tally = desk.run()
    assert counts(tally) == {} and [place.folder for place in tally.unsettled] == ["below"]
    assert not desk.present() and not desk.failed()
    tally = desk.run("below", recursive=False, thorough=False)
    assert counts(tally) == {"indexed": 1, "encoded": 1} and not tally.unsettled


def test_a_file_that_goes_before_it_is_read_is_nothing(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = desk.draw("a.jpg")
    real = desk.pool._run_job
    monkeypatch.setattr(
        desk.pool, "_run_job", lambda child, job, *rest: (path.unlink(), real(child, job, *rest))[1]
    )
    assert counts(desk.run()) == {}
    assert not desk.failed() and not desk.present()

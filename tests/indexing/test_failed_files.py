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


def test_each_file_that_is_not_a_photo_is_stored_with_a_reason(setup: IndexingSetup) -> None:
    good = setup.draw("good.jpg")
    (setup.photos / "empty.jpg").write_bytes(b"")
    (setup.photos / "text.png").write_text("hello")
    (setup.photos / "cut.jpg").write_bytes(good.read_bytes()[:200])
    (setup.photos / "layers.psd").write_bytes(b"8BPS" + bytes(100))
    summary = setup.run()
    assert counts(summary) == {"indexed": 1, "failed": 4, "encoded": 1}
    reasons = setup.failed()
    assert set(reasons) == {"empty.jpg", "text.png", "cut.jpg", "layers.psd"}
    assert all(
        reason and "Error" not in reason and "Traceback" not in reason
        for reason in reasons.values()
    )
    faults = {Path(file["path"]).name: file["fault"] for file in setup.library.catalog.failures()}
    assert faults == {
        "empty.jpg": "damaged",
        "text.png": "foreign",
        "cut.jpg": "damaged",
        "layers.psd": "unsupported",
    }
    assert counts(setup.run()) == {"unchanged": 1, "failed": 4}


def test_a_repaired_file_becomes_a_photo(setup: IndexingSetup) -> None:
    (setup.photos / "a.jpg").write_bytes(b"not yet")
    assert setup.run().failed == 1
    setup.draw("a.jpg")
    assert counts(setup.run()) == {"indexed": 1, "encoded": 1}
    assert not setup.failed()
    (setup.photos / "a.jpg").write_bytes(b"broken again")
    assert counts(setup.run()) == {"failed": 1}
    assert not setup.present() and len(setup.index()) == 0


def test_a_failed_file_that_is_deleted_is_forgotten(setup: IndexingSetup) -> None:
    setup.draw("b.jpg")
    (setup.photos / "a.jpg").write_bytes(b"broken")
    setup.run()
    (setup.photos / "a.jpg").unlink()
    setup.run()
    assert not setup.failed() and setup.library.catalog.counts().missing == 0


def test_an_unreadable_file_is_retried_even_if_unchanged(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rights and drives get better without a change to the file's size and time."""
    setup.draw("a.jpg")
    with monkeypatch.context() as patched:
        patched.setattr(
            setup.pool,
            "_run_job",
            lambda child, job, known, stop: DecodeResult(
                job, error="you are not allowed to read this file"
            ),
        )
        assert counts(setup.run()) == {"failed": 1}
        assert counts(setup.run()) == {"failed": 1}
    assert counts(setup.run()) == {"indexed": 1, "encoded": 1}
    assert not setup.failed()


@pytest.mark.parametrize(("deaths", "tries"), [(1, 2), (9, 2)])
def test_a_file_that_crashed_the_decoder_is_retried_only_once(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch, deaths: int, tries: int
) -> None:
    """A killed process, or memory that others took, is not a fault of the file."""
    path, read, real = setup.draw("a.jpg"), list[str](), setup.pool._run_job

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

    monkeypatch.setattr(setup.pool, "_run_job", dies)
    for _ in range(4):
        setup.run()
    assert len(read) == tries
    assert (list(setup.present()), setup.failed()) == (
        (["a.jpg"], {}) if deaths == 1 else ([], {"a.jpg": "crashed"})
    )


def test_a_file_that_changes_while_read_is_left_for_later(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = setup.draw("below/a.jpg")
    real = setup.pool._run_job

    def meanwhile(child: Any, job: Any, *rest: Any) -> DecodeResult:
        setup.draw("below/a.jpg", 1)
        os.utime(path, ns=(5, 5))
        return real(child, job, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(setup.pool, "_run_job", meanwhile)
        summary = setup.run()
    assert counts(summary) == {} and [place.folder for place in summary.unsettled] == ["below"]
    assert not setup.present() and not setup.failed()
    summary = setup.run("below", recursive=False, thorough=False)
    assert counts(summary) == {"indexed": 1, "encoded": 1} and not summary.unsettled


def test_a_file_deleted_before_it_is_read_is_ignored(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = setup.draw("a.jpg")
    real = setup.pool._run_job
    monkeypatch.setattr(
        setup.pool,
        "_run_job",
        lambda child, job, *rest: (path.unlink(), real(child, job, *rest))[1],
    )
    assert counts(setup.run()) == {}
    assert not setup.failed() and not setup.present()

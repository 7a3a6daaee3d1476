from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from explorer.errors import LibraryLocked
from explorer.indexing.verification.verify import verify
from explorer.indexing.verification.verify_report import VerifyReport
from explorer.library.library import Library
from tests import pictures
from tests.fixtures.indexing import IndexingSetup


@pytest.fixture
def whole(setup: IndexingSetup) -> IndexingSetup:
    """A setup with four photos indexed and all that belongs to them on disk."""
    for number in range(3):
        setup.draw(f"{number}.jpg", number)
    setup.draw("below/3.jpg", 3)
    setup.run()
    setup.index().save()
    return setup


def check(setup: IndexingSetup, *, repair: bool = False) -> VerifyReport:
    """As the command does it: with the library opened afresh."""
    library = Library.open(setup.library.dir)
    try:
        return verify(library, repair=repair)
    finally:
        library.close()


def files(setup: IndexingSetup, pattern: str) -> list[Path]:
    return sorted((setup.library.dir / "vectors").glob(pattern))


def test_an_intact_library_has_no_problems(whole: IndexingSetup) -> None:
    report = check(whole)
    assert report.sound and not report.problems and not report.notes
    assert (report.photos, report.files, report.vectors) == (4, 4, 4)
    assert "everything agrees" in report.summary()


def test_verify_only_reads_unless_asked_to_repair(whole: IndexingSetup) -> None:
    (whole.photos / "0.jpg").unlink()
    for path in whole.library.previews.all():
        path.unlink()
    before = {
        path: path.stat().st_mtime_ns
        for path in whole.library.dir.rglob("*")
        if path.is_file() and "catalog" not in path.name
    }
    check(whole)
    after = {
        path: path.stat().st_mtime_ns
        for path in whole.library.dir.rglob("*")
        if path.is_file() and "catalog" not in path.name
    }
    assert before == after


def test_a_damaged_index_file_is_reported_and_rebuilt(whole: IndexingSetup) -> None:
    (path,) = files(whole, "*.faiss")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    report = check(whole)
    assert [problem.kind for problem in report.problems] == ["vectors"] and not report.sound
    assert "verify --repair" in report.summary()
    assert check(whole, repair=True).sound
    assert not check(whole).problems
    assert whole.encoder.encoded == 4


@pytest.mark.parametrize("pattern", ["*.faiss", "*.json", "*"])
def test_a_deleted_index_file_is_written_again(whole: IndexingSetup, pattern: str) -> None:
    for path in files(whole, pattern):
        path.unlink()
    assert check(whole, repair=True).sound
    library = Library.open(whole.library.dir)
    try:
        index = library.vectors("tiny", "1", whole.encoder.dim)
        assert not index.rebuilt and not index.damaged and len(index) == 4
    finally:
        library.close()
    assert whole.encoder.encoded == 4


def test_a_damaged_vector_is_dropped_and_encoded_again_by_the_next_run(
    whole: IndexingSetup,
) -> None:
    photo = whole.present()["1.jpg"]
    with sqlite3.connect(whole.library.catalog.path) as db:
        db.execute(
            "update embedding set vector = ? where photo_id = ?",
            (np.full(32, 7, np.float16).tobytes(), photo),
        )
        db.execute("update clock set change = change + 1")
        db.execute("update photo set change = (select change from clock) where id = ?", (photo,))
    db.close()
    assert any(str(photo) in problem.text for problem in check(whole).problems)
    assert check(whole, repair=True).sound
    assert whole.run().encoded == 1
    assert not check(whole).problems
    whole.agrees()


@pytest.mark.parametrize("data", [None, b"", b"no preview"])
def test_a_missing_or_damaged_preview_is_created_again(
    whole: IndexingSetup, data: bytes | None
) -> None:
    path = next(iter(whole.library.previews.all()))
    good = path.read_bytes()
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)
    assert [problem.kind for problem in check(whole).problems] == ["preview"]
    assert check(whole, repair=True).sound
    assert path.read_bytes() == good
    assert not check(whole).problems


def test_a_preview_whose_photo_is_gone_cannot_be_repaired(whole: IndexingSetup) -> None:
    photo = whole.present()["0.jpg"]
    row = whole.library.catalog.photo(photo)
    assert row is not None
    whole.library.previews.path(row["hash"]).unlink()
    (whole.photos / "0.jpg").unlink()
    assert not check(whole, repair=True).sound


def test_a_preview_without_a_photo_is_deleted(whole: IndexingSetup) -> None:
    stray = whole.library.previews.path("ab" * 16)
    whole.library.previews.write("ab" * 16, pictures.encoded(pictures.draw(50, (32, 32))))
    assert [problem.kind for problem in check(whole).problems] == ["preview"]
    assert stray.exists()
    assert check(whole, repair=True).sound and not stray.exists()


def test_a_rendition_without_a_photo_is_deleted(whole: IndexingSetup) -> None:
    (photo,) = list(whole.present().values())[:1]
    row = whole.library.catalog.photo(photo)
    assert row is not None
    for digest in ("ab" * 16, row["hash"]):
        whole.library.screens.add(digest, "1600", b"jpeg")
    assert check(whole, repair=True).sound
    assert [digest for digest, _ in whole.library.screens.renditions()] == [row["hash"]]


def test_a_wrong_file_count_is_repaired(whole: IndexingSetup) -> None:
    with sqlite3.connect(whole.library.catalog.path) as db:
        db.execute("update photo set present = 3 where id = 1")
    db.close()
    assert [problem.kind for problem in check(whole).problems] == ["catalog"]
    assert check(whole, repair=True).sound
    assert not check(whole).problems


def test_changes_on_disk_are_not_faults(whole: IndexingSetup) -> None:
    (whole.photos / "0.jpg").unlink()
    os.utime(whole.photos / "1.jpg", (5, 5))
    report = check(whole)
    assert report.sound and len(report.notes) == 2
    assert "2 files have changed" in report.summary()


def test_a_disconnected_drive_is_not_a_fault(whole: IndexingSetup) -> None:
    whole.photos.rename(whole.photos.with_name("aside"))
    report = check(whole)
    assert report.sound and not report.notes


def test_verify_repairs_only_while_nothing_else_writes(whole: IndexingSetup) -> None:
    with whole.library.lock():
        assert check(whole).sound
        with pytest.raises(LibraryLocked):
            check(whole, repair=True)


def test_output_is_json(whole: IndexingSetup) -> None:
    (path,) = files(whole, "*.faiss")
    path.write_bytes(b"x")
    shape = check(whole).as_json()
    assert set(shape) == {"sound", "photos", "files", "vectors", "problems", "notes"}
    assert shape["sound"] is False
    assert isinstance(shape["problems"], list) and set(shape["problems"][0]) == {
        "kind",
        "text",
        "mended",
    }

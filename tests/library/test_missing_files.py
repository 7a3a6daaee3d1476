"""Files that are not where they were: found where they went, and kept until they come back."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from explorer.library import missing_files
from explorer.library.file_rows import EXCLUDED, FileStat, KnownFile
from explorer.library.file_store import put_failed, put_missing, put_present
from explorer.library.photo_store import photo_id_by_hash
from explorer.library.root_store import add_root, update_root
from tests.factory import Shelf, digest_of
from tests.library.rows import known, standing, visible

NOW = 1_700_000_000.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that it is, in Unix seconds."""
    now = [NOW]
    monkeypatch.setattr(time, "time", lambda: now[0])
    return now


@pytest.fixture
def other(shelf: Shelf, tmp_path: Path) -> int:
    """A second root."""
    (tmp_path / "other").mkdir()
    return add_root(shelf.writer, str(tmp_path / "other"))


def paths(files: list[KnownFile]) -> list[str]:
    return sorted(file.path for file in files)


class TestFilesLike:
    def test_a_file_is_known_by_inode_size_and_time_wherever_it_was(
        self, shelf: Shelf, other: int
    ) -> None:
        photo = shelf.put("a.jpg", "x")
        put_present(shelf.writer, other, FileStat("moved.jpg", 7, 8, 9), photo)
        for path, size, mtime, inode in (
            ("size.jpg", 6, 8, 9), ("time.jpg", 7, 7, 9), ("inode.jpg", 7, 8, 8),
        ):  # fmt: skip
            put_present(shelf.writer, shelf.root, FileStat(path, size, mtime, inode), photo)
        found = missing_files.files_like(shelf.writer, FileStat("new.jpg", 7, 8, 9))
        assert [(file.root_id, file.path) for file in found] == [(other, "moved.jpg")]

    def test_one_that_could_not_be_read_is_no_photo_that_moved(self, shelf: Shelf) -> None:
        put_failed(shelf.writer, shelf.root, FileStat("bad.jpg", 7, 8, 9), "torn")
        assert missing_files.files_like(shelf.writer, FileStat("new.jpg", 7, 8, 9)) == []

    def test_without_inodes_none_is_alike(self, shelf: Shelf) -> None:
        """Size and time alone would take one photo for another."""
        photo = shelf.put("a.jpg", "x")
        put_present(shelf.writer, shelf.root, FileStat("b.jpg", 7, 8, 0), photo)
        assert missing_files.files_like(shelf.writer, FileStat("new.jpg", 7, 8, 0)) == []


def test_all_files_of_a_photo_are_listed_in_order_even_missing_ones(shelf: Shelf) -> None:
    photo = shelf.put("b.jpg", "x")
    shelf.put("a.jpg", "x")
    shelf.put("c.jpg", "another")
    shelf.lose("b.jpg")
    found = missing_files.files_of_photo(shelf.writer, photo)
    assert [(file.path, file.state) for file in found] == [
        ("b.jpg", "missing"),
        ("a.jpg", "present"),
    ]


def test_present_files_are_counted_by_root_with_vanished_ones(shelf: Shelf, other: int) -> None:
    photo = shelf.put("a.jpg", "x")
    shelf.put("b.jpg", "y")
    shelf.put("c.jpg", "z")
    put_present(shelf.writer, other, FileStat("d.jpg", 1, 2, 3), photo)
    put_failed(shelf.writer, shelf.root, FileStat("bad.jpg", 1, 2, 3), "torn")
    shelf.lose("b.jpg")
    missing_files.put_vanished(shelf.writer, [known(shelf, "c.jpg")])
    assert missing_files.count_present(shelf.writer, shelf.root) == 2


class TestVanished:
    def test_vanished_files_are_shown_and_told_apart_by_when_they_went(
        self, shelf: Shelf, other: int, clock: list[float]
    ) -> None:
        photo = shelf.put("early.jpg", "x")
        late = shelf.put("late.jpg", "y")
        shelf.put("here.jpg", "z")
        put_present(shelf.writer, other, FileStat("elsewhere.jpg", 1, 2, 3), photo)
        missing_files.put_vanished(shelf.writer, [known(shelf, "early.jpg")])
        clock[0] += 1
        missing_files.put_vanished(shelf.writer, [known(shelf, "late.jpg")])
        shelf.put("gone.jpg", "w")
        shelf.lose("gone.jpg")
        assert {photo, late} <= visible(shelf)
        assert standing(known(shelf, "late.jpg")) == ("present", late, None, NOW + 1)
        vanished = missing_files.vanished_files
        assert paths(vanished(shelf.writer, shelf.root)) == ["early.jpg", "late.jpg"]
        assert paths(vanished(shelf.writer, shelf.root, NOW)) == ["late.jpg"]
        assert vanished(shelf.writer, other) == []

    def test_a_file_that_is_found_again_is_as_before(
        self, shelf: Shelf, clock: list[float]
    ) -> None:
        photo = shelf.put("a.jpg", "x")
        shelf.put("b.jpg", "y")
        put_missing(shelf.writer, [known(shelf, "a.jpg"), known(shelf, "b.jpg")], EXCLUDED)
        clock[0] += 5
        missing_files.put_found_again(shelf.writer, [known(shelf, "a.jpg")])
        assert standing(known(shelf, "a.jpg")) == ("present", photo, None, None)
        assert known(shelf, "b.jpg").excluded and visible(shelf) == {photo}
        seen = shelf.writer.connection.execute(
            "select seen_at from file where path = 'a.jpg'"
        ).fetchone()[0]
        assert seen == NOW + 5

    def test_a_file_without_a_photo_is_found_again_too(self, shelf: Shelf) -> None:
        put_failed(shelf.writer, shelf.root, FileStat("bad.jpg", 1, 2, 3), "torn")
        missing_files.put_found_again(shelf.writer, [known(shelf, "bad.jpg")])
        assert standing(known(shelf, "bad.jpg")) == ("present", None, None, None)

    def test_what_is_expected_back_is_noted_for_that_root_alone(
        self, shelf: Shelf, other: int, clock: list[float]
    ) -> None:
        missing_files.keep_vanished(shelf.writer, shelf.root)
        rows = shelf.writer.connection.execute("select id, kept_at from root").fetchall()
        assert {row[0]: row[1] or 0 for row in rows} == {shelf.root: clock[0], other: 0}


def test_recently_missing_files_are_those_that_went_within_the_time(
    shelf: Shelf, other: int, clock: list[float]
) -> None:
    for name in ("old", "edge", "new", "left out", "here"):
        shelf.put(f"{name}.jpg", name)
    photo = shelf.put("shown.jpg", "shown")
    put_present(shelf.writer, other, FileStat("elsewhere.jpg", 1, 2, 3), photo)
    put_missing(shelf.writer, [known(shelf, "old.jpg")], ago=61)
    put_missing(shelf.writer, [known(shelf, "edge.jpg")], ago=60)
    put_missing(shelf.writer, [known(shelf, "new.jpg")])
    put_missing(shelf.writer, [known(shelf, "left out.jpg")], EXCLUDED)
    missing_files.put_vanished(shelf.writer, [known(shelf, "shown.jpg")])
    recent = missing_files.recently_missing
    assert paths(recent(shelf.writer, shelf.root, 60)) == ["edge.jpg", "new.jpg"]
    assert recent(shelf.writer, other, 60) == []
    # The clock was set back: what went in the future is not recent.
    clock[0] -= 1
    assert paths(recent(shelf.writer, shelf.root, 60)) == ["edge.jpg", "old.jpg"]


def test_change_times_are_stored_for_their_files(shelf: Shelf) -> None:
    shelf.put("a.jpg", "x")
    shelf.put("b.jpg", "y")
    missing_files.put_change_times(shelf.writer, [(77, known(shelf, "a.jpg").id)])
    assert (known(shelf, "a.jpg").ctime_ns, known(shelf, "b.jpg").ctime_ns) == (77, 0)


class TestPurging:
    def test_a_file_is_forgotten_only_after_its_time(
        self, shelf: Shelf, clock: list[float]
    ) -> None:
        photo = shelf.put("a.jpg", "x")
        shelf.put("here.jpg", "y")
        shelf.lose("a.jpg")
        clock[0] += missing_files.RETENTION
        assert missing_files.purge_expired(shelf.writer) == 0
        assert photo_id_by_hash(shelf.writer, digest_of("x")) == photo
        clock[0] += 1
        assert missing_files.purge_expired(shelf.writer) == 1
        assert photo_id_by_hash(shelf.writer, digest_of("x")) is None
        assert photo_id_by_hash(shelf.writer, digest_of("y")) is not None

    def test_a_photo_with_another_file_stays(self, shelf: Shelf, clock: list[float]) -> None:
        photo = shelf.put("a.jpg", "x")
        shelf.put("b.jpg", "x")
        shelf.lose("a.jpg")
        assert missing_files.purge_expired(shelf.writer, NOW + missing_files.RETENTION + 1) == 1
        assert visible(shelf) == {photo} and clock == [NOW]

    @pytest.mark.parametrize("kept", ["excluded", "vanished", "offline"])
    def test_what_may_well_come_back_is_never_forgotten(
        self, shelf: Shelf, clock: list[float], kept: str
    ) -> None:
        photo = shelf.put("a.jpg", "x")
        if kept == "excluded":
            put_missing(shelf.writer, [known(shelf, "a.jpg")], EXCLUDED)
        elif kept == "vanished":
            missing_files.put_vanished(shelf.writer, [known(shelf, "a.jpg")])
        else:
            shelf.lose("a.jpg")
            update_root(shelf.writer, shelf.root, state="offline")
        clock[0] += 10 * missing_files.RETENTION
        assert missing_files.purge_expired(shelf.writer) == 0
        assert photo_id_by_hash(shelf.writer, digest_of("x")) == photo

    def test_none_of_the_kept_goes_along_with_another(
        self, shelf: Shelf, clock: list[float]
    ) -> None:
        for name in ("gone", "left out", "shown", "late"):
            shelf.put(f"{name}.jpg", name)
        shelf.lose("gone.jpg")
        put_missing(shelf.writer, [known(shelf, "left out.jpg")], EXCLUDED)
        missing_files.put_vanished(shelf.writer, [known(shelf, "shown.jpg")])
        clock[0] += missing_files.RETENTION + 1
        shelf.lose("late.jpg")
        assert missing_files.purge_expired(shelf.writer) == 1
        assert sorted(
            row[0] for row in shelf.writer.connection.execute("select path from file")
        ) == ["late.jpg", "left out.jpg", "shown.jpg"]

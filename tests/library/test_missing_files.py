"""Files that are not where they were: found where they went, and kept until they come back."""

from __future__ import annotations

import time

import pytest

from explorer.library import missing_files
from explorer.library.file_rows import EXCLUDED, FileStat, KnownFile
from explorer.library.stores.file_store import put_failed, put_missing, put_present
from explorer.library.stores.photo_store import photo_id_by_hash
from explorer.library.stores.root_store import update_root
from tests.factory import LibraryBuilder, digest_of
from tests.library.rows import known, standing, visible

NOW = 1_700_000_000.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that it is, in Unix seconds."""
    now = [NOW]
    monkeypatch.setattr(time, "time", lambda: now[0])
    return now


def paths(files: list[KnownFile]) -> list[str]:
    return sorted(file.path for file in files)


class TestFilesLike:
    def test_a_file_is_recognized_by_inode_size_and_time_anywhere(
        self, builder: LibraryBuilder, other: int
    ) -> None:
        photo = builder.put("a.jpg", "x")
        put_present(builder.writer, other, FileStat("moved.jpg", 7, 8, 9), photo)
        for path, size, mtime, inode in (
            ("size.jpg", 6, 8, 9), ("time.jpg", 7, 7, 9), ("inode.jpg", 7, 8, 8),
        ):  # fmt: skip
            put_present(builder.writer, builder.root, FileStat(path, size, mtime, inode), photo)
        found = missing_files.files_like(builder.writer, FileStat("new.jpg", 7, 8, 9))
        assert [(file.root_id, file.path) for file in found] == [(other, "moved.jpg")]

    def test_an_unreadable_file_is_not_a_moved_photo(self, builder: LibraryBuilder) -> None:
        put_failed(builder.writer, builder.root, FileStat("bad.jpg", 7, 8, 9), "torn")
        assert missing_files.files_like(builder.writer, FileStat("new.jpg", 7, 8, 9)) == []

    def test_without_inodes_no_file_is_recognized(self, builder: LibraryBuilder) -> None:
        """Size and time alone would take one photo for another."""
        photo = builder.put("a.jpg", "x")
        put_present(builder.writer, builder.root, FileStat("b.jpg", 7, 8, 0), photo)
        assert missing_files.files_like(builder.writer, FileStat("new.jpg", 7, 8, 0)) == []


def test_all_files_of_a_photo_are_listed_in_order_even_missing_ones(
    builder: LibraryBuilder,
) -> None:
    photo = builder.put("b.jpg", "x")
    builder.put("a.jpg", "x")
    builder.put("c.jpg", "another")
    builder.lose("b.jpg")
    found = missing_files.files_of_photo(builder.writer, photo)
    assert [(file.path, file.state) for file in found] == [
        ("b.jpg", "missing"),
        ("a.jpg", "present"),
    ]


def test_present_files_are_counted_by_root_with_vanished_ones(
    builder: LibraryBuilder, other: int
) -> None:
    photo = builder.put("a.jpg", "x")
    builder.put("b.jpg", "y")
    builder.put("c.jpg", "z")
    put_present(builder.writer, other, FileStat("d.jpg", 1, 2, 3), photo)
    put_failed(builder.writer, builder.root, FileStat("bad.jpg", 1, 2, 3), "torn")
    builder.lose("b.jpg")
    missing_files.put_vanished(builder.writer, [known(builder, "c.jpg")])
    assert missing_files.count_present(builder.writer, builder.root) == 2


class TestVanished:
    def test_vanished_files_are_listed_and_grouped_by_time(
        self, builder: LibraryBuilder, other: int, clock: list[float]
    ) -> None:
        photo = builder.put("early.jpg", "x")
        late = builder.put("late.jpg", "y")
        builder.put("here.jpg", "z")
        put_present(builder.writer, other, FileStat("elsewhere.jpg", 1, 2, 3), photo)
        missing_files.put_vanished(builder.writer, [known(builder, "early.jpg")])
        clock[0] += 1
        missing_files.put_vanished(builder.writer, [known(builder, "late.jpg")])
        builder.put("gone.jpg", "w")
        builder.lose("gone.jpg")
        assert {photo, late} <= visible(builder)
        assert standing(known(builder, "late.jpg")) == ("present", late, None, NOW + 1)
        vanished = missing_files.vanished_files
        assert paths(vanished(builder.writer, builder.root, 0.0)) == ["early.jpg", "late.jpg"]
        assert paths(vanished(builder.writer, builder.root, NOW)) == ["late.jpg"]
        assert vanished(builder.writer, other, 0.0) == []

    def test_a_file_found_again_is_restored(
        self, builder: LibraryBuilder, clock: list[float]
    ) -> None:
        photo = builder.put("a.jpg", "x")
        builder.put("b.jpg", "y")
        put_missing(builder.writer, [known(builder, "a.jpg"), known(builder, "b.jpg")], EXCLUDED)
        clock[0] += 5
        missing_files.put_found_again(builder.writer, [known(builder, "a.jpg")])
        assert standing(known(builder, "a.jpg")) == ("present", photo, None, None)
        assert known(builder, "b.jpg").excluded and visible(builder) == {photo}
        seen = builder.writer.connection.execute(
            "select seen_at from file where path = 'a.jpg'"
        ).fetchone()[0]
        assert seen == NOW + 5

    def test_a_file_without_a_photo_can_be_found_again(self, builder: LibraryBuilder) -> None:
        put_failed(builder.writer, builder.root, FileStat("bad.jpg", 1, 2, 3), "torn")
        missing_files.put_found_again(builder.writer, [known(builder, "bad.jpg")])
        assert standing(known(builder, "bad.jpg")) == ("present", None, None, None)

    def test_files_expected_back_are_recorded_for_their_root_only(
        self, builder: LibraryBuilder, other: int, clock: list[float]
    ) -> None:
        missing_files.keep_vanished(builder.writer, builder.root)
        rows = builder.writer.connection.execute("select id, kept_at from root").fetchall()
        assert {row[0]: row[1] or 0 for row in rows} == {builder.root: clock[0], other: 0}


def test_recently_missing_files_are_those_that_went_within_the_time(
    builder: LibraryBuilder, other: int, clock: list[float]
) -> None:
    for name in ("old", "edge", "new", "left out", "here"):
        builder.put(f"{name}.jpg", name)
    photo = builder.put("shown.jpg", "shown")
    put_present(builder.writer, other, FileStat("elsewhere.jpg", 1, 2, 3), photo)
    put_missing(builder.writer, [known(builder, "old.jpg")], ago=61)
    put_missing(builder.writer, [known(builder, "edge.jpg")], ago=60)
    put_missing(builder.writer, [known(builder, "new.jpg")])
    put_missing(builder.writer, [known(builder, "left out.jpg")], EXCLUDED)
    missing_files.put_vanished(builder.writer, [known(builder, "shown.jpg")])
    recent = missing_files.recently_missing
    assert paths(recent(builder.writer, builder.root, 60)) == ["edge.jpg", "new.jpg"]
    assert recent(builder.writer, other, 60) == []
    # The clock was set back: what went in the future is not recent.
    clock[0] -= 1
    assert paths(recent(builder.writer, builder.root, 60)) == ["edge.jpg", "old.jpg"]


def test_change_times_are_stored_for_their_files(builder: LibraryBuilder) -> None:
    builder.put("a.jpg", "x")
    builder.put("b.jpg", "y")
    missing_files.put_change_times(builder.writer, [(77, known(builder, "a.jpg").id)])
    assert (known(builder, "a.jpg").ctime_ns, known(builder, "b.jpg").ctime_ns) == (77, 0)


class TestPurging:
    def test_a_file_is_forgotten_only_after_90_days(
        self, builder: LibraryBuilder, clock: list[float]
    ) -> None:
        photo = builder.put("a.jpg", "x")
        builder.put("here.jpg", "y")
        builder.lose("a.jpg")
        clock[0] += 90 * 86_400
        change = builder.library.catalog.change()
        assert missing_files.purge_expired(builder.writer) == 0
        assert photo_id_by_hash(builder.writer, digest_of("x")) == photo
        # Nothing changed that other stages would have to follow.
        assert builder.library.catalog.change() == change
        clock[0] += 1
        assert missing_files.purge_expired(builder.writer) == 1
        assert photo_id_by_hash(builder.writer, digest_of("x")) is None
        assert photo_id_by_hash(builder.writer, digest_of("y")) is not None

    def test_a_photo_with_another_file_stays(
        self, builder: LibraryBuilder, clock: list[float]
    ) -> None:
        photo = builder.put("a.jpg", "x")
        builder.put("b.jpg", "x")
        builder.lose("a.jpg")
        assert missing_files.purge_expired(builder.writer, NOW + missing_files.RETENTION + 1) == 1
        assert visible(builder) == {photo} and clock == [NOW]

    @pytest.mark.parametrize("kept", ["excluded", "vanished", "offline"])
    def test_files_that_may_return_are_never_forgotten(
        self, builder: LibraryBuilder, clock: list[float], kept: str
    ) -> None:
        photo = builder.put("a.jpg", "x")
        if kept == "excluded":
            put_missing(builder.writer, [known(builder, "a.jpg")], EXCLUDED)
        elif kept == "vanished":
            missing_files.put_vanished(builder.writer, [known(builder, "a.jpg")])
        else:
            builder.lose("a.jpg")
            update_root(builder.writer, builder.root, state="offline")
        clock[0] += 10 * missing_files.RETENTION
        assert missing_files.purge_expired(builder.writer) == 0
        assert photo_id_by_hash(builder.writer, digest_of("x")) == photo

    def test_a_kept_file_is_never_forgotten_together_with_another(
        self, builder: LibraryBuilder, clock: list[float]
    ) -> None:
        for name in ("gone", "left out", "shown", "late"):
            builder.put(f"{name}.jpg", name)
        builder.lose("gone.jpg")
        put_missing(builder.writer, [known(builder, "left out.jpg")], EXCLUDED)
        missing_files.put_vanished(builder.writer, [known(builder, "shown.jpg")])
        clock[0] += missing_files.RETENTION + 1
        builder.lose("late.jpg")
        assert missing_files.purge_expired(builder.writer) == 1
        assert sorted(
            row[0] for row in builder.writer.connection.execute("select path from file")
        ) == ["late.jpg", "left out.jpg", "shown.jpg"]

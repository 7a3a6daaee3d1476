"""What readers are told of photos, files and folders."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from explorer.library import catalog, missing_files
from explorer.library.embedding_store import drop_embeddings, put_embedding, register_encoder
from explorer.library.file_rows import EXCLUDED, FileStat
from explorer.library.file_store import files_below, put_failed, put_missing
from explorer.library.filters import Filters
from explorer.library.root_store import add_root, set_exclude_globs, update_root
from tests.factory import DIM, Shelf, digest_of, vector_of


@pytest.fixture
def other(shelf: Shelf, tmp_path: Path) -> int:
    """A second watched folder."""
    (tmp_path / "other").mkdir()
    return add_root(shelf.writer, str(tmp_path / "other"))


def put(shelf: Shelf, root: int, path: str, content: object) -> int:
    first, shelf.root = shelf.root, root
    try:
        return shelf.put(path, content)
    finally:
        shelf.root = first


def away(shelf: Shelf, path: str) -> None:
    missing_files.put_vanished(shelf.writer, [files_below(shelf.writer, shelf.root)[path]])


def shown(shelf: Shelf, photo: int) -> tuple[str, bool]:
    """The name of the file that is shown of a photo, and whether it is away."""
    row = shelf.library.catalog.photo(photo)
    assert row is not None
    return row["name"], row["away"]


class TestPhotos:
    def test_of_several_copies_the_first_that_is_there_is_shown(self, shelf: Shelf) -> None:
        photo = shelf.put("b.jpg", "x")
        shelf.put("a.jpg", "x")
        assert shown(shelf, photo) == ("b.jpg", False)
        away(shelf, "b.jpg")
        assert shown(shelf, photo) == ("a.jpg", False)
        away(shelf, "a.jpg")
        assert shown(shelf, photo) == ("b.jpg", True)

    def test_a_copy_on_an_absent_drive_is_shown_only_where_there_is_no_other(
        self, shelf: Shelf, other: int
    ) -> None:
        photo = shelf.put("on drive.jpg", "x")
        update_root(shelf.writer, shelf.root, state="offline")
        assert shown(shelf, photo) == ("on drive.jpg", True)
        put(shelf, other, "here.jpg", "x")
        assert shown(shelf, photo) == ("here.jpg", False)
        assert [file["away"] for file in shelf.library.catalog.files_of(photo)] == [True, False]

    def test_many_are_read_in_the_order_asked_for(
        self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(catalog, "MAX_BOUND_VALUES", 2)
        ids = [shelf.put(f"{n}.jpg", n) for n in range(5)]
        shelf.lose("3.jpg")
        asked = [ids[4], 999, ids[0], ids[3], ids[2], ids[1]]
        assert list(shelf.library.catalog.photos(asked)) == [ids[4], ids[0], ids[2], ids[1]]

    def test_all_files_of_one_those_that_are_there_first(self, shelf: Shelf) -> None:
        for name in ("missing", "away", "here", "here too"):
            photo = shelf.put(f"{name}.jpg", "x")
        shelf.lose("missing.jpg")
        away(shelf, "away.jpg")
        shelf.put("stranger.jpg", "y")
        files = shelf.library.catalog.files_of(photo)
        assert [Path(file["path"]).stem for file in files] == [
            "here",
            "here too",
            "away",
            "missing",
        ]
        assert [(file["state"], file["away"], file["mtime"],
        file["size"]) for file in files][1:3] == [
            ("present", False, 1.0, 1000), ("present", True, 1.0, 1000),
        ]  # fmt: skip

    def test_what_is_told_of_a_file(self, shelf: Shelf, tmp_path: Path) -> None:
        photo = shelf.put("deep/a.jpg", "x")
        file = files_below(shelf.writer, shelf.root)["deep/a.jpg"]
        told = {
            "id": file.id, "photo_id": photo, "path": str(tmp_path / "photos" / "deep" / "a.jpg"),
            "size": 1000, "mtime": 1.0,
            "state": "present", "reason": None, "away": False,
        }  # fmt: skip
        assert [
            {key: row[key] for key in told} for row in shelf.library.catalog.files_of(photo)
        ] == [told]  # type: ignore[literal-required]

    def test_what_is_told_of_a_photo(self, shelf: Shelf, tmp_path: Path) -> None:
        photo = shelf.put("deep/a.jpg", "x")
        shelf.put("b.jpg", "x")
        told = {
            "id": photo, "hash": digest_of("x").hex(),
            "path": str(tmp_path / "photos" / "deep" / "a.jpg"), "name": "a.jpg",
            "folder": str(tmp_path / "photos" / "deep"), "root": str(tmp_path / "photos"),
            "copies": 2, "away": False, "bytes": 1000,
            "width": 640,
        }  # fmt: skip
        row = shelf.library.catalog.photo(photo)
        assert row is not None and {key: row[key] for key in told} == told  # type: ignore[literal-required]

    def test_what_is_told_of_a_root(self, shelf: Shelf, tmp_path: Path) -> None:
        update_root(
            shelf.writer,
            shelf.root,
            state="online",
            watching="inotify",
            problem="p",
            device="d",
            mounts=["m"],
        )
        set_exclude_globs(shelf.writer, shelf.root, ["*.png"])
        shelf.writer.connection.execute("update root set kept_at = 7, scanned_at = 8")
        told = {
            "id": shelf.root, "path": str(tmp_path / "photos"), "state": "online", "photos": 0,
            "failed": 0, "away": 0, "asking": 0,
            "left_out": 0, "exclude": ["*.png"], "device": "d", "mounts": ["m"], "kept_at": 7.0,
            "problem": "p", "watching": "inotify",
            "scanned_at": 8.0,
        }  # fmt: skip
        assert [{key: row[key] for key in told} for row in shelf.library.catalog.roots()] == [told]  # type: ignore[literal-required]

    def test_newest_first_and_the_later_of_two_at_once(self, shelf: Shelf) -> None:
        old = shelf.put("a.jpg", 1, taken_at="2001-01-01T00:00:00")
        none = shelf.put("b.jpg", 2)
        new, new_too = (shelf.put(f"{n}.jpg", n, taken_at="2002-01-01T00:00:00") for n in (3, 4))
        assert shelf.library.catalog.matching().tolist() == [new_too, new, old, none]

    def test_a_photo_is_known_by_its_content_even_while_it_is_hidden(self, shelf: Shelf) -> None:
        photo = shelf.put("a.jpg", "x")
        shelf.lose("a.jpg")
        assert (
            shelf.library.catalog.photo_id(digest_of("x")) == photo
            and shelf.library.catalog.photo_id(digest_of("y")) is None
        )


class TestFilters:
    def test_a_folder_has_what_lies_in_and_below_it_now(
        self, shelf: Shelf, other: int, tmp_path: Path
    ) -> None:
        inside = {shelf.put("a/1.jpg", 1), shelf.put("a/b/2.jpg", 2)}
        for number, path in enumerate(["a0/3.jpg", "a-/4.jpg", "A/5.jpg", "6.jpg", "b/a/7.jpg"], 3):
            shelf.put(path, number)
        put(shelf, other, "a/8.jpg", 8)
        # Its file in the folder is gone, another is elsewhere.
        shelf.put("a/gone.jpg", 9)
        shelf.put("b/stays.jpg", 9)
        shelf.lose("a/gone.jpg")

        def found(folder: str) -> set[int]:
            return set(
                shelf.library.catalog.matching(Filters(folder=str(tmp_path / folder))).tolist()
            )

        assert found("photos/a") == inside
        assert len(found("photos")) == 8 and len(found("other")) == 1 and len(found(".")) == 9
        assert found("photos/none") == set() == found("phot")

    def test_days_are_whole_and_a_photo_without_one_matches_none(self, shelf: Shelf) -> None:
        times = [
            "2024-02-28T23:59:59",
            "2024-02-29T00:00:00",
            "2024-02-29T23:59:59.9",
            "2024-03-01T00:00:00",
            None,
        ]
        one, two, three, four, _ = (
            shelf.put(f"{n}.jpg", n, taken_at=at) for n, at in enumerate(times)
        )

        def found(*days: str | None) -> set[int]:
            return set(shelf.library.catalog.matching(Filters(*days)).tolist())

        assert found("2024-02-29", "2024-02-29") == {two, three}
        assert found("2024-02-29") == {two, three, four} and found(None, "2024-02-29") == {
            one,
            two,
            three,
        }

    def test_whether_anything_is_asked_for(self) -> None:
        assert (
            not Filters()
            and Filters(since="2024-01-01")
            and Filters(until="2024-01-01")
            and Filters(folder="/a")
        )


class TestCounts:
    def test_what_there_is_what_failed_and_what_is_gone(self, shelf: Shelf) -> None:
        shelf.put("a.jpg", "x")
        shelf.put("copy.jpg", "x")
        for name in ("gone", "left out", "away"):
            shelf.put(f"{name}.jpg", name)
        shelf.lose("gone.jpg")
        put_missing(
            shelf.writer, [files_below(shelf.writer, shelf.root)["left out.jpg"]], reason=EXCLUDED
        )
        away(shelf, "away.jpg")
        put_failed(shelf.writer, shelf.root, FileStat("bad.jpg", 5, 1, 0), "empty")
        counts = shelf.library.catalog.counts()
        assert (counts.photos, counts.files, counts.failed, counts.missing, counts.bytes) == (
            2,
            3,
            1,
            1,
            3000,
        )

    def test_an_empty_library(self, shelf: Shelf) -> None:
        assert tuple(shelf.library.catalog.counts()) == (0, 0, 0, 0, 0)

    def test_of_each_root(self, shelf: Shelf, other: int) -> None:
        for name in ("here", "here too", "away", "asked", "gone", "left out"):
            shelf.put(f"{name}.jpg", name)
        shelf.lose("gone.jpg")
        put_missing(
            shelf.writer, [files_below(shelf.writer, shelf.root)["left out.jpg"]], reason=EXCLUDED
        )
        away(shelf, "away.jpg")
        # The person has said of those that were away by then that they are to be kept.
        shelf.writer.connection.execute(
            "update root set kept_at = ? where id = ?", (time.time() + 1, shelf.root)
        )
        away(shelf, "asked.jpg")
        shelf.writer.connection.execute(
            "update file set gone_at = ? where path = 'asked.jpg'", (time.time() + 2,)
        )
        put_failed(shelf.writer, shelf.root, FileStat("bad.jpg", 5, 1, 0), "empty")
        put(shelf, other, "b.jpg", "b")

        def rows() -> dict[int, tuple[int, ...]]:
            keys: tuple[Any, ...] = ("photos", "failed", "away", "asking", "left_out")
            return {
                root["id"]: tuple(root[key] for key in keys)
                for root in shelf.library.catalog.roots()
            }

        assert rows() == {shelf.root: (4, 1, 2, 1, 1), other: (1, 0, 0, 0, 0)}
        update_root(shelf.writer, shelf.root, state="offline")
        assert rows()[shelf.root] == (4, 1, 4, 1, 1)
        shelf.writer.connection.execute("update root set kept_at = null")
        assert rows()[shelf.root][3] == 2
        # What went in the very moment is among what was said to be kept.
        shelf.writer.connection.execute(
            "update root set kept_at = (select max(gone_at) from file where state = 'present')"
        )
        assert rows()[shelf.root][3] == 0

    def test_of_each_folder(self, shelf: Shelf, tmp_path: Path) -> None:
        for path, content in (
            ("b/1.jpg", 1),
            ("b/same.jpg", 1),
            ("b/2.jpg", 2),
            ("a.jpg", 3),
            ("b/deep/4.jpg", 4),
            ("gone/5.jpg", 5),
        ):
            shelf.put(path, content)
        shelf.lose("gone/5.jpg")
        root = tmp_path / "photos"
        assert [(row["path"], row["photos"]) for row in shelf.library.catalog.folders()] == [
            (str(root), 1), (str(root / "b"), 2), (str(root / "b" / "deep"), 1),
        ]  # fmt: skip

    def test_of_each_encoder_most_vectors_first(self, shelf: Shelf) -> None:
        one, two = shelf.put("a.jpg", 1), shelf.put("b.jpg", 2)
        less, none = (
            register_encoder(shelf.writer, "less", "1", DIM),
            register_encoder(shelf.writer, "none", "1", DIM),
        )
        assert none
        for photo in (one, two):
            put_embedding(shelf.writer, less, photo, vector_of(photo))
        drop_embeddings(shelf.writer, less, [one])
        found = [(name, number) for name, _, _, number in shelf.library.catalog.encoders()]
        assert found == [("tiny", 2), ("less", 1), ("none", 0)]
        shelf.lose("b.jpg")
        assert [(name, number) for name, _, _, number in shelf.library.catalog.encoders()] == [
            ("tiny", 1),
            ("none", 0),
            ("less", 0),
        ]
        assert (
            shelf.library.catalog.encoder_id("less", "1") == less
            and shelf.library.catalog.encoder_id("less", "2") is None
        )


def test_failures_by_reason_then_place_and_in_pages(shelf: Shelf, other: int) -> None:
    for root, path, reason in (
        (shelf.root, "b.jpg", "empty"),
        (other, "a.jpg", "empty"),
        (shelf.root, "c.jpg", "cut"),
        (shelf.root, "a.jpg", "empty"),
    ):
        put_failed(shelf.writer, root, FileStat(path, 5, 1, 0), reason)
    shelf.put("good.jpg", 1)

    def found(**which: Any) -> list[str]:
        return [
            Path(file["path"]).parent.name + "/" + Path(file["path"]).name
            for file in shelf.library.catalog.failures(**which)
        ]

    everything = ["photos/c.jpg", "other/a.jpg", "photos/a.jpg", "photos/b.jpg"]
    assert found() == everything and found(offset=1, limit=2) == everything[1:3]
    assert (
        found(reasons=["cut"]) == everything[:1]
        and found(reasons=[]) == []
        and found(reasons=["empty"], offset=1) == everything[2:]
    )


def test_changes_are_told_once_each_and_in_order(shelf: Shelf) -> None:
    cat = shelf.library.catalog
    start = cat.change()
    one, two, hidden = (shelf.put(f"{n}.jpg", n) for n in range(3))
    shelf.lose("2.jpg")
    shelf.put("0.jpg", "other")
    told = [
        (change.photo_id, change.vector is not None)
        for change in cat.changes_since(shelf.encoder, start)
    ]
    assert (
        told[:2] == [(two, True), (hidden, False)] and told[-1] == (one, False) and len(told) == 4
    )
    assert list(cat.changes_since(shelf.encoder, cat.change())) == []
    # Another encoder has no vectors of these.
    assert [
        (change.photo_id, change.vector) for change in cat.changes_since(shelf.encoder + 1, start)
    ][-1] == (one, None)
    assert [change.vector for change in cat.changes_since(shelf.encoder + 1, start)] == [None] * 4

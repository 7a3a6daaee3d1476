"""What readers are told of photos and files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from explorer.library import catalog, missing_files
from explorer.library.file_rows import FileStat
from explorer.library.file_store import files_below, put_failed
from explorer.library.root_store import add_root, set_exclude_globs, update_root
from tests.factory import Shelf, digest_of


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


@pytest.fixture
def other(shelf: Shelf, tmp_path: Path) -> int:
    """A second watched folder."""
    (tmp_path / "other").mkdir()
    return add_root(shelf.writer, str(tmp_path / "other"))


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
        ] == [told]

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
        assert row is not None and {key: row[key] for key in told} == told

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
        assert [{key: row[key] for key in told} for row in shelf.library.catalog.roots()] == [told]

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

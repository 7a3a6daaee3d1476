"""What readers are told of photos and files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from explorer.library import catalog
from explorer.library.file_rows import FileStat
from explorer.library.stores.file_store import files_below, put_failed
from explorer.library.stores.root_store import set_exclude_globs, update_root
from tests.factory import LibraryBuilder, digest_of
from tests.library.two_folders import away, put, shown


class TestPhotos:
    def test_the_first_present_copy_is_shown(self, builder: LibraryBuilder) -> None:
        photo = builder.put("b.jpg", "x")
        builder.put("a.jpg", "x")
        assert shown(builder, photo) == ("b.jpg", False)
        away(builder, "b.jpg")
        assert shown(builder, photo) == ("a.jpg", False)
        away(builder, "a.jpg")
        assert shown(builder, photo) == ("b.jpg", True)

    def test_a_copy_on_an_absent_drive_is_shown_only_if_there_is_no_other(
        self, builder: LibraryBuilder, other: int
    ) -> None:
        photo = builder.put("on drive.jpg", "x")
        update_root(builder.writer, builder.root, state="offline")
        assert shown(builder, photo) == ("on drive.jpg", True)
        put(builder, other, "here.jpg", "x")
        assert shown(builder, photo) == ("here.jpg", False)
        assert [file["away"] for file in builder.library.catalog.files_of(photo)] == [True, False]

    def test_many_photos_are_returned_in_the_requested_order(
        self, builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(catalog, "MAX_BOUND_VALUES", 2)
        ids = [builder.put(f"{n}.jpg", n) for n in range(5)]
        builder.lose("3.jpg")
        asked = [ids[4], 999, ids[0], ids[3], ids[2], ids[1]]
        assert list(builder.library.catalog.photos(asked)) == [ids[4], ids[0], ids[2], ids[1]]

    def test_all_files_of_a_photo_are_listed_with_present_ones_first(
        self, builder: LibraryBuilder
    ) -> None:
        for name in ("missing", "away", "here", "here too"):
            photo = builder.put(f"{name}.jpg", "x")
        builder.lose("missing.jpg")
        away(builder, "away.jpg")
        builder.put("stranger.jpg", "y")
        files = builder.library.catalog.files_of(photo)
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

    def test_a_file_has_the_facts_of_its_row(self, builder: LibraryBuilder, tmp_path: Path) -> None:
        photo = builder.put("deep/a.jpg", "x")
        file = files_below(builder.writer, builder.root)["deep/a.jpg"]
        expected = {
            "id": file.id, "photo_id": photo, "path": str(tmp_path / "photos" / "deep" / "a.jpg"),
            "size": 1000, "mtime": 1.0,
            "state": "present", "reason": None, "away": False,
        }  # fmt: skip
        assert [
            {key: row[key] for key in expected} for row in builder.library.catalog.files_of(photo)
        ] == [expected]

    def test_a_photo_has_the_facts_of_its_row(
        self, builder: LibraryBuilder, tmp_path: Path
    ) -> None:
        photo = builder.put("deep/a.jpg", "x")
        builder.put("b.jpg", "x")
        expected = {
            "id": photo, "hash": digest_of("x").hex(),
            "path": str(tmp_path / "photos" / "deep" / "a.jpg"), "name": "a.jpg",
            "folder": str(tmp_path / "photos" / "deep"), "root": str(tmp_path / "photos"),
            "copies": 2, "away": False, "bytes": 1000,
            "width": 640,
        }  # fmt: skip
        row = builder.library.catalog.photo(photo)
        assert row is not None and {key: row[key] for key in expected} == expected

    def test_a_root_has_the_facts_of_its_row(self, builder: LibraryBuilder, tmp_path: Path) -> None:
        update_root(
            builder.writer,
            builder.root,
            state="online",
            watching="inotify",
            problem="p",
            device="d",
            mounts=["m"],
        )
        set_exclude_globs(builder.writer, builder.root, ["*.png"])
        builder.writer.connection.execute("update root set kept_at = 7, scanned_at = 8")
        expected = {
            "id": builder.root, "path": str(tmp_path / "photos"), "state": "online", "photos": 0,
            "failed": 0, "away": 0, "asking": 0,
            "left_out": 0, "exclude": ["*.png"], "device": "d", "mounts": ["m"], "kept_at": 7.0,
            "problem": "p", "watching": "inotify",
            "scanned_at": 8.0,
        }  # fmt: skip
        assert [{key: row[key] for key in expected} for row in builder.library.catalog.roots()] == [
            expected
        ]

    def test_photos_are_ordered_newest_first_and_then_by_id(self, builder: LibraryBuilder) -> None:
        old = builder.put("a.jpg", 1, taken_at="2001-01-01T00:00:00")
        none = builder.put("b.jpg", 2)
        new, new_too = (builder.put(f"{n}.jpg", n, taken_at="2002-01-01T00:00:00") for n in (3, 4))
        assert builder.library.catalog.matching().tolist() == [new_too, new, old, none]

    def test_a_photo_is_known_by_its_content_even_while_it_is_hidden(
        self, builder: LibraryBuilder
    ) -> None:
        photo = builder.put("a.jpg", "x")
        builder.lose("a.jpg")
        assert (
            builder.library.catalog.photo_id(digest_of("x")) == photo
            and builder.library.catalog.photo_id(digest_of("y")) is None
        )


def test_failures_are_ordered_by_reason_then_path_and_in_pages(
    builder: LibraryBuilder, other: int
) -> None:
    for root, path, reason in (
        (builder.root, "b.jpg", "empty"),
        (other, "a.jpg", "empty"),
        (builder.root, "c.jpg", "cut"),
        (builder.root, "a.jpg", "empty"),
    ):
        put_failed(builder.writer, root, FileStat(path, 5, 1, 0), reason)
    builder.put("good.jpg", 1)

    def found(**which: Any) -> list[str]:
        return [
            Path(file["path"]).parent.name + "/" + Path(file["path"]).name
            for file in builder.library.catalog.failures(**which)
        ]

    everything = ["photos/c.jpg", "other/a.jpg", "photos/a.jpg", "photos/b.jpg"]
    assert found() == everything and found(offset=1, limit=2) == everything[1:3]
    assert (
        found(reasons=["cut"]) == everything[:1]
        and found(reasons=[]) == []
        and found(reasons=["empty"], offset=1) == everything[2:]
    )


def test_changes_are_reported_once_and_in_order(builder: LibraryBuilder) -> None:
    cat = builder.library.catalog
    start = cat.change()
    one, two, hidden = (builder.put(f"{n}.jpg", n) for n in range(3))
    builder.lose("2.jpg")
    builder.put("0.jpg", "other")
    expected = [
        (change.photo_id, change.vector is not None)
        for change in cat.changes_since(builder.encoder, start)
    ]
    assert (
        expected[:2] == [(two, True), (hidden, False)]
        and expected[-1] == (one, False)
        and len(expected) == 4
    )
    assert list(cat.changes_since(builder.encoder, cat.change())) == []
    # Another encoder has no vectors of these.
    assert [
        (change.photo_id, change.vector) for change in cat.changes_since(builder.encoder + 1, start)
    ][-1] == (one, None)
    assert [change.vector for change in cat.changes_since(builder.encoder + 1, start)] == [None] * 4

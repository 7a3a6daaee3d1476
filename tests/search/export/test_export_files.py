"""Copies and links in a folder: complete, compared, and never over another file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from explorer.errors import FolderError
from explorer.library.library import Library
from explorer.library.rows import PhotoRow
from explorer.search.export import export_files as module
from explorer.search.export.export_files import check_export_folder, export_files
from tests.factory import LibraryBuilder


class Place(NamedTuple):
    library: Library
    photos: Path
    out: Path

    def rows(self) -> list[PhotoRow]:
        catalog = self.library.catalog
        return sorted(catalog.photos(catalog.matching()).values(), key=lambda row: row["path"])


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    photos = tmp_path / "photos"
    photos.mkdir()
    builder = LibraryBuilder(Library.open(tmp_path / "library"), str(photos))
    for number, name in enumerate(["a/one.jpg", "b/one.jpg", "two.png"]):
        # The bytes of which the factory takes the hash.
        (photos / name).parent.mkdir(exist_ok=True)
        (photos / name).write_bytes(repr(number).encode())
        os.utime(photos / name, ns=(10**18, 10**18 + number))
        builder.put(name, number)
    yield Place(builder.library, photos, tmp_path / "out")
    builder.close()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_copies_have_unique_names_and_original_times(place: Place) -> None:
    before = contents(place.photos / "a")
    done = list[int]()
    report = export_files(place.library, place.rows(), str(place.out), "copies", done.append)
    assert (report.written, report.already_there, report.failures) == (3, 0, [])
    assert done == [1, 2, 3]
    assert contents(place.out) == {
        "one.jpg": (place.photos / "a" / "one.jpg").read_bytes(),
        "one (2).jpg": (place.photos / "b" / "one.jpg").read_bytes(),
        "two.png": (place.photos / "two.png").read_bytes(),
    }
    assert (place.out / "two.png").stat().st_mtime_ns == 10**18 + 2
    assert contents(place.photos / "a") == before


def test_nothing_is_overwritten_and_nothing_copied_twice(place: Place) -> None:
    place.out.mkdir()
    (place.out / "two.png").write_bytes(b"mine")
    only = [place.rows()[-1]]
    assert export_files(place.library, only, str(place.out), "copies").written == 1
    assert (place.out / "two.png").read_bytes() == b"mine"
    first = [place.rows()[0]]
    assert export_files(place.library, first, str(place.out), "copies").written == 1
    again = export_files(place.library, first, str(place.out), "copies")
    assert (again.written, again.already_there) == (0, 1)
    assert sorted(contents(place.out)) == ["one.jpg", "two (2).png", "two.png"]


def test_missing_and_changed_files_are_reported_and_the_rest_copied(place: Place) -> None:
    rows = place.rows()
    (place.photos / "a" / "one.jpg").unlink()
    (place.photos / "two.png").write_bytes(b"something else")
    report = export_files(place.library, rows, str(place.out), "copies")
    assert report.written == 1
    assert [(os.path.basename(path), reason) for path, reason in report.failures] == [
        ("one.jpg", "the file no longer exists"),
        ("two.png", "it has changed since it was indexed"),
    ]
    assert list(contents(place.out)) == ["one.jpg"]


def test_a_copy_that_differs_is_discarded(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "file_hash", lambda path: "0" * 32)
    report = export_files(place.library, place.rows()[:1], str(place.out), "copies")
    assert "differs from the original" in report.failures[0].reason
    assert contents(place.out) == {}


def test_an_interrupted_export_leaves_whole_files_only(place: Place) -> None:
    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_files(place.library, place.rows(), str(place.out), "copies", stop)
    assert list(contents(place.out)) == ["one.jpg"]


def test_a_full_drive_is_reported_before_anything_is_written(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_RESERVE", 1 << 60)
    with pytest.raises(FolderError, match="another drive"):
        export_files(place.library, place.rows(), str(place.out), "copies")
    assert contents(place.out) == {}


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a privilege there")
def test_links_lead_to_the_originals(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    report = export_files(place.library, place.rows(), str(place.out), "links")
    assert report.written == 3
    assert os.readlink(place.out / "one (2).jpg") == str(place.photos / "b" / "one.jpg")
    assert export_files(place.library, place.rows()[:1], str(place.out), "links").already_there == 1

    def refuse(*_: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(os, "symlink", refuse)
    other = place.out.with_name("hard")
    assert export_files(place.library, place.rows()[-1:], str(other), "links").written == 1
    assert os.path.samefile(other / "two.png", place.photos / "two.png")


class TestFolder:
    @pytest.mark.parametrize("typed", ["", "pictures", "./x", "~nobody-of-that-name/x"])
    def test_a_path_must_be_absolute(self, place: Place, typed: str) -> None:
        with pytest.raises(FolderError, match="full path"):
            check_export_folder(place.library, typed)

    def test_a_file_and_a_folder_without_a_parent_are_rejected(self, place: Place) -> None:
        with pytest.raises(FolderError, match="is a file"):
            check_export_folder(place.library, str(place.photos / "two.png"))
        with pytest.raises(FolderError, match="does not exist"):
            check_export_folder(place.library, str(place.out / "deep" / "er"))

    def test_the_library_folder_is_rejected(self, place: Place) -> None:
        with pytest.raises(FolderError, match="Photo Explorer itself"):
            check_export_folder(place.library, str(place.library.dir / "previews"))

    def test_a_watched_folder_is_reported(self, place: Place) -> None:
        assert check_export_folder(place.library, f" '{place.out}' ") == (str(place.out), None)
        within = check_export_folder(place.library, str(place.photos / "new"))
        assert within.watched == str(place.photos)

"""The demo's folder is made once, and nobody's changes are overwritten."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from explorer.demo import photographs, sample_folder
from explorer.demo.photographs import PHOTOGRAPHS, Photograph, photograph
from explorer.demo.sample_files import SampleWriter
from explorer.errors import ExplorerError, FolderError
from tests.demo.test_demo import JPEG, files, made, never, silent, small, state

__all__ = ["made", "small"]


def test_two_runs_create_the_same_files(made: tuple[Path, int], tmp_path: Path) -> None:
    photos, count = made
    again = tmp_path / "again"
    assert sample_folder.make_demo(again, silent) == count
    for file in files(photos):
        other = again / file.relative_to(photos)
        assert other.stat().st_mtime_ns == file.stat().st_mtime_ns
        if file.suffix.lower() in JPEG:
            assert other.read_bytes() == file.read_bytes(), file.name


def test_a_second_run_changes_nothing(made: tuple[Path, int]) -> None:
    photos, count = made
    before = state(photos)
    assert sample_folder.make_demo(photos, never) == count
    assert state(photos) == before


def test_a_deleted_file_stays_deleted(small: Path) -> None:
    assert sample_folder.make_demo(small, silent) == 2
    (small / "album/grass.jpg").unlink()
    assert sample_folder.make_demo(small, never) == 1
    assert not (small / "album/grass.jpg").exists()


def test_an_older_demo_is_renewed_only_if_unchanged(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample_folder.make_demo(small, silent)
    monkeypatch.setattr(sample_folder, "VERSION", sample_folder.VERSION + 1)
    messages: list[str] = []
    assert sample_folder.make_demo(small, messages.append) == 2
    assert len(messages) == 1
    monkeypatch.setattr(sample_folder, "VERSION", sample_folder.VERSION + 1)
    os.utime(small / "album/cat.jpg", (1, 1))
    assert sample_folder.make_demo(small, never) == 2


def test_a_foreign_folder_is_left_alone(small: Path) -> None:
    small.mkdir()
    (small / "mine.txt").write_text("mine")
    assert sample_folder.make_demo(small, never) == 1
    assert [entry.name for entry in small.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("marker", ["", "[]", "{}", '{"version": null, "files": {}}'])
def test_a_broken_marker_counts_as_a_change(small: Path, marker: str) -> None:
    sample_folder.make_demo(small, silent)
    (small / sample_folder.MARKER).write_text(marker)
    assert sample_folder.make_demo(small, never) == 2


def test_an_empty_folder_is_filled(small: Path) -> None:
    small.mkdir()
    assert sample_folder.make_demo(small, silent) == 2
    assert (
        json.loads((small / sample_folder.MARKER).read_text())["version"] == sample_folder.VERSION
    )


def test_a_failed_run_leaves_nothing(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: SampleWriter) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(SampleWriter, "make", fail)
    with pytest.raises(FolderError, match="No space left on device"):
        sample_folder.make_demo(small, silent)
    assert [
        entry.name for entry in small.parent.iterdir() if not entry.name.endswith(".lock")
    ] == []


def test_leftovers_of_a_killed_run_are_no_obstacle(small: Path) -> None:
    left = small.with_name(".photos.part") / "made"
    left.mkdir(parents=True)
    (left / "half.jpg").write_bytes(b"half")
    assert sample_folder.make_demo(small, silent) == 2
    assert not left.parent.exists()


def test_a_file_at_the_folder_path_is_an_error(small: Path) -> None:
    small.write_text("a file")
    with pytest.raises(FolderError, match="photos"):
        sample_folder.make_demo(small, never)


@pytest.mark.parametrize(
    "path", ["no_such_package_here/photo.jpg", "skimage/data/no-such-photo.png"]
)
def test_a_missing_photograph_is_named(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setitem(photographs._DISTRIBUTION, "no_such_package_here", "no-such-package-here")
    monkeypatch.setitem(PHOTOGRAPHS, "absent", Photograph(path))
    with pytest.raises(ExplorerError, match=path):
        photograph("absent")


def test_demo_folders_are_created_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample_folder, "data_dir", lambda: tmp_path)
    assert sample_folder.demo_dirs(None) == (tmp_path / "demo/photos", tmp_path / "demo/library")
    photos, library = sample_folder.demo_dirs(tmp_path / "mine")
    assert library == tmp_path / "mine"
    assert photos.parent == tmp_path
    assert not photos.is_relative_to(library)

"""Folders that are suggested to a new user, and how many photos are in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.scanning.suggested_folders import (
    count_photos,
    subfolders,
    suggested_folders,
    synced_by,
)


def folder(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return folder(tmp_path / "home")


class TestSuggestions:
    def test_only_folders_that_exist_are_suggested(self, home: Path) -> None:
        assert suggested_folders(home, []) == []
        pictures, cloud = folder(home / "Pictures"), folder(home / "OneDrive" / "Pictures")
        (home / "Photos").write_bytes(b"not a folder")
        assert suggested_folders(home, []) == [pictures, cloud]

    def test_the_pictures_folder_of_the_desktop_comes_first(self, home: Path) -> None:
        folder(home / ".config")
        (home / ".config" / "user-dirs.dirs").write_text(
            '# made by xdg\nXDG_DESKTOP_DIR="$HOME/Schreibtisch"\nXDG_PICTURES_DIR="$HOME/Bilder"\n'
        )
        wanted = folder(home / "Bilder")
        assert suggested_folders(home, []) == [wanted]

    @pytest.mark.parametrize("path", ["$HOME", "$HOME/", "/"])
    def test_the_home_folder_itself_is_not_suggested(self, home: Path, path: str) -> None:
        folder(home / ".config")
        (home / ".config" / "user-dirs.dirs").write_text(f'XDG_PICTURES_DIR="{path}"\n')
        assert suggested_folders(home, []) == []

    @pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "x/" * 5000])
    def test_a_path_that_no_folder_can_have_is_not_suggested(self, home: Path, name: str) -> None:
        folder(home / ".config")
        (home / ".config" / "user-dirs.dirs").write_text(
            f'XDG_PICTURES_DIR="$HOME/{name}"\n', encoding="utf-8"
        )
        wanted = folder(home / "Pictures")
        assert suggested_folders(home, []) == [wanted]

    def test_cards_and_drives_with_photos_of_a_camera_are_suggested(
        self, home: Path, tmp_path: Path
    ) -> None:
        card = folder(tmp_path / "media" / "CARD" / "DCIM")
        folder(tmp_path / "media" / "BACKUP" / "files")
        assert suggested_folders(home, sorted((tmp_path / "media").iterdir())) == [card]

    def test_a_folder_inside_another_one_is_not_suggested(self, home: Path) -> None:
        folder(home / ".config")
        (home / ".config" / "user-dirs.dirs").write_text('XDG_PICTURES_DIR="$HOME/OneDrive"\n')
        folder(home / "OneDrive" / "Pictures")
        assert suggested_folders(home, []) == [home / "OneDrive"]

    def test_folders_of_cloud_services_are_told_apart(self, home: Path) -> None:
        assert synced_by(home / "OneDrive" / "Pictures", home) == "OneDrive"
        assert synced_by(home / "OneDrive photos", home) is None


class TestCounting:
    def test_photos_are_counted_by_their_names(self, tmp_path: Path) -> None:
        for name in ("a.jpg", "b.HEIC", "c.txt", "sub/d.png", ".hidden/e.jpg", "@eaDir/f.jpg"):
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"")
        assert count_photos(tmp_path) == (3, True)

    def test_counting_stops(self, tmp_path: Path) -> None:
        for number in range(5):
            (tmp_path / f"{number}.jpg").write_bytes(b"")
        assert count_photos(tmp_path, most=3) == (3, False)
        assert count_photos(tmp_path, seconds=-1) == (0, False)

    def test_a_folder_that_cannot_be_read_has_none(self, tmp_path: Path) -> None:
        assert count_photos(tmp_path / "gone") == (0, True)

    def test_links_are_not_followed(self, tmp_path: Path) -> None:
        (folder(tmp_path / "a") / "1.jpg").write_bytes(b"")
        (tmp_path / "a" / "again").symlink_to(tmp_path / "a")
        assert count_photos(tmp_path) == (1, True)


def test_subfolders_are_sorted_without_hidden_ones(tmp_path: Path) -> None:
    for name in ("b", "A", ".git", "@eaDir", "ö"):
        folder(tmp_path / name)
    (tmp_path / "file").write_bytes(b"")
    assert [each.name for each in subfolders(tmp_path)] == ["A", "b", "ö"]
    assert subfolders(tmp_path / "gone") == []

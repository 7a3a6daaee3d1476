"""Emptying our own folders of removed photos, where the system's trash cannot be searched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.removal import trash
from explorer.removal.empty_removed import empty_removed, removed_space
from explorer.removal.remove import remove
from explorer.removal.undo import undo
from tests.fixtures.small_library import SmallLibrary


@pytest.fixture
def removed(
    two_copies: SmallLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[SmallLibrary, Path]:
    """A library from which b.jpg was removed, and where it is."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setattr(trash, "is_supported", lambda: False)
    (result,) = remove(two_copies.library, [two_copies.removal("b.jpg", "a.jpg")]).results
    assert result.at is not None and result.at.startswith(str(home / trash.HOME_FOLDER))
    return two_copies, Path(result.at)


def test_its_size_is_known_and_undo_restores_from_it(removed: tuple[SmallLibrary, Path]) -> None:
    small_library, at = removed
    assert removed_space(small_library.library) == (1, 3, (str(_top(at)),))
    undo(small_library.library)
    assert (small_library.photos / "b.jpg").read_text() == "one"
    assert removed_space(small_library.library) == (0, 0, ())


def test_emptying_deletes_what_was_removed_and_nothing_else(
    removed: tuple[SmallLibrary, Path],
) -> None:
    small_library, at = removed
    (_top(at) / "mine.jpg").write_text("put here by hand")
    assert empty_removed(small_library.library) == (1, 3, (str(_top(at)),))
    assert os.listdir(_top(at)) == ["mine.jpg"]
    assert (small_library.photos / "a.jpg").read_text() == "one"
    assert empty_removed(small_library.library) == (0, 0, ())
    _, (result,) = undo(small_library.library)
    assert result.back is None and "deleted there" in result.note


def test_another_file_at_its_place_stays(removed: tuple[SmallLibrary, Path]) -> None:
    small_library, at = removed
    at.unlink()
    at.write_text("another")
    assert empty_removed(small_library.library).files == 0 and at.read_text() == "another"


def test_files_that_were_moved_to_a_folder_of_the_users_choice_stay(
    two_copies: SmallLibrary, tmp_path: Path
) -> None:
    away = tmp_path / "chosen"
    remove(two_copies.library, [two_copies.removal("b.jpg", "a.jpg")], str(away))
    assert empty_removed(two_copies.library).files == 0
    assert [path.name for path in away.rglob("*.jpg")] == ["b.jpg"]


def _top(at: Path) -> Path:
    return next(folder for folder in at.parents if folder.name == trash.HOME_FOLDER)

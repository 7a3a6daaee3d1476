"""Emptying our own folders of removed photos, where the system's trash cannot be searched."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from explorer.removal import safe_move, trash
from explorer.removal.boundaries import Boundaries
from explorer.removal.empty_removed import empty_removed, removed_space
from explorer.removal.remove import remove
from explorer.removal.undo import history, undo
from explorer.systems.operating_system import OperatingSystem
from explorer.systems.this_system import this_system
from tests.fixtures.small_library import SmallLibrary


@pytest.fixture
def own_folder(
    two_copies: SmallLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> SmallLibrary:
    """Two copies, on a system whose trash cannot be searched."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setattr(trash, "is_supported", lambda: False)
    return two_copies


@pytest.fixture
def removed(own_folder: SmallLibrary, tmp_path: Path) -> tuple[SmallLibrary, Path]:
    """A library from which b.jpg was removed, and where it is."""
    (result,) = remove(own_folder.library, [own_folder.removal("b.jpg", "a.jpg")]).results
    home = tmp_path / "home"
    assert result.at is not None and result.at.startswith(str(home / trash.HOME_FOLDER))
    return own_folder, Path(result.at)


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
    assert empty_removed(small_library.library) == (1, 0, 0)
    assert os.listdir(_top(at)) == ["mine.jpg"]
    assert (small_library.photos / "a.jpg").read_text() == "one"
    assert empty_removed(small_library.library) == (0, 0, 0)
    _, (result,) = undo(small_library.library)
    assert result.back is None and "deleted there" in result.note


def test_another_home_changes_nothing(
    removed: tuple[SmallLibrary, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_library, at = removed
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "another"))
    assert removed_space(small_library.library) == (1, 3, (str(_top(at)),))
    undo(small_library.library)
    assert (small_library.photos / "b.jpg").read_text() == "one"
    remove(small_library.library, [small_library.removal("b.jpg", "a.jpg")])
    assert empty_removed(small_library.library) == (1, 0, 0)


def test_another_file_at_its_place_stays(removed: tuple[SmallLibrary, Path]) -> None:
    small_library, at = removed
    at.unlink()
    at.write_text("another")
    assert empty_removed(small_library.library).files == 0 and at.read_text() == "another"


def test_another_file_with_its_inode_size_and_time_stays(
    removed: tuple[SmallLibrary, Path],
) -> None:
    small_library, at = removed
    facts = at.stat()
    at.write_text("two")
    os.utime(at, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert empty_removed(small_library.library) == (0, 0, 0) and at.read_text() == "two"


def test_the_only_copy_stays(removed: tuple[SmallLibrary, Path]) -> None:
    """Whatever became of the photo that was kept; any other file with its content will do."""
    small_library, at = removed
    keeper = small_library.photos / "a.jpg"
    keeper.write_text("changed")
    assert empty_removed(small_library.library) == (0, 1, 0) and at.read_text() == "one"
    keeper.unlink()
    assert empty_removed(small_library.library) == (0, 1, 0) and at.read_text() == "one"
    small_library.add_photo("elsewhere/c.jpg", "one")
    assert empty_removed(small_library.library) == (1, 0, 0) and not at.exists()


def test_a_photo_that_was_removed_without_a_copy_is_deleted(own_folder: SmallLibrary) -> None:
    (result,) = remove(
        own_folder.library, [own_folder.removal("b.jpg", None)], without_keeper=True
    ).results
    assert result.at is not None
    (own_folder.photos / "a.jpg").unlink()
    assert empty_removed(own_folder.library) == (1, 0, 0) and not os.path.exists(result.at)


def test_companions_stay_with_their_photo(own_folder: SmallLibrary) -> None:
    own_folder.add_file("b.thm", "words")
    remove(own_folder.library, [own_folder.removal("b.jpg", "a.jpg")])
    (own_folder.photos / "a.jpg").unlink()
    assert empty_removed(own_folder.library) == (0, 2, 0)
    (result,) = history(own_folder.library)[0].entries[1:]
    assert result.target is not None
    os.rename(result.target, own_folder.photos / "a.jpg")
    sidecar = history(own_folder.library)[0].entries[0].target
    assert empty_removed(own_folder.library) == (1, 0, 0) and not os.path.exists(sidecar or "")


def test_a_companion_of_a_restored_photo_stays(own_folder: SmallLibrary) -> None:
    own_folder.add_file("b.thm", "words")
    remove(own_folder.library, [own_folder.removal("b.jpg", "a.jpg")])
    sidecar, photo = history(own_folder.library)[0].entries
    assert sidecar.of == photo.number and sidecar.target is not None
    hidden = os.path.join(own_folder.base, "hidden.xmp")
    os.rename(sidecar.target, hidden)
    undo(own_folder.library)
    os.rename(hidden, sidecar.target)
    assert empty_removed(own_folder.library) == (0, 0, 0) and os.path.exists(sidecar.target)


def test_a_file_with_a_long_path_is_counted_and_deleted(
    removed: tuple[SmallLibrary, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system finds it by another path only, as Windows does."""
    small_library, at = removed
    known, real = str(tmp_path / "home"), str(tmp_path / "elsewhere")
    os.rename(known, real)
    monkeypatch.setattr(
        type(this_system()), "long_path", lambda self, path: path.replace(known, real)
    )
    assert removed_space(small_library.library) == (1, 3, (str(_top(at)),))
    assert empty_removed(small_library.library) == (1, 0, 0)
    # Its folders went with it, up to the top one.
    assert os.listdir(real) == [trash.HOME_FOLDER]
    assert os.listdir(os.path.join(real, trash.HOME_FOLDER)) == []


def test_a_file_that_is_open_stays_and_is_counted(
    removed: tuple[SmallLibrary, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    small_library, at = removed

    def refuse(self: OperatingSystem, path: str) -> None:
        raise PermissionError(13, "The process cannot access the file", path)

    with monkeypatch.context() as now:
        now.setattr(type(this_system()), "delete_file", refuse)
        assert empty_removed(small_library.library) == (0, 0, 1)
    assert at.read_text() == "one" and removed_space(small_library.library).files == 1
    assert empty_removed(small_library.library) == (1, 0, 0)


def test_no_file_is_looked_at_for_removals_to_the_trash(
    two_copies: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "is_supported", lambda: True)
    remove(two_copies.library, [two_copies.removal("b.jpg", "a.jpg")])
    asked = list[str]()
    monkeypatch.setattr(Boundaries, "refusal", lambda _, entry: asked.append(entry.path))
    assert removed_space(two_copies.library).files == 0 and asked == []


def test_files_that_were_moved_to_a_folder_of_the_users_choice_stay(
    two_copies: SmallLibrary, tmp_path: Path
) -> None:
    away = tmp_path / "chosen"
    remove(two_copies.library, [two_copies.removal("b.jpg", "a.jpg")], str(away))
    assert empty_removed(two_copies.library).files == 0
    assert [path.name for path in away.rglob("*.jpg")] == ["b.jpg"]


def _top(at: Path) -> Path:
    return next(folder for folder in at.parents if folder.name == trash.HOME_FOLDER)


def test_a_removal_that_was_interrupted_is_resolved_before(
    own_folder: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that has lost its keeper meanwhile is put back."""
    before, real = own_folder.tree(), safe_move.move

    def stop(*given: Any) -> None:
        real(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(safe_move, "move", stop)
        patch.setattr("explorer.removal.remove.RemovalExecutor.end", lambda *_: None)
        with pytest.raises(KeyboardInterrupt):
            remove(own_folder.library, [own_folder.removal("b.jpg", "a.jpg")])
    (own_folder.photos / "a.jpg").unlink()
    assert empty_removed(own_folder.library) == (0, 0, 0)
    assert own_folder.tree() == {"b.jpg": before["b.jpg"]}

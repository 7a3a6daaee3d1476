"""Where a file may be put back."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest

from explorer.removal import trash
from explorer.removal.restore import _is_there_already, _places
from tests.fixtures.small_library import SmallLibrary, hash_of
from tests.removal.test_restore import entry, gone, restorer


def test_a_photo_is_restored_to_its_own_path_or_beside_it(tmp_path: Path) -> None:
    photo = entry(str(tmp_path / "a.jpg"))
    places = _places(photo, [photo])
    assert [Path(next(places)).name for _ in range(3)] == [
        "a.jpg",
        "a (restored).jpg",
        "a (restored 2).jpg",
    ]
    assert next(_places(photo, [])) == photo.path


def test_a_name_that_its_film_could_not_have_is_skipped(tmp_path: Path) -> None:
    """But for the photo's own place: there the film's is the one that was taken from it, too."""
    film, photo = entry(str(tmp_path / "a.mov"), of=1), entry(str(tmp_path / "a.jpg"))
    (tmp_path / "a.mov").write_text("a stranger's")
    (tmp_path / "a (restored).mov").symlink_to("nowhere")
    places = _places(photo, [film, photo])
    assert [Path(next(places)).name for _ in range(2)] == ["a.jpg", "a (restored 2).jpg"]
    # A film that is back already needs no place.
    film.state = "undone"
    places = _places(photo, [film, photo])
    assert [Path(next(places)).name for _ in range(2)] == ["a.jpg", "a (restored).jpg"]


def test_companions_take_the_name_of_their_photo(tmp_path: Path) -> None:
    film, photo = entry(str(tmp_path / "a.mov"), of=1), entry(str(tmp_path / "a.jpg"))
    assert next(_places(film, [film, photo])) == film.path
    photo.back = str(tmp_path / "a (restored).jpg")
    places = _places(film, [film, photo])
    assert [Path(next(places)).name for _ in range(2)] == [
        "a (restored).mov",
        "a (restored) (restored).mov",
    ]


def test_long_names_leave_room_for_companions(tmp_path: Path) -> None:
    stem = "x" * 240
    film, photo = (
        entry(str(tmp_path / f"{stem}.supplements"), of=1),
        entry(str(tmp_path / f"{stem}.jpg")),
    )
    places = _places(photo, [film, photo])
    assert [len(Path(next(places)).name) for _ in range(2)] == [244, 255 - len("plements")]


def test_a_foreign_file_with_the_same_bytes_is_not_the_restored_file(tmp_path: Path) -> None:
    """Both stay: the file comes back under another name."""
    for name in ("source", "target"):
        (tmp_path / name).write_text("one")
    source, target = str(tmp_path / "source"), str(tmp_path / "target")
    assert not _is_there_already(entry(target), source, target) and os.path.lexists(source)
    # Said by the journal to be put there a moment ago, it is ours, and a whole copy.
    ours = entry(target, back=target)
    ours.hash, ours.state = hash_of(b"one"), "undoing"
    ours.facts = {"inode": 0, "size": 3, "mtime_ns": 0}
    for changed in ({"back": source}, {"state": "moved"}, {"hash": "0" * 32}):
        other = entry(target, **{"back": target})
        other.hash, other.state, other.facts = ours.hash, "undoing", ours.facts
        for key, value in changed.items():
            setattr(other, key, value)
        assert not _is_there_already(other, source, target) and os.path.lexists(source)
    assert (
        _is_there_already(ours, source, target)
        and not os.path.lexists(source)
        and (tmp_path / "target").read_text() == "one"
    )


def test_a_second_link_to_a_file_is_removed_and_a_sole_name_is_kept(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("one")
    target = str(tmp_path / "target")
    (tmp_path / "alias").symlink_to(".")
    assert _is_there_already(
        entry(target), str(tmp_path / "alias/target"), target
    ) and os.path.lexists(target)
    os.link(target, tmp_path / "source")
    assert _is_there_already(entry(target), str(tmp_path / "source"), target)
    assert os.path.lexists(target) and not os.path.lexists(tmp_path / "source")


def test_the_nearest_existing_folder_identifies_the_drive(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And none above it, which may be on the system's drive."""
    (moved,) = gone(pair)
    moved.facts = {**moved.facts, "device": 77, "drive": 77}
    shutil.rmtree(pair.photos)
    real = os.stat

    def stat(path: Any, *given: Any, **named: Any) -> Any:
        facts = real(path, *given, **named)
        if path != str(pair.base):
            return facts
        fields = {name: getattr(facts, name) for name in dir(facts) if name.startswith("st_")}
        return type("Facts", (), {**fields, "st_dev": 77})()

    monkeypatch.setattr(os, "stat", stat)
    assert restorer(pair).restore(moved).back == moved.path


def test_the_drive_is_that_of_the_folder_watched_now(pair: SmallLibrary) -> None:
    """The folder that was watched at the removal may be gone, and with it its drive."""
    (moved,) = gone(pair)
    moved.root = str(pair.base / "watched before")
    moved.facts = {**moved.facts, "device": -1, "drive": -1}
    assert restorer(pair).restore(moved, [moved]).back == moved.path


def test_an_undo_is_incomplete_if_another_file_has_the_path(pair: SmallLibrary) -> None:
    (moved,) = gone(pair)
    Path(moved.target or "").unlink()
    moved.state, moved.back = "undoing", moved.path
    Path(moved.path).write_text("a newcomer")
    assert restorer(pair).finish_interrupted(moved) is False and moved.state == "undoing"
    assert Path(moved.path).read_text() == "a newcomer"


def test_a_failed_removal_puts_a_photo_back_before_its_companions(pair: SmallLibrary) -> None:
    """They take the name that it gets."""
    pair.add_file("sub/b.jpg.thm", "words")
    family = gone(pair)
    pair.add_file("sub/b.jpg", "a newcomer")
    restored = restorer(pair).restore_all(family)
    assert [Path(each.back or "").name for each in restored] == [
        "b (restored).jpg",
        "b (restored).jpg.thm",
    ]


@pytest.mark.skipif(not trash.is_supported(), reason="the trash of freedesktop.org")
def test_a_file_at_its_place_in_the_trash_is_not_taken_for_a_later_one(pair: SmallLibrary) -> None:
    """Both are the same photo from the same path, and neither has an id."""
    (first,) = gone(pair, "trash")
    pair.add_photo("sub/b.jpg", "one")
    (second,) = gone(pair, "trash")
    os.utime(second.info or "", (2e9, 2e9))
    target = first.target
    first.state, first.facts["inode"] = "intended", 0
    assert restorer(pair).locate(first) == "moved"
    assert first.target == target != second.target


def test_what_went_to_a_folder_is_not_looked_for_in_the_trash(pair: SmallLibrary) -> None:
    """Another program may have put the same file there. The folder may be on a drive that is not
    connected."""
    (moved,) = gone(pair)
    Path(moved.target or "").rename(pair.base / "away.jpg")
    pair.add_file("sub/b.jpg", "one")
    trash.send(moved.path, moved.hash, trash.free_slot(moved.path))
    moved.state = "intended"
    assert restorer(pair).locate(moved) == "unknown"
    assert moved.target is not None and moved.info is None


@pytest.mark.skipif(os.name != "posix", reason="Windows has no permission bits")
@pytest.mark.parametrize("mode", [0o600, 0o444])
def test_a_restored_file_has_its_original_permissions(pair: SmallLibrary, mode: int) -> None:
    """They are lost on drives without permissions, where all files have the same."""
    (pair.photos / "sub/b.jpg").chmod(mode)
    (moved,) = gone(pair)
    assert moved.facts["mode"] == mode
    Path(moved.target or "").chmod(0o777)
    restorer(pair).restore(moved)
    assert stat.S_IMODE((pair.photos / "sub/b.jpg").stat().st_mode) == mode


@pytest.mark.parametrize("known", [True, False])
def test_permissions_that_cannot_be_set_are_no_failure(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    """As on FAT, where they are those of the drive; earlier releases did not record them."""
    (moved,) = gone(pair)
    asked = list[int]()

    def refuse(path: str, mode: int) -> None:
        asked.append(mode)
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "chmod", refuse)
    if known:
        moved.facts["mode"] = 0o4123
    else:
        moved.facts.pop("mode")
    assert restorer(pair).restore(moved).note == ""
    # A journal that somebody has changed cannot have a program run as another user.
    assert asked == ([0o123] if known else [])

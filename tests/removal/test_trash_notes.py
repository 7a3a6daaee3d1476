"""What lies in the trash: found by its notes, whoever wrote them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.removal import trash
from explorer.removal.trash import TrashEntry
from tests.fixtures.small_library import hash_of
from tests.removal.test_missing_inodes import NoIds
from tests.removal.test_trash import send

pytestmark = pytest.mark.skipif(not trash.is_supported(), reason="the trash of freedesktop.org")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "Trash"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photos" / "a.jpg"
    path.parent.mkdir()
    path.write_text("photo")
    return path


def test_the_latest_file_with_that_path_and_content_is_found(
    home: Path, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = list[TrashEntry]()
    for number, text in enumerate(("photo", "photo", "another")):
        photo.write_text(text)
        to = send(photo)
        os.utime(to.info, (1_000 + number, 1_000 + number))
        found.append(to)
    assert trash.find(str(photo), hash_of(b"photo")) == found[1]
    assert trash.find(str(photo), hash_of(b"another")) == found[2]
    assert trash.find(str(photo), hash_of(b"nothing")) is None
    assert trash.find(str(photo.with_name("b.jpg")), hash_of(b"photo")) is None
    # By its id it is told without being read.
    inode = os.lstat(found[0].path).st_ino
    assert trash.find(str(photo), "no hash", inode) == found[0]
    assert trash.find(str(photo.with_name("b.jpg")), "no hash", inode) is None
    # An id of 0 tells nothing, least of all where every file has it.
    NoIds(monkeypatch, home)
    assert trash.find(str(photo), "no hash", 0) is None
    assert trash.find(str(photo), hash_of(b"photo"), 0) == found[1]


def test_a_link_is_found_whatever_its_target(home: Path, photo: Path) -> None:
    """It holds no content to be known by."""
    photo.unlink()
    for leads_to in ("gone.jpg", "other.jpg"):
        photo.with_name("other.jpg").write_text("another photo")
        photo.symlink_to(leads_to)
        to = trash.free_slot(str(photo))
        trash.send(str(photo), "", to)
        assert trash.find(str(photo), hash_of(b"photo")) == to
        Path(to.path).unlink()
        Path(to.info).unlink()


def test_invalid_info_files_are_skipped(home: Path, photo: Path) -> None:
    to = send(photo)
    for number, text in enumerate(
        ("", "Path", "[Trash Info]\nPath=%zz\n", "Path=" + "x" * 100_000)
    ):
        (home / "info" / f"{number}.trashinfo").write_text(text)
        (home / "files" / str(number)).write_text("x")
    os.mkfifo(home / "info" / "pipe.trashinfo")
    (home / "files" / "pipe").write_text("x")
    (home / "info" / "folder.trashinfo").mkdir()
    (home / "info" / "no note").write_text(f"[Trash Info]\nPath={photo}\n")
    (home / "info" / "other.TRASHINFO").write_text(f"[Trash Info]\nPath={photo}\n")
    (home / "files" / "other").write_text("photo")
    # A note whose file has gone.
    (home / "info" / "gone.trashinfo").write_text(f"[Trash Info]\nPath={photo}\n")
    assert trash.find(str(photo), hash_of(b"photo")) == to


def test_paths_relative_to_the_data_folder_are_resolved(home: Path, photo: Path) -> None:
    (home / "info").mkdir(parents=True)
    (home / "files").mkdir()
    (home / "info/a.jpg.trashinfo").write_text("[Trash Info]\nPath=pictures/a.jpg\n")
    (home / "files/a.jpg").write_text("photo")
    assert trash.find(str(home.parent / "pictures/a.jpg"), hash_of(b"photo")) == (
        str(home / "files/a.jpg"), str(home / "info/a.jpg.trashinfo"),
    )  # fmt: skip


def test_a_reservation_is_released_only_if_it_is_ours_and_unused(home: Path, photo: Path) -> None:
    to = send(photo)
    trash.release_slot(to.path, str(photo))
    assert Path(to.info).exists()
    Path(to.path).unlink()
    trash.release_slot(to.path, str(photo.with_name("other.jpg")))
    assert Path(to.info).exists()
    trash.release_slot(to.path, str(photo))
    assert not Path(to.info).exists()
    # Cut off before a word was written.
    Path(to.info).write_text("")
    trash.release_slot(to.path, str(photo))
    assert not Path(to.info).exists()
    trash.release_slot(to.path, str(photo))


def test_an_unreadable_entry_of_the_same_origin_is_passed_over(home: Path, photo: Path) -> None:
    """Here a folder, of which the note is later than that of the photo."""
    to, later = send(photo), trash.free_slot(str(photo))
    Path(later.path).mkdir()
    Path(later.info).write_bytes(Path(to.info).read_bytes())
    os.utime(later.info, (2**31, 2**31))
    assert trash.find(str(photo), hash_of(b"photo")) == to

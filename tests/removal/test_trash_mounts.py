"""Files of other drives and mounts, and where there is no trash that can be searched."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.removal import safe_move, trash
from explorer.removal.remove import remove
from explorer.removal.undo import undo
from tests.fixtures.small_library import SmallLibrary, hash_of
from tests.removal.real_mounts import Mounts, mounts, possible
from tests.removal.test_trash import all_of, note, send

may_mount = pytest.mark.skipif(not possible(), reason="needs Linux, and the right to mount")


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[Path]:
    """A drive of its own, with a photo on it."""
    with mounts() as made:
        top = made.tmpfs(tmp_path / "drive")
        (top / "sub").mkdir()
        (top / "sub/a.jpg").write_text("photo")
        yield top


@may_mount
def test_a_file_on_another_drive_goes_to_the_trash_of_that_drive(
    home_trash: Path, drive: Path
) -> None:
    trashed_photo = drive / "sub/a.jpg"
    to = send(trashed_photo)
    user = os.getuid()
    assert (
        to.path.startswith(str(drive / f".Trash-{user}/files/"))
        and note(to.info)["Path"] == "sub/a.jpg"
    )
    assert stat.S_IMODE((drive / f".Trash-{user}").stat().st_mode) == 0o700
    assert trash.find(str(trashed_photo), hash_of(b"photo")) == to and not home_trash.exists()


@may_mount
@pytest.mark.parametrize("mode", [0o1777, 0o777])
def test_the_shared_trash_is_used_only_with_the_sticky_bit(
    home_trash: Path, drive: Path, mode: int
) -> None:
    (drive / ".Trash").mkdir()
    (drive / ".Trash").chmod(mode)
    trashed_photo, user = drive / "sub/a.jpg", os.getuid()
    to = send(trashed_photo)
    shared = mode & stat.S_ISVTX
    assert to.path.startswith(
        str(drive / (f".Trash/{user}/files/" if shared else f".Trash-{user}/files/"))
    )
    assert (
        note(to.info)["Path"] == "sub/a.jpg"
        and trash.find(str(trashed_photo), hash_of(b"photo")) == to
    )


@may_mount
@pytest.mark.parametrize("what", ["link", "file", "strangers"])
def test_a_trash_of_another_user_is_not_used(
    home_trash: Path, drive: Path, what: str, tmp_path: Path
) -> None:
    """What somebody else has put in its place gets no photos: they are copied to the home trash
    instead."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere").chmod(0o1777)
    (drive / ".Trash").symlink_to(tmp_path / "elsewhere")
    own = drive / f".Trash-{os.getuid()}"
    if what == "link":
        own.symlink_to(tmp_path / "elsewhere")
    elif what == "file":
        own.write_text("")
    else:
        own.mkdir()
        os.chown(own, 12345, 12345)
    trashed_photo = drive / "sub/a.jpg"
    to = send(trashed_photo)
    assert to.path.startswith(str(home_trash / "files")) and note(to.info)["Path"] == str(
        trashed_photo
    )
    assert (
        list((tmp_path / "elsewhere").iterdir()) == []
        and not trashed_photo.exists()
        and Path(to.path).read_text() == "photo"
    )


@may_mount
def test_copies_to_the_home_trash_are_compared(
    home_trash: Path, drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (drive / f".Trash-{os.getuid()}").write_text("")
    with pytest.raises(safe_move.FileChanged):
        to = trash.free_slot(str(drive / "sub/a.jpg"))
        trash.send(str(drive / "sub/a.jpg"), hash_of(b"other"), to)
    assert (drive / "sub/a.jpg").exists() and all_of(home_trash) == []


@may_mount
def test_a_file_on_a_bind_mount_is_copied_to_the_home_trash(
    home_trash: Path, trashed_photo: Path, tmp_path: Path
) -> None:
    with mounts() as made:
        alias = made.bind(trashed_photo.parent, tmp_path / "alias")
        to = send(alias / "a.jpg")
    assert Path(to.path).read_text() == "photo" and not trashed_photo.exists()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "home"
    path.mkdir()
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(path))
    return path


def test_a_removal_folder_in_the_home_folder_is_used_on_its_drive(
    tmp_path: Path, trashed_photo: Path, home: Path
) -> None:
    assert trash.own_folder(str(trashed_photo)) == str(home / trash.HOME_FOLDER)


@may_mount
@pytest.mark.parametrize("taken", ["", "file", "link"])
def test_a_removal_folder_at_the_top_of_another_drive_is_used(
    tmp_path: Path, drive: Path, home: Path, taken: str
) -> None:
    library, top = tmp_path / "library", drive / trash.OWN_FOLDER
    if taken == "file":
        top.write_text("")
    elif taken == "link":
        top.symlink_to(drive / "sub")
    found = trash.own_folder(str(drive / "sub/a.jpg"))
    assert found == str(home / trash.HOME_FOLDER if taken else top)
    if not taken:
        assert stat.S_IMODE(top.stat().st_mode) == 0o700
        assert set(trash.own_folders(str(drive / "sub/a.jpg"), library)) == {
            str(top),
            str(home / trash.HOME_FOLDER),
            str(library / "removed"),
        }


@may_mount
def test_a_drive_watched_as_a_whole_is_supported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own folder at its top lies in the watched folder then, where it is never indexed."""
    monkeypatch.setattr(trash, "is_supported", lambda: False)
    with mounts() as made:
        photos = made.tmpfs(tmp_path / "base/photos")
        monkeypatch.setattr(
            Path,
            "mkdir",
            lambda self, *given, real=Path.mkdir, **named: real(
                self, *given, **{**named, "exist_ok": True}
            ),
        )
        small_library = SmallLibrary(tmp_path / "base")
        try:
            small_library.add_photo("a.jpg", "one")
            small_library.add_photo("b.jpg", "one")
            before = small_library.tree()
            (result,) = remove(
                small_library.library, [small_library.removal("b.jpg", "a.jpg")]
            ).results
            assert result.state == "removed" and str(result.at).startswith(
                str(photos / trash.OWN_FOLDER)
            ), result
            undo(small_library.library)
            assert {
                path: what for path, what in small_library.tree().items() if what[0] != "folder"
            } == before
        finally:
            small_library.close()


def test_test_mounts_are_removed(tmp_path: Path) -> None:
    if possible():
        with mounts() as made:
            assert isinstance(made, Mounts) and os.path.ismount(made.tmpfs(tmp_path / "x"))
        assert not os.path.ismount(tmp_path / "x")

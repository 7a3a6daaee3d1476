"""Moving files to the trash as the specification says."""

from __future__ import annotations

import datetime as dt
import errno
import os
import stat
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest

from explorer.removal import part_files, safe_move, trash
from explorer.removal.file_names import longest_name
from explorer.removal.remove import remove
from explorer.removal.trash import TrashEntry
from explorer.removal.undo import undo
from tests.fixtures.small_library import SmallLibrary, hash_of

pytestmark = pytest.mark.skipif(not trash.is_supported(), reason="the trash of freedesktop.org")


def send(path: Path) -> TrashEntry:
    to = trash.free_slot(str(path))
    trash.send(str(path), hash_of(path.read_bytes()), to)
    return to


def note(info: str) -> dict[str, str]:
    lines = Path(info).read_text(encoding="ascii").splitlines()
    assert lines[0] == "[Trash Info]"
    return dict(line.split("=", 1) for line in lines[1:])


def all_of(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def test_desktops_find_the_trashed_file(home_trash: Path, trashed_photo: Path) -> None:
    umask = os.umask(0)
    try:
        to = send(trashed_photo)
    finally:
        os.umask(umask)
    assert not trashed_photo.exists() and Path(to.path).read_text() == "photo"
    assert to.path.startswith(str(home_trash / "files/a.")) and to.path.endswith(".jpg")
    assert (
        to.info
        == str(home_trash / "info" / (Path(to.path).name + ".trashinfo"))
        == trash.note_path(to.path)
    )
    said = note(to.info)
    assert said["Path"] == str(trashed_photo)
    age = dt.datetime.now() - dt.datetime.strptime(said["DeletionDate"], "%Y-%m-%dT%H:%M:%S")
    assert dt.timedelta(seconds=-1) <= age < dt.timedelta(minutes=1)
    assert stat.S_IMODE(os.lstat(to.info).st_mode) == 0o600
    assert [stat.S_IMODE((home_trash / name).stat().st_mode) for name in ("files", "info")] == [
        0o700,
        0o700,
    ]


def test_names_of_any_bytes_are_encoded_as_specified(home_trash: Path, trashed_photo: Path) -> None:
    name = os.fsdecode(b"caf\xe9 100% \xc3\xbc\n=.jpg")
    trashed_photo = trashed_photo.rename(trashed_photo.with_name(name))
    to = send(trashed_photo)
    assert unquote_to_bytes(note(to.info)["Path"]) == os.fsencode(trashed_photo)
    assert note(to.info)["Path"].endswith("/caf%E9%20100%25%20%C3%BC%0A%3D.jpg")
    assert trash.find(str(trashed_photo), hash_of(b"photo")) == to


def test_a_long_name_is_truncated_in_the_trash_and_complete_in_its_info_file(
    home_trash: Path, trashed_photo: Path
) -> None:
    for length in (longest_name(str(trashed_photo.parent)) - 4, 240):
        long = trashed_photo.with_name("é" * ((length - 6) // 2) + ".jpg")
        long.write_text("photo")
        to = send(long)
        assert len(os.fsencode(Path(to.info).name)) <= longest_name(
            str(home_trash)
        ) and to.path.endswith(".jpg")
        assert unquote_to_bytes(note(to.info)["Path"]) == os.fsencode(long) and not long.exists()
        assert trash.find(str(long), hash_of(b"photo")) == to


def test_a_name_of_maximum_length_is_trashed_and_restored(
    small_library: SmallLibrary, tmp_path: Path
) -> None:
    name = "x" * (longest_name(str(tmp_path)) - 4) + ".jpg"
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo(name, "one")
    before = small_library.tree()
    assert remove(small_library.library, [small_library.removal(name, "a.jpg")]).removed
    undo(small_library.library)
    for _ in range(2):
        assert remove(
            small_library.library,
            [small_library.removal(name, "a.jpg")],
            str(small_library.base / "aside"),
        ).removed
        (small_library.photos / name).write_text("a newcomer")
        _, (restored,) = undo(small_library.library)
        assert restored.back and restored.back.endswith(" (restored).jpg")
        Path(restored.back).rename(small_library.photos / name)
    assert small_library.tree() == before


def test_names_in_the_trash_are_unique(home_trash: Path, trashed_photo: Path) -> None:
    slots = {trash.free_slot(str(trashed_photo)).path for _ in range(50)}
    assert len(slots) == 50 and all_of(home_trash) == []


def test_a_taken_name_is_not_overwritten_and_leaves_no_info_file(
    home_trash: Path, trashed_photo: Path
) -> None:
    """Whichever of the two came first: the other program's note, or its file."""
    to = trash.free_slot(str(trashed_photo))
    Path(to.info).write_text("a stranger's")
    with pytest.raises(FileExistsError):
        trash.send(str(trashed_photo), hash_of(b"photo"), to)
    assert (
        Path(to.info).read_text() == "a stranger's"
        and trashed_photo.exists()
        and not os.path.lexists(to.path)
    )
    to = trash.free_slot(str(trashed_photo))
    Path(to.path).write_text("a stranger's")
    with pytest.raises(FileExistsError):
        trash.send(str(trashed_photo), hash_of(b"photo"), to)
    assert Path(to.path).read_text() == "a stranger's" and trashed_photo.read_text() == "photo"


def test_a_failed_info_file_is_not_left_behind(
    home_trash: Path, trashed_photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(os, "fsync", full)
        send(trashed_photo)
    assert trashed_photo.exists() and all_of(home_trash) == []


@pytest.mark.parametrize(
    "error", [PermissionError(errno.EACCES, "Permission denied"), KeyboardInterrupt()]
)
def test_a_failed_move_leaves_no_info_file(
    home_trash: Path, trashed_photo: Path, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(safe_move, "move", fail)
    with pytest.raises(type(error)):
        send(trashed_photo)
    assert trashed_photo.exists() and all_of(home_trash) == []


def test_the_info_file_is_complete_and_on_disk_before_the_move(
    home_trash: Path, trashed_photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, synced = safe_move.move, list[str]()
    real_sync = part_files.sync_folder

    def look(source: str, target: str, *given: Any) -> list[str]:
        assert note(trash.note_path(target))["Path"] == source
        assert synced == [str(home_trash / "info")]
        return real(source, target, *given)

    def sync(folder: str) -> None:
        synced.append(folder)
        real_sync(folder)

    monkeypatch.setattr(part_files, "sync_folder", sync)
    monkeypatch.setattr(safe_move, "move", look)
    send(trashed_photo)
    assert synced[-2:] == [str(home_trash / "files"), str(trashed_photo.parent)]


def test_a_relative_data_folder_is_ignored(
    trashed_photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert trash.free_slot(str(trashed_photo)).path.startswith(
        str(tmp_path / "home/.local/share/Trash/files/")
    )

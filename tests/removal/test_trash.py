"""The system's trash as others see it: names reserved, notes that desktops understand, and nothing
lost when others write into it."""

from __future__ import annotations

import datetime as dt
import errno
import os
import secrets
import stat
import threading
from collections.abc import Iterator
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
from tests.removal.real_mounts import Mounts, mounts, possible

pytestmark = pytest.mark.skipif(not trash.is_supported(), reason="the trash of freedesktop.org")
may_mount = pytest.mark.skipif(not possible(), reason="needs Linux, and the right to mount")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home's trash of this test alone; it is not there yet."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "Trash"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photos" / "a.jpg"
    path.parent.mkdir()
    path.write_text("photo")
    return path


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[Path]:
    """A drive of its own, with a photo on it."""
    with mounts() as made:
        top = made.tmpfs(tmp_path / "drive")
        (top / "sub").mkdir()
        (top / "sub/a.jpg").write_text("photo")
        yield top


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


def test_what_desktops_find(home: Path, photo: Path) -> None:
    umask = os.umask(0)
    try:
        to = send(photo)
    finally:
        os.umask(umask)
    assert not photo.exists() and Path(to.path).read_text() == "photo"
    assert to.path.startswith(str(home / "files/a.")) and to.path.endswith(".jpg")
    assert (
        to.info
        == str(home / "info" / (Path(to.path).name + ".trashinfo"))
        == trash.note_path(to.path)
    )
    said = note(to.info)
    assert said["Path"] == str(photo)
    age = dt.datetime.now() - dt.datetime.strptime(said["DeletionDate"], "%Y-%m-%dT%H:%M:%S")
    assert dt.timedelta(seconds=-1) <= age < dt.timedelta(minutes=1)
    assert stat.S_IMODE(os.lstat(to.info).st_mode) == 0o600
    assert [stat.S_IMODE((home / name).stat().st_mode) for name in ("files", "info")] == [
        0o700,
        0o700,
    ]


def test_names_of_any_bytes_are_written_as_the_specification_says(home: Path, photo: Path) -> None:
    name = os.fsdecode(b"caf\xe9 100% \xc3\xbc\n=.jpg")
    photo = photo.rename(photo.with_name(name))
    to = send(photo)
    assert unquote_to_bytes(note(to.info)["Path"]) == os.fsencode(photo)
    assert note(to.info)["Path"].endswith("/caf%E9%20100%25%20%C3%BC%0A%3D.jpg")
    assert trash.find(str(photo), hash_of(b"photo")) == to


def test_a_long_name_is_cut_in_the_trash_and_whole_in_its_note(home: Path, photo: Path) -> None:
    for length in (longest_name(str(photo.parent)) - 4, 240):
        long = photo.with_name("é" * ((length - 6) // 2) + ".jpg")
        long.write_text("photo")
        to = send(long)
        assert len(os.fsencode(Path(to.info).name)) <= longest_name(str(home)) and to.path.endswith(
            ".jpg"
        )
        assert unquote_to_bytes(note(to.info)["Path"]) == os.fsencode(long) and not long.exists()
        assert trash.find(str(long), hash_of(b"photo")) == to


def test_a_name_as_long_as_can_be_goes_and_comes_back(
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


def test_two_names_are_never_the_same(home: Path, photo: Path) -> None:
    slots = {trash.free_slot(str(photo)).path for _ in range(50)}
    assert len(slots) == 50 and all_of(home) == []


def test_a_taken_name_is_not_overwritten_and_no_note_is_left(home: Path, photo: Path) -> None:
    """Whichever of the two came first: the other program's note, or its file."""
    to = trash.free_slot(str(photo))
    Path(to.info).write_text("a stranger's")
    with pytest.raises(FileExistsError):
        trash.send(str(photo), hash_of(b"photo"), to)
    assert (
        Path(to.info).read_text() == "a stranger's"
        and photo.exists()
        and not os.path.lexists(to.path)
    )
    to = trash.free_slot(str(photo))
    Path(to.path).write_text("a stranger's")
    with pytest.raises(FileExistsError):
        trash.send(str(photo), hash_of(b"photo"), to)
    assert Path(to.path).read_text() == "a stranger's" and photo.read_text() == "photo"


def test_a_note_that_cannot_be_written_leaves_none(
    home: Path, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(os, "fsync", full)
        send(photo)
    assert photo.exists() and all_of(home) == []


@pytest.mark.parametrize(
    "error", [PermissionError(errno.EACCES, "Permission denied"), KeyboardInterrupt()]
)
def test_a_move_that_fails_leaves_no_note(
    home: Path, photo: Path, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(safe_move, "move", fail)
    with pytest.raises(type(error)):
        send(photo)
    assert photo.exists() and all_of(home) == []


def test_the_note_is_whole_and_on_disk_before_the_file_moves(
    home: Path, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, synced = safe_move.move, list[str]()
    real_sync = part_files.sync_folder

    def look(source: str, target: str, *given: Any) -> None:
        assert note(trash.note_path(target))["Path"] == source
        assert synced == [str(home / "info")]
        real(source, target, *given)

    def sync(folder: str) -> None:
        synced.append(folder)
        real_sync(folder)

    monkeypatch.setattr(part_files, "sync_folder", sync)
    monkeypatch.setattr(safe_move, "move", look)
    send(photo)
    assert synced[-2:] == [str(home / "files"), str(photo.parent)]


def test_two_writers_at_once_lose_nothing(
    home: Path, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both choose the same name, at the same moment: the one whose note comes second is told so,
    chooses again, and loses nothing."""
    monkeypatch.setattr(secrets, "token_hex", lambda _: "same")
    others = [photo.with_name(f"{number}") / "a.jpg" for number in range(2)]
    for number, path in enumerate(others):
        path.parent.mkdir()
        path.write_text(f"photo {number}")
    slots = [trash.free_slot(str(path)) for path in others]
    assert slots[0] == slots[1]
    meet, taken = threading.Barrier(2), list[Path]()

    def write(path: Path, to: TrashEntry) -> None:
        meet.wait()
        try:
            trash.send(str(path), hash_of(path.read_bytes()), to)
        except FileExistsError:
            taken.append(path)

    threads = [
        threading.Thread(target=write, args=each) for each in zip(others, slots, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 1 and taken[0].exists()
    (left,) = [path for path in others if path not in taken]
    assert Path(slots[0].path).read_text() == f"photo {left.parent.name}" and note(slots[0].info)[
        "Path"
    ] == str(left)


def test_where_others_take_the_name_another_is_chosen(
    small_library: SmallLibrary, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the choice of a name and the move: by another library, or by a program that reserves
    nothing."""
    for number in range(3):
        small_library.add_photo(f"{number}/a.jpg", f"photo {number}")
        small_library.add_photo(f"{number}/b.jpg", f"photo {number}")
        small_library.add_file(f"{number}/b.xmp", "words")
    before, real, struck = small_library.tree(), safe_move.move, list[str]()

    def taken(source: str, target: str, *given: Any) -> None:
        if (
            source not in struck
            and source.startswith(str(small_library.photos))
            and source.endswith(".jpg")
        ):
            struck.append(source)
            Path(target).write_text("a stranger's")
        real(source, target, *given)

    monkeypatch.setattr(safe_move, "move", taken)
    outcome = remove(
        small_library.library,
        [small_library.removal(f"{number}/b.jpg", f"{number}/a.jpg") for number in range(3)],
    )
    assert [result.state for result in outcome.results] == ["removed"] * 3 and len(struck) == 3
    held = sorted(path.read_text() for path in (home / "files").iterdir())
    assert held == sorted(
        [*(f"photo {number}" for number in range(3)), *["a stranger's"] * 3, *["words"] * 3]
    )
    undo(small_library.library)
    assert small_library.tree() == before
    assert [path.read_text() for path in (home / "files").iterdir()] == ["a stranger's"] * 3
    # The strangers have no notes, as they reserved nothing; of ours none is left.
    assert all_of(home / "info") == []


def test_where_others_always_take_the_name_it_is_said(
    small_library: SmallLibrary, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before, real, calls = small_library.tree(), safe_move.move, 0

    def taken(source: str, target: str, *given: Any) -> None:
        nonlocal calls
        calls += 1
        Path(target).write_text("a stranger's")
        real(source, target, *given)

    monkeypatch.setattr(safe_move, "move", taken)
    (result,) = remove(small_library.library, [small_library.removal("b.jpg", "a.jpg")]).results
    assert (result.state, calls) == ("failed", 5) and "other programs" in result.reason
    assert small_library.tree() == before and all_of(home / "info") == []


def test_a_trash_that_cannot_be_made_is_said(small_library: SmallLibrary, home: Path) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    home.parent.mkdir()
    home.write_text("no folder")
    (result,) = remove(small_library.library, [small_library.removal("b.jpg", "a.jpg")]).results
    assert result.state == "refused" and "trash cannot be used" in result.reason


# --- which trash


def test_a_relative_folder_of_data_does_not_count(
    photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert trash.free_slot(str(photo)).path.startswith(
        str(tmp_path / "home/.local/share/Trash/files/")
    )


@may_mount
def test_a_file_of_another_drive_goes_to_the_trash_there(home: Path, drive: Path) -> None:
    photo = drive / "sub/a.jpg"
    to = send(photo)
    user = os.getuid()
    assert (
        to.path.startswith(str(drive / f".Trash-{user}/files/"))
        and note(to.info)["Path"] == "sub/a.jpg"
    )
    assert stat.S_IMODE((drive / f".Trash-{user}").stat().st_mode) == 0o700
    assert trash.find(str(photo), hash_of(b"photo")) == to and not home.exists()


@may_mount
@pytest.mark.parametrize("mode", [0o1777, 0o777])
def test_the_trash_that_all_share_is_used_where_none_can_delete_the_files_of_others(
    home: Path, drive: Path, mode: int
) -> None:
    (drive / ".Trash").mkdir()
    (drive / ".Trash").chmod(mode)
    photo, user = drive / "sub/a.jpg", os.getuid()
    to = send(photo)
    shared = mode & stat.S_ISVTX
    assert to.path.startswith(
        str(drive / (f".Trash/{user}/files/" if shared else f".Trash-{user}/files/"))
    )
    assert note(to.info)["Path"] == "sub/a.jpg" and trash.find(str(photo), hash_of(b"photo")) == to


@may_mount
@pytest.mark.parametrize("what", ["link", "file", "strangers"])
def test_a_trash_that_is_not_ours_is_not_used(
    home: Path, drive: Path, what: str, tmp_path: Path
) -> None:
    """What somebody else has put in its place gets no photos: they are copied to the home's trash
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
    photo = drive / "sub/a.jpg"
    to = send(photo)
    assert to.path.startswith(str(home / "files")) and note(to.info)["Path"] == str(photo)
    assert (
        list((tmp_path / "elsewhere").iterdir()) == []
        and not photo.exists()
        and Path(to.path).read_text() == "photo"
    )


@may_mount
def test_copies_into_the_homes_trash_are_compared(
    home: Path, drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (drive / f".Trash-{os.getuid()}").write_text("")
    with pytest.raises(safe_move.FileChanged):
        to = trash.free_slot(str(drive / "sub/a.jpg"))
        trash.send(str(drive / "sub/a.jpg"), hash_of(b"other"), to)
    assert (drive / "sub/a.jpg").exists() and all_of(home) == []


@may_mount
def test_on_a_bind_mount_of_the_same_drive_the_homes_trash_gets_a_copy(
    home: Path, photo: Path, tmp_path: Path
) -> None:
    with mounts() as made:
        alias = made.bind(photo.parent, tmp_path / "alias")
        to = send(alias / "a.jpg")
    assert Path(to.path).read_text() == "photo" and not photo.exists()


# --- where there is no trash that can be read


def test_a_folder_of_our_own_on_the_same_drive(tmp_path: Path, photo: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    assert trash.own_folder(str(photo), library) == str(library / "removed")


@may_mount
@pytest.mark.parametrize("taken", ["", "file", "link"])
def test_a_folder_of_our_own_at_the_top_of_another_drive(
    tmp_path: Path, drive: Path, taken: str
) -> None:
    library, top = tmp_path / "library", drive / trash.OWN_FOLDER
    library.mkdir()
    if taken == "file":
        top.write_text("")
    elif taken == "link":
        top.symlink_to(drive / "sub")
    found = trash.own_folder(str(drive / "sub/a.jpg"), library)
    assert found == str(library / "removed" if taken else top)
    if not taken:
        assert stat.S_IMODE(top.stat().st_mode) == 0o700
        assert set(trash.own_folders(str(drive / "sub/a.jpg"), library)) == {
            str(top),
            str(library / "removed"),
        }


@may_mount
def test_a_drive_that_is_watched_as_a_whole(
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


def test_mounts_of_the_helper_end(tmp_path: Path) -> None:
    if possible():
        with mounts() as made:
            assert isinstance(made, Mounts) and os.path.ismount(made.tmpfs(tmp_path / "x"))
        assert not os.path.ismount(tmp_path / "x")

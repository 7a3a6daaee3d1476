"""Which trash a file of another drive goes to, on a drive that is one by its number only, so that
nothing need be mounted."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from explorer.library.paths import inside
from explorer.removal import safe_move, trash
from explorer.systems import file_calls
from tests.fixtures.small_library import hash_of

pytestmark = pytest.mark.skipif(not trash.is_supported(), reason="the trash of freedesktop.org")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "Trash"


@pytest.fixture
def drive(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The top of a drive with a photo, `sub/a.jpg`; everything else lies on another one."""
    top = tmp_path / "drive"
    (top / "sub").mkdir(parents=True)
    (top / "sub/a.jpg").write_text("photo")
    number = os.lstat(top).st_dev
    monkeypatch.setattr(trash, "_device", lambda folder: number if inside(folder, str(top)) else -1)
    monkeypatch.setattr(trash, "_mount_point", lambda path: str(top))
    return top


def chosen(drive: Path) -> str:
    """The trash that is chosen for the photo."""
    return str(Path(trash.free_slot(str(drive / "sub/a.jpg")).path).parents[1])


def own(drive: Path) -> Path:
    return drive / f".Trash-{os.getuid()}"


def test_the_trash_of_the_drive_is_created_if_needed(drive: Path, home: Path) -> None:
    assert chosen(drive) == str(own(drive)) == chosen(drive)
    assert stat.S_IMODE(own(drive).stat().st_mode) == 0o700 and not home.exists()


def test_the_home_trash_is_used_for_files_on_its_drive(
    home: Path, drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "_device", lambda folder: 1)
    assert chosen(drive) == str(home) and not own(drive).exists()


@pytest.mark.parametrize(
    ("mode", "shared"), [(0o1777, True), (0o1755, True), (0o777, False), (0o755, False)]
)
def test_the_shared_trash_requires_the_sticky_bit(drive: Path, mode: int, shared: bool) -> None:
    (drive / ".Trash").mkdir()
    (drive / ".Trash").chmod(mode)
    assert chosen(drive) == str(drive / ".Trash" / str(os.getuid()) if shared else own(drive))


@pytest.mark.parametrize("what", ["link", "file"])
def test_a_shared_trash_must_be_a_folder(drive: Path, what: str, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere").chmod(0o1777)
    if what == "link":
        (drive / ".Trash").symlink_to(tmp_path / "elsewhere")
    else:
        (drive / ".Trash").write_text("")
        (drive / ".Trash").chmod(0o1777)
    assert chosen(drive) == str(own(drive)) and list((tmp_path / "elsewhere").iterdir()) == []


def test_another_trash_is_used_if_our_part_of_the_shared_one_belongs_to_someone_else(
    drive: Path,
) -> None:
    (drive / ".Trash").mkdir()
    (drive / ".Trash").chmod(0o1777)
    (drive / ".Trash" / str(os.getuid())).write_text("taken")
    assert chosen(drive) == str(own(drive))


@pytest.mark.parametrize(
    "what", ["link", "file", "others", "not writable", "other drive", "not made"]
)
def test_the_home_trash_is_used_if_none_on_the_drive_is_usable(
    drive: Path, home: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if what == "link":
        own(drive).symlink_to("sub")
    elif what == "file":
        own(drive).write_text("")
    elif what == "others":
        own(drive).mkdir()
        user = os.getuid()
        monkeypatch.setattr(trash, "_user", lambda: user + 1)
        own(drive).rename(own(drive).with_name(f".Trash-{user + 1}"))
    elif what == "not writable":
        monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)
    elif what == "other drive":
        monkeypatch.setattr(
            trash, "_device", lambda folder: -2 if inside(folder, str(drive)) else -1
        )
    else:

        def locked(*_: Any, **__: Any) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(os, "mkdir", locked)
        monkeypatch.setattr(os, "makedirs", lambda *_, **__: None)
    assert chosen(drive) == str(home)


def test_paths_in_the_trash_of_a_drive_are_valid_at_any_mount_point(drive: Path) -> None:
    photo = drive / "sub/a.jpg"
    to = trash.free_slot(str(photo))
    trash.send(str(photo), hash_of(b"photo"), to)
    assert "\nPath=sub/a.jpg\n" in Path(to.info).read_text()
    assert trash.find(str(photo), hash_of(b"photo")) == to


def test_all_possible_destinations_of_a_file_are_listed(
    drive: Path, home: Path, tmp_path: Path
) -> None:
    user = str(os.getuid())
    assert list(trash.trash_folders(str(drive / "sub/a.jpg"))) == [
        str(home),
        str(drive / ".Trash" / user),
        str(own(drive)),
    ]
    assert list(trash.own_folders(str(drive / "sub/a.jpg"), tmp_path / "library")) == [
        str(Path.home() / trash.HOME_FOLDER),
        str(tmp_path / "library/removed"),
        str(drive / trash.OWN_FOLDER),
    ]


@pytest.mark.parametrize("user", [4242, None])
def test_the_trash_folders_of_a_drive_are_those_of_the_user(
    drive: Path, user: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows numbers no users, but drives that are moved there have such folders."""
    if user is None:
        monkeypatch.delattr(os, "getuid")
    else:
        monkeypatch.setattr(os, "getuid", lambda: user)
    assert list(trash.trash_folders(str(drive / "sub/a.jpg")))[1:] == [
        str(drive / ".Trash" / str(user or 0)),
        str(drive / f".Trash-{user or 0}"),
    ]


def test_the_info_file_is_complete_when_it_is_flushed(
    drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And it is there before the file moves."""
    synced, real, move = list[int](), os.fsync, safe_move.move

    def fsync(handle: int) -> None:
        if stat.S_ISREG(os.fstat(handle).st_mode):
            synced.append(os.fstat(handle).st_size)
        real(handle)

    def moved(*given: Any) -> list[str]:
        assert len(synced) == 1
        return move(*given)

    photo = drive / "sub/a.jpg"
    to = trash.free_slot(str(photo))
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(safe_move, "move", moved)
    trash.send(str(photo), hash_of(b"photo"), to)
    assert synced[0] == Path(to.info).stat().st_size > 0


@pytest.mark.parametrize(("bits", "mode"), [(True, 0o700), (False, 0o777)])
def test_our_own_folder_is_private_where_systems_have_permissions(
    drive: Path, bits: bool, mode: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows, a private folder could not be read on another computer."""
    made, real = list[int](), file_calls.makedirs
    monkeypatch.setattr(trash, "this_system", lambda: SimpleNamespace(has_permission_bits=bits))
    monkeypatch.setattr(
        file_calls, "makedirs", lambda path, mode: [made.append(mode), real(path, mode)]
    )
    assert trash.own_folder(str(drive / "sub/a.jpg")) == str(drive / trash.OWN_FOLDER)
    assert made == [mode]


def test_folders_of_the_trash_are_private(drive: Path, home: Path) -> None:
    for photo in (drive / "sub/a.jpg", home.parent / "a.jpg"):
        to = trash.free_slot(str(photo))
        folders = [Path(to.path).parent, Path(to.info).parent]
        assert [stat.S_IMODE(folder.stat().st_mode) & 0o7077 for folder in folders] == [0, 0]


def test_a_drive_that_is_not_connected_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows, nothing of it is there, not even its top."""
    asked = list[str]()

    def none(path: str) -> Any:
        asked.append(path)
        if len(asked) > 9:
            pytest.fail("it is asked for without end")
        raise FileNotFoundError(2, "No such file or directory", path)

    monkeypatch.setattr(file_calls, "stat", none)
    with pytest.raises(FileNotFoundError):
        trash._device("/no/such/folder")
    assert asked == ["/no/such/folder", "/no/such", "/no", "/"]


def test_the_search_for_a_drives_top_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where no folder is said to be a mount, as of a network drive on Windows."""
    asked = list[str]()

    def never(path: str) -> bool:
        asked.append(path)
        return False if len(asked) < 99 else pytest.fail("it never ends")

    monkeypatch.setattr(file_calls, "ismount", never)
    assert trash._mount_point(str(tmp_path / "a.jpg")) == tmp_path.anchor


def test_a_journal_of_another_system_can_be_read_where_users_have_no_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "getuid")
    assert trash.find(str(tmp_path / "a.jpg"), "0" * 32) is None

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer.removal import exclusive_rename, file_state, part_files, safe_move
from explorer.removal.part_files import part_name
from explorer.removal.safe_move import FileChanged, move, write_new_file
from tests.fixtures.small_library import hash_of

OLD = (1_400_000_000_000_000_000, 1_500_000_000_123_456_789)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A file with times and permissions of its own, alone in its folder."""
    path = tmp_path / "from" / "a.jpg"
    path.parent.mkdir()
    path.write_text("photo")
    path.chmod(0o640)
    os.utime(path, ns=OLD)
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "to").mkdir()
    return tmp_path / "to" / "b.jpg"


@pytest.fixture
def across(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every folder is a drive of its own."""
    real = os.link

    def link(source: str, target: str, **options: Any) -> None:
        if Path(source).parent != Path(target).parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        real(source, target, **options)

    monkeypatch.setattr(os, "link", link)


@pytest.fixture
def no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*_: Any, **__: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)


@pytest.fixture
def no_renameat2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exclusive_rename, "_renameat2", lambda: None)


def go(source: Path, target: Path, digest: str | None = None, token: str = "") -> None:
    move(str(source), str(target), digest or hash_of(b"photo"), token)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def failing(
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    *,
    of: Callable[[str], bool],
    code: int = errno.EACCES,
    done: bool = False,
) -> None:
    """Have a call of the system fail for some paths. done: it had been done all the same."""
    real = getattr(os, name)

    def fail(path: Any, *given: Any, **named: Any) -> Any:
        if of(str(path)):
            if done:
                real(path, *given, **named)
            raise OSError(code, os.strerror(code))
        return real(path, *given, **named)

    monkeypatch.setattr(os, name, fail)


WAYS = ["plain", "across", "no_links", "no_renameat2"]


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    """By another name, by a copy, by a rename that replaces nothing, and by one for which a place
    is reserved."""
    if request.param != "plain":
        request.getfixturevalue("no_links" if request.param == "no_renameat2" else request.param)
    if request.param == "no_renameat2":
        request.getfixturevalue("no_renameat2")
    return str(request.param)


def test_it_is_there_as_it_was_and_nothing_is_left(photo: Path, target: Path, way: str) -> None:
    inode = photo.stat().st_ino
    go(photo, target)
    assert names(photo.parent) == [] and names(target.parent) == ["b.jpg"]
    facts = target.stat()
    assert (
        target.read_text() == "photo"
        and facts.st_mtime_ns == OLD[1]
        and stat.S_IMODE(facts.st_mode) == 0o640
    )
    assert (facts.st_ino == inode) == (way != "across") and facts.st_nlink == 1


def test_a_link_stays_a_link(photo: Path, target: Path, way: str) -> None:
    link = photo.with_name("link.jpg")
    link.symlink_to("a.jpg")
    os.utime(link, ns=OLD, follow_symlinks=False)
    go(link, target, "any")
    assert (
        names(photo.parent) == ["a.jpg"]
        and target.readlink() == Path("a.jpg")
        and target.lstat().st_mtime_ns == OLD[1]
    )


def test_nothing_is_overwritten(photo: Path, target: Path, way: str) -> None:
    target.write_text("a stranger")
    with pytest.raises(FileExistsError, match="of that name already"):
        go(photo, target)
    assert (
        target.read_text() == "a stranger"
        and photo.read_text() == "photo"
        and names(target.parent) == ["b.jpg"]
    )


def test_nothing_is_overwritten_that_came_in_that_moment(
    photo: Path, target: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look that comes first is a courtesy; what keeps a stranger's file is the way it is moved."""
    target.write_text("a stranger")
    real = os.path.lexists
    monkeypatch.setattr(os.path, "lexists", lambda path: str(path) != str(target) and real(path))
    with pytest.raises(FileExistsError):
        go(photo, target)
    assert target.read_text() == "a stranger" and photo.read_text() == "photo"
    assert names(target.parent) == ["b.jpg"] and names(photo.parent) == ["a.jpg"]


def test_a_dangling_link_is_something_too(photo: Path, target: Path, way: str) -> None:
    target.symlink_to("nowhere")
    with pytest.raises(FileExistsError):
        go(photo, target)
    assert target.is_symlink() and photo.exists()


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS])
def test_where_the_source_cannot_go_it_keeps_its_name_alone(
    photo: Path, target: Path, way: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, "unlink", of=lambda path: path == str(photo), code=code)
    failing(monkeypatch, "rename", of=lambda path: path == str(photo), code=code)
    if way == "no_links":
        monkeypatch.setattr(safe_move, "rename_exclusively", os.rename)
    with pytest.raises(OSError, match=os.strerror(code)):
        go(photo, target)
    assert (
        photo.read_text() == "photo" and names(target.parent) == [] and photo.stat().st_nlink == 1
    )


@pytest.mark.parametrize("call", ["unlink", "rename"])
def test_a_drive_that_loses_its_answer_loses_no_file(
    photo: Path, target: Path, way: str, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network drive may do what it was asked for, and then say that there is no such file."""
    failing(monkeypatch, call, of=lambda path: path == str(photo), code=errno.ENOENT, done=True)
    go(photo, target)
    assert target.read_text() == "photo" and names(photo.parent) == []


def test_what_another_program_wrote_into_a_reserved_place_stays(
    photo: Path, target: Path, no_links: None, no_renameat2: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rename(*_: Any) -> None:
        target.write_text("a stranger's")
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "rename", rename)
    with pytest.raises(PermissionError):
        go(photo, target)
    assert photo.read_text() == "photo" and target.read_text() == "a stranger's"


def test_one_that_another_program_put_in_the_place_of_the_source_stays(
    photo: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replace(path: str) -> bool:
        if path == str(photo) and photo.read_text() == "photo":
            (photo.parent / "new").write_text("an edit")
            (photo.parent / "new").replace(photo)
            return True
        return False

    failing(monkeypatch, "unlink", of=replace)
    with pytest.raises(PermissionError):
        go(photo, target)
    assert photo.read_text() == "an edit" and target.read_text() == "photo"


def test_a_copy_is_compared_before_the_original_goes(
    photo: Path, target: Path, across: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(source: Any, new: Any, *_: Any) -> None:
        new.write(source.read()[:-1] + b"0")

    monkeypatch.setattr(shutil, "copyfileobj", torn)
    with pytest.raises(FileChanged, match="differs from the original"):
        go(photo, target)
    assert photo.read_text() == "photo" and names(target.parent) == []


@pytest.mark.parametrize("edit", [b"phot0", b"photo and more"])
def test_an_edit_saved_while_it_is_copied_stays(
    photo: Path, target: Path, across: None, edit: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.copyfileobj

    def and_edit(source: Any, new: Any, *given: Any) -> None:
        real(source, new, *given)
        photo.write_bytes(edit)
        os.utime(photo, ns=OLD)

    monkeypatch.setattr(shutil, "copyfileobj", and_edit)
    with pytest.raises(FileChanged, match="changed while it was copied"):
        go(photo, target)
    assert photo.read_bytes() == edit and names(target.parent) == []


def test_a_copy_of_what_was_deleted_meanwhile_stays(
    photo: Path, target: Path, across: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = file_state.file_hash

    def and_delete(path: str) -> str:
        found = real(path)
        photo.unlink()
        return found

    monkeypatch.setattr(file_state, "file_hash", and_delete)
    go(photo, target)
    assert target.read_text() == "photo"


@pytest.mark.parametrize("call", ["fsync", "link", "utime"])
def test_nothing_is_left_of_a_copy_that_failed(
    photo: Path, target: Path, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.link

    def link(source: str, target: str, **options: Any) -> None:
        if Path(source).parent != Path(target).parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        if call == "link":
            raise OSError(errno.EIO, "Input/output error")
        real(source, target, **options)

    def fails(*_: Any, **__: Any) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "link", link)
    if call == "utime":
        monkeypatch.setattr(shutil, "copystat", fails)
    elif call == "fsync":
        monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="Input/output"):
        go(photo, target)
    assert photo.read_text() == "photo" and names(target.parent) == []


def test_a_drive_that_knows_no_permissions_gets_the_times(
    photo: Path, target: Path, across: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(shutil, "copystat", refuse)
    go(photo, target)
    assert (target.stat().st_mtime_ns, target.read_text()) == (OLD[1], "photo")


def test_a_strangers_unfinished_file_is_not_ours(photo: Path, target: Path, across: None) -> None:
    """Neither one that looks like an unfinished copy of this name, nor one that lies where ours
    would grow."""
    for name in (".b.jpg.part", part_name("token")):
        (target.parent / name).write_text("a stranger's")
    go(photo, target, token="token")
    assert target.read_text() == "photo"
    assert all(
        (target.parent / name).read_text() == "a stranger's"
        for name in (".b.jpg.part", part_name("token"))
    )
    link = photo.with_name("link")
    link.symlink_to("x")
    go(link, target.with_name("link"), token="token")
    assert names(target.parent) == sorted([".b.jpg.part", part_name("token"), "b.jpg", "link"])


def test_a_copy_grows_under_the_name_of_its_token_so_that_it_is_found_after_a_cut(
    photo: Path, target: Path, across: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = list[list[str]]()
    real = file_state.file_hash

    def look(path: str) -> str:
        seen.append(names(target.parent))
        return real(path)

    monkeypatch.setattr(file_state, "file_hash", look)
    go(photo, target, token="20260101-000000-abcd-7")
    assert seen == [[".photo-explorer-20260101-000000-abcd-7.part"]]
    (target.parent / part_name("t")).write_text("half")
    part_files.delete_part(str(target.parent), "t")
    part_files.delete_part(str(target.parent), "t")
    assert names(target.parent) == ["b.jpg"] and part_name() != part_name()


def test_what_is_on_disk_before_what_goes(
    photo: Path, target: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new name (and a copy's content) is on disk before the old one goes; both folders are at
    the end."""
    steps = list[str]()
    folders = {path.parent.stat().st_ino: name for path, name in ((photo, "from"), (target, "to"))}
    real_fsync, real_unlink, real_rename = os.fsync, os.unlink, os.rename

    def fsync(handle: int) -> None:
        steps.append("sync " + folders.get(os.fstat(handle).st_ino, "content"))
        real_fsync(handle)

    def unlink(path: Any, **named: Any) -> None:
        steps.append("goes" if str(path) == str(photo) else "part goes")
        real_unlink(path, **named)

    def rename(source: Any, target: Any, **named: Any) -> None:
        steps.append("renamed")
        real_rename(source, target, **named)

    for name, function in (("fsync", fsync), ("unlink", unlink), ("rename", rename)):
        monkeypatch.setattr(os, name, function)
    go(photo, target)
    if way == "across":
        assert steps == [
            "sync content",
            "sync to",
            "part goes",
            "sync to",
            "goes",
            "sync to",
            "sync from",
        ]
    elif way == "plain":
        assert steps == ["sync to", "goes", "sync to", "sync from"]
    else:
        assert steps == [*(["renamed"] if way == "no_renameat2" else []), "sync to", "sync from"]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="where open files can be counted")
def test_no_file_stays_open(photo: Path, target: Path, way: str) -> None:
    before = os.listdir("/proc/self/fd")
    go(photo, target)
    write_new_file(str(target.with_name("a.xmp")), b"x")
    assert os.listdir("/proc/self/fd") == before


def test_a_system_call_that_is_not_known_here_is_done_without(
    photo: Path, target: Path, no_links: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code in (errno.ENOSYS, errno.EINVAL, errno.EIO):
        import ctypes

        def answer(*_: Any, code: int = code) -> int:
            ctypes.set_errno(code)
            return -1

        monkeypatch.setattr(exclusive_rename, "_renameat2", lambda answer=answer: answer)
        if code == errno.EIO:
            with pytest.raises(OSError, match="Input/output"):
                go(photo, target)
            assert photo.exists() and names(target.parent) == []
        else:
            go(photo, target)
            target.rename(photo)


@pytest.mark.skipif(os.name != "posix", reason="hard links of POSIX")
def test_links_are_not_followed_and_errors_of_other_kinds_are_told(
    photo: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(OSError, match="No space"):
        go(photo, target)
    assert photo.exists() and names(target.parent) == []


# --- new files


def test_a_new_file_is_complete_or_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.xmp"

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for call in ("fsync", "link"):
        with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
            patch.setattr(os, call, fail)
            write_new_file(str(path), b"text")
        assert names(tmp_path) == []
    write_new_file(str(path), b"text")
    assert path.read_bytes() == b"text" and names(tmp_path) == ["a.xmp"]


def test_a_new_file_replaces_none(tmp_path: Path) -> None:
    path = tmp_path / "a.xmp"
    path.write_bytes(b"one")
    with pytest.raises(FileExistsError):
        write_new_file(str(path), b"two")
    assert path.read_bytes() == b"one" and names(tmp_path) == ["a.xmp"]


def test_the_content_of_a_new_file_is_on_disk_before_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = list[str]()
    for name in ("fsync", "link"):
        real = getattr(os, name)

        def call(*given: Any, real: Any = real, name: str = name, **named: Any) -> None:
            steps.append(name)
            real(*given, **named)

        monkeypatch.setattr(os, name, call)
    write_new_file(str(tmp_path / "a.xmp"), b"bytes")
    assert steps == ["fsync", "link", "fsync", "fsync"]

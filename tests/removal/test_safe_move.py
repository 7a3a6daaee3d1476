"""Moving a file: nothing is overwritten, and nothing is lost on failure."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer.removal import safe_move
from explorer.removal.safe_move import move, set_times, write_new_file
from explorer.systems import exclusive_rename
from explorer.systems.this_system import this_system
from tests.fixtures.small_library import hash_of

OLD = (1_400_000_000_000_000_000, 1_500_000_000_123_456_789)


@pytest.fixture
def no_hard_links(monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*_: Any, **__: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)


@pytest.fixture
def no_renameat2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exclusive_rename, "linux_rename", lambda: None)


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


WAYS = ["plain", "across_drives", "no_hard_links", "no_renameat2"]


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    """By another name, by a copy, by a rename that replaces nothing, and by one for which a place
    is reserved."""
    if request.param != "plain":
        request.getfixturevalue(
            "no_hard_links" if request.param == "no_renameat2" else request.param
        )
    if request.param == "no_renameat2":
        request.getfixturevalue("no_renameat2")
    return str(request.param)


def test_a_moved_file_is_unchanged_and_nothing_is_left_behind(
    source: Path, target: Path, way: str
) -> None:
    inode = source.stat().st_ino
    go(source, target)
    assert names(source.parent) == [] and names(target.parent) == ["b.jpg"]
    facts = target.stat()
    assert (
        target.read_text() == "photo"
        and facts.st_mtime_ns == OLD[1]
        and stat.S_IMODE(facts.st_mode) == 0o640
    )
    assert (facts.st_ino == inode) == (way != "across_drives") and facts.st_nlink == 1


def test_a_link_stays_a_link(source: Path, target: Path, way: str) -> None:
    link = source.with_name("link.jpg")
    link.symlink_to("a.jpg")
    os.utime(link, ns=OLD, follow_symlinks=False)
    go(link, target, "any")
    assert (
        names(source.parent) == ["a.jpg"]
        and target.readlink() == Path("a.jpg")
        and target.lstat().st_mtime_ns == OLD[1]
    )


def test_nothing_is_overwritten(source: Path, target: Path, way: str) -> None:
    target.write_text("a stranger")
    with pytest.raises(FileExistsError, match="of that name already"):
        go(source, target)
    assert (
        target.read_text() == "a stranger"
        and source.read_text() == "photo"
        and names(target.parent) == ["b.jpg"]
    )


def test_a_file_created_concurrently_is_not_overwritten(
    source: Path, target: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first check is a courtesy; another program's file is safe because of how files move."""
    target.write_text("a stranger")
    real = os.path.lexists
    monkeypatch.setattr(os.path, "lexists", lambda path: str(path) != str(target) and real(path))
    with pytest.raises(FileExistsError):
        go(source, target)
    assert target.read_text() == "a stranger" and source.read_text() == "photo"
    assert names(target.parent) == ["b.jpg"] and names(source.parent) == ["a.jpg"]


def test_a_dangling_link_is_not_overwritten(source: Path, target: Path, way: str) -> None:
    target.symlink_to("nowhere")
    with pytest.raises(FileExistsError):
        go(source, target)
    assert target.is_symlink() and source.exists()


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS])
def test_a_source_that_cannot_be_deleted_keeps_its_only_name(
    source: Path, target: Path, way: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, "unlink", of=lambda path: path == str(source), code=code)
    failing(monkeypatch, "rename", of=lambda path: path == str(source), code=code)
    if way == "no_hard_links":
        monkeypatch.setattr(
            type(this_system()), "rename_exclusively", lambda _, one, other: os.rename(one, other)
        )
    with pytest.raises(OSError, match=os.strerror(code)):
        go(source, target)
    assert (
        source.read_text() == "photo" and names(target.parent) == [] and source.stat().st_nlink == 1
    )


@pytest.mark.parametrize("call", ["unlink", "rename"])
def test_a_drive_that_loses_a_reply_loses_no_file(
    source: Path, target: Path, way: str, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network drive may do what it was asked for, and then say that there is no such file."""
    failing(monkeypatch, call, of=lambda path: path == str(source), code=errno.ENOENT, done=True)
    go(source, target)
    assert target.read_text() == "photo" and names(source.parent) == []


def test_a_file_written_by_another_program_to_a_reserved_path_is_kept(
    source: Path,
    target: Path,
    no_hard_links: None,
    no_renameat2: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def rename(*_: Any) -> None:
        target.write_text("a stranger's")
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "rename", rename)
    with pytest.raises(PermissionError):
        go(source, target)
    assert source.read_text() == "photo" and target.read_text() == "a stranger's"


def test_a_file_put_by_another_program_at_the_source_path_is_kept(
    source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replace(path: str) -> bool:
        if path == str(source) and source.read_text() == "photo":
            (source.parent / "new").write_text("an edit")
            (source.parent / "new").replace(source)
            return True
        return False

    failing(monkeypatch, "unlink", of=replace)
    with pytest.raises(PermissionError):
        go(source, target)
    assert source.read_text() == "an edit" and target.read_text() == "photo"


def test_the_copy_is_on_disk_before_the_source_is_deleted(
    source: Path, target: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new name (and a copy's content) is on disk before the old one goes; both folders are at
    the end."""
    steps = list[str]()
    folders = {path.parent.stat().st_ino: name for path, name in ((source, "from"), (target, "to"))}
    real_fsync, real_unlink, real_rename = os.fsync, os.unlink, os.rename

    def fsync(handle: int) -> None:
        steps.append("sync " + folders.get(os.fstat(handle).st_ino, "content"))
        real_fsync(handle)

    def unlink(path: Any, **named: Any) -> None:
        steps.append("goes" if str(path) == str(source) else "part goes")
        real_unlink(path, **named)

    def rename(source: Any, target: Any, **named: Any) -> None:
        steps.append("renamed")
        real_rename(source, target, **named)

    for name, function in (("fsync", fsync), ("unlink", unlink), ("rename", rename)):
        monkeypatch.setattr(os, name, function)
    go(source, target)
    if way == "across_drives":
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
def test_no_file_stays_open(source: Path, target: Path, way: str) -> None:
    before = os.listdir("/proc/self/fd")
    go(source, target)
    write_new_file(str(target.with_name("a.xmp")), b"x")
    assert os.listdir("/proc/self/fd") == before


def test_an_unsupported_system_call_is_replaced(
    source: Path, target: Path, no_hard_links: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code in (errno.ENOSYS, errno.EINVAL, errno.EIO):
        import ctypes

        def answer(*_: Any, code: int = code) -> int:
            ctypes.set_errno(code)
            return -1

        monkeypatch.setattr(exclusive_rename, "linux_rename", lambda answer=answer: answer)
        if code == errno.EIO:
            with pytest.raises(OSError, match="Input/output"):
                go(source, target)
            assert source.exists() and names(target.parent) == []
        else:
            go(source, target)
            target.rename(source)


@pytest.mark.skipif(os.name != "posix", reason="hard links of POSIX")
def test_links_are_not_followed_and_other_errors_are_raised(
    source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(OSError, match="No space"):
        go(source, target)
    assert source.exists() and names(target.parent) == []


def test_times_are_set_on_the_link_itself(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never of the photo that it leads to: also where a link's own times cannot be set."""
    link, new = source.with_name("link.jpg"), (OLD[0] - 10**9, OLD[1] - 10**9)
    link.symlink_to("a.jpg")
    set_times(str(link), *new)
    assert (link.lstat().st_atime_ns, link.lstat().st_mtime_ns) == new
    monkeypatch.setattr(safe_move, "_TIMES_OF_LINKS", False)
    set_times(str(link), *OLD)
    assert link.lstat().st_mtime_ns == new[1] and source.stat().st_mtime_ns == OLD[1]
    set_times(str(source), *new)
    assert (source.stat().st_atime_ns, source.stat().st_mtime_ns) == new

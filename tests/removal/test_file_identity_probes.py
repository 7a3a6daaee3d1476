"""What is done to files to find out whether two paths are one file, and what is concluded where
the file system's own numbers say little."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.removal.file_identity import (
    are_hard_links,
    delete_redundant,
    folder_showing,
    is_redundant,
    mtime_change_shows,
    proven_distinct,
    same_directory_entry,
)
from tests.removal.test_file_identity import OLD, hard, other, with_facts

_SECOND, _DAY = 10**9, 86_400 * 10**9
# FAT stores even seconds.
_STEP = 2 * _SECOND
# The last second that 32 bits can count.
_END = (2**31 - 1) * _SECOND


@pytest.fixture
def a(tmp_path: Path) -> Path:
    return other(tmp_path / "a.jpg", "a.jpg")


@pytest.fixture
def set_times(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, int]]:
    """Every file whose times are set, with its modification time."""
    real, found = os.utime, list[tuple[Any, int]]()

    def utime(path: Any, *, ns: tuple[int, int]) -> None:
        found.append((path, ns[1]))
        real(path, ns=ns)

    monkeypatch.setattr(os, "utime", utime)
    return found


def reported(monkeypatch: pytest.MonkeyPatch, change: Callable[[str], dict[str, int]]) -> None:
    """Have the file system report other facts of some paths."""
    for name in ("lstat", "stat"):
        real = getattr(os, name)
        monkeypatch.setattr(
            os,
            name,
            lambda path, *given, real=real, **named: with_facts(
                real(path, *given, **named), **change(str(path))
            ),
        )


# 86,400: the first time that is tried is the one that the other file has.
@pytest.mark.parametrize("later", [-172_800, -86_400, -1, 0, 1, 86_399, 86_400, 86_401, 172_800])
@pytest.mark.parametrize("mtime", [OLD[1], OLD[1] + 3 * _SECOND])
def test_the_probe_changes_the_time_by_a_day_or_two(
    a: Path, later: int, mtime: int, set_times: list[tuple[Any, int]]
) -> None:
    """Whatever time the other file has, and also where times are rounded to two seconds. A photo
    whose probe is cut off by a power failure keeps nearly its date."""
    b = other(a, "b.jpg")
    os.utime(a, ns=(OLD[0], mtime))
    os.utime(b, ns=(OLD[0], mtime + later * _SECOND))
    set_times.clear()
    assert mtime_change_shows(str(a), str(b)) is False
    (_, marked), (_, restored) = set_times
    assert marked % _STEP == 0 and restored == mtime
    assert marked // _STEP != (mtime + later * _SECOND) // _STEP
    days = 2 if mtime + later * _SECOND >= mtime // _STEP * _STEP + _DAY > mtime else 1
    assert _DAY - _STEP < marked - mtime <= days * _DAY


@pytest.mark.parametrize(
    ("before_end", "step"),
    [(0, -1), (2 * _DAY, -1), (3 * _DAY - 2 * _SECOND, -1), (3 * _DAY - _SECOND, 1), (4 * _DAY, 1)],
)
def test_the_probe_stays_within_the_times_that_a_file_system_has(
    a: Path, before_end: int, step: int, set_times: list[tuple[Any, int]]
) -> None:
    """Of many, they end in January 2038. Elsewhere the time is later, not earlier: macOS would set
    the creation time back."""
    b = other(a, "b.jpg")
    mtime = _END - before_end
    for taken in (OLD[1], mtime // _STEP * _STEP + step * _DAY):
        os.utime(a, ns=(OLD[0], mtime))
        os.utime(b, ns=(OLD[0], taken))
        set_times.clear()
        assert mtime_change_shows(str(a), str(b)) is False
        marked = set_times[0][1]
        assert marked <= _END and (marked - mtime) * step > 0
        assert abs(marked - mtime) < 2 * _DAY + _STEP


def test_times_of_what_is_kept_are_never_set(a: Path, set_times: list[tuple[Any, int]]) -> None:
    b = other(a, "b.jpg")
    set_times.clear()
    assert is_redundant(str(b), str(a)) and proven_distinct(str(b), str(a))
    assert {path for path, _ in set_times} == {str(b)}


def test_what_is_kept_is_only_read(a: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without waiting, should it be a pipe by now."""
    b, real, found = other(a, "b.jpg"), os.open, dict[str, int]()

    def opened(path: Any, flags: int, *given: Any, **named: Any) -> int:
        found[str(path)] = flags
        return real(path, flags, *given, **named)

    monkeypatch.setattr(os, "open", opened)
    assert proven_distinct(str(b), str(a))
    flags = found[str(a)]
    assert flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC) == 0
    assert flags & getattr(os, "O_NONBLOCK", 0) == getattr(os, "O_NONBLOCK", 0)


def test_hard_links_of_two_files_are_no_hard_links_of_one(a: Path) -> None:
    b = other(a, "b.jpg")
    hard(a, "a2.jpg"), hard(b, "b2.jpg")
    assert not are_hard_links(str(a), str(b))


@pytest.mark.parametrize("only", ["a.jpg", "c.jpg"])
def test_one_name_is_one_entry_even_if_another_count_is_out_of_date(
    a: Path, only: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network drive may report for one path what it was told some seconds ago."""
    c = hard(a, "c.jpg")
    assert are_hard_links(str(a), str(c)) and is_redundant(str(c), str(a))
    reported(monkeypatch, lambda path: {"st_nlink": 1} if path.endswith(only) else {})
    assert same_directory_entry(str(a), str(c)) and not are_hard_links(str(a), str(c))
    assert not delete_redundant(str(c), str(a)) and c.exists()


def test_a_link_is_no_copy_of_a_file_nor_a_file_of_a_link(a: Path) -> None:
    other(a, "b.jpg")
    link = a.parent / "link.jpg"
    link.symlink_to("b.jpg")
    assert not is_redundant(str(link), str(a)) and not is_redundant(str(a), str(link))


@pytest.mark.parametrize("without", [("one", "two"), ("one",), ("two",)])
def test_links_without_inodes_may_be_one(
    a: Path, without: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = a.parent / "one", a.parent / "two"
    one.symlink_to("a.jpg"), two.symlink_to("a.jpg")
    assert is_redundant(str(one), str(two))
    reported(monkeypatch, lambda path: {"st_ino": 0} if path.endswith(without) else {})
    assert not is_redundant(str(one), str(two))


@pytest.mark.parametrize("without", ["a.jpg", "b.jpg"])
def test_inodes_tell_two_files_apart_only_if_both_have_one(
    a: Path, without: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    b = other(a, "b.jpg")

    def utime(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "utime", utime)
    assert proven_distinct(str(a), str(b))
    reported(monkeypatch, lambda path: {"st_ino": 0} if path.endswith(without) else {})
    assert not proven_distinct(str(a), str(b))


@pytest.mark.parametrize("without", [("here", "sub"), ("here",), ("sub",)])
def test_paths_tell_folders_without_inodes_apart(
    tmp_path: Path, without: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    path = tmp_path / "here/a.jpg"
    path.write_text("one")
    c = hard(path, "sub/a.jpg")
    (tmp_path / "link").symlink_to("here")
    reported(monkeypatch, lambda path: {"st_ino": 0} if path.endswith(without) else {})
    assert not same_directory_entry(str(path), str(c)) and are_hard_links(str(path), str(c))
    assert same_directory_entry(str(path), str(tmp_path / "link/a.jpg"))


def test_one_folder_may_have_two_paths(a: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mount shows a folder, and its names, a second time."""
    c = hard(a, "sub/a.jpg")
    assert are_hard_links(str(a), str(c))
    inode = a.parent.stat().st_ino
    reported(monkeypatch, lambda path: {"st_ino": inode} if path.endswith("sub") else {})
    assert same_directory_entry(str(a), str(c)) and not delete_redundant(str(c), str(a))


def test_a_file_seen_twice_on_a_mount_is_one_entry(
    a: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its one name is found at two places."""
    b = other(a, "sub/b.jpg")
    inode = a.stat().st_ino
    reported(monkeypatch, lambda path: {"st_ino": inode} if path == str(b) else {})
    assert same_directory_entry(str(a), str(b)) and not is_redundant(str(b), str(a))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_only_an_empty_file_is_an_old_probe(tmp_path: Path) -> None:
    probe = tmp_path / ".photo-explorer-token.probe"
    os.mkfifo(probe)
    with pytest.raises(FileExistsError):
        folder_showing(str(tmp_path), [str(tmp_path)], "token")
    assert probe.is_fifo()


@pytest.mark.skipif(os.name == "nt", reason="permissions are those of the folder")
def test_a_probe_is_private(tmp_path: Path) -> None:
    probe, seen = tmp_path / ".photo-explorer-token.probe", list[int]()

    def others() -> Iterator[str]:
        seen.append(probe.stat().st_mode & 0o7777)
        yield str(tmp_path)

    assert folder_showing(str(tmp_path), others(), "token") == str(tmp_path)
    assert seen == [0o600] and not probe.exists()

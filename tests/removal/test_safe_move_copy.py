"""Moving to another drive: by a copy that is verified before the original is deleted."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from explorer.removal import file_state, part_files
from explorer.removal.part_files import part_name
from explorer.removal.safe_move import FileChanged, move
from explorer.systems.this_system import this_system
from tests.fixtures.small_library import hash_of
from tests.removal.test_safe_move import OLD, go, names
from tests.this_machine import separate_drives


def test_a_copy_is_compared_before_the_original_is_deleted(
    source: Path, target: Path, across_drives: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(old: Any, new: Any, *_: Any) -> None:
        new.write(old.read()[:-1] + b"0")

    monkeypatch.setattr(shutil, "copyfileobj", torn)
    with pytest.raises(FileChanged, match="differs from the original"):
        go(source, target)
    assert source.read_text() == "photo" and names(target.parent) == []


@pytest.mark.parametrize("edit", [b"phot0", b"photo and more"])
def test_an_edit_saved_during_the_copy_is_kept(
    source: Path, target: Path, across_drives: None, edit: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.copyfileobj

    def and_edit(old: Any, new: Any, *given: Any) -> None:
        real(old, new, *given)
        source.write_bytes(edit)
        os.utime(source, ns=OLD)

    monkeypatch.setattr(shutil, "copyfileobj", and_edit)
    with pytest.raises(FileChanged, match="changed while it was copied"):
        go(source, target)
    assert source.read_bytes() == edit and names(target.parent) == []


def test_a_copy_of_a_file_deleted_meanwhile_is_kept(
    source: Path, target: Path, across_drives: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = file_state.file_hash

    def and_delete(path: str) -> str:
        found = real(path)
        source.unlink()
        return found

    monkeypatch.setattr(file_state, "file_hash", and_delete)
    go(source, target)
    assert target.read_text() == "photo"


@pytest.mark.parametrize("link", [False, True])
def test_what_the_other_drive_cannot_store_is_said_of_files(
    source: Path, target: Path, across_drives: None, link: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[Path]()

    def lost(_: Any, original: str, copy: str) -> list[str]:
        asked.extend((Path(original), Path(copy).parent))
        return ["extended attributes"]

    copied = list[str]()
    monkeypatch.setattr(type(this_system()), "lost_attributes", lost)
    monkeypatch.setattr(
        type(this_system()), "copy_attributes", lambda _, original, copy: copied.append(original)
    )
    if link:
        source.unlink()
        source.symlink_to("elsewhere")
    said = move(str(source), str(target), hash_of(b"photo"))
    assert (said, asked) == (
        ([], []) if link else (["extended attributes"], [source, target.parent])
    )
    # Those of a link would be read from its target, and written to it.
    assert copied == ([] if link else [str(source)])


@pytest.mark.parametrize("call", ["fsync", "naming", "utime"])
def test_a_failed_copy_leaves_nothing_behind(
    source: Path, target: Path, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise OSError(errno.EIO, "Input/output error")

    separate_drives(monkeypatch, fails if call == "naming" else lambda: None)
    if call == "utime":
        monkeypatch.setattr(shutil, "copystat", fails)
    elif call == "fsync":
        monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="Input/output"):
        go(source, target)
    assert source.read_text() == "photo" and names(target.parent) == []


@pytest.mark.parametrize("code", [errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.ENOSPC])
def test_a_drive_without_permissions_still_gets_the_times(
    source: Path, target: Path, across_drives: None, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(shutil, "copystat", refuse)
    go(source, target)
    assert (target.stat().st_mtime_ns, target.read_text()) == (OLD[1], "photo")


def test_a_drive_without_file_times_is_reported(
    source: Path, target: Path, across_drives: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(os, "utime", refuse)
    assert move(str(source), str(target), hash_of(b"photo")) == ["file times"]
    assert target.read_text() == "photo" and not source.exists()


@pytest.mark.skipif(not hasattr(os, "chown"), reason="Windows has no groups of this kind")
def test_a_copy_gets_the_owner_and_group_of_the_original(
    source: Path, target: Path, across_drives: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, real = list[tuple[str, int, int]](), os.stat

    def owned(path: Any, **more: Any) -> Any:
        facts = real(path, **more)
        if path != str(source):
            return facts
        fields = {name: getattr(facts, name) for name in dir(facts) if name.startswith("st_")}
        return SimpleNamespace(**fields | {"st_uid": 12345, "st_gid": 54321})

    def refuse(path: str, user: int, group: int) -> None:
        asked.append((Path(path).name[:16], user, group))
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(os, "stat", owned)
    monkeypatch.setattr(os, "chown", refuse)
    go(source, target)
    assert asked == [(".photo-explorer-", 12345, 54321)]


def test_an_unfinished_file_of_another_program_is_left_alone(
    source: Path, target: Path, across_drives: None
) -> None:
    """Neither one that looks like an unfinished copy of this name, nor one that lies where ours
    would grow."""
    for name in (".b.jpg.part", part_name("token")):
        (target.parent / name).write_text("a stranger's")
    go(source, target, token="token")
    assert target.read_text() == "photo"
    assert all(
        (target.parent / name).read_text() == "a stranger's"
        for name in (".b.jpg.part", part_name("token"))
    )
    link = source.with_name("link")
    link.symlink_to("x")
    go(link, target.with_name("link"), token="token")
    assert names(target.parent) == sorted([".b.jpg.part", part_name("token"), "b.jpg", "link"])


def test_a_copy_is_written_under_its_token_name_so_that_recovery_finds_it(
    source: Path, target: Path, across_drives: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = list[list[str]]()
    real = file_state.file_hash

    def look(path: str) -> str:
        seen.append(names(target.parent))
        return real(path)

    monkeypatch.setattr(file_state, "file_hash", look)
    go(source, target, token="20260101-000000-abcd-7")
    assert seen == [[".photo-explorer-20260101-000000-abcd-7.part"]]
    (target.parent / part_name("t")).write_text("half")
    part_files.delete_part(str(target.parent), "t")
    part_files.delete_part(str(target.parent), "t")
    assert names(target.parent) == ["b.jpg"] and part_name() != part_name()

"""Moves between drives on macOS, with its calls played by this system."""

from __future__ import annotations

import ctypes
import errno
import os
import types
from pathlib import Path
from typing import Any

import pytest

from explorer.removal import safe_move
from explorer.removal.file_state import file_hash
from explorer.systems import macos_calls
from explorer.systems.macos import MacOS
from tests.systems.simulated import run_on

fcntl = pytest.importorskip("fcntl", reason="Windows has no such calls")
TAGS = "com.apple.metadata:_kMDItemUserTags"


class CLibrary:
    """Keeps extended attributes and creation times by path, in bytes."""

    def __init__(self) -> None:
        self.attributes = dict[bytes, list[str]]()
        self.created = dict[bytes, float]()
        self.listxattr = types.SimpleNamespace
        self.stores_attributes = True

        def listxattr(path: bytes, buffer: Any, size: ctypes.c_size_t, flags: int) -> int:
            assert flags == 1, "XATTR_NOFOLLOW"
            data = b"".join(os.fsencode(name) + b"\0" for name in self.attributes.get(path, []))
            if buffer is not None:
                assert size.value >= len(data)
                buffer[: len(data)] = data
            return len(data)

        self.listxattr = listxattr  # type: ignore[assignment]

    def copyfile(self, source: bytes, target: bytes, state: None, flags: int) -> int:
        assert flags == 1 | 4 | 3 << 18, "COPYFILE_ACL, COPYFILE_XATTR, COPYFILE_NOFOLLOW"
        if not self.stores_attributes:
            ctypes.set_errno(errno.ENOTSUP)
            return -1
        self.attributes[target] = list(self.attributes.get(source, []))
        return 0

    def setattrlist(
        self, path: bytes, wanted: Any, time: Any, size: ctypes.c_size_t, options: int
    ) -> int:
        assert (wanted._obj.bitmapcount, wanted._obj.commonattr, options) == (5, 0x200, 1)
        assert size.value == ctypes.sizeof(time._obj)
        if not self.stores_attributes:
            ctypes.set_errno(errno.ENOTSUP)
            return -1
        self.created[path] = time._obj.seconds + time._obj.nanoseconds / 1e9
        return 0


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> CLibrary:
    run_on(monkeypatch, "macos")
    found = CLibrary()
    monkeypatch.setattr(macos_calls, "c_library", lambda: found)
    monkeypatch.setattr(
        "explorer.systems.macos._creation_time",
        lambda path: found.created.get(os.fsencode(path), 1e9),
    )
    # As between two drives.
    real = os.link

    def link(source: str, target: str, **named: Any) -> None:
        if os.path.dirname(source) != os.path.dirname(target):
            raise OSError(errno.EXDEV, "another drive", source, None, target)
        real(source, target, **named)

    monkeypatch.setattr(os, "link", link)
    return found


@pytest.fixture
def photo(tmp_path: Path, library: CLibrary) -> Path:
    path = tmp_path / "from" / "é.jpg"
    path.parent.mkdir()
    path.write_bytes(b"photo")
    (tmp_path / "to").mkdir()
    library.attributes[os.fsencode(path)] = [TAGS, "com.apple.quarantine", "mine"]
    library.created[os.fsencode(path)] = 5e8
    return path


def move(photo: Path) -> list[str]:
    return safe_move.move(
        str(photo), str(photo.parent.parent / "to" / "é.jpg"), file_hash(str(photo))
    )


def test_tags_and_the_creation_time_move_along(photo: Path, library: CLibrary) -> None:
    assert move(photo) == [] and not photo.exists()
    copied = [names for path, names in library.attributes.items() if b"/to/" in path]
    assert copied == [[TAGS, "com.apple.quarantine", "mine"]]
    assert [time for path, time in library.created.items() if b"/to/" in path] == [5e8]


def test_what_the_other_drive_cannot_store_is_said(photo: Path, library: CLibrary) -> None:
    library.stores_attributes = False
    assert move(photo) == ["Finder tags", "extended attributes", "the creation time"]
    assert not photo.exists()


def test_attributes_that_the_system_sets_are_no_loss(photo: Path, library: CLibrary) -> None:
    library.attributes[os.fsencode(photo)] = ["com.apple.quarantine", "com.apple.provenance"]
    library.created.clear()
    library.stores_attributes = False
    assert move(photo) == []


def test_files_are_synced_through_the_drives_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, synced = list[int](), list[int]()
    monkeypatch.setattr(fcntl, "fcntl", lambda handle, what: asked.append(what))
    monkeypatch.setattr(os, "fsync", synced.append)
    MacOS().sync_file(3)
    assert asked == [51] and synced == []

    def unsupported(handle: int, what: int) -> None:
        raise OSError(errno.ENOTSUP, "not here")

    monkeypatch.setattr(fcntl, "fcntl", unsupported)
    MacOS().sync_file(3)
    assert synced == [3]

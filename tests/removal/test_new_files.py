"""Writing new files: complete or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from explorer.removal.part_files import create_file
from explorer.removal.safe_move import write_new_file
from tests.removal.test_safe_move import names


def test_a_new_file_is_complete_or_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_a_new_file_replaces_no_other(tmp_path: Path) -> None:
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


def test_only_the_owner_can_read_a_new_file(tmp_path: Path) -> None:
    """Also while it is written: it may hold a private photo."""
    path, modes = tmp_path / "a.part", list[int]()
    create_file(str(path), lambda _: modes.append(path.stat().st_mode))
    assert [mode & 0o7777 for mode in (*modes, path.stat().st_mode)] == [0o600] * 2

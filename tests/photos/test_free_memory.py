from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from explorer.photos import limits


def _say_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows and macOS: no /proc and no such figure of sysconf."""

    def unknown(name: str) -> int:
        raise ValueError("unrecognized configuration name")

    def absent(self: Path, *_: object, **__: object) -> str:
        raise FileNotFoundError(str(self))

    monkeypatch.setattr(os, "sysconf", unknown, raising=False)
    monkeypatch.setattr(Path, "read_text", absent)


def test_without_proc_the_system_reports_free_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    _say_nothing(monkeypatch)

    class Memory:
        available = 16 << 30

    monkeypatch.setattr(psutil, "virtual_memory", Memory)
    assert limits.free_memory() == 16 << 30
    limits.check_pixels(8064, 6048)
    limits.check_size(600 << 20)


def test_two_gigabytes_are_assumed_if_free_memory_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _say_nothing(monkeypatch)

    def unknown() -> None:
        raise NotImplementedError

    monkeypatch.setattr(psutil, "virtual_memory", unknown)
    assert limits.free_memory() == 2 << 30

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from explorer.errors import OversizedPhoto
from explorer.photos import limits

MB = 1 << 20


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(limits, "_CGROUP", tmp_path)
    return tmp_path


def container(group: Path, most: object, used: int, cached: int) -> None:
    (group / "memory.max").write_text(f"{most}\n")
    (group / "memory.current").write_text(f"{used}\n")
    (group / "memory.stat").write_text(f"anon 5\nfile {cached}\n")


def test_free_memory_of_a_container_is_its_limit_minus_use_without_cached_files(
    group: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    container(group, 1000 * MB, 700 * MB, 300 * MB)
    assert limits._free_in_cgroup() == 600 * MB
    monkeypatch.setattr(limits, "_free_on_machine", lambda: 800 * MB)
    assert limits.free_memory() == 600 * MB
    monkeypatch.setattr(limits, "_free_on_machine", lambda: 500 * MB)
    assert limits.free_memory() == 500 * MB
    container(group, 100, 700, 0)
    assert limits._free_in_cgroup() == 0
    container(group, 100, 10, 700)
    assert limits._free_in_cgroup() == 100


def test_without_a_container_there_is_no_other_limit(group: Path) -> None:
    assert limits._free_in_cgroup() == sys.maxsize
    container(group, "max", 7, 0)
    assert limits._free_in_cgroup() == sys.maxsize
    container(group, "nonsense", 7, 0)
    assert limits._free_in_cgroup() == sys.maxsize


def test_free_memory_of_the_machine_is_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Path, "read_text", lambda self: "MemTotal: 9 kB\nMemAvailable:    2048 kB\n"
    )
    assert limits._free_on_machine() == 2 * MB
    monkeypatch.setattr(Path, "read_text", lambda self: "MemAvailable:\n")
    monkeypatch.setattr(os, "sysconf", {"SC_AVPHYS_PAGES": 100, "SC_PAGE_SIZE": 4096}.__getitem__)
    assert limits._free_on_machine() == 409_600


def test_a_file_may_take_a_quarter_of_what_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "free_memory", lambda: 400 * MB)
    limits.check_size(100 * MB)
    with pytest.raises(OversizedPhoto, match=r"0\.1 GB"):
        limits.check_size(100 * MB + 1)
    # What is no burden in any case is not asked about.
    monkeypatch.setattr(limits, "free_memory", lambda: 0)
    limits.check_size(16 * MB)
    with pytest.raises(OversizedPhoto):
        limits.check_size(16 * MB + 1)


def test_a_picture_may_take_a_quarter_of_what_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    # A quarter of this is 12 bytes for each of ten million pixels.
    monkeypatch.setattr(limits, "free_memory", lambda: 480_000_000)
    limits.check_pixels(10_000, 1000)
    with pytest.raises(OversizedPhoto, match=r"10 megapixels \(10001 × 1000\).*memory for 10 "):
        limits.check_pixels(10_001, 1000)
    monkeypatch.setattr(limits, "free_memory", lambda: 0)
    limits.check_pixels(2000, 2000)
    with pytest.raises(OversizedPhoto):
        limits.check_pixels(2000, 2001)


@pytest.mark.parametrize("how", ["absent", "no number", "nothing"])
def test_the_system_is_asked_if_the_kernel_does_not_report_free_memory(
    monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    def read_text(path: Path) -> str:
        if how == "absent":
            raise FileNotFoundError(path)
        return "MemAvailable: much kB\n" if how == "no number" else "MemTotal: 9 kB\n"

    monkeypatch.setattr(Path, "read_text", read_text)
    monkeypatch.setattr(os, "sysconf", {"SC_AVPHYS_PAGES": 100, "SC_PAGE_SIZE": 4096}.__getitem__)
    assert limits._free_on_machine() == 409_600


@pytest.mark.parametrize("error", [AttributeError, ValueError, OSError])
def test_psutil_is_asked_if_the_system_cannot_be(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail(*_: object) -> str:
        raise error

    monkeypatch.setattr(Path, "read_text", lambda self: "")
    monkeypatch.setattr(os, "sysconf", fail)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=7.0))
    assert limits._free_on_machine() == 7
    monkeypatch.setattr(psutil, "virtual_memory", fail)
    assert limits._free_on_machine() == 2 << 30


@pytest.mark.parametrize("error", [psutil.Error, RuntimeError])
def test_some_memory_is_assumed_if_its_size_is_unknown(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(psutil, "virtual_memory", fail)
    assert limits._free_by_psutil() == 2 << 30


def test_a_group_that_does_not_count_cached_files_uses_all_that_it_has(group: Path) -> None:
    container(group, 100, 30, 0)
    (group / "memory.stat").write_text("anon 5\n")
    assert limits._free_in_cgroup() == 70

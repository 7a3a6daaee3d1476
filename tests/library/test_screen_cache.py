"""Renditions are kept up to a limit; those that were not looked at for longest go first."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.library.screen_cache import ScreenCache


def age(cache: ScreenCache, digest: str, seconds: float) -> None:
    """Make a rendition look unused for that long."""
    path = cache.path(digest, "1600")
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))


def test_a_rendition_is_found_by_content_and_size(tmp_path: Path) -> None:
    cache = ScreenCache(tmp_path)
    cache.add("ab12", "1600", b"small")
    cache.add("ab12", "full", b"large")
    found = cache.find("ab12", "1600")
    assert found is not None and found.read_bytes() == b"small"
    assert cache.find("cd34", "1600") is None
    assert cache.find("ab12", "2560") is None


def test_all_sizes_of_a_content_are_removed_together(tmp_path: Path) -> None:
    cache = ScreenCache(tmp_path)
    for digest in ("ab12", "ab1234"):
        for size in ("1600", "full"):
            cache.add(digest, size, b"jpeg")
    cache.remove("ab12")
    assert {digest for digest, _ in cache.renditions()} == {"ab1234"}
    cache.remove("none")


def test_what_was_used_longest_ago_is_deleted(tmp_path: Path) -> None:
    cache = ScreenCache(tmp_path, max_bytes=1000)
    for number in range(9):
        cache.add(f"0{number}", "1600", bytes(100))
        age(cache, f"0{number}", 100 - number)
    # Looked at now, the oldest one is the newest.
    assert cache.find("00", "1600")
    cache.add("ff", "1600", bytes(300))
    left = {path.name.partition("-")[0] for path in tmp_path.rglob("*.jpg")}
    assert "00" in left and "ff" in left and "01" not in left
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.jpg")) <= 900


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 400)), max_size=30))
def test_the_limit_holds_for_any_sequence(
    tmp_path_factory: pytest.TempPathFactory, added: list[tuple[int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("screens")
    cache = ScreenCache(folder, max_bytes=1000)
    for number, size in added:
        cache.add(f"{number:02x}", "1600", bytes(size))
        assert sum(path.stat().st_size for path in folder.rglob("*.*")) <= 1000
        # What was just rendered is there to be sent.
        assert cache.find(f"{number:02x}", "1600")


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = ScreenCache(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="No space"):
        cache.add("ab12", "1600", b"small")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]

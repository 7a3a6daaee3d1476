"""What is read from the library once per change."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from explorer.library import catalog_cache
from explorer.library.library import Library
from explorer.ui import resources
from explorer.ui.library_cache import LibraryCache
from tests.factory import LibraryBuilder


@pytest.fixture
def builder(tmp_path: Path) -> Iterator[LibraryBuilder]:
    made = LibraryBuilder(resources.library(), str(tmp_path))
    yield made
    made.writer.close()
    resources.close()


class Reader:
    """Reads the number of photos, and counts how often it does."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, library: Library) -> int:
        self.times += 1
        return library.catalog.counts().photos


def test_a_value_is_read_once_per_change(builder: LibraryBuilder) -> None:
    read = Reader()
    cache = LibraryCache(read)
    builder.put("a.jpg", 1)
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(lambda _: cache.get(), range(8))) == {1}
    assert read.times == 1
    builder.put("b.jpg", 2)
    assert (cache.get(), cache.get(), read.times) == (2, 2, 2)


def test_a_value_that_may_lag_is_used_for_a_while(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(catalog_cache, "monotonic", lambda: now[0])
    monkeypatch.setattr(catalog_cache, "acceptable_age", lambda took: 10.0)
    lagging, current = LibraryCache(Reader(), may_lag=True), LibraryCache(Reader())
    assert (lagging.get(), current.get()) == (0, 0)
    builder.put("a.jpg", 1)
    assert (lagging.get(), current.get()) == (0, 1)
    now[0] += 10
    assert lagging.get() == 1


def test_another_library_has_values_of_its_own(
    builder: LibraryBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    builder.put("a.jpg", 1)
    cache: Any = LibraryCache(Reader(), may_lag=True)
    assert cache.get() == 1
    other = Library.open(tmp_path / "other")
    try:
        monkeypatch.setattr(resources, "library", lambda: other)
        assert cache.get() == 0
    finally:
        other.close()


def test_a_reader_that_fails_is_tried_again(builder: LibraryBuilder) -> None:
    outcomes: list[int | None] = [None, 7]

    def read(library: Library) -> int:
        outcome = outcomes.pop(0)
        if outcome is None:
            raise ValueError("busy")
        return outcome

    cache = LibraryCache(read)
    with pytest.raises(ValueError, match="busy"):
        cache.get()
    assert cache.get() == 7

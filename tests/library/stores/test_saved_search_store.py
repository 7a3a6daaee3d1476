"""Searches that are kept: saved ones by name, recent ones until they are too many or unwanted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.errors import UsageError
from explorer.library.catalog import Catalog
from explorer.library.library import Library
from explorer.library.stores import saved_search_store as store
from explorer.text_format import MAX_NAME_LENGTH
from tests.factory import LibraryBuilder


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    library = Library.open(tmp_path / "library")
    yield library.catalog
    library.close()


def named(catalog: Catalog) -> dict[str, str]:
    return {search.name: search.query for search in store.saved_searches(catalog)}


def test_a_search_is_saved_renamed_and_deleted(catalog: Catalog) -> None:
    one = store.save_search(catalog, " Dogs \n", "q=dog")
    store.save_search(catalog, "Cats", "q=cat")
    assert store.save_search(catalog, "Dogs", "q=dog") == one
    with pytest.raises(UsageError, match="“Dogs” already"):
        store.save_search(catalog, "Dogs", "q=dogs&since=2020-01-01")
    assert named(catalog) == {"Dogs": "q=dog", "Cats": "q=cat"}
    store.rename_search(catalog, one, "Puppies")
    store.rename_search(catalog, one, "Puppies")
    with pytest.raises(UsageError, match="“Cats” already"):
        store.rename_search(catalog, one, "Cats")
    store.delete_search(catalog, one)
    assert named(catalog) == {"Cats": "q=cat"}


@pytest.mark.parametrize("name", ["", "  ", "\n"])
def test_a_search_needs_a_name(catalog: Catalog, name: str) -> None:
    with pytest.raises(UsageError, match="needs a name"):
        store.save_search(catalog, name, "q=dog")
    assert named(catalog) == {}


def test_a_long_name_is_cut(catalog: Catalog) -> None:
    store.save_search(catalog, "x" * 1000, "q=dog")
    assert list(named(catalog)) == ["x" * MAX_NAME_LENGTH]


def test_new_matches_are_counted_since_a_search_was_viewed(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    builder = LibraryBuilder(Library.open(tmp_path / "library"), str(tmp_path / "photos"))
    try:
        catalog = builder.library.catalog
        first = builder.put("1.jpg", 1)
        number = store.save_search(catalog, "Dogs", "q=dog")
        assert store.saved_searches(catalog) == [(number, "Dogs", "q=dog", False, first)]
        second = builder.put("2.jpg", 2)
        store.mark_seen(catalog, "q=dog", second)
        assert store.saved_searches(catalog)[0].seen_photo == first
        store.watch_search(catalog, number, watched=True)
        assert store.saved_searches(catalog) == [(number, "Dogs", "q=dog", True, second)]
        third = builder.put("3.jpg", 3)
        store.mark_seen(catalog, "q=cat", third)
        assert store.saved_searches(catalog)[0].seen_photo == second
        assert store.newest_photo(catalog) == third
        # The matches on screen were searched for before the third photo was added.
        for newest in (second, first):
            store.mark_seen(catalog, "q=dog", newest)
            assert store.saved_searches(catalog)[0].seen_photo == second
        store.mark_seen(catalog, "q=dog", third)
        assert store.saved_searches(catalog)[0].seen_photo == third
    finally:
        builder.close()


def test_the_latest_searches_are_kept(catalog: Catalog) -> None:
    for number in range(store.MAX_RECENT + 5):
        store.add_recent(catalog, f"q={number}")
    store.add_recent(catalog, "q=9")
    recent = store.recent_searches(catalog)
    assert recent[:2] == ["q=9", "q=24"] and len(recent) == store.MAX_RECENT
    store.clear_recent(catalog)
    assert store.recent_searches(catalog) == []


def test_recent_searches_can_be_switched_off(catalog: Catalog) -> None:
    store.add_recent(catalog, "q=secret")
    store.keep_recent(catalog, kept=False)
    store.add_recent(catalog, "q=other")
    assert store.recent_searches(catalog) == [] and not store.keeps_recent(catalog)
    store.keep_recent(catalog, kept=True)
    store.add_recent(catalog, "q=other")
    assert store.recent_searches(catalog) == ["q=other"]

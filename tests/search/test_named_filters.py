"""Names of the library in queries."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.library import catalog_cache
from explorer.library.library import Library
from explorer.search.language.parse_query import parse
from explorer.search.language.print_query import print_query
from explorer.search.named_filters import NamedFilters
from tests.factory import LibraryBuilder


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> NamedFilters:
    folder = tmp_path_factory.mktemp("named")
    builder = LibraryBuilder(Library.open(folder / "library", create=True), str(folder))
    builder.put("a.jpg", 1, keywords=("Anna", "Aunt Béa", "Christmas", "snow"))
    builder.put("b.jpg", 2, camera="FUJIFILM X-T3")
    return NamedFilters(builder.library.catalog)


@pytest.mark.parametrize(
    ("text", "narrowed"),
    [
        ("Anna at the beach", "at the beach keyword:Anna"),
        ("beach with anna", "beach keyword:Anna"),
        ("beach next to anna", "beach keyword:Anna"),
        ("anna's birthday 2019", "birthday, 2019 keyword:Anna"),
        ("aunt bea and anna, dancing", 'dancing keyword:"Aunt Béa" keyword:Anna'),
        ("dog + anna in the snow - people", "dog + in the snow - people keyword:Anna"),
    ],
)
def test_a_name_beside_other_words_becomes_a_condition(
    named: NamedFilters, text: str, narrowed: str
) -> None:
    found = named.narrowed(parse(text))
    assert found is not None and print_query(found) == narrowed
    assert named.narrowed(found) is None


@pytest.mark.parametrize(
    "text",
    [
        "anna", "photos of anna", "anna 2019", "snow on a roof", "christmas tree", "savanna dog",
        "dog - anna", "2:anna dog", "keyword:anna dog", "", "everyone but Anna",
        "beach without Anna and Aunt Béa", "Anna or Aunt Béa at the beach", "beach, not anna",
    ],
)  # fmt: skip
def test_other_queries_stay(named: NamedFilters, text: str) -> None:
    assert named.narrowed(parse(text)) is None


@pytest.mark.parametrize(
    ("text", "narrowed"),
    [
        ("fuji photos", "camera:fuji"), ("fuji", "camera:fuji"), ("Fuji, 2019", "2019 camera:Fuji"),
        ("mount fuji", None), ("olympus photos", None), ("1:fuji", None), ("fuji + dog", None),
    ],
)  # fmt: skip
def test_a_camera_of_the_library_alone_becomes_a_condition(
    named: NamedFilters, text: str, narrowed: str | None
) -> None:
    found = named.narrowed(parse(text))
    assert (print_query(found) if found else None) == narrowed


def test_names_are_not_read_again_for_each_query_while_photos_are_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog_cache, "acceptable_age", lambda took: 3600.0)
    builder = LibraryBuilder(Library.open(tmp_path / "library", create=True), str(tmp_path))
    named, tree = NamedFilters(builder.library.catalog), parse("Anna at the beach")
    assert named.narrowed(tree) is None
    builder.put("a.jpg", 1, keywords=("Anna",))
    assert named.narrowed(tree) is None
    assert NamedFilters(builder.library.catalog).narrowed(tree) is not None

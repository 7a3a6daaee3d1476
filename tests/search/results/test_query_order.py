"""The order that a query asks for."""

from __future__ import annotations

import pytest

from explorer.search.engine import SearchEngine
from explorer.search.language.interpret_phrases import interpret
from explorer.search.language.parse_query import parse
from explorer.search.language.syntax_error import QuerySyntaxError
from explorer.search.query import Query
from explorer.search.results.query_order import query_order, without_order
from tests.factory import LibraryBuilder


@pytest.mark.parametrize(
    ("text", "sorting"),
    [
        ("oldest photos of the dog", "oldest"), ("dog sort:size", "size"), ("dog", None),
        ("sort:recent iso:100", "newest"), ("iso:100", None), ("sort:oldest sort:newest", "oldest"),
    ],
)  # fmt: skip
def test_the_order_is_that_of_the_query(text: str, sorting: str | None) -> None:
    tree = interpret(parse(text))
    assert query_order(tree) == sorting
    rest = without_order(tree)
    assert query_order(rest) is None and rest.terms == tree.terms
    assert without_order(rest) == rest


@pytest.mark.parametrize("phrase", ["", "a "])
def test_a_search_is_sorted_by_the_order_of_its_query(full: LibraryBuilder, phrase: str) -> None:
    engine = SearchEngine(full.library)

    def found(order: str) -> list[int]:
        query = Query(interpret(parse(f"{phrase}{order}")))
        return engine.search(query, top=200).ids.tolist()

    everything = found("")
    good = engine.search(Query(interpret(parse(phrase))), top=200).good
    rows = full.library.catalog.photos(everything)
    dates = {photo: row["taken_at"] for photo, row in rows.items()}
    for order in ("sort:oldest", "sort:newest", "sort:largest"):
        ids = found(order)
        assert sorted(ids) == sorted(everything)
        days = [day for photo in ids[:good] if (day := dates[photo])]
        if order != "sort:largest":
            assert days == sorted(days, reverse=order == "sort:newest")
            # Photos without a date come last, in both directions.
            assert (phrase or len(days) < good) and all(dates[photo] for photo in ids[: len(days)])


@pytest.mark.parametrize("text", ["-sort:oldest", "(iso:100 OR sort:oldest)"])
def test_an_order_is_no_condition(full: LibraryBuilder, text: str) -> None:
    with pytest.raises(QuerySyntaxError, match="order cannot"):
        SearchEngine(full.library).search(Query(parse(text)))

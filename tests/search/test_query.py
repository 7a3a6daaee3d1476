"""What a query asks for."""

from __future__ import annotations

import pytest

from explorer.search.query import ExamplePhoto, Query


@pytest.mark.parametrize(
    ("query", "asks"),
    [
        (Query(), False),
        (Query.of_phrase("  "), False),
        (Query.of_phrase("a"), True),
        (Query(photo_ids=(1,)), True),
        (Query(examples=(ExamplePhoto((1.0,)),)), True),
    ],
)
def test_an_empty_query_is_false(query: Query, asks: bool) -> None:
    assert bool(query) is asks

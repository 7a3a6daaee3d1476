"""The order that a query asks for: `sort:oldest`, `oldest photos of the dog`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from explorer.library.catalog import Ids
from explorer.library.queries.photo_columns import PhotoColumns
from explorer.library.queries.photo_order import OrderKey, PhotoOrder
from explorer.search.language.query_fields import ORDER, typed_value
from explorer.search.language.query_parts import all_of
from explorer.search.language.query_tree import AllTests, Condition, FieldTest, QueryTree
from explorer.search.language.typed_values import Choice
from explorer.search.query import SearchResult
from explorer.search.ranking.ranked_photos import RankedIds, RankedPhotos
from explorer.search.ranking.ranked_search import RankedSearch, filtered_result
from explorer.search.results.result_order import Sorting
from explorer.search.results.result_stacks import NO_STACKS
from explorer.search.results.result_view import ResultView

_SORTINGS: Mapping[str, Sorting] = {"newest": "newest", "oldest": "oldest", "largest": "size"}


def query_order(tree: QueryTree) -> Sorting | None:
    """The order that an interpreted query asks for; the first if there are several, None if it asks
    for none."""
    orders = filter(_is_order, _tests(tree))
    test = next(orders, None)
    value = typed_value(ORDER, test.values[0]) if isinstance(test, FieldTest) else None
    return _SORTINGS[value.name] if isinstance(value, Choice) else None


def without_order(tree: QueryTree) -> QueryTree:
    """The query without the orders that it asks for."""
    return QueryTree(tree.terms, all_of([test for test in _tests(tree) if not _is_order(test)]))


def ordered_result(
    ranked: RankedSearch | RankedIds,
    tree: QueryTree,
    order: PhotoOrder,
    columns: PhotoColumns,
    number: int,
) -> SearchResult:
    """The first results of an interpreted query in the order that it asks for. If they are ranked,
    the good matches are sorted; the others follow, best match first."""
    sorting = query_order(tree)
    if isinstance(ranked, RankedSearch):
        if sorting is None:
            return ranked.result(number)
        return ranked.result_of(_sorted(ranked, sorting, order, columns).tiles(number))
    if sorting == "oldest":
        ranked = oldest_first(ranked)
    if sorting:
        ids = _sorted(ranked, sorting, order, columns).photos()
        ranked = RankedIds(ids, len(ids))
    return filtered_result(ranked, number)


def _sorted(
    ranked: RankedPhotos, sorting: Sorting, order: PhotoOrder, columns: PhotoColumns
) -> ResultView:
    def catalog_order(by: OrderKey, ids: Ids, descending: bool) -> Ids:
        return order.sorted(by, ids, descending=descending)

    return ResultView(ranked, NO_STACKS, sorting, False, columns.dates, catalog_order)


def oldest_first(ranked: RankedPhotos) -> RankedIds:
    """A list that is newest first, reversed, so that photos of the same second are reversed,
    too."""
    ids: Ids = np.ascontiguousarray(ranked.top(ranked.total)[::-1])
    return RankedIds(ids, len(ids))


def _tests(tree: QueryTree) -> tuple[Condition, ...]:
    if tree.condition is None:
        return ()
    return tree.condition.tests if isinstance(tree.condition, AllTests) else (tree.condition,)


def _is_order(test: Condition) -> bool:
    return isinstance(test, FieldTest) and test.field == ORDER

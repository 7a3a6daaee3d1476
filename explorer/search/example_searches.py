"""Example searches built from values in the library, to show what can be searched for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Literal, NamedTuple

from explorer.library.paths import printable
from explorer.library.queries.frequent_values import FrequentValues
from explorer.search.language.print_query import print_query
from explorer.search.language.query_tree import FieldTest, FieldValue, QueryTree

# Minimum number of photos for a value to be worth an example.
_MIN = 3


class ExampleSearch(NamedTuple):
    """A search to try."""

    kind: Literal["subject", "year", "folder"]
    label: str
    parameters: dict[str, str]
    """The query parameters of the Search page's URL."""


def example_searches(
    frequent: FrequentValues, total: int, subjects: Sequence[str] = ()
) -> list[ExampleSearch]:
    """Examples of phrases and of each kind of filter. total: the number of photos; a value shared
    by all of them is not an example. subjects: what many photos of the library show."""
    examples = [ExampleSearch("subject", subject, {"q": subject}) for subject in subjects]
    for year, number in frequent.years[:2]:
        if _MIN <= number < total:
            examples.append(
                ExampleSearch("year", year, {"since": f"{year}-01-01", "until": f"{year}-12-31"})
            )
    for folder, number in frequent.folders[:2]:
        name = printable(os.path.basename(folder))
        if _MIN <= number < total and name:
            examples.append(ExampleSearch("folder", name, {"folder": folder}))
    return examples


def example_queries(frequent: FrequentValues) -> list[str]:
    """Examples in the query language, with values that photos of the library have."""
    folders = [(printable(os.path.basename(folder)), number) for folder, number in frequent.folders]
    found = (
        ("date", frequent.years[:2]),
        ("camera", frequent.cameras[:2]),
        ("keyword", frequent.keywords[:2]),
        ("place", frequent.places[:2]),
        ("folder", [each for each in folders if each[0]][:2]),
        ("format", [(name.lower(), number) for name, number in frequent.formats[1:2]]),
    )
    return [
        print_query(QueryTree(condition=FieldTest(field, (FieldValue(value),))))
        for field, values in found
        for value, _ in values
    ]

"""Example searches made from what is in a library, to show what can be searched for."""

from __future__ import annotations

import os
from typing import NamedTuple

from explorer.library.frequent_values import FrequentValues
from explorer.library.paths import printable

# The number of photos that make a value worth an example.
_LEAST = 3


class ExampleSearch(NamedTuple):
    """A search to try."""

    label: str
    parameters: dict[str, str]
    """Of the Search page's URL."""


def example_searches(frequent: FrequentValues, total: int) -> list[ExampleSearch]:
    """Examples of each kind of filter. total: the number of photos; a value that all of them have
    is no example."""
    examples = list[ExampleSearch]()
    for year, number in frequent.years[:2]:
        if _LEAST <= number < total:
            examples.append(
                ExampleSearch(year, {"since": f"{year}-01-01", "until": f"{year}-12-31"})
            )
    for folder, number in frequent.folders[:2]:
        name = printable(os.path.basename(folder))
        if _LEAST <= number < total and name:
            examples.append(ExampleSearch(f"In {name}", {"folder": folder}))
    return examples

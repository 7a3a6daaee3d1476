"""Examples are searches that find something, and not everything."""

from __future__ import annotations

from explorer.library.queries.frequent_values import FrequentValues
from explorer.search.example_searches import example_queries, example_searches
from explorer.search.language.parse_query import parse
from explorer.search.language.query_tree import FieldTest


def labels(total: int, **frequent: list[tuple[str, int]]) -> list[str]:
    nothing: dict[str, list[tuple[str, int]]] = {
        "years": [], "folders": [], "cameras": [], "lenses": [], "formats": [],
        "keywords": [], "places": [],
    }  # fmt: skip
    values = FrequentValues(**(nothing | frequent))
    return [example.label for example in example_searches(values, total)]


def test_frequent_years_and_folders() -> None:
    years = [("2021", 40), ("2019", 30), ("2018", 20)]
    folders = [("/photos/Beach days", 50), ("/photos/Paris", 2)]
    assert labels(100, years=years, folders=folders) == ["2021", "2019", "Beach days"]


def test_a_value_shared_by_all_photos_is_not_an_example() -> None:
    assert labels(40, years=[("2021", 40)], folders=[("/photos", 40)]) == []
    assert labels(0) == []


def test_an_example_is_a_search() -> None:
    values = FrequentValues([("2021", 5)], [("/photos/Paris", 4)], [], [], [], [], [])
    assert [example.parameters for example in example_searches(values, 9)] == [
        {"since": "2021-01-01", "until": "2021-12-31"},
        {"folder": "/photos/Paris"},
    ]


def test_frequent_subjects_come_first() -> None:
    values = FrequentValues([("2021", 5)], [], [], [], [], [], [])
    found = example_searches(values, 9, ["dog", "beach"])
    assert [example.label for example in found] == ["dog", "beach", "2021"]
    assert found[0].parameters == {"q": "dog"}


def test_examples_are_valid_queries() -> None:
    values = FrequentValues(
        [("2021", 5)],
        [('/photos/Anna\'s "big" day', 4), ("/", 2)],
        [("Canon EOS 80D", 3)],
        [],
        [("JPEG", 9), ("PNG", 1)],
        [("New York", 2)],
        [("Lisbon", 2)],
    )
    found = [parse(example).condition for example in example_queries(values)]
    tests = [(test.field, test.values[0].text) for test in found if isinstance(test, FieldTest)]
    assert tests == [
        ("date", "2021"),
        ("camera", "Canon EOS 80D"),
        ("keyword", "New York"),
        ("place", "Lisbon"),
        ("folder", 'Anna\'s "big" day'),
        ("format", "png"),
    ]

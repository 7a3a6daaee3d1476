"""Examples are searches that find something, and not everything."""

from __future__ import annotations

from explorer.library.frequent_values import FrequentValues
from explorer.search.example_searches import example_searches


def labels(total: int, **frequent: list[tuple[str, int]]) -> list[str]:
    nothing: dict[str, list[tuple[str, int]]] = {
        "years": [], "folders": [], "cameras": [], "formats": [],
    }  # fmt: skip
    values = FrequentValues(**(nothing | frequent))
    return [example.label for example in example_searches(values, total)]


def test_frequent_years_and_folders() -> None:
    years = [("2021", 40), ("2019", 30), ("2018", 20)]
    folders = [("/photos/Beach days", 50), ("/photos/Paris", 2)]
    assert labels(100, years=years, folders=folders) == ["2021", "2019", "In Beach days"]


def test_what_all_photos_have_is_no_example() -> None:
    assert labels(40, years=[("2021", 40)], folders=[("/photos", 40)]) == []
    assert labels(0) == []


def test_an_example_is_a_search() -> None:
    values = FrequentValues([("2021", 5)], [("/photos/Paris", 4)], [], [])
    assert [example.parameters for example in example_searches(values, 9)] == [
        {"since": "2021-01-01", "until": "2021-12-31"},
        {"folder": "/photos/Paris"},
    ]

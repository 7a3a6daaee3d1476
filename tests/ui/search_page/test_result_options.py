"""The order of the results, months and stacks are in the address, as the search is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.encoders.base import Vectors
from explorer.search.ranking.query_terms import Scores
from explorer.search.relevance.query_relevance import QueryRelevance
from explorer.search.results.photo_list import PhotoList
from explorer.ui import resources
from explorer.ui.search_page import search_results
from tests.ui.conftest import id_of
from tests.ui.search_page.test_search_state import address, app, captions


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the gallery shows, with what is on it: the arguments of each call."""
    calls = list[dict[str, Any]]()

    def note(photos: PhotoList, key: str, **options: Any) -> None:
        layout, rows = photos.layout(), resources.library().catalog.photos(photos.ids.tolist())
        calls.append(
            {
                "names": [row["name"] for row in rows.values()],
                "heading": photos.heading,
                "days": layout.sections.days.tolist(),
                "good": layout.good,
                "stacks": photos.stack_sizes(layout.ids),
                **options,
            }
        )

    monkeypatch.setattr(search_results, "gallery", note)
    return calls


def choose(page: AppTest, label: str) -> None:
    page.radio[0].set_value(label).run()


def test_results_are_sorted_oldest_first(photos: Path, shown: list[dict[str, Any]]) -> None:
    page = app(sort="oldest")
    assert "4 photos, oldest first" in captions(page)
    names = shown[-1]["names"]
    assert names[:3] == ["red.jpg", "green.jpg", "blue.jpg"]
    choose(page, "newest")
    assert address(page) == {}
    assert shown[-1]["names"] == names[::-1]
    page = app(q="oldest photos", sort="name")
    assert "4 photos, oldest first" in captions(page) and shown[-1]["names"] == names
    choose(page, "newest")
    assert address(page) == {} and shown[-1]["names"] == names[::-1]


@pytest.fixture
def all_good(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every photo is a good match."""

    def relevance(judge: QueryRelevance, photos: Vectors) -> Scores:
        return np.ones(len(photos), np.float32)

    monkeypatch.setattr(QueryRelevance, "relevance", relevance)


@pytest.mark.usefixtures("all_good")
def test_good_matches_by_date_and_back_to_the_best_match(
    photos: Path, shown: list[dict[str, Any]]
) -> None:
    page = app(q="green", sort="oldest")
    assert shown[-1]["names"][:3] == ["red.jpg", "green.jpg", "blue.jpg"]
    choose(page, "best")
    assert address(page) == {"q": "green"}
    assert shown[-1]["names"][0] == "green.jpg"


def test_only_good_matches_are_sorted_by_date(photos: Path, shown: list[dict[str, Any]]) -> None:
    page = app(q="green", sort="oldest")
    found = re.search(r"(\d+) good match(?:es)? of 4 photos, oldest first", captions(page))
    assert found
    good = shown[-1]["names"][: int(found[1])]
    # The oldest photo of all is not among them.
    assert "green.jpg" in good and "red.jpg" not in good


def test_days_have_headings_or_months(photos: Path, shown: list[dict[str, Any]]) -> None:
    page = app(group="month", until="2021-12-31")
    assert (shown[-1]["heading"], shown[-1]["days"]) == ("month", [20210300, 20210200, 20210100])
    next(toggle for toggle in page.toggle if toggle.label == "Group by month").set_value(
        False
    ).run()
    assert address(page) == {"until": "2021-12-31"}
    assert (shown[-1]["heading"], shown[-1]["days"]) == ("day", [20210315, 20210215, 20210115])


@pytest.mark.parametrize(
    ("sorting", "words", "heading"),
    [
        ("added", "last added first", "day"),
        ("modified", "last changed first", "day"),
        ("name", "by name", "none"),
        ("size", "largest first", "none"),
    ],
)
def test_orders_of_the_catalog_are_offered(
    photos: Path, shown: list[dict[str, Any]], sorting: str, words: str, heading: str
) -> None:
    page = app()
    choose(page, sorting)
    assert address(page) == {"sort": sorting}
    assert f"4 photos, {words}" in captions(page)
    assert shown[-1]["heading"] == heading
    names = shown[-1]["names"]
    rows = resources.library().catalog.photos(resources.library().catalog.matching().tolist())
    if sorting == "name":
        assert names == sorted(names)
    if sorting == "size":
        sizes = {row["name"]: row["bytes"] for row in rows.values()}
        assert [sizes[name] for name in names] == sorted(sizes.values(), reverse=True)


@pytest.mark.usefixtures("all_good")
def test_good_matches_can_be_sorted_by_name(photos: Path, shown: list[dict[str, Any]]) -> None:
    app(q="red", sort="name")
    assert shown[-1]["names"] == ["blue.jpg", "drawn.png", "green.jpg", "red.jpg"]


@pytest.mark.usefixtures("all_good")
def test_the_best_of_each_day(photos: Path, shown: list[dict[str, Any]]) -> None:
    page = app(q="red", sort="day", until="2021-12-31")
    assert "The best of 3 days" in captions(page)
    assert shown[-1]["names"] == ["blue.jpg", "green.jpg", "red.jpg"]


def test_an_unknown_order_falls_back_to_the_default(
    photos: Path, shown: list[dict[str, Any]]
) -> None:
    assert "newest first" in captions(app(sort="day", group="week", stack="?"))
    assert "best match first" in captions(app(q="red", sort="random"))


def test_stacks_can_be_switched_off(
    photos: Path, shown: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from explorer.search.results.result_stacks import PhotoStacks

    red, blue = id_of("red.jpg"), id_of("blue.jpg")
    monkeypatch.setattr(search_results, "photo_stacks", lambda: PhotoStacks.of([(red, blue)]))
    page = app(q="red")
    assert "blue.jpg" not in shown[-1]["names"]
    assert shown[-1]["stacks"] == {red: (2, False)}
    assert "1 similar shot in stacks" in captions(page)
    next(toggle for toggle in page.toggle if toggle.label == "Stack similar shots").set_value(
        False
    ).run()
    assert address(page) == {"q": "red", "stack": "no"}
    assert len(shown[-1]["names"]) == 4 and shown[-1]["stacks"] == {}


def test_the_others_follow_below_the_good_matches(
    photos: Path, shown: list[dict[str, Any]]
) -> None:
    app(q="red")
    assert len(shown[-1]["names"]) == 4 > shown[-1]["good"]

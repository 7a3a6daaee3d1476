"""The cards of *On this day*."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from explorer.search.facets.on_this_day import PastDay
from explorer.search.language.parse_query import parse
from explorer.ui import resources
from explorer.ui.search_page.on_this_day import cards
from tests.ui.conftest import id_of


def test_cards_lead_to_searches_of_their_days(photos: Path) -> None:
    catalog = resources.library().catalog
    red, blue = (catalog.photo(id_of(name)) for name in ("red.jpg", "blue.jpg"))
    assert red and blue
    past = [PastDay(dt.date(2021, 3, 15), [red, blue]), PastDay(dt.date(2001, 3, 15), [red])]
    shown = cards(past, dt.date(2022, 3, 15))
    assert [(card.value, card.title, card.day, card.note) for card in shown] == [
        ("date:2021-03-15", "1 year ago", 20210315, "2 photos"),
        ("date:2001-03-15", "21 years ago", 20010315, "1 photo"),
        ("date:2021-03-15|2001-03-15", "All years", 0, "3 photos"),
    ]
    assert shown[0].src.startswith(f"/photo/{blue['id']}/preview")
    # Each is a query that the Search page understands.
    assert all(parse(card.value) for card in shown)
    assert len(cards(past[:1], dt.date(2022, 3, 15))) == 1

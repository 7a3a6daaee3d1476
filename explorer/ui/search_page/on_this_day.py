"""*On this day*: photos of the same day in earlier years, on the start page."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence

from explorer.search.facets.on_this_day import PastDay, on_this_day
from explorer.ui import resources
from explorer.ui.components.photo_cards import PhotoCard, photo_cards
from explorer.ui.components.photo_urls import preview_url
from explorer.ui.library_cache import LibraryCache
from explorer.ui.localized import count
from explorer.ui.search_page import search_state

# The most cards for single years; another card shows all years.
_MAX_YEARS = 12


def strip() -> None:
    """Draw a card for each earlier year with photos of this day, if there are any. Choosing one
    searches for its photos."""
    today = dt.datetime.now().astimezone().date()
    past = _past_days(today).get()
    if not past:
        return
    photo_cards(cards(past, today), "on-this-day", heading="On this day", choose=_search_for)


def _search_for(days: str) -> None:
    search_state.set_url(**{search_state.PHRASE: days})


@functools.lru_cache(maxsize=1)
def _past_days(today: dt.date) -> LibraryCache[list[PastDay]]:
    """The same day of earlier years, read once for all sessions until the library changes."""
    return LibraryCache(
        lambda library: on_this_day(library.catalog, resources.engine().columns, today)
    )


def cards(past: Sequence[PastDay], today: dt.date) -> list[PhotoCard]:
    """The cards of these days, and one for all of them together."""
    found = [
        PhotoCard(
            f"date:{day.isoformat()}",
            f"{count(today.year - day.year, 'year')} ago",
            int(f"{day:%Y%m%d}"),
            count(len(photos), "photo"),
            # The middle photo: as likely to be good as any, and not the first of a series.
            preview_url(photos[len(photos) // 2]),
        )
        for day, photos in past[:_MAX_YEARS]
    ]
    if len(past) > 1:
        every = "date:" + "|".join(each.day.isoformat() for each in past)
        total = sum(len(each.photos) for each in past)
        found.append(PhotoCard(every, "All years", 0, count(total, "photo"), ""))
    return found

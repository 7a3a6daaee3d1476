"""What of a photo's metadata is worth keeping when the photo goes, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal

from explorer.photos.metadata.partial_dates import PartialDate, parse

# `all`: a whole block or file, so that nobody knows what it says.
About = Literal["date", "place", "rating", "keywords", "all"]


@dataclass(frozen=True)
class Facts:
    """taken_at: ISO 8601, as far as it is known (`2015`, `2015-08`, `2015-08-22`,
    `2015-08-22T10:08:59+02:00`), with a zone where one is said. place: latitude and longitude in
    degrees. rating: stars, above 0 and up to 5. keywords: each once."""

    taken_at: str | None = None
    place: tuple[float, float] | None = None
    rating: float | None = None
    keywords: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True)
class Unread:
    """Something that is there and cannot be read. what: for a person, such as “the date in its EXIF
    data”. path: of the file."""

    about: About
    what: str
    path: str = ""


@dataclass(frozen=True)
class Reading:
    """What one carrier (or several) says, and what of it could not be read."""

    facts: Facts = Facts()
    unread: tuple[Unread, ...] = ()


def lacking(gone: Facts, kept: Facts) -> Facts:
    """What the first says and the second does not. A date that says the same as the kept one's, and
    more, is lacking, too."""
    known, better = _date(kept.taken_at), _date(gone.taken_at)
    finer = known is not None and known.refined_by(better)
    return Facts(
        gone.taken_at if known is None or finer else None,
        gone.place if kept.place is None else None,
        gone.rating if kept.rating is None else None,
        tuple(word for word in gone.keywords if word not in kept.keywords),
    )


def _date(text: str | None) -> PartialDate | None:
    return parse(text) if text else None


def joined(readings: Iterable[Reading]) -> Reading:
    """All of it together; where two differ, the first is believed."""
    facts, unread = Facts(), list[Unread]()
    for reading in readings:
        more = lacking(reading.facts, facts)
        facts = Facts(
            more.taken_at or facts.taken_at,
            facts.place or more.place,
            facts.rating or more.rating,
            facts.keywords + more.keywords,
        )
        unread += reading.unread
    return Reading(facts, tuple(unread))


def unknown(gone: Reading, kept: Facts) -> list[Unread]:
    """What could not be read of a photo that goes, and that nothing else tells: neither the photo
    elsewhere nor the one kept."""
    told = {
        "date": gone.facts.taken_at or kept.taken_at,
        "place": gone.facts.place or kept.place,
        "rating": gone.facts.rating or kept.rating,
    }
    return [each for each in gone.unread if not told.get(each.about)]

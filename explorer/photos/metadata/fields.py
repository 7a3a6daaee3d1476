"""The metadata fields that are carried over when a photo is removed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from explorer.photos.metadata.partial_dates import PartialDate, parse_date

# `all` stands for a whole block or file, whose fields are unknown.
FieldName = Literal["date", "place", "rating", "keywords", "all"]


@dataclass(frozen=True)
class MetadataFields:
    """The fields whose loss would matter to a user."""

    taken_at: str | None = None
    """The known part in ISO 8601, with a time zone if one is given: `2015`, `2015-08`,
    `2015-08-22`, `2015-08-22T10:08:59+02:00`."""
    place: tuple[float, float] | None = None
    """Latitude and longitude, in degrees."""
    rating: float | None = None
    """Stars, above 0 and up to 5."""
    keywords: tuple[str, ...] = ()
    """Without duplicates."""

    def __bool__(self) -> bool:
        """Whether any field is set."""
        return any(getattr(self, field.name) for field in dataclasses.fields(self))


@dataclass(frozen=True)
class UnreadableField:
    """A field that is present but cannot be read."""

    about: FieldName
    what: str
    """A description for the user, such as “the date in its EXIF data”."""
    path: str = ""
    """The file that contains it."""


@dataclass(frozen=True)
class MetadataReading:
    """The fields read from one or more sources, and those that could not be read."""

    fields: MetadataFields = MetadataFields()
    unread: tuple[UnreadableField, ...] = ()


def missing_fields(source: MetadataFields, target: MetadataFields) -> MetadataFields:
    """The fields of the source that the target lacks.

    A date also counts as missing if the source's agrees with the target's and is more precise.
    """
    known, better = _date(target.taken_at), _date(source.taken_at)
    more_precise = known is not None and known.refined_by(better)
    return MetadataFields(
        source.taken_at if known is None or more_precise else None,
        source.place if target.place is None else None,
        source.rating if target.rating is None else None,
        tuple(word for word in source.keywords if word not in target.keywords),
    )


def _date(text: str | None) -> PartialDate | None:
    return parse_date(text) if text else None


def combine(readings: Iterable[MetadataReading]) -> MetadataReading:
    """Combine readings into one. If two differ, the first one takes precedence."""
    fields, unread = MetadataFields(), list[UnreadableField]()
    for reading in readings:
        more = missing_fields(reading.fields, fields)
        fields = MetadataFields(
            more.taken_at or fields.taken_at,
            fields.place or more.place,
            fields.rating or more.rating,
            fields.keywords + more.keywords,
        )
        unread += reading.unread
    return MetadataReading(fields, tuple(unread))


def unaccounted(source: MetadataReading, target: MetadataFields) -> list[UnreadableField]:
    """The unreadable fields of the source whose values are known neither from its other fields nor
    from the target."""
    known = {
        "date": source.fields.taken_at or target.taken_at,
        "place": source.fields.place or target.place,
        "rating": source.fields.rating or target.rating,
    }
    return [each for each in source.unread if not known.get(each.about)]

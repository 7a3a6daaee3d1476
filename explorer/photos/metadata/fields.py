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
    """Fields that a person would miss."""

    taken_at: str | None = None
    """ISO 8601, as far as it is known: `2015`, `2015-08`, `2015-08-22`,
    `2015-08-22T10:08:59+02:00`; with a zone where one is given."""
    place: tuple[float, float] | None = None
    """Latitude and longitude, in degrees."""
    rating: float | None = None
    """Stars, above 0 and up to 5."""
    keywords: tuple[str, ...] = ()
    """Each once."""

    def __bool__(self) -> bool:
        """Whether any field is set."""
        return any(getattr(self, field.name) for field in dataclasses.fields(self))


@dataclass(frozen=True)
class UnreadableField:
    """A field that is present but cannot be read."""

    about: FieldName
    what: str
    """For a person, such as “the date in its EXIF data”."""
    path: str = ""
    """The file that holds it."""


@dataclass(frozen=True)
class MetadataReading:
    """The fields read from one or more sources, and those that could not be read."""

    fields: MetadataFields = MetadataFields()
    unread: tuple[UnreadableField, ...] = ()


def missing_fields(source: MetadataFields, target: MetadataFields) -> MetadataFields:
    """The fields of the source that the target lacks.

    A date is missing, too, where the source's agrees with the target's and is more precise.
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
    """All readings in one. Where two differ, the first one counts."""
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
    """The unreadable fields of the source that neither it nor the target gives elsewhere."""
    known = {
        "date": source.fields.taken_at or target.taken_at,
        "place": source.fields.place or target.place,
        "rating": source.fields.rating or target.rating,
    }
    return [each for each in source.unread if not known.get(each.about)]

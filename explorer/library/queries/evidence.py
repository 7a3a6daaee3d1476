"""Evidence on whether a photo is the original of its duplicates: its metadata and quality
metrics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from explorer.library.catalog import Catalog
from explorer.library.chunks import chunks
from explorer.library.connection import MAX_BOUND_VALUES
from explorer.library.edits.edit_fields import EDIT_JOIN, in_file
from explorer.library.rows import stored_keywords
from explorer.photos.decoded_photo import TakenSource
from explorer.photos.quality.metrics import METRICS_VERSION, QualityMetrics


class Evidence(NamedTuple):
    """What the file itself contains, without its sidecars and the user's edits.

    taken_at: as in `Metadata`, with its source; None if only the file's time is known. place:
    latitude and longitude in degrees. exposure: how many of exposure time, aperture, ISO and focal
    length are given. figures: None until the photo has been measured. rating: stars. keywords:
    including the names of the people in the photo."""

    taken_at: str | None = None
    taken_source: TakenSource | None = None
    place: tuple[float, float] | None = None
    camera: str | None = None
    lens: str | None = None
    exposure: int = 0
    figures: QualityMetrics | None = None
    rating: float | None = None
    title: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()


def evidence_of(catalog: Catalog, photo_ids: Iterable[int]) -> dict[int, Evidence]:
    """Photo id → evidence; photos that the catalog does not know are left out."""
    found, wanted = dict[int, Evidence](), sorted(set(photo_ids))
    for some in chunks(wanted, MAX_BOUND_VALUES):
        with catalog.reading() as db:
            rows = db.execute(
                f"select p.id, {in_file('taken_at')}, {in_file('taken_source')},"
                f" {in_file('latitude')}, {in_file('longitude')}, p.camera,"
                " p.lens,"
                " (p.exposure_time is not null) + (p.f_number is not null) + (p.iso is not null) +"
                f" (p.focal_length is not null), q.figures, {in_file('rating')},"
                f" {in_file('title')}, {in_file('description')}, {in_file('keywords')}"
                f" from photo p {EDIT_JOIN} left join quality q on q.photo_id = p.id and"
                f" q.version = ? where p.id in ({','.join('?' * len(some))})",
                (METRICS_VERSION, *some),
            ).fetchall()
        found |= {photo_id: _evidence(facts) for photo_id, *facts in rows}
    return found


def _evidence(facts: Sequence[Any]) -> Evidence:
    taken_at, source, latitude, longitude, camera, lens, exposure, figures = facts[:8]
    rating, title, description, keywords = facts[8:]
    dated = taken_at is not None and source not in (None, "file")
    return Evidence(
        taken_at if dated else None,
        source if dated else None,
        (latitude, longitude) if latitude is not None and longitude is not None else None,
        camera,
        lens,
        exposure,
        _unpacked(figures),
        rating,
        title,
        description,
        tuple(stored_keywords(keywords)),
    )


def _unpacked(packed: bytes | None) -> QualityMetrics | None:
    try:
        return None if packed is None else QualityMetrics.unpacked(packed)
    except ValueError:
        return None

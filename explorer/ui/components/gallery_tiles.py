"""Photos as data for the gallery's script, sent with the page or by `list_routes.py`."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from explorer.library.catalog import Ids
from explorer.library.paths import printable
from explorer.library.rows import PhotoRow
from explorer.search.results.photo_list import Caption, ListLayout, PhotoList
from explorer.ui import resources
from explorer.ui.components.photo_urls import preview_url

# The range of aspect ratios in the gallery, from a narrow strip to a panorama: 256 steps of 0.9%.
_MIN_RATIO, _MAX_RATIO = 0.4, 4.0


class GalleryStack(NamedTuple):
    """A photo that stands for similar ones."""

    size: int
    """The number of photos in the stack, including this one."""
    opened: bool
    """Whether the other photos of the stack are shown after this one."""


def photo_tile(
    photo: PhotoRow,
    *,
    caption: Caption | None = None,
    stack: GalleryStack | None = None,
    inside: bool = False,
) -> dict[str, Any]:
    """The data of one photo. inside: whether it is part of the open stack of a photo before it."""
    return {
        "id": photo["id"],
        "width": photo["width"],
        "height": photo["height"],
        "ratio": photo["width"] / max(1, photo["height"]),
        "src": preview_url(photo),
        "name": printable(photo["name"]),
        "taken": photo["taken_at"],
        "precision": photo["taken_precision"],
        "source": photo["taken_source"],
        "caption": caption.text if caption else "",
        "wholeCaption": (caption.whole or caption.text) if caption else "",
        "stack": stack._asdict() if stack else None,
        "inside": inside,
        "favourite": bool(photo["favourite"]),
    }


class TileTexts(NamedTuple):
    """Texts on the photos of a gallery, by photo id."""

    badges: Mapping[int, str]
    """Short texts that are always shown."""
    notes: Mapping[int, str]
    """Texts that are shown while a photo is hovered or focused."""
    marks: Mapping[int, str]
    """The meanings of the check marks on photos."""


NO_TEXTS = TileTexts({}, {}, {})


def photo_tiles(photos: Sequence[PhotoRow], texts: TileTexts) -> list[dict[str, Any]]:
    """The photos of a gallery that gets all of them at once."""
    return [
        photo_tile(photo)
        | {
            "badge": texts.badges.get(photo["id"], ""),
            "note": texts.notes.get(photo["id"], ""),
            "mark": texts.marks.get(photo["id"], ""),
        }
        for photo in photos
    ]


def list_tiles(photos: PhotoList, ids: Ids, inside: Sequence[bool]) -> list[dict[str, Any] | None]:
    """Photos of a list, in the given order; None for those that are no longer in the library.

    inside: for each photo, whether it is part of an open stack.
    """
    rows = resources.library().catalog.photos(ids.tolist())
    sizes = photos.stack_sizes(ids)
    tiles = list[dict[str, Any] | None]()
    for photo_id, within in zip(ids.tolist(), inside, strict=True):
        row, size = rows.get(photo_id), sizes.get(photo_id)
        stack = GalleryStack(*size) if size is not None and not within else None
        tile = row and photo_tile(
            row, caption=photos.captions.get(photo_id), stack=stack, inside=bool(within)
        )
        tiles.append(tile)
    return tiles


def layout_data(photos: PhotoList, layout: ListLayout) -> dict[str, Any]:
    """The aspect ratios and the sections of a list, or of its beginning.

    ratios: one byte per photo, in Base64: the logarithm of its aspect ratio, scaled to 0–255.
    """
    shapes = np.clip(layout.ratios, _MIN_RATIO, _MAX_RATIO) / _MIN_RATIO
    steps = np.rint(np.log(shapes) * (255 / np.log(_MAX_RATIO / _MIN_RATIO))).astype(np.uint8)
    return {
        "count": len(layout.ids),
        "good": layout.good,
        "heading": photos.heading,
        "others": photos.others,
        "starts": layout.sections.starts.tolist(),
        "days": layout.sections.days.tolist(),
        "ratios": base64.b64encode(steps.tobytes()).decode("ascii"),
    }

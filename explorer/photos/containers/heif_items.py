"""Classify the items of a HEIF or AVIF file as pictures, maps, masks, or parts of a picture
(ISO/IEC 23008-12, 6.4)."""

from __future__ import annotations

from explorer.photos.containers.contents import (
    ContentKind,
    ContentPart,
    FileContents,
    digest_pieces,
)
from explorer.photos.containers.isobmff import Item, Items

# Coded pictures, and pictures derived from others.
_CODED = frozenset(
    {b"hvc1", b"hev1", b"av01", b"avc1", b"jpeg", b"j2k1", b"vvc1", b"unci", b"lhv1"}
)
_DERIVED = frozenset({b"grid", b"iovl", b"iden"})
# A picture with its gain map (ISO 21496-1).
_TONE_MAPPED = b"tmap"
# Metadata, and regions marked on a picture.
_METADATA = frozenset({b"Exif", b"mime", b"uri ", b"rgan", b"mski"})

# Parts of the URN of an auxiliary image. Alpha belongs to its picture.
_ALPHA = (b"auxid:1", b"auxiliary:alpha")
_AUXILIARY: tuple[tuple[bytes, ContentKind], ...] = (
    (b"hdrgainmap", "gain map"), (b"auxid:2", "depth map"), (b"depth", "depth map"),
    (b"disparity", "depth map"),
)  # fmt: skip


def item_contents(found: Items) -> FileContents:
    """All contents besides the primary picture; incomplete if the bytes of an item are missing."""
    inputs = {
        number
        for (kind, _), numbers in found.references.items()
        if kind == b"dimg"
        for number in numbers
    }
    parts, complete = list[ContentPart](), True
    for item in found.items.values():
        kind = _kind(item, found, inputs)
        if kind is None:
            continue
        digest = _digest(item, found, set())
        complete = complete and digest is not None
        if digest is not None:
            parts.append(ContentPart(kind, digest))
    return FileContents(tuple(parts), complete)


def _kind(item: Item, found: Items, inputs: set[int]) -> ContentKind | None:
    """The kind of an item; None for the primary picture, its parts, thumbnails and metadata."""
    if item.kind == _TONE_MAPPED:
        return "gain map"
    if (
        item.number == found.primary
        or item.number in inputs
        or item.kind in _METADATA
        or (b"thmb", item.number) in found.references
    ):
        return None
    if (b"auxl", item.number) in found.references:
        if any(word in item.auxiliary for word in _ALPHA):
            return None
        return next(
            (kind for word, kind in _AUXILIARY if word in item.auxiliary), "auxiliary image"
        )
    return "picture" if item.kind in _CODED | _DERIVED else "data"


def _digest(item: Item, found: Items, ancestors: set[int]) -> str | None:
    """The hash of an item's bytes and of the items that it is derived from.

    None if some bytes are missing, or if the item is derived from itself.
    """
    if item.data is None or item.number in ancestors:
        return None
    sources = found.references.get((b"dimg", item.number), [])
    if item.kind == _TONE_MAPPED:
        # The first source is the picture itself.
        sources = sources[1:]
    digests = [
        _digest(found.items[number], found, {*ancestors, item.number})
        if number in found.items
        else None
        for number in sources
    ]
    if None in digests:
        return None
    return digest_pieces(item.kind, item.data, *(digest.encode() for digest in digests if digest))

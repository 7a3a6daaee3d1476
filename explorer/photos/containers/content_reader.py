"""Read the contents of a file besides its first picture. Runs in a decode process, because it opens
pictures.

Pages and frames are hashed by their pixels, so lossless recompression does not change their hashes.
Everything else is hashed by its bytes, because programs either copy videos, maps and further
pictures unchanged or recompress them with losses.
"""

from __future__ import annotations

import functools
import io
import re
import warnings
from collections.abc import Callable

from PIL import Image

from explorer.photos.containers import isobmff
from explorer.photos.containers.appended_data import (
    MAX_NOTE_BYTES,
    AppendedPiece,
    appended_pieces,
    samsung_trailer_pieces,
)
from explorer.photos.containers.contents import (
    ContentKind,
    ContentPart,
    FileContents,
    collect_contents,
    digest_pieces,
)
from explorer.photos.containers.heif_items import item_contents
from explorer.photos.containers.jpeg_segments import START, JpegStructure, read_jpeg
from explorer.photos.containers.jxl_contents import jxl_contents
from explorer.photos.containers.picture_end import PICTURE_END
from explorer.photos.containers.pixel_digest import Budget, canonical_pixels, pixel_digest
from explorer.photos.containers.preview_match import PreviewMatcher
from explorer.photos.containers.tiff_pages import Page, read_pages
from explorer.photos.formats import pillow_formats
from explorer.photos.readers.jxl import restored_jpeg
from explorer.photos.readers.jxl_header import is_jxl
from explorer.photos.readers.raw_format import raw_format
from explorer.photos.readers.tiff_page_order import full_page_first
from explorer.photos.readers.tiff_parser import TiffParser, is_tiff

# Audio, depth maps and pictures inside XMP, in base64 (Google's depth map and Cardboard Camera
# formats).
_XMP_DATA = re.compile(rb"(GDepth|GImage|GAudio):Data(?:\s*=\s*[\"']([^\"']*)|>([^<]*))")
_XMP_KINDS: dict[bytes, ContentKind] = {
    b"GDepth": "depth map",
    b"GImage": "picture",
    b"GAudio": "audio",
}
# The items in Google's container directory, listed in the order in which they are appended.
_SEMANTIC = re.compile(rb"Item:Semantic(?:\s*=\s*[\"']|>)(\w+)")
_SEMANTICS: dict[bytes, ContentKind] = {
    b"GainMap": "gain map",
    b"Depth": "depth map",
    b"Confidence": "depth map",
    b"MotionPhoto": "film",
}
# Strings in the XMP of a gain map (Ultra HDR, ISO 21496-1, Apple) or a depth map (Apple).
_GAIN_MAP = (b"http://ns.adobe.com/hdr-gain-map/", b"hdrgainmap")
_GAIN_MAP_SEGMENT = b"urn:iso:std:iso:ts:21496:-1"
_DEPTH_MAP = (b"auxid:2", b":aux:disparity", b":aux:depth", b"ns.apple.com/depthData")


def read_contents(data: bytes, budget: Budget | None = None) -> FileContents:
    """The contents of a file besides its first picture.

    They are marked incomplete if part of them cannot be read or would exceed the budget. Raises
    only MemoryError, if too little memory is free at the moment.
    """
    with warnings.catch_warnings():
        # As in `decode`: Pillow warns about every irregularity.
        warnings.simplefilter("ignore")
        try:
            return _read(data, budget or Budget())
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  a broken file may raise anything
            return FileContents(complete=False)


def _read(data: bytes, budget: Budget) -> FileContents:
    for begins, read in _READERS:
        if begins(data):
            return read(data, budget)
    for magic, end_of in PICTURE_END.items():
        if data.startswith(magic):
            appended = _parts(appended_pieces(data, end_of(data)))
            return collect_contents([*_animation(data, budget), *appended])
    return FileContents()


def _parts(pieces: list[AppendedPiece]) -> list[ContentPart]:
    return [ContentPart(piece.kind, digest_pieces(piece.data)) for piece in pieces]


# --- JPEG


def _jpeg(data: bytes, budget: Budget) -> FileContents:
    jpeg, original = read_jpeg(data), PreviewMatcher(lambda: _opened(data), budget.spend)
    if jpeg is None:
        return FileContents(complete=False)
    xmp = jpeg.xmp
    parts = [
        ContentPart(_XMP_KINDS[found[1]], digest_pieces(found[2] or found[3] or b""))
        for found in _XMP_DATA.finditer(xmp)
    ]
    pieces = appended_pieces(data, jpeg.end)
    listed = [_SEMANTICS.get(word) for word in _SEMANTIC.findall(xmp)[1:]]
    semantics = listed if len(listed) == len(pieces) else [None] * len(pieces)
    for piece, semantic in zip(pieces, semantics, strict=True):
        kind = semantic or piece.kind
        if kind == "picture" and (inner := read_jpeg(piece.data)) is not None:
            kind = _kind_of_jpeg(inner)
        if kind != "picture" or not original.is_preview(functools.partial(_opened, piece.data)):
            parts.append(ContentPart(kind, digest_pieces(piece.data)))
    if len(jpeg.own_data) > MAX_NOTE_BYTES:
        parts.append(ContentPart("data", digest_pieces(jpeg.own_data)))
    return collect_contents(parts)


def _kind_of_jpeg(jpeg: JpegStructure) -> ContentKind:
    xmp = jpeg.xmp
    if any(word in xmp for word in _GAIN_MAP) or any(
        n == 2 and content.startswith(_GAIN_MAP_SEGMENT) for n, content in jpeg.segments
    ):
        return "gain map"
    return "depth map" if any(word in xmp for word in _DEPTH_MAP) else "picture"


def _opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=pillow_formats(data))


# --- TIFF


def _tiff(data: bytes, budget: Budget) -> FileContents:
    data = full_page_first(data)
    parser = TiffParser(data)
    tiff = read_pages(parser)
    if not tiff.pages:
        return FileContents(complete=False)
    first, *others = tiff.pages
    # Use one copy, and make its header point to one page after another.
    stream = io.BytesIO(data)

    def opened(page: Page) -> Image.Image:
        stream.seek(parser.first_offset_position)
        stream.write(parser.encoded_offset(page.offset))
        return Image.open(stream, formats=("TIFF",))

    original, parts = PreviewMatcher(lambda: opened(first), budget.spend), list[ContentPart]()
    for page in others:
        pixels = pixel_digest(functools.partial(opened, page), budget)
        # A reduced version of the first page adds nothing.
        if pixels is None or not original.is_preview(functools.partial(opened, page)):
            parts.append(ContentPart("page", pixels or page.digest))
    parts += [
        ContentPart("layers", digest_pieces(page.layers)) for page in tiff.pages if page.layers
    ]
    parts += [
        ContentPart("auxiliary image", page.digest) for page in tiff.pages if page.has_channels
    ]
    return collect_contents([*parts, *_parts(appended_pieces(data, tiff.end))])


# --- animations


def _animation(data: bytes, budget: Budget) -> list[ContentPart]:
    """The frames of an animation as one part, hashed by their pixels and durations; empty for a
    still picture."""
    picture = _opened(data)
    number = int(getattr(picture, "n_frames", 1))
    if number < 2:
        return []
    digests = list[bytes]()
    for index in range(number):
        picture.seek(index)
        if not budget.spend(*picture.size):
            # Too much to decode: hash the bytes, so only identical files count as equal.
            return [ContentPart("frame", digest_pieces(data), number - 1)]
        # Some decoders know a frame's duration only after decoding it.
        picture.load()
        shown = str(round(picture.info.get("duration") or 0)).encode()
        digests.append(digest_pieces(shown, *(canonical_pixels(picture) if index else ())).encode())
    return [ContentPart("frame", digest_pieces(*digests), number - 1)]


# --- JPEG XL


def _jxl(data: bytes, budget: Budget) -> FileContents:
    """The contents, including those of the JPEG file from which it was made, which its
    reconstruction data holds."""
    found, jpeg = jxl_contents(data, budget), restored_jpeg(data)
    if jpeg is None:
        return found
    inner = _jpeg(jpeg, budget)
    return collect_contents(
        [*found.parts, *inner.parts], complete=found.complete and inner.complete
    )


# --- HEIF and AVIF


# Boxes that contain the picture itself or its metadata.
_ORDINARY = frozenset(
    {
        b"ftyp",
        b"meta",
        b"mdat",
        b"free",
        b"skip",
        b"wide",
        b"idat",
        b"uuid",
        b"styp",
        b"pdin",
        b"moov",
        b"moof",
        b"mfra",
    }
)


def _isobmff(data: bytes, budget: Budget) -> FileContents:
    end = isobmff.movie_end(data, 0)
    parts, complete = list[ContentPart](), True
    top = list(isobmff.boxes(data, 0, end))
    if (meta := next((box for box in top if box.kind == b"meta"), None)) is not None:
        items = item_contents(isobmff.read_items(data, meta))
        parts, complete = list(items.parts), items.complete
    if (moov := next((box for box in top if box.kind == b"moov"), None)) is not None:
        parts += _movie(data, moov, top, budget)
    for box in top:
        content = data[box.body : box.end]
        if box.kind == b"mpvd":
            parts.append(ContentPart("film", digest_pieces(content)))
        elif box.kind == b"sefd":
            parts += _parts(samsung_trailer_pieces(content))
        elif box.kind not in _ORDINARY:
            parts.append(ContentPart("data", digest_pieces(box.kind, content)))
    return collect_contents([*parts, *_parts(appended_pieces(data, end))], complete=complete)


def _movie(
    data: bytes, moov: isobmff.Box, top: list[isobmff.Box], budget: Budget
) -> list[ContentPart]:
    """An image sequence or a video, hashed by its pixels if Pillow can read it, else by its
    bytes."""
    if data[8:12] == b"avis":
        return _animation(data, budget)
    content = data[moov.body : moov.end]
    digest = digest_pieces(
        content, *(data[box.body : box.end] for box in top if box.kind == b"mdat")
    )
    if b"vide" in content:
        return [ContentPart("film", digest)]
    # The sample size box contains a version, a common size, and the number of samples.
    sizes = content.partition(b"stsz")[2]
    samples = int.from_bytes(sizes[8:12], "big")
    return [ContentPart("frame", digest, max(1, samples - 1))]


# --- RAW


def _raw(data: bytes, _: Budget) -> FileContents:
    """The whole file as one part, because no other file has everything that the sensor recorded."""
    return FileContents((ContentPart("sensor data", digest_pieces(data)),))


_READERS: tuple[tuple[Callable[[bytes], object], Callable[[bytes, Budget], FileContents]], ...] = (
    (raw_format, _raw),
    (lambda data: data.startswith(START), _jpeg),
    (is_tiff, _tiff),
    (lambda data: data[4:8] == b"ftyp", _isobmff),
    (is_jxl, _jxl),
)

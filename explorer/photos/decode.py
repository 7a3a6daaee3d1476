"""One file's bytes → everything the program knows of the photo, in one decode.

The picture is brought near the wanted size as early as can be: a JPEG already while it is decoded
(libjpeg's DCT scaling, by `Image.draft`), anything else by an integer box filter; colours, turning
and fine scaling then cost next to nothing.
"""

from __future__ import annotations

import io
import struct
import warnings

import numpy as np
from PIL import Image, ImageFile

from explorer.errors import DamagedPhoto, OversizedPhoto, PhotoError, UnsupportedPhoto
from explorer.photos import damage
from explorer.photos.color.cicp import codes_of
from explorer.photos.color.convert import has_other_tones, to_rgb
from explorer.photos.color.high_bit_depth import to_srgb_from_16_bits
from explorer.photos.file_io import read_file
from explorer.photos.formats import RAW_REASON, openers, refusal, starts_like_a_photo
from explorer.photos.hashing import content_hash, perceptual_hash
from explorer.photos.input_spec import InputSpec
from explorer.photos.limits import check_pixels
from explorer.photos.metadata import impossible_date, orientation, read_metadata
from explorer.photos.quality.figures import Look, Quality
from explorer.photos.quality.jpeg import quality_of
from explorer.photos.readers import tiff, tiff_tags
from explorer.photos.readers.png import allow_long_texts, png_without_texts
from explorer.photos.resize import fit, fitted, square, suffices
from explorer.photos.types import DecodedPhoto

__all__ = ["PREVIEW_SIDE", "DecodedPhoto", "content_hash", "decode", "read_file"]

PREVIEW_SIDE = 512
_PREVIEW_QUALITY = 85
# A JPEG may be decoded at an eighth, say, if that still gives a preview of this side: 500 pixels
# for a 12-megapixel photo.
_PREVIEW_LEAST = 460
# But at no less than this, so that shake and grain are still there to be measured: half the size
# for a 12-megapixel photo.
_JUDGED_LEAST = 1400
# What Pillow's decoders raise for data that end too early or make no sense.
_BROKEN = (OSError, SyntaxError, ValueError, IndexError, EOFError, struct.error)
# Formats whose pixels are written in ways that Pillow knows all of: what it cannot decode to the
# end is not all there.
_ONE_CODING = ("GIF", "BMP", "DIB")

# Ours is a limit from free memory (`limits`), checked before anything is decoded.
Image.MAX_IMAGE_PIXELS = None

_TURN = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def decode(
    data: bytes, spec: InputSpec | None, *, mtime: float | None = None, name: str = ""
) -> DecodedPhoto:
    """Decode a photo once, for all that is wanted of it.

    spec: the encoder's input, or None. mtime (Unix seconds), name: the file's own, for photos that
    carry no date.
    Raises UnsupportedPhoto, DamagedPhoto or OversizedPhoto, each with a reason in plain words.
    """
    with warnings.catch_warnings():
        # Pillow warns of every oddity in a file; what matters to a person becomes `damaged` or an
        # error.
        warnings.simplefilter("ignore")
        try:
            return _decode(data, spec, mtime, name)
        except PhotoError:
            raise
        except MemoryError:
            raise OversizedPhoto("it needs more memory than this computer has free") from None
        except Exception as error:
            # Decoders of broken files raise whatever they like.
            raise damage.failure(data) from error


def _decode(data: bytes, spec: InputSpec | None, mtime: float | None, name: str) -> DecodedPhoto:
    picture = _open(data)
    width, height = picture.size
    factor = _reduction(width, height, spec)
    judged = max(1.0, min(factor, max(width, height) / _JUDGED_LEAST))
    damaged = None
    try:
        _load(picture, judged)
    except _BROKEN:
        picture, damaged = _load_otherwise(data, judged)
    # Only now: some formats keep metadata behind the pixels, and TIFF turns the picture itself when
    # it is loaded, and unsets the tag.
    metadata, turned = read_metadata(picture, mtime=mtime, name=name), orientation(picture)
    # Scaled down to the preview before its colours are looked after, where nothing larger is
    # wanted: most phones' photos are tagged P3.
    enough = suffices(fitted((width, height), PREVIEW_SIDE), spec)
    reduction = min(factor, max(width, height) / PREVIEW_SIDE) * picture.width / width
    colour = to_rgb(picture, max(1, int(reduction)), PREVIEW_SIDE if enough else None)
    if damaged and _is_blank(colour):
        raise DamagedPhoto("the file is cut off before its picture begins")
    upright, pixels = _TURN.get(turned), None
    preview = fit(colour, PREVIEW_SIDE)
    if spec is not None:
        seen = square(preview if enough else colour, spec)
        pixels = np.asarray(seen.transpose(upright) if upright is not None else seen)
    preview = preview.transpose(upright) if upright is not None else preview
    quality, look = _judge(picture, preview, upright, judged * picture.width / width)
    packed = io.BytesIO()
    # A comment would be carried over; a preview says nothing but the picture.
    preview.save(packed, "JPEG", quality=_PREVIEW_QUALITY, comment=b"")
    return DecodedPhoto(
        **{field: getattr(metadata, field) for field in metadata.__dataclass_fields__},
        format="JPEG" if picture.format == "MPO" else str(picture.format),
        width=height if turned >= 5 else width,
        height=width if turned >= 5 else height,
        frames=_frames(picture),
        phash=perceptual_hash(preview),
        preview=packed.getvalue(),
        input=pixels,
        damaged=damaged,
        quality=quality.packed(),
        look=look.packed(),
        stated=impossible_date(picture),
    )


def _open(data: bytes) -> Image.Image:
    if not data.lstrip(b"\0") or not starts_like_a_photo(data):
        raise refusal(data)
    if tiff_tags.is_tiff(data) and tiff_tags.is_raw(data):
        raise UnsupportedPhoto(RAW_REASON)
    allow_long_texts()
    try:
        picture = Image.open(io.BytesIO(data), formats=openers(data))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  what Pillow cannot open is told apart here
        return _open_otherwise(data)
    if min(picture.size) < 1:
        raise DamagedPhoto("the file is damaged: it says that its picture has no size")
    check_pixels(*picture.size)
    if codes := codes_of(data):
        picture.info.setdefault("cicp", codes)
    return to_srgb_from_16_bits(picture, data) or picture


def _open_otherwise(data: bytes) -> Image.Image:
    """A picture that Pillow does not open as it is. Raises PhotoError, with what is wrong, where
    nothing else reads it either."""
    if tiff_tags.is_tiff(data):
        try:
            return tiff.read(data)
        except UnsupportedPhoto:
            raise damage.failure(data) from None
    plain = png_without_texts(data)
    if plain is None:
        raise damage.failure(data)
    try:
        picture = Image.open(io.BytesIO(plain), formats=("PNG",))
        check_pixels(*picture.size)
        # For whoever asks what the file says, and not only what it shows.
        picture.info["texts_left_out"] = True
        if codes := codes_of(plain):
            picture.info.setdefault("cicp", codes)
        return picture
    except _BROKEN:
        raise damage.failure(data) from None


def _reduction(width: int, height: int, spec: InputSpec | None) -> float:
    """By how much a picture can be shrunk with everything that is wanted of it still being made by
    shrinking, at least 1."""
    factor = max(width, height) / _PREVIEW_LEAST
    if spec is not None:
        factor = min(factor, min(width, height) / spec.size)
    return max(1.0, factor)


def _load(picture: Image.Image, factor: float) -> None:
    """Decode; a JPEG at a half, a quarter or an eighth of its size where that is not below what is
    wanted."""
    if picture.format in ("JPEG", "MPO") and factor >= 2:
        picture.draft(None, (int(-(-picture.width // factor)), int(-(-picture.height // factor))))
    picture.load()


def _load_otherwise(data: bytes, factor: float) -> tuple[Image.Image, str | None]:
    """A picture that Pillow opens and does not load: whole where another way of reading it is, else
    with the missing part left grey or black, and what is wrong with it. Raises PhotoError."""
    try:
        whole = _open_otherwise(data)
        whole.load()
        return whole, None
    except (PhotoError, *_BROKEN):
        failure = damage.failure(data)
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        picture = _open(data)
        _load(picture, factor)
    except _BROKEN:
        raise failure from None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    if not isinstance(failure, DamagedPhoto) and picture.format not in _ONE_CODING:
        raise failure
    return picture, "the file ends too early or is broken inside: part of the picture is missing"


def _is_blank(picture: Image.Image) -> bool:
    """Whether there is nothing to be seen: less than one pixel in a hundred differs from the last
    one."""
    pixels = np.asarray(picture, np.int16)
    return bool((np.abs(pixels - pixels[-1, -1]).max(axis=2) > 3).mean() < 0.01)


def _judge(
    picture: Image.Image, preview: Image.Image, upright: Image.Transpose | None, left: float
) -> tuple[Quality, Look]:
    """Measure the picture as it was loaded. left: by how much it is still larger than it need be."""
    # Only here: OpenCV takes a while to load, and most of what knows of photos never measures one.
    from explorer.photos.quality.measure import luminance, measure

    reduction, tables = max(1, int(left)), getattr(picture, "quantization", None)
    # JPEG's grid has lines every eight pixels; a JPEG that was scaled while it was decoded, or
    # anything that is shrunk now, closer ones.
    decoder = getattr(picture, "decoderconfig", ()) or (1,)
    closer = max(1, int(decoder[0])) if picture.format in ("JPEG", "MPO") else reduction
    if picture.mode not in ("RGB", "L") or has_other_tones(picture):
        plain = to_rgb(picture, reduction)
    else:
        plain = picture.reduce(reduction) if reduction > 1 else picture
    if upright is not None:
        plain = plain.transpose(upright)
    small = np.asarray(preview)
    grey = (
        np.asarray(plain)
        if plain.mode == "L"
        else luminance(small if plain is preview else np.asarray(plain))
    )
    compression = quality_of(tables[0]) if tables and 0 in tables else 0
    return measure(
        grey, small, period=8 // closer if closer in (1, 2, 4) else 0, compression=compression
    )


def _frames(picture: Image.Image) -> int:
    """Pictures in the file: frames of an animation, pages of a TIFF. The previews that some cameras
    append do not count."""
    if picture.format in ("JPEG", "MPO", "HEIF"):
        return 1
    try:
        return int(getattr(picture, "n_frames", 1))
    except Exception:  # noqa: BLE001  later frames may be broken; the first one is all that is needed
        return 1

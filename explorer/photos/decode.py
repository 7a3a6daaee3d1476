"""Decode a photo once, and derive everything that is stored about it.

The picture is reduced to about the required size as early as possible: a JPEG while it is decoded
(libjpeg's DCT scaling, through `Image.draft`), any other format by an integer box filter. Color
conversion, rotation and the final resizing then cost next to nothing.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import os
import traceback
import warnings
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from PIL import Image

from explorer.errors import DamagedPhoto, OversizedPhoto, PhotoError
from explorer.photos.color.convert import has_non_srgb_tones, to_rgb
from explorer.photos.damage import decode_error
from explorer.photos.decoded_photo import DecodedPhoto
from explorer.photos.file_io import read_file
from explorer.photos.hashing import content_hash, perceptual_hash
from explorer.photos.input_spec import InputSpec
from explorer.photos.limits import OUT_OF_MEMORY
from explorer.photos.metadata import impossible_date, orientation, read_metadata
from explorer.photos.orientation import FIRST_SWAPPED, ORIENTATION_TRANSPOSE
from explorer.photos.picture_loader import load_picture, open_picture
from explorer.photos.pixel_view import pixel_view
from explorer.photos.quality.jpeg_quality import quality_from_table
from explorer.photos.quality.metrics import QualityDiagnostics, QualityMetrics
from explorer.photos.resize import encoder_input, fit, fitted_size, is_large_enough

__all__ = ["PREVIEW_SIDE", "DecodedPhoto", "content_hash", "decode", "read_file"]

PREVIEW_SIDE = 512
_PREVIEW_QUALITY = 85
NOTHING_DECODED = "the file is truncated or damaged: no part of its picture can be decoded"
"""Why a photo of which a decoder returns a blank picture could not be read."""
# A JPEG may be decoded at a fraction of its size if its longer side remains at least this long. For
# a photo of 12 megapixels that is an eighth: 500 pixels.
_MIN_PREVIEW_SIDE = 460
# Quality is measured at this size or larger, where camera shake and noise still show. For a photo
# of 12 megapixels that is half the size.
_MIN_MEASURED_SIDE = 1400
# Characters of an error's text that are passed on.
_LONGEST_ERROR = 500
# Formats whose decoders substitute a color for missing data, and report nothing.
_FILLED_IN = ("JPEG", "MPO", "HEIF", "AVIF")


def decode(
    data: bytes, spec: InputSpec | None, *, mtime: float | None = None, name: str = ""
) -> DecodedPhoto:
    """Decode a photo, and derive everything that is stored about it.

    data: the bytes of the file. spec: the encoder's input, or None. mtime (Unix seconds), name: the
    file's modification time and name, for photos without a date of their own.
    Raises UnsupportedPhoto, DamagedPhoto or OversizedPhoto, each with a plain-language reason.
    """
    with photo_errors(data):
        return _decode(data, spec, mtime, name)


@contextlib.contextmanager
def photo_errors(data: bytes) -> Iterator[None]:
    """Convert any exception raised while this file is decoded to a PhotoError, and ignore
    warnings."""
    with warnings.catch_warnings():
        # Pillow warns about every irregularity in a file. Those that matter to the user become
        # `damaged` or an error.
        warnings.simplefilter("ignore")
        try:
            yield
        except PhotoError:
            raise
        except MemoryError:
            raise OversizedPhoto(OUT_OF_MEMORY) from None
        except Exception as error:
            # Decoders may raise anything for a broken file.
            raise decode_error(data) from error


def _decode(data: bytes, spec: InputSpec | None, mtime: float | None, name: str) -> DecodedPhoto:
    picture = open_picture(data)
    width, height = picture.size
    max_reduction = _max_reduction(width, height, spec)
    load_reduction = max(1.0, min(max_reduction, max(width, height) / _MIN_MEASURED_SIDE))
    picture, damaged = load_picture(picture, data, load_reduction)
    # This must follow loading: some formats store metadata after the pixels, and Pillow rotates a
    # TIFF when it is loaded, and removes the tag.
    metadata, turn = read_metadata(picture, mtime=mtime, name=name), orientation(picture)
    transpose = ORIENTATION_TRANSPOSE.get(turn)
    loaded_scale = picture.width / width
    renditions = _render(picture, (width, height), max_reduction, spec)
    if damaged and _is_blank(renditions.rgb):
        raise DamagedPhoto(NOTHING_DECODED)
    upright = renditions.transposed(transpose)
    quality, diagnostics, measuring_error = _packed_quality(
        picture, upright.preview, transpose, load_reduction * loaded_scale
    )
    preview = io.BytesIO()
    # Without `comment`, Pillow would copy the original's comment.
    upright.preview.save(preview, "JPEG", quality=_PREVIEW_QUALITY, comment=b"")
    return DecodedPhoto(
        **{field.name: getattr(metadata, field.name) for field in dataclasses.fields(metadata)},
        format="JPEG" if picture.format == "MPO" else str(picture.format),
        width=height if turn >= FIRST_SWAPPED else width,
        height=width if turn >= FIRST_SWAPPED else height,
        frames=_frame_count(picture),
        phash=perceptual_hash(upright.preview),
        preview=preview.getvalue(),
        input=None if upright.input is None else np.asarray(upright.input),
        damaged=damaged,
        quality=quality,
        diagnostics=diagnostics,
        measuring_error=measuring_error,
        impossible_date=impossible_date(picture),
    )


class _Renditions(NamedTuple):
    """A picture in sRGB, at the required sizes."""

    rgb: Image.Image
    """At the size at which its colors were converted."""
    preview: Image.Image
    input: Image.Image | None
    """The encoder's input."""

    def transposed(self, transpose: Image.Transpose | None) -> _Renditions:
        """The same with an upright preview and input."""
        if transpose is None:
            return self
        return self._replace(
            preview=self.preview.transpose(transpose),
            input=None if self.input is None else self.input.transpose(transpose),
        )


def _render(
    picture: Image.Image, size: tuple[int, int], max_reduction: float, spec: InputSpec | None
) -> _Renditions:
    """Convert and resize a loaded picture. size: the photo's size before loading reduced it."""
    # If nothing larger than the preview is needed, reduce the picture before converting its
    # colors, which is slow: most photos from phones are in Display P3.
    preview_suffices = is_large_enough(fitted_size(size, PREVIEW_SIDE), spec)
    reduction = min(max_reduction, max(size) / PREVIEW_SIDE) * picture.width / size[0]
    rgb = to_rgb(picture, max(1, int(reduction)), PREVIEW_SIDE if preview_suffices else None)
    preview = fit(rgb, PREVIEW_SIDE)
    if spec is None:
        return _Renditions(rgb, preview, None)
    return _Renditions(rgb, preview, encoder_input(preview if preview_suffices else rgb, spec))


def _max_reduction(width: int, height: int, spec: InputSpec | None) -> float:
    """The largest factor, at least 1, by which a picture can be reduced first, so that neither the
    preview nor the encoder's input must be enlarged."""
    factor = max(width, height) / _MIN_PREVIEW_SIDE
    if spec is not None:
        factor = min(factor, min(width, height) / spec.size)
    return max(1.0, factor)


def _is_blank(picture: Image.Image) -> bool:
    """Whether fewer than one pixel in a hundred differ from the last one."""
    pixels = np.asarray(picture, np.int16)
    return bool((np.abs(pixels - pixels[-1, -1]).max(axis=2) > 3).mean() < 0.01)


def _packed_quality(
    picture: Image.Image,
    preview: Image.Image,
    transpose: Image.Transpose | None,
    remaining_reduction: float,
) -> tuple[bytes, bytes, str]:
    """The packed metrics and diagnostics of `_measure_quality`, and why measuring failed, which is
    where and how the exception was raised. Empty if it failed, or did not.

    The decoder has read the picture, so a failure says nothing about the file. The photo is
    measured again by the next process.
    """
    try:
        found = _measure_quality(picture, preview, transpose, remaining_reduction)
    except (MemoryError, PhotoError):
        raise
    except Exception as error:  # noqa: BLE001  a photo that cannot be measured is not damaged
        return b"", b"", _raised(error)
    return found[0].packed(), found[1].packed(), ""


def _raised(error: Exception) -> str:
    """What a traceback says last: the exception, and the line that raised it."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(frame.filename)}, line {frame.lineno}"
    text = f"{type(error).__name__}: {error} ({where})"
    return text[:_LONGEST_ERROR].replace("\0", "").encode("utf-8", "replace").decode()


def _measure_quality(
    picture: Image.Image,
    preview: Image.Image,
    transpose: Image.Transpose | None,
    remaining_reduction: float,
) -> tuple[QualityMetrics, QualityDiagnostics]:
    """Measure the picture as it was loaded.

    preview: the upright preview. remaining_reduction: the factor by which the picture can still be
    reduced.
    """
    # Imported here because OpenCV takes a while to load, and most processes never measure a photo.
    from explorer.photos.quality.color_breaks import color_break
    from explorer.photos.quality.luminance import luminance, rgb
    from explorer.photos.quality.measure import measure_quality

    reduction = max(1, int(remaining_reduction))
    if picture.mode not in ("RGB", "L") or has_non_srgb_tones(picture):
        plain = to_rgb(picture, reduction)
    else:
        plain = picture.reduce(reduction) if reduction > 1 else picture
    pixels = pixel_view(plain)
    gray = luminance(pixels, transpose)
    small = rgb(pixel_view(preview))
    tables, period = getattr(picture, "quantization", None), _block_period(picture, reduction)
    return measure_quality(
        gray,
        small,
        block_period=period,
        jpeg_quality=quality_from_table(tables[0]) if tables and 0 in tables else 0,
        color_break=color_break(pixels, period, _coded_unit(picture)),
        fills_in=picture.format in _FILLED_IN,
    )


def _block_period(picture: Image.Image, reduction: int) -> int:
    """The spacing of JPEG's block grid in a loaded picture, in pixels; 0 if there is no grid.

    It is 8 in a JPEG at full size, and smaller if the picture has been reduced.
    """
    if picture.format in ("JPEG", "MPO"):
        decoder = getattr(picture, "decoderconfig", ()) or (1,)
        reduction = max(1, int(decoder[0]))
    return 8 // reduction if reduction in (1, 2, 4) else 0


def _coded_unit(picture: Image.Image) -> tuple[int, int]:
    """The width and height of a JPEG's minimum coded unit, in blocks."""
    layers = getattr(picture, "layer", None) or [(0, 1, 1)]
    return max(layer[1] for layer in layers), max(layer[2] for layer in layers)


def _frame_count(picture: Image.Image) -> int:
    """The number of frames of an animation, or pages of a TIFF. Previews that cameras append do not
    count."""
    if picture.format in ("JPEG", "MPO", "HEIF"):
        return 1
    try:
        return int(getattr(picture, "n_frames", 1))
    except Exception:  # noqa: BLE001  later frames may be broken; only the first one is needed
        return 1

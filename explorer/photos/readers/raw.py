"""Open camera RAW files: their embedded preview if it is large enough, else the developed sensor
data. LibRaw does both."""

from __future__ import annotations

import io
from typing import Any

from PIL import ExifTags, Image

from explorer.errors import DamagedPhoto, OversizedPhoto, PhotoError, UnsupportedPhoto
from explorer.photos.color.convert import to_rgb
from explorer.photos.limits import check_pixels
from explorer.photos.orientation import FIRST_SWAPPED, ORIENTATION_TRANSPOSE
from explorer.photos.readers.raw_format import OTHER_RAW, raw_format
from explorer.photos.readers.raw_metadata import is_cut_off, read_raw_metadata

UNREADABLE = (
    "its RAW data cannot be read: the file is truncated or damaged, or from a camera that is not"
    " known yet"
)
CUT_OFF = "the file is damaged or truncated: part of its sensor data lies beyond its end"
# While photos are indexed, at most the first, in pixels of the longer side, is requested, and a
# preview of at least the second is large enough.
_INDEXED_SIDE, _MIN_PREVIEW_SIDE = 1500, 1000
# Otherwise, a preview must have at least this share of the requested size.
_MIN_SHARE = 0.95
# How much the aspect ratio of a preview may differ from that of the sensor's picture.
_MAX_ASPECT_CHANGE = 0.04
# LibRaw's flip → EXIF orientation.
_ORIENTATIONS = {0: 1, 3: 3, 5: 8, 6: 6}
_SRGB_CURVE = (2.4, 12.92)


class _Bytes:
    """A file object for LibRaw that does not copy the bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self) -> bytes:
        return self._data


class RawPicture(Image.Image):
    """An opened RAW file. Its `size` is that of the upright picture at full resolution. Loading
    turns it into an sRGB picture in mode RGB.

    Its pixels have more bits than can be compared (`high_bit_depth`), so that only identical files
    count as equal.
    """

    format: str

    def __init__(self, data: bytes) -> None:
        """Raises PhotoError."""
        super().__init__()
        import rawpy

        self.format = raw_format(data) or OTHER_RAW
        # Kept as long as LibRaw reads from it.
        self._data = data
        self._cut_off = is_cut_off(data, self.format)
        try:
            self._raw: Any = rawpy.imread(_Bytes(data))
            sizes = self._raw.sizes
        except rawpy.LibRawError as error:
            raise self._error() from error
        size = (int(sizes.width), int(sizes.height))
        if min(size) < 1:
            raise self._error()
        self._orientation = _ORIENTATIONS.get(sizes.flip, 1)
        self._mode, self._size = "RGB", size[::-1] if self._orientation in (6, 8) else size
        self._sensor_size = max(size[0], int(sizes.raw_width)), max(size[1], int(sizes.raw_height))
        metadata = read_raw_metadata(data, self.format)
        self._own_exif = metadata.exif
        self.info["high_bit_depth"] = True
        if metadata.xmp:
            self.info["xmp"] = metadata.xmp

    def getexif(self) -> Image.Exif:
        return self._own_exif

    def load(self) -> Any:
        if self._im is None:
            self.load_reduced(1.0)
        return super().load()

    def load_reduced(self, reduction: float) -> str | None:
        """Load the picture, reduced by no more than that factor, at least 1; `size` is then that of
        the loaded picture. While photos are indexed, a preview of 1,000 pixels suffices.

        Returns the reason if part of the file is missing. Raises PhotoError.
        """
        longest = max(self._size)
        wanted = longest / reduction
        is_indexed = reduction > 1 and wanted <= _INDEXED_SIDE
        enough = min(_MIN_SHARE * wanted, _MIN_PREVIEW_SIDE if is_indexed else wanted)
        preview = self._preview(wanted)
        if preview is None or max(preview.size) < enough:
            # A smaller preview is better than nothing.
            preview = self._developed(half=wanted <= longest / 2, otherwise=preview)
        self.im, self._size = preview.im, preview.size
        return CUT_OFF if self._cut_off else None

    def _error(self) -> PhotoError:
        return DamagedPhoto(CUT_OFF) if self._cut_off else UnsupportedPhoto(UNREADABLE)

    def _preview(self, wanted: float) -> Image.Image | None:
        """The largest embedded preview, upright and in sRGB, reduced to no less than `wanted`
        pixels; None if there is none that shows all of the picture."""
        import rawpy

        try:
            thumb = self._raw.extract_thumb()
            if thumb.format != rawpy.ThumbFormat.JPEG:
                return None
            jpeg = Image.open(io.BytesIO(thumb.data), formats=("JPEG", "MPO"))
            check_pixels(*jpeg.size)
            orientation = self._preview_orientation(jpeg)
            if orientation is None:
                return None
            if not self._own_exif:
                self._own_exif = jpeg.getexif()
                self._own_exif.pop(ExifTags.Base.Orientation, None)
            reduction = max(jpeg.size) / wanted
            if reduction >= 2:
                jpeg.draft("RGB", tuple(int(-(-side // reduction)) for side in jpeg.size))  # type: ignore[arg-type]
            jpeg.load()
            shown = to_rgb(jpeg, 1)
        except (rawpy.LibRawError, OversizedPhoto, OSError, SyntaxError, ValueError):
            return None
        transpose = ORIENTATION_TRANSPOSE.get(orientation)
        return shown if transpose is None else shown.transpose(transpose)

    def _preview_orientation(self, jpeg: Image.Image) -> int | None:
        """The EXIF orientation that turns a preview upright: its own, the RAW file's or 1,
        whichever first gives the picture's aspect ratio; None if none does."""
        own = jpeg.getexif().get(ExifTags.Base.Orientation)
        for orientation in (own, self._orientation, 1):
            if orientation != 1 and orientation not in ORIENTATION_TRANSPOSE:
                continue
            width, height = jpeg.size[::-1] if orientation >= FIRST_SWAPPED else jpeg.size
            change = (width / height) / (self._size[0] / self._size[1])
            if abs(change - 1) <= _MAX_ASPECT_CHANGE:
                return int(orientation)
        return None

    def _developed(self, *, half: bool, otherwise: Image.Image | None) -> Image.Image:
        """The developed sensor data. otherwise: returned if it cannot be developed. Raises
        PhotoError if that is None."""
        import rawpy

        try:
            check_pixels(*self._sensor_size)
            pixels = self._raw.postprocess(
                half_size=half, use_camera_wb=True, output_bps=8, gamma=_SRGB_CURVE
            )
            return Image.fromarray(pixels).convert("RGB")
        except OversizedPhoto:
            if otherwise is None:
                raise
            return otherwise
        except rawpy.LibRawUnsufficientMemoryError:
            raise MemoryError from None
        except (rawpy.LibRawError, rawpy.NotSupportedError) as error:
            if otherwise is None:
                raise self._error() from error
            return otherwise

"""Resize pictures for previews and encoders."""

from __future__ import annotations

from PIL import Image

from explorer.photos.input_spec import InputSpec

OVERSAMPLING = 1.5
"""A picture whose shorter side is this multiple of an encoder's input is large enough: a larger one
gives no better input."""

_FILTER = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


def fitted_size(size: tuple[int, int], side: int) -> tuple[int, int]:
    """The size reduced so that the longer side is at most `side`. It is never enlarged."""
    scale = min(1.0, side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def fit(picture: Image.Image, side: int) -> Image.Image:
    """The picture reduced so that its longer side is at most `side`."""
    size = fitted_size(picture.size, side)
    return (
        picture
        if size == picture.size
        else picture.resize(size, Image.Resampling.HAMMING, reducing_gap=2.0)
    )


def is_large_enough(size: tuple[int, int], spec: InputSpec | None) -> bool:
    """Whether a picture of this size gives as good an encoder input as a larger one; True without
    an encoder."""
    return spec is None or min(size) >= OVERSAMPLING * spec.size


def encoder_input(picture: Image.Image, spec: InputSpec) -> Image.Image:
    """Crop or squash a picture to the encoder's input size.

    The crop covers the same pixels as torchvision's `Resize` and `CenterCrop`, with which
    open_clip's models were trained: these round the scaled size down, and the position of the crop
    to whole pixels.
    """
    width, height = picture.size
    box = (0.0, 0.0, float(width), float(height))
    if spec.fit == "crop":
        shorter = min(width, height)
        across, down = _center(spec.size, width, shorter), _center(spec.size, height, shorter)
        box = (across[0], down[0], across[1], down[1])
    return picture.resize((spec.size, spec.size), _FILTER[spec.resample], box=box, reducing_gap=3.0)


def _center(size: int, length: int, shorter: int) -> tuple[float, float]:
    """The start and end of the center crop along one side of a picture, in pixels."""
    scaled = size * length // shorter
    begin = round((scaled - size) / 2)
    return begin * length / scaled, (begin + size) * length / scaled

"""Decide which photos can be encoded from their previews without a loss that matters."""

from __future__ import annotations

from explorer.photos.decode import PREVIEW_SIDE
from explorer.photos.input_spec import InputSpec
from explorer.photos.resize import fitted_size, is_large_enough


def preview_is_enough(width: int, height: int, spec: InputSpec) -> bool:
    """Whether a photo's preview is as good as its original for an encoder: either the photo has no
    more pixels, or the encoder's input is made from the preview's pixels anyway. The only
    difference is then the preview's JPEG compression.

    `python run.py bench preview_vectors` measures its cost. Other previews, such as those of
    panoramas, also lack fine detail. width, height: of the upright photo, in pixels.
    """
    preview = fitted_size((width, height), PREVIEW_SIDE)
    return preview == (width, height) or is_large_enough(preview, spec)

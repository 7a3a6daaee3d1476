"""Which photos can be encoded from their previews without a loss that counts."""

from __future__ import annotations

from explorer.photos.decode import PREVIEW_SIDE
from explorer.photos.input_spec import InputSpec
from explorer.photos.resize import fitted_size, is_large_enough


def preview_is_enough(width: int, height: int, spec: InputSpec) -> bool:
    """Whether an encoder's input is made from the pixels of the preview anyway, or the photo has no
    more pixels than its preview. All that differs then is the preview's JPEG compression.

    `python run.py bench preview_vectors` measures what that costs. With other previews, such as
    those of panoramas, finer detail is missing too.
    """
    preview = fitted_size((width, height), PREVIEW_SIDE)
    return preview == (width, height) or is_large_enough(preview, spec)

"""What encoders run on, by their names: shown by `status`, and changed by a self-test of INT8.

Importing this module is cheap, as with `registry`.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from filelock import FileLock

from explorer.encoders import registry
from explorer.encoders.base import Pixels
from explorer.encoders.runtime.inference_engine import InferenceEngine

if TYPE_CHECKING:
    from explorer.encoders.conversion.open_clip_conversion import Conversion

INT8_PHOTOS = 320
"""The number of photos that a self-test of INT8 takes."""


def engine_of(name: str) -> InferenceEngine | None:
    """What an encoder's image part runs on, without loading it; None if it is not converted. Raises
    UnknownEncoder or EncoderError if its name is wrong."""
    if registry.is_two_tower(name):
        from explorer.encoders import clip, image_tower

        conversion = clip.conversion_of(name)
        return image_tower.engine_of(conversion) if conversion is not None else None
    if name not in registry.OPENVINO_ONLY or not registry.ready(name):
        registry.resolve_name(name)
        return None
    from explorer.encoders.runtime.fastest_precision import known_precision
    from explorer.encoders.runtime.openvino_runtime import cpu_precision

    precision = known_precision(_image_model(name)) or cpu_precision()
    return InferenceEngine("openvino", "cpu", precision)


def _image_model(name: str) -> str:
    """The name of the converted model's files, for one of `registry.OPENVINO_ONLY`."""
    if name == "starter":
        from explorer.encoders.starter import IMAGE_MODEL

        return IMAGE_MODEL
    from explorer.encoders.torchvision_encoders import TORCHVISION_MODELS, model_key

    return model_key(TORCHVISION_MODELS[name])


def wants_int8_test(name: str) -> bool:
    """Whether an encoder could run in INT8 on this computer, but has not been tested for it yet.
    Raises what `engine_of` raises."""
    return _candidate(name) is not None


def assess_int8(name: str, pixels: Pixels) -> None:
    """Make and test an encoder's INT8 version, and store whether it is used.

    pixels: uint8 (INT8_PHOTOS, size, size, 3), the user's photos in random order, as
    `encode_images` takes them. Raises filelock's Timeout while another process tests a model,
    EncoderError, and OSError if the result cannot be stored.
    """
    from explorer.encoders.runtime.int8_preparation import prepare_int8
    from explorer.encoders.runtime.openvino_runtime import conversion_cache_dir

    # One at a time on this computer, because speeds are measured.
    with FileLock(conversion_cache_dir() / "int8-test.lock", timeout=0):
        conversion = _candidate(name)
        if conversion is not None:
            prepare_int8(conversion.key, pixels)


def decline_int8(name: str, reason: str) -> None:
    """Store that an encoder does not run in INT8 on this computer, and why."""
    from explorer.encoders.runtime.int8_verdict import Verdict, write_verdict

    conversion = _candidate(name)
    if conversion is not None:
        # A folder that cannot be written costs only another test.
        with contextlib.suppress(OSError):
            write_verdict(conversion.key, Verdict(accepted=False, reason=reason))


def _candidate(name: str) -> Conversion | None:
    if not registry.is_two_tower(name):
        return None
    from explorer.encoders import clip, image_tower

    conversion = clip.conversion_of(name)
    return conversion if conversion is not None and image_tower.may_try_int8(conversion) else None

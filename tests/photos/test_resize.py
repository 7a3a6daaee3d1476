"""The encoder's input, compared with resizing and cropping one after the other."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from explorer.photos.input_spec import InputSpec
from explorer.photos.resize import encoder_input
from tests.thoroughness import times

_SIDE = st.integers(64, 400)


@given(_SIDE, _SIDE, st.sampled_from([32, 63, 64]))
@settings(max_examples=times(40, 200), deadline=None)
def test_a_crop_covers_the_pixels_that_resizing_and_then_cropping_covers(
    width: int, height: int, size: int
) -> None:
    noise = np.random.default_rng(width * 1000 + height).integers(0, 256, (9, 9, 3), np.uint8)
    picture = Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)
    # As torchvision's Resize and CenterCrop do it.
    shorter = min(width, height)
    scaled = picture.resize(
        (size * width // shorter, size * height // shorter), Image.Resampling.BICUBIC
    )
    left, top = round((scaled.width - size) / 2), round((scaled.height - size) / 2)
    expected = np.asarray(scaled.crop((left, top, left + size, top + size)), np.int16)
    found = np.asarray(encoder_input(picture, InputSpec(size)), np.int16)
    assert found.shape == (size, size, 3)
    assert np.abs(found - expected).max() <= 2


def test_squashing_keeps_the_whole_picture() -> None:
    picture = Image.new("RGB", (40, 20), "red")
    picture.paste("blue", (20, 0, 40, 20))
    found = np.asarray(encoder_input(picture, InputSpec(8, fit="squash")))
    assert found.shape == (8, 8, 3)
    assert found[:, 0].tolist() == [[255, 0, 0]] * 8 and found[:, -1].tolist() == [[0, 0, 255]] * 8

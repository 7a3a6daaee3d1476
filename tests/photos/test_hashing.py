from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from explorer.photos.hashing import content_hash, perceptual_hash
from tests.pictures import draw


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_content_hashes_are_equal_for_equal_bytes_only(one: bytes, other: bytes) -> None:
    assert len(content_hash(one)) == 16 and (content_hash(one) == content_hash(other)) == (
        one == other
    )


@pytest.mark.parametrize("at", [0, 65_535, 65_536, 1 << 20, -1])
def test_every_byte_of_a_large_file_counts(at: int) -> None:
    data = bytearray(5 << 20)
    before = content_hash(bytes(data))
    data[at] = 1
    assert content_hash(bytes(data)) != before != content_hash(bytes(5 << 20) + b"\0")


def test_the_content_hash_is_that_of_existing_libraries() -> None:
    assert (
        content_hash(b"").hex() == "cae66941d9efbd404e4d88758ea67670"
        and content_hash(b"abc").hex() == "cf4ab791c62b8d2b2109c90275287816"
    )


def naive(picture: Image.Image) -> bytes:
    """The same by the definition of the DCT, slowly."""
    grey = np.asarray(
        picture.convert("L").resize((64, 64), Image.Resampling.BOX, reducing_gap=2.0), np.float64
    )
    n = np.arange(64)
    rows = np.array([np.cos(np.pi * k * (2 * n + 1) / 128) for k in range(16)])
    low = np.array(
        [[(grey * np.outer(rows[i], rows[j])).sum() for j in range(16)] for i in range(16)]
    )
    return np.packbits(low > np.median(low.flatten()[1:])).tobytes()


def bits_apart(one: bytes, other: bytes) -> int:
    return int(np.unpackbits(np.frombuffer(one, np.uint8) ^ np.frombuffer(other, np.uint8)).sum())


@pytest.mark.parametrize("seed", range(4))
def test_the_perceptual_hash_holds_the_signs_of_the_lowest_frequencies(seed: int) -> None:
    picture = draw(seed)
    assert (
        len(perceptual_hash(picture)) == 32
        and bits_apart(perceptual_hash(picture), naive(picture)) <= 1
    )
    assert perceptual_hash(picture.convert("L")) == perceptual_hash(picture)


@pytest.mark.parametrize("seed", range(12))
def test_half_of_the_bits_of_a_perceptual_hash_are_set(seed: int) -> None:
    """The mean brightness, and 127 of the other 255 frequencies: one is their median."""
    assert int(np.unpackbits(np.frombuffer(perceptual_hash(draw(seed)), np.uint8)).sum()) == 128


def test_hashes_are_close_for_copies_and_distant_for_other_photos() -> None:
    picture = draw(1)
    assert bits_apart(perceptual_hash(picture), perceptual_hash(picture.resize((160, 120)))) < 20
    # The mean brightness does not count.
    brighter = Image.fromarray(
        (np.asarray(picture, np.uint16) * 9 // 10 + 20).clip(0, 255).astype(np.uint8)
    )
    assert bits_apart(perceptual_hash(picture), perceptual_hash(brighter)) < 20
    assert bits_apart(perceptual_hash(picture), perceptual_hash(draw(2))) > 80

"""Parts of photos come from a process that may die or send garbage."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from explorer.decoding.region_decoder import RegionDecoder
from explorer.errors import PhotoError
from explorer.photos.decode import content_hash
from explorer.photos.decode_region import decode_region
from explorer.photos.input_spec import InputSpec
from tests import pictures

SPEC = InputSpec(32, "squash", "bilinear")
BOXES = [(0.1, 0.2, 0.5, 0.5), (0.0, 0.0, 1.0, 1.0)]

_ANSWERS = """
import sys
from explorer.decoding import protocol
while protocol.receive(sys.stdin.buffer) is not None:
    protocol.send(sys.stdout.buffer, {answer})
"""


def test_a_file_and_its_bytes_give_the_same_parts(tmp_path: Path) -> None:
    path = pictures.write(tmp_path / "ä photo.jpg", pictures.draw(1))
    data = path.read_bytes()
    expected = decode_region(data, SPEC, BOXES)
    with RegionDecoder(SPEC) as decoder:
        digest, from_file = decoder.from_file(str(path), BOXES)
        from_bytes = decoder.from_bytes(data, BOXES)
    assert digest == content_hash(data)
    for found in (from_file, from_bytes):
        assert np.array_equal(found.inputs, expected.inputs)
        assert found.preview == expected.preview


def test_an_undecodable_file_raises_a_photo_error(tmp_path: Path) -> None:
    with RegionDecoder(SPEC) as decoder:
        with pytest.raises(PhotoError, match="no longer exists"):
            decoder.from_file(str(tmp_path / "gone.jpg"), BOXES)
        with pytest.raises(PhotoError, match="not a photo"):
            decoder.from_bytes(b"these are my notes\n" * 50, BOXES)


@pytest.mark.parametrize(
    "answer",
    [
        "{}",
        '{"hash": "ab", "preview": 3}, b"abc"',
        '{"hash": "ab", "preview": 2}, b"\\xff\\xd8" + bytes(32 * 32 * 3)',
        '{"hash": "zz", "preview": 2}, b"\\xff\\xd8" + bytes(2 * 32 * 32 * 3)',
        '{"hash": "ab", "preview": -1}, b"\\xff\\xd8" + bytes(2 * 32 * 32 * 3)',
    ],
)
def test_garbage_raises_a_photo_error(answer: str) -> None:
    command = (sys.executable, "-c", _ANSWERS.replace("{answer}", answer))
    with (
        RegionDecoder(SPEC, command) as decoder,
        pytest.raises(PhotoError, match="crashed on this file"),
    ):
        decoder.from_bytes(b"x", BOXES)


def test_a_process_that_dies_raises_a_photo_error() -> None:
    with (
        RegionDecoder(SPEC, (sys.executable, "-c", "raise SystemExit(1)")) as decoder,
        pytest.raises(PhotoError, match="crashed on this file"),
    ):
        decoder.from_bytes(b"x", BOXES)

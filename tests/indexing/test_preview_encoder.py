"""Photos are encoded from their previews just as from any other file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explorer.decoding.pool import DecodePool
from explorer.indexing.preview_encoder import preview_pixels
from explorer.indexing.preview_source import preview_is_enough
from explorer.photos.input_spec import InputSpec
from tests.fixtures.better_model import Better
from tests.fixtures.switching import Switching


def test_previews_are_read_as_the_decoder_reads_them(switching: Switching) -> None:
    switching.index()
    catalog = switching.library.catalog
    with DecodePool(1, Better.spec) as pool:
        for photo_id in catalog.matching()[:4].tolist():
            row = catalog.photo(photo_id)
            assert row is not None
            path = switching.library.previews.path(row["hash"])
            decoded = pool.decode_bytes(path.read_bytes()).input
            pixels = preview_pixels(path, Better.spec)
            assert decoded is not None and pixels is not None and np.array_equal(decoded, pixels)


@pytest.mark.parametrize("content", [b"", b"torn", b"\x89PNG\r\n\x1a\n"])
def test_a_damaged_preview_gives_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "preview.jpg"
    path.write_bytes(content)
    assert preview_pixels(path, Better.spec) is None
    assert preview_pixels(tmp_path / "absent.jpg", Better.spec) is None


@pytest.mark.parametrize(
    ("size", "enough"),
    [
        ((4000, 3000), True),  # a preview of 512 × 384
        ((6000, 4000), False),  # of 512 × 341
        ((8000, 1000), False),  # a panorama
        ((500, 100), True),  # small: the preview is the whole photo
        ((512, 300), True),
        ((513, 300), False),
    ],
)
def test_previews_serve_where_they_have_all_that_is_taken(
    size: tuple[int, int], enough: bool
) -> None:
    assert preview_is_enough(*size, InputSpec(256)) is enough

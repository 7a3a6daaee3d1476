"""From a region to what is searched with: links, boxes, and which picture it is cut from."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from explorer.encoders.base import Vectors, unit
from explorer.errors import PhotoError, UsageError
from explorer.library.rows import PhotoRow
from explorer.photos.decode_region import decode_region
from explorer.photos.photo_region import MIN_SHARE, PhotoRegion
from explorer.search.ranking.region import (
    MAX_PARTS,
    PhotoPart,
    RegionEncoder,
    boxes_to_encode,
    parse_parts,
    print_parts,
)
from tests import pictures
from tests.fixtures.indexing import IndexingSetup
from tests.tiny import Tiny

LEFT_HALF = PhotoRegion(0, 0, 0.5, 1)
SOURCES = st.integers(1, 10**6).map(str) | st.binary(min_size=16, max_size=16).map(bytes.hex)


@st.composite
def regions(draw: st.DrawFn) -> PhotoRegion:
    left, top = draw(st.floats(0, 1 - MIN_SHARE)), draw(st.floats(0, 1 - MIN_SHARE))
    width = draw(st.floats(MIN_SHARE, max(MIN_SHARE, 1 - left)))
    height = draw(st.floats(MIN_SHARE, max(MIN_SHARE, 1 - top)))
    return PhotoRegion(left, top, min(width, 1 - left), min(height, 1 - top))


PARTS = st.lists(st.builds(PhotoPart, SOURCES, regions()), max_size=MAX_PARTS, unique=True)


@given(PARTS)
def test_regions_are_parsed(parts: list[PhotoPart]) -> None:
    assert parse_parts(print_parts(parts)) == parts


@given(st.text())
def test_any_other_text_raises_a_usage_error(text: str) -> None:
    try:
        parts = parse_parts(text)
    except UsageError:
        return
    assert parse_parts(print_parts(parts)) == parts


def test_invalid_regions_are_reported() -> None:
    for text, words in (
        ("12", "is not a region"),
        ("@0,0,1,1", "give its id"),
        ("../x@0,0,1,1", "give its id"),
        (";".join(f"{n}@0,0,1,1" for n in range(MAX_PARTS + 1)), "At most"),
    ):
        with pytest.raises(UsageError, match=words):
            parse_parts(text)


def test_duplicate_regions_count_once() -> None:
    assert len(parse_parts("3@0,0,1,1;3@0.0,0,1,1;;4@0,0,1,1")) == 2


@given(regions())
def test_boxes_contain_the_region_and_stay_within_the_photo(region: PhotoRegion) -> None:
    first, *others = boxes_to_encode(region)
    assert first == pytest.approx(region.box)
    for left, top, width, height in others:
        assert 0 <= left <= region.left and 0 <= top <= region.top
        assert region.left + region.width - 1e-9 <= left + width <= 1 + 1e-9
        assert region.top + region.height - 1e-9 <= top + height <= 1 + 1e-9


def two_halves() -> Image.Image:
    picture = pictures.plain("red", (320, 240))
    picture.paste("blue", (160, 0, 320, 240))
    return picture


def only_photo(setup: IndexingSetup) -> PhotoRow:
    (row,) = setup.library.catalog.photos(setup.library.catalog.matching()).values()
    return row


def test_a_region_of_a_library_photo_is_a_query(setup: IndexingSetup) -> None:
    path = pictures.write(setup.photos / "halves.jpg", two_halves())
    setup.run()
    photo = only_photo(setup)
    data, boxes = path.read_bytes(), boxes_to_encode(LEFT_HALF)
    inputs = decode_region(data, Tiny.spec, boxes).inputs
    expected = unit(Tiny().encode_images(inputs).mean(axis=0))
    with RegionEncoder(Tiny()) as encoder:
        part = encoder.of_photo(setup.library, photo, LEFT_HALF)
        of_file = encoder.of_file(str(path), LEFT_HALF, "halves.jpg")
    assert part.example.name == "halves.jpg" and of_file.example == part.example
    assert np.allclose(part.example.array(), expected, atol=1e-6)
    shown = Image.open(io.BytesIO(part.preview))
    assert shown.size == (160, 240)
    assert np.asarray(shown)[:, :150].mean(axis=(0, 1)) == pytest.approx((254, 0, 0), abs=4)


def test_the_preview_is_used_if_the_original_is_unavailable(setup: IndexingSetup) -> None:
    path = pictures.write(setup.photos / "halves.jpg", two_halves())
    setup.run()
    photo = only_photo(setup)
    with RegionEncoder(Tiny()) as encoder:
        whole = encoder.of_photo(setup.library, photo, LEFT_HALF).example.array()
        # Another photo in its place is not taken for it.
        pictures.write(path, pictures.plain("green"))
        changed = encoder.of_photo(setup.library, photo, LEFT_HALF)
        path.unlink()
        gone = encoder.of_photo(setup.library, photo, LEFT_HALF)
        setup.library.previews.remove(photo["hash"])
        with pytest.raises(PhotoError, match=r"halves\.jpg can be read neither"):
            encoder.of_photo(setup.library, photo, LEFT_HALF)
    for part in (changed, gone):
        assert float(part.example.array() @ whole) > 0.98


def test_the_ends_of_a_long_region_count_for_a_cropping_encoder() -> None:
    class Cropping(Tiny):
        spec = Tiny.spec.__class__(32, "crop", "bilinear")

    picture = pictures.plain("green", (400, 100))
    picture.paste("red", (0, 0, 100, 100))
    data = pictures.encoded(picture)
    region = PhotoRegion(0, 0, 1, 1)
    with RegionEncoder(Cropping()) as encoder, RegionEncoder(Tiny()) as plain:
        cropped = encoder.of_bytes(data, region).example
        assert cropped == plain.of_bytes(data, region).example


def test_appearance_counts_more_for_an_encoder_for_instances() -> None:
    class Looking(Tiny):
        def instance_queries(self, photos: Vectors) -> Vectors:
            assert np.allclose(np.linalg.norm(photos, axis=1), 1)
            return unit(photos * np.arange(1, 1 + self.dim, dtype=np.float32))

    data = pictures.encoded(two_halves())
    with RegionEncoder(Looking()) as encoder, RegionEncoder(Tiny()) as plain:
        usual = plain.of_bytes(data, LEFT_HALF).example.array()
        example = encoder.of_bytes(data, LEFT_HALF).example
        looking = example.array()
    assert np.allclose(looking, Looking().instance_queries(usual[None])[0], atol=1e-5)
    assert not np.allclose(looking, usual, atol=0.01)
    assert example.top_score == pytest.approx(float(usual @ looking), abs=1e-5)

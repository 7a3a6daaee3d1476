"""Comparing two photos by their previews: which checks run, in which order, and what they find."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from explorer.analysis.duplicates import compare_pair
from explorer.analysis.duplicates.candidates import HashedPhotos
from explorer.analysis.duplicates.compare_pair import (
    THRESHOLDS,
    PairComparer,
    PairComparison,
    PairRequest,
)
from explorer.analysis.duplicates.prefilter import Prefilter, RoughAlignment
from explorer.library.library import Library
from explorer.library.stores import keypoint_store
from explorer.library.stores.pair_store import PAIRS_VERSION
from explorer.library.stores.photo_store import add_photo
from explorer.matching import same_picture
from explorer.matching.changed_blocks import ChangedBlocks
from explorer.matching.geometry import Gray, Matrix
from explorer.matching.pair_measurements import PairMeasurements
from explorer.photos.decode import decode
from tests.factory import LibraryBuilder, digest_of
from tests.pictures import draw, encoded

SIZE = (400, 300)
# Transforms of unit squares: the identity, and one that is wrong for a whole copy.
IDENTITY: Matrix = np.array([[1.0, 0, 0], [0, 1, 0]])
WRONG: Matrix = np.array([[0.5, 0, 0.25], [0, 0.5, 0.25]])


class Photos:
    """A library of photos with previews, and what compares them."""

    def __init__(self, folder: Path) -> None:
        (folder / "photos").mkdir()
        self.builder = LibraryBuilder(Library.open(folder / "library"), str(folder / "photos"))
        self._comparer: PairComparer | None = None

    def add(self, picture: Image.Image) -> int:
        data = encoded(picture, quality=92)
        digest = digest_of(data)
        photo = decode(data, None, name="a.jpg")
        photo_id = add_photo(self.builder.writer, digest, len(data), photo)
        self.builder.library.previews.write(digest.hex(), photo.preview)
        return photo_id

    def hashed(self) -> HashedPhotos:
        return HashedPhotos(
            keypoint_store.photo_fingerprints(self.builder.library.catalog, PAIRS_VERSION)
        )

    @property
    def comparer(self) -> PairComparer:
        if self._comparer is None:
            hashed = self.hashed()
            prefilter = Prefilter(self.builder.library, hashed)
            self._comparer = PairComparer(self.builder.library, hashed, prefilter)
        return self._comparer

    def forget_comparer(self) -> None:
        self._comparer = None

    def compare(
        self,
        a: int,
        b: int,
        *alignments: RoughAlignment,
        use_keypoints: bool = True,
        expected: Matrix | None = None,
    ) -> PairComparison | None:
        return self.comparer.compare(PairRequest(a, b, expected, use_keypoints), alignments)

    def with_new_keypoints(self) -> set[int]:
        """The photos whose keypoints were detected since this was last called."""
        return {photo_id for photo_id, _ in self.comparer.new_keypoints()}


@pytest.fixture
def photos(tmp_path: Path) -> Iterator[Photos]:
    made = Photos(tmp_path)
    yield made
    made.builder.close()


def is_copy(compared: PairComparison | None) -> bool:
    return (
        compared is not None
        and compared.measurements is not None
        and same_picture.is_same_picture(compared.measurements)
    )


def unit_of(compared: PairComparison | None) -> Matrix:
    assert compared is not None
    return np.reshape(compared.relation["matrix"], (2, 3))


def small(seed: int = 1) -> Image.Image:
    return draw(seed, SIZE).resize((300, 225))


def cropped() -> Image.Image:
    return draw(1, SIZE).crop((100, 60, 390, 290))


def test_similar_hashes_without_an_alignment_are_not_compared(photos: Photos) -> None:
    a, b = photos.add(draw(1, SIZE)), photos.add(small())
    assert photos.compare(a, b, use_keypoints=False) is None
    assert photos.with_new_keypoints() == set()


@pytest.mark.parametrize("use_keypoints", [False, True])
def test_a_correct_alignment_needs_no_keypoints(photos: Photos, use_keypoints: bool) -> None:
    a, b = photos.add(draw(1, SIZE)), photos.add(small())
    compared = photos.compare(a, b, RoughAlignment(0.95, IDENTITY), use_keypoints=use_keypoints)
    assert is_copy(compared)
    assert compared is not None and compared[:3] == (a, b, 0)
    assert photos.with_new_keypoints() == set()


def test_the_expected_transform_is_tried_first(photos: Photos) -> None:
    a, b = photos.add(draw(1, SIZE)), photos.add(small())
    assert is_copy(photos.compare(a, b, expected=IDENTITY))
    assert is_copy(photos.compare(a, b, RoughAlignment(0.99, WRONG), expected=IDENTITY))
    assert photos.with_new_keypoints() == set()


@pytest.mark.parametrize(
    "alignments",
    [
        (RoughAlignment(0.95, WRONG), RoughAlignment(0.6, IDENTITY)),
        (RoughAlignment(0.95, IDENTITY), RoughAlignment(0.6, WRONG)),
    ],
)
def test_every_alignment_is_tried(photos: Photos, alignments: tuple[RoughAlignment, ...]) -> None:
    a, b = photos.add(draw(1, SIZE)), photos.add(small())
    assert is_copy(photos.compare(a, b, *alignments, use_keypoints=False))
    assert photos.with_new_keypoints() == set()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_best_correlated_of_several_wrong_alignments_is_measured(
    photos: Photos, monkeypatch: pytest.MonkeyPatch, order: tuple[int, int]
) -> None:
    def measure(one: Gray, other: Gray, matrix: Matrix, **how: bool) -> PairMeasurements:
        median = 0.2 if matrix[0, 2] else 0.4
        return PairMeasurements(matrix, median, 0.0, 0.0, 1.0, 0.0, ChangedBlocks())

    monkeypatch.setattr(compare_pair, "align_and_measure", measure)
    a, b = photos.add(draw(1, SIZE)), photos.add(draw(7, SIZE))
    alignments = [RoughAlignment(0.7, unit) for unit in (IDENTITY, WRONG)]
    compared = photos.compare(a, b, *(alignments[i] for i in order), use_keypoints=False)
    assert compared is not None and compared.measurements is not None
    assert compared.measurements.median == 0.4


def test_wrong_alignments_are_final_if_only_the_hashes_are_similar(photos: Photos) -> None:
    a, b = photos.add(draw(1, SIZE)), photos.add(small())
    correlation = THRESHOLDS.promising_correlation - 0.01
    compared = photos.compare(a, b, RoughAlignment(correlation, WRONG), use_keypoints=False)
    assert not is_copy(compared) and photos.with_new_keypoints() == set()


def test_keypoints_are_compared_if_thumbnails_correlate_well(photos: Photos) -> None:
    a, b = photos.add(draw(1, SIZE)), photos.add(small())
    correlation = THRESHOLDS.promising_correlation
    assert is_copy(photos.compare(a, b, RoughAlignment(correlation, WRONG), use_keypoints=False))
    assert photos.with_new_keypoints() == {a, b}


@pytest.mark.parametrize("corner", [(0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)])
def test_a_wrong_alignment_that_is_right_in_one_corner_does_not_replace_keypoints(
    photos: Photos, corner: tuple[float, float]
) -> None:
    a, b = photos.add(draw(1, SIZE)), photos.add(small())
    wrong = np.array([[0.5, 0, corner[0]], [0, 0.5, corner[1]]])
    assert is_copy(photos.compare(a, b, RoughAlignment(0.95, wrong)))


@pytest.mark.parametrize("swapped", [False, True])
def test_keypoints_align_a_crop(photos: Photos, swapped: bool) -> None:
    whole, part = photos.add(draw(1, SIZE)), photos.add(cropped())
    one, other = (part, whole) if swapped else (whole, part)
    compared = photos.compare(one, other)
    assert is_copy(compared)
    assert compared is not None and compared.inliers >= THRESHOLDS.scene_inliers
    assert compared[:2] == (one, other)
    to_whole = [[290 / 400, 0, 0.25], [0, 230 / 300, 0.2]]
    to_part = [[400 / 290, 0, -100 / 290], [0, 300 / 230, -60 / 230]]
    assert np.allclose(unit_of(compared), to_part if swapped else to_whole, atol=0.01)


def test_a_request_uses_keypoints_by_default(photos: Photos) -> None:
    a, b = photos.add(draw(1, SIZE)), photos.add(cropped())
    assert is_copy(photos.comparer.compare(PairRequest(a, b), []))


@pytest.mark.parametrize("swapped", [False, True])
def test_keypoints_align_a_mirrored_crop(photos: Photos, swapped: bool) -> None:
    whole, part = photos.add(draw(1, SIZE)), photos.add(ImageOps.mirror(cropped()))
    one, other = (part, whole) if swapped else (whole, part)
    compared = photos.compare(one, other)
    assert is_copy(compared) and np.linalg.det(unit_of(compared)[:, :2]) < 0


def test_stored_keypoints_align_a_mirrored_crop_whichever_preview_is_loaded(photos: Photos) -> None:
    a, b = photos.add(draw(1, SIZE)), photos.add(ImageOps.mirror(cropped()))
    for loaded in (a, b):
        photos.forget_comparer()
        photos.compare(a, b)
        keypoints = dict(photos.comparer.new_keypoints())
        keypoint_store.put_compared(
            photos.builder.writer, [(i, None) for i in keypoints], PAIRS_VERSION
        )
        keypoint_store.put_keypoints(photos.builder.writer, keypoints.items())
        photos.forget_comparer()
        # The preview of one of them is in memory, the keypoints of both are stored.
        assert photos.comparer._previews.image(loaded).gray is not None
        compared = photos.compare(a, b)
        assert is_copy(compared)
        assert np.allclose(
            unit_of(compared), [[-290 / 400, 0, 390 / 400], [0, 230 / 300, 0.2]], atol=0.01
        )


def test_different_pictures_are_not_copies(photos: Photos) -> None:
    a, b = photos.add(draw(1, SIZE)), photos.add(draw(7, SIZE))
    assert photos.compare(a, b) is None and photos.with_new_keypoints() == {a, b}
    assert not is_copy(photos.compare(a, b, RoughAlignment(0.95, IDENTITY), use_keypoints=False))


def test_new_keypoints_are_returned_once_and_stored_ones_are_reused(photos: Photos) -> None:
    a, b, c = photos.add(draw(1, SIZE)), photos.add(cropped()), photos.add(draw(7, SIZE))
    assert is_copy(photos.compare(a, b))
    keypoints = dict(photos.comparer.new_keypoints())
    assert set(keypoints) == {a, b} and photos.with_new_keypoints() == set()
    photos.compare(a, c)
    assert photos.with_new_keypoints() == {c}
    keypoint_store.put_compared(
        photos.builder.writer, [(i, None) for i in keypoints], PAIRS_VERSION
    )
    keypoint_store.put_keypoints(photos.builder.writer, keypoints.items())
    photos.forget_comparer()
    assert is_copy(photos.compare(a, b)) and photos.with_new_keypoints() == set()


@pytest.mark.parametrize("swapped", [False, True])
def test_a_photo_without_a_readable_preview_is_not_a_copy(photos: Photos, swapped: bool) -> None:
    a, b = photos.add(draw(1, SIZE)), photos.add(small())
    photos.builder.library.previews.path(photos.hashed().digest(b)).write_bytes(b"nothing")
    one, other = (b, a) if swapped else (a, b)
    assert photos.compare(one, other, RoughAlignment(0.95, IDENTITY), expected=IDENTITY) is None
    assert photos.compare(one, other) is None


def test_the_relation_shows_a_grayscale_copy_and_a_brighter_copy(photos: Photos) -> None:
    a = photos.add(draw(2, SIZE))
    gray = photos.add(ImageOps.grayscale(draw(2, SIZE)).convert("RGB"))
    bright = photos.add(ImageEnhance.Brightness(draw(2, SIZE)).enhance(1.3))
    for other, expected in ((gray, (1, False)), (bright, (0, True))):
        compared = photos.compare(a, other, RoughAlignment(0.95, IDENTITY))
        assert compared is not None
        relation = compared.relation
        assert (relation["grey"], abs(relation["light"]) > 5) == expected
        assert relation["light"] == round(relation["light"], 1) and relation["border"] == 0


def test_the_relation_shows_which_photo_has_a_border(photos: Photos) -> None:
    a = photos.add(draw(1, SIZE))
    bordered = photos.add(ImageOps.expand(draw(1, SIZE), 30, "white"))
    for one, other, border in ((a, bordered, 1), (bordered, a, -1)):
        compared = photos.compare(one, other)
        assert is_copy(compared) and compared is not None
        assert compared.relation["border"] == border


def test_the_relation_of_another_shot_has_no_tones_or_borders(photos: Photos) -> None:
    a, b = photos.add(draw(1, SIZE)), photos.add(draw(7, SIZE))
    compared = photos.compare(a, b, RoughAlignment(0.95, IDENTITY), use_keypoints=False)
    assert compared is None or not {"grey", "light", "border"} & set(compared.relation)

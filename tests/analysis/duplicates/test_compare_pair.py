"""Comparing two photos by their previews: what is asked of them, in which order, and what is found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from explorer.analysis.duplicates import compare_pair
from explorer.analysis.duplicates.candidates import HashedPhotos
from explorer.analysis.duplicates.compare_pair import (
    SCENE_INLIERS,
    PairComparer,
    PairComparison,
    PairRequest,
)
from explorer.analysis.duplicates.prefilter import Prefilter, RoughAlignment
from explorer.library import keypoint_store
from explorer.library.library import Library
from explorer.library.pair_store import PAIRS_VERSION
from explorer.library.photo_store import add_photo
from explorer.matching import keypoints, same_picture
from explorer.photos.decode import decode
from tests.factory import Shelf, digest_of
from tests.pictures import draw, encoded

SIZE = (400, 300)
# b lies on a just as it is: an affine map of unit squares.
AS_IT_IS = np.array([[1.0, 0, 0], [0, 1, 0]], np.float32)
# Half as wide, in the middle: of a whole copy, this is wrong.
WRONG = np.array([[0.5, 0, 0.25], [0, 0.5, 0.25]], np.float32)


class Bench:
    """Photos that are known and whose previews are kept, and what compares them."""

    def __init__(self, folder: Path) -> None:
        (folder / "photos").mkdir()
        self.shelf = Shelf(Library.open(folder / "library"), str(folder / "photos"))
        self._looker: PairComparer | None = None

    def put(self, picture: Image.Image) -> int:
        data = encoded(picture, quality=92)
        digest = digest_of(data)
        photo = decode(data, None, name="a.jpg")
        photo_id = add_photo(self.shelf.writer, digest, len(data), photo)
        self.shelf.library.previews.write(digest.hex(), photo.preview)
        return photo_id

    @property
    def looker(self) -> PairComparer:
        if self._looker is None:
            known = HashedPhotos(
                keypoint_store.photo_fingerprints(self.shelf.library.catalog, PAIRS_VERSION)
            )
            self._looker = PairComparer(
                self.shelf.library, known, Prefilter(self.shelf.library, known), map
            )
        return self._looker

    def compare(
        self,
        a: int,
        b: int,
        *ways: RoughAlignment,
        firm: bool = True,
        guess: np.ndarray | None = None,
    ) -> PairComparison | None:
        return self.looker.compare(PairRequest(a, b, guess, firm), ways)

    def drawn(self) -> set[int]:
        """The photos whose corners were made, and can be kept."""
        return {
            photo_id
            for photo_id, packed in self.looker.drawn()
            if keypoints.unpack(packed) is not None
        }


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.shelf.close()


def is_copy(seen: PairComparison | None) -> bool:
    return (
        seen is not None
        and seen.measures is not None
        and same_picture.is_same_picture(seen.measures)
    )


def small(seed: int = 1) -> Image.Image:
    return draw(seed, SIZE).resize((300, 225))


def test_nothing_speaks_for_two_photos_and_nothing_is_looked_at(bench: Bench) -> None:
    a, b = bench.put(draw(1, SIZE)), bench.put(small())
    assert bench.compare(a, b, firm=False) is None and bench.drawn() == set()


def test_a_way_that_proves_true_needs_no_corners(bench: Bench) -> None:
    a, b = bench.put(draw(1, SIZE)), bench.put(small())
    for firm in (False, True):
        seen = bench.compare(a, b, RoughAlignment(0.95, AS_IT_IS), firm=firm)
        assert is_copy(seen) and seen is not None and (seen.a, seen.b, seen.votes) == (a, b, 0)
    assert bench.drawn() == set()


def test_a_guess_is_tried_before_the_ways_and_without_any(bench: Bench) -> None:
    a, b = bench.put(draw(1, SIZE)), bench.put(small())
    assert is_copy(bench.compare(a, b, guess=AS_IT_IS)) and is_copy(
        bench.compare(a, b, RoughAlignment(0.99, WRONG), guess=AS_IT_IS)
    )
    assert bench.drawn() == set()


@pytest.mark.parametrize(
    "ways",
    [
        (RoughAlignment(0.95, WRONG), RoughAlignment(0.6, AS_IT_IS)),
        (RoughAlignment(0.95, AS_IT_IS), RoughAlignment(0.6, WRONG)),
    ],
)
def test_each_way_is_tried(bench: Bench, ways: tuple[RoughAlignment, ...]) -> None:
    a, b = bench.put(draw(1, SIZE)), bench.put(small())
    assert is_copy(bench.compare(a, b, *ways, firm=False)) and bench.drawn() == set()


def test_wrong_ways_end_the_matter_where_only_hashes_are_similar(bench: Bench) -> None:
    a, b = bench.put(draw(1, SIZE)), bench.put(small())
    seen = bench.compare(a, b, RoughAlignment(0.7, WRONG), firm=False)
    assert not is_copy(seen) and bench.drawn() == set()


def test_wrong_ways_lead_to_corners_where_more_speaks_for_them(bench: Bench) -> None:
    a, b = bench.put(draw(1, SIZE)), bench.put(small())
    assert is_copy(bench.compare(a, b, RoughAlignment(0.85, WRONG), firm=False))
    assert bench.drawn() == {a, b}


@pytest.mark.parametrize("corner", [(0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)])
def test_a_wrong_way_that_is_right_in_one_corner_does_not_stand_for_the_right_one(
    bench: Bench, corner: tuple[float, float]
) -> None:
    a, b = bench.put(draw(1, SIZE)), bench.put(small())
    wrong = np.array([[0.5, 0, corner[0]], [0, 0.5, corner[1]]], np.float32)
    assert is_copy(bench.compare(a, b, RoughAlignment(0.95, wrong)))


def test_corners_find_a_part_of_a_photo(bench: Bench) -> None:
    a, b = bench.put(draw(1, SIZE)), bench.put(draw(1, SIZE).crop((100, 60, 390, 290)))
    for one, other in ((a, b), (b, a)):
        seen = bench.compare(one, other)
        assert (
            is_copy(seen)
            and seen is not None
            and seen.votes >= SCENE_INLIERS
            and (seen.a, seen.b) == (one, other)
        )
        matrix = np.reshape(seen.relation["matrix"], (2, 3))  # type: ignore[call-overload]
        # As unit squares.
        onto = (
            [[290 / 400, 0, 0.25], [0, 230 / 300, 0.2]]
            if one == a
            else [[400 / 290, 0, -100 / 290], [0, 300 / 230, -60 / 230]]
        )
        assert np.allclose(matrix, onto, atol=0.01)


def test_more_speaks_for_two_photos_unless_it_is_said_otherwise(bench: Bench) -> None:
    a, b = bench.put(draw(1, SIZE)), bench.put(draw(1, SIZE).crop((100, 60, 390, 290)))
    assert is_copy(bench.looker.compare(PairRequest(a, b), []))


def test_corners_find_a_mirrored_part(bench: Bench) -> None:
    a, b = (
        bench.put(draw(1, SIZE)),
        bench.put(ImageOps.mirror(draw(1, SIZE).crop((100, 60, 390, 290)))),
    )
    for one, other in ((a, b), (b, a)):
        seen = bench.compare(one, other)
        assert is_copy(seen) and seen is not None
        matrix = np.reshape(seen.relation["matrix"], (2, 3))  # type: ignore[call-overload]
        assert np.linalg.det(matrix[:, :2]) < 0


def test_two_pictures_are_two(bench: Bench) -> None:
    a, b = bench.put(draw(1, SIZE)), bench.put(draw(7, SIZE))
    assert bench.compare(a, b) is None and bench.drawn() == {a, b}
    assert not is_copy(bench.compare(a, b, RoughAlignment(0.95, AS_IT_IS), firm=False))


def test_corners_are_told_once_and_are_not_made_where_they_are_kept(bench: Bench) -> None:
    a, b, c = (
        bench.put(draw(1, SIZE)),
        bench.put(draw(1, SIZE).crop((100, 60, 390, 290))),
        bench.put(draw(7, SIZE)),
    )
    assert is_copy(bench.compare(a, b))
    made = dict(bench.looker.drawn())
    assert set(made) == {a, b} and bench.drawn() == set()
    bench.compare(a, c)
    assert bench.drawn() == {c}
    keypoint_store.put_compared(
        bench.shelf.writer, [(photo, None) for photo in made], PAIRS_VERSION
    )
    keypoint_store.put_keypoints(bench.shelf.writer, made.items())
    bench._looker = None
    assert is_copy(bench.compare(a, b)) and bench.drawn() == set()


def test_a_photo_without_a_preview_is_like_none(bench: Bench) -> None:
    a, b = bench.put(draw(1, SIZE)), bench.put(small())
    known = HashedPhotos(
        keypoint_store.photo_fingerprints(bench.shelf.library.catalog, PAIRS_VERSION)
    )
    bench.shelf.library.previews.path(known.digest(b)).write_bytes(b"nothing")
    for one, other in ((a, b), (b, a)):
        assert (
            bench.compare(one, other, RoughAlignment(0.95, AS_IT_IS), guess=AS_IT_IS) is None
            and bench.compare(one, other) is None
        )


def test_how_the_other_differs_is_said(bench: Bench) -> None:
    a = bench.put(draw(2, SIZE))
    grey = bench.put(ImageOps.grayscale(draw(2, SIZE)).convert("RGB"))
    light = bench.put(ImageEnhance.Brightness(draw(2, SIZE)).enhance(1.3))
    for other, words in ((grey, (True, False)), (light, (False, True))):
        seen = bench.compare(a, other, RoughAlignment(0.95, AS_IT_IS))
        assert (
            seen is not None
            and (bool(seen.relation["grey"]), abs(float(str(seen.relation["light"]))) > 5) == words
        )
        assert seen.relation["border"] == 0


def test_which_of_them_has_a_border_is_said(bench: Bench) -> None:
    a, framed = bench.put(draw(1, SIZE)), bench.put(ImageOps.expand(draw(1, SIZE), 30, "white"))
    for one, other, border in ((a, framed, 1), (framed, a, -1)):
        seen = bench.compare(one, other)
        assert is_copy(seen) and seen is not None and seen.relation["border"] == border


def test_another_shot_has_no_words_for_colour_and_border(bench: Bench) -> None:
    a, b = bench.put(draw(1, SIZE)), bench.put(draw(7, SIZE))
    seen = bench.compare(a, b, RoughAlignment(0.95, AS_IT_IS), firm=False)
    assert seen is None or not {"grey", "light", "border"} & set(seen.relation)


def test_many_are_compared_in_the_order_asked_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare_pair, "_AT_HAND", 1)
    a, b, c = bench.put(draw(1, SIZE)), bench.put(small()), bench.put(draw(7, SIZE))
    found = bench.looker.compare_all(
        [
            PairRequest(b, c, firm=False),
            PairRequest(a, b, firm=False),
            PairRequest(a, c, firm=False),
            PairRequest(a, b, firm=True),
        ]
    )
    assert [is_copy(seen) for seen in found] == [False, True, False, True]
    assert [(seen.a, seen.b) for seen in found if is_copy(seen) and seen is not None] == [
        (a, b),
        (a, b),
    ]

"""Comparing two photos by their previews: dearest last, and no further than needed.

Where glimpses say how one may lie on the other (`glancing.py`), their pixels are compared at once.
Where these show no copy, or where photos are near by embedding alone, the corners of both say
whether and how (`matching/keypoints.py`), and pixels are compared only then. Previews are read, and
corners made, when they are first wanted: most photos are never compared with any.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from explorer.analysis.duplicates.candidates import HashedPhotos
from explorer.analysis.duplicates.prefilter import Prefilter, RoughAlignment, read
from explorer.library import keypoint_store
from explorer.library.library import Library
from explorer.library.pair_store import PAIRS_VERSION
from explorer.matching import geometry, keypoints, same_picture, tone
from explorer.matching.geometry import Matrix
from explorer.matching.keypoints import KeypointMatch, Keypoints
from explorer.matching.same_picture import Grey, PairMeasurements

# Photos whose previews and sketches are kept at hand, 200 KB each.
_AT_HAND = 400
# Corners that must agree before pixels are compared, and so many that they say where to two pixels
# or so.
_VOTES, _ENOUGH_VOTES = 6, 25
# Corners that say that two photos show one scene.
SCENE_INLIERS = 14
# A way to lay one picture onto another that would leave nothing of it.
_FLAT = 1e-3
# Pixels by which two ways may differ for one to lead where the other has led.
_ASIDE = 2.0
# Pixels of a preview's shorter side below which two of its pixels are as much as a glimpse can be
# wrong.
_SMALL = 160
# Correlation of glimpses from which on they say to two pixels or so how one photo lies on the
# other, and from which on a photo of which only the hash is similar is looked at for corners where
# its pixels show no copy.
_CLEAR, _PROMISING = 0.9, 0.8


class PairComparison(NamedTuple):
    """What comparing two photos has shown, a < b. votes: corners that agree; 0 where they were not
    asked."""

    a: int
    b: int
    votes: int
    measures: PairMeasurements | None
    relation: dict[str, object]


class PairRequest(NamedTuple):
    """Two photos to be compared, a < b. guess: how b would lie on a if both are copies of a third,
    as unit squares. firm: more speaks for them than similar hashes, so that corners are looked at,
    too."""

    a: int
    b: int
    guess: Matrix | None = None
    firm: bool = True


class _Picture:
    """A preview in grey. Everything is made when it is first asked for; two threads that ask at
    once do it twice, to no harm."""

    def __init__(self, path: os.PathLike[str], kept: bytes | None) -> None:
        self._path, self._kept = path, kept

    @functools.cached_property
    def grey(self) -> Grey | None:
        return read(self._path, cv2.IMREAD_GRAYSCALE)

    @functools.cached_property
    def colour(self) -> npt.NDArray[np.uint8] | None:
        """A small picture in colour."""
        return read(self._path, cv2.IMREAD_REDUCED_COLOR_4)

    @functools.cached_property
    def corners(self) -> Keypoints | None:
        if self._kept is not None:
            return keypoints.unpack(self._kept)
        return None if self.grey is None else keypoints.sketch(self.grey)

    @functools.cached_property
    def mirrored(self) -> Keypoints | None:
        return (
            None
            if self.grey is None
            else keypoints.sketch(np.ascontiguousarray(self.grey[:, ::-1]))
        )

    @property
    def fresh(self) -> bytes | None:
        """The corners, packed, where they were made here and are not kept yet."""
        made = self.__dict__.get("corners")
        return None if made is None or self._kept is not None else keypoints.pack(made)

    def keep(self, packed: bytes) -> None:
        self._kept = packed


class PairComparer:
    """Compares pairs; safe to be used by several threads at once, as nearly all of it is OpenCV's
    work."""

    def __init__(
        self,
        library: Library,
        known: HashedPhotos,
        glancer: Prefilter,
        spread: Callable[..., Iterable[Any]],
    ) -> None:
        """spread: `map`, or that of threads."""
        self._library, self._known, self._glancer, self._spread = library, known, glancer, spread
        # Pairs are compared in as many threads as there are cores; threads of its own would only
        # get in their way.
        cv2.setNumThreads(1)
        self._pictures: OrderedDict[int, _Picture] = OrderedDict()
        self._drawn = dict[int, _Picture]()

    def compare_all(self, asked: Sequence[PairRequest]) -> list[PairComparison | None]:
        """`compare` for each."""
        ways = self._glancer.lay([(ask.a, ask.b, ask.firm) for ask in asked], self._spread)
        return list(self._spread(self.compare, asked, ways))

    def drawn(self) -> Iterator[tuple[int, bytes]]:
        """Photos whose corners were made since this was last asked, and their corners, packed."""
        for photo_id, picture in self._drawn.items():
            if (packed := picture.fresh) is not None:
                picture.keep(packed)
                yield photo_id, packed
        self._drawn.clear()

    def _picture(self, photo_id: int) -> _Picture:
        picture = self._pictures.get(photo_id)
        if picture is None:
            kept = keypoint_store.keypoints_of(self._library.catalog, photo_id, PAIRS_VERSION)
            picture = self._pictures[photo_id] = _Picture(
                self._library.previews.path(self._known.digest(photo_id)), kept
            )
            while len(self._pictures) > _AT_HAND:
                with contextlib.suppress(KeyError):
                    self._pictures.popitem(last=False)
        return picture

    def compare(self, ask: PairRequest, ways: Sequence[RoughAlignment]) -> PairComparison | None:
        """None where nothing speaks for one picture. ways: how b may lie on a, the likeliest first."""
        if not ways and not ask.firm:
            return None
        a, b = ask.a, ask.b
        one, other = self._picture(a), self._picture(b)
        best: PairMeasurements | None = None
        for unit, near in [
            *([(ask.guess, True)] if ask.guess is not None else ()),
            *((unit, alike >= _CLEAR) for alike, unit in ways),
        ]:
            measures = _laid(one, other, unit, near)
            if measures is None:
                continue
            if same_picture.is_same_picture(measures):
                return PairComparison(a, b, 0, measures, _relation(measures, one, other))
            if best is None or measures.median > best.median:
                best = measures
        if not ask.firm and ways[0].alike < _PROMISING:
            return PairComparison(a, b, 0, best, _relation(best, one, other)) if best else None
        match, by_corners = self._match(one, other)
        self._drawn[a], self._drawn[b] = one, other
        if by_corners is not None and not (best and _leads_there(best.matrix, by_corners, other)):
            measures = _measured(one, other, by_corners, match.votes >= _ENOUGH_VOTES)
            if measures is not None and (
                best is None
                or same_picture.is_same_picture(measures)
                or measures.median > best.median
            ):
                best = measures
        if best is None and match.votes < SCENE_INLIERS:
            return None
        return PairComparison(a, b, match.votes, best, _relation(best, one, other) if best else {})

    def _match(self, one: _Picture, other: _Picture) -> tuple[KeypointMatch, Matrix | None]:
        """What the corners say, and how `other` lies on `one` by them, in pixels of the previews."""
        nothing = KeypointMatch(0, None)
        if one.corners is None or other.corners is None:
            return nothing, None
        # Mirrored corners are not kept, and made of the one whose preview is at hand.
        swapped = "grey" in one.__dict__ and "grey" not in other.__dict__
        old, new = (other, one) if swapped else (one, other)
        match, mirrored = keypoints.match(old.corners, new.corners), False  # type: ignore[arg-type]
        if match.votes < _VOTES and new.mirrored is not None:
            turned = keypoints.match(old.corners, new.mirrored)  # type: ignore[arg-type]
            match, mirrored = (turned, True) if turned.votes > match.votes else (match, False)
        if match.matrix is None or match.votes < _VOTES or old.grey is None or new.grey is None:
            return match, None
        theirs = new.mirrored if mirrored else new.corners
        onto = keypoints.onto(
            match.matrix,
            old.corners,  # type: ignore[arg-type]
            theirs,  # type: ignore[arg-type]
            old.grey.shape,
            new.grey.shape,
            mirrored=mirrored,
        )
        if abs(np.linalg.det(onto[:, :2])) < _FLAT:
            return match, None
        return match, geometry.inverse(onto) if swapped else onto


def _leads_there(done: Matrix, onto: Matrix, other: _Picture) -> bool:
    """Whether two ways lay a picture in one place."""
    if other.grey is None:
        return False
    h, w = other.grey.shape
    apart = (done - geometry.straightened(onto, other.grey.shape)) @ np.array(
        [[0, w, 0, w], [0, 0, h, h], [1, 1, 1, 1]]
    )
    return bool(np.abs(apart).max() < _ASIDE)


def _laid(one: _Picture, other: _Picture, unit: Matrix, near: bool) -> PairMeasurements | None:
    """The two compared as unit squares are laid. near: to two pixels or so, if it proves true; on a
    small preview all is near."""
    if one.grey is None or other.grey is None:
        return None
    onto = geometry.from_unit(unit, one.grey.shape, other.grey.shape)
    near = near or min(one.grey.shape + other.grey.shape) < _SMALL
    measures = same_picture.measure(one.grey, other.grey, onto, near=True) if near else None
    if measures is None or measures.median < same_picture.LEAST_MEDIAN:
        measures = same_picture.measure(one.grey, other.grey, onto) or measures
    return measures


def _measured(one: _Picture, other: _Picture, onto: Matrix, near: bool) -> PairMeasurements | None:
    if one.grey is None or other.grey is None:
        return None
    return same_picture.measure(one.grey, other.grey, onto, near=near)


def _relation(measures: PairMeasurements, one: _Picture, other: _Picture) -> dict[str, Any]:
    if one.grey is None or other.grey is None:
        return {}
    kept = same_picture.relation(measures, one.grey.shape, other.grey.shape)
    if (
        same_picture.is_same_picture(measures)
        and one.colour is not None
        and other.colour is not None
    ):
        onto = np.reshape(kept["matrix"], (2, 3))
        grey, light = tone.tones(one.colour, other.colour, onto)
        # Which of them is the other one with a border: 1 the second, -1 the first.
        border = int(geometry.is_around(other.grey, geometry.inverse(onto))) - int(
            geometry.is_around(one.grey, onto)
        )
        kept |= {"grey": grey, "light": round(light, 1), "border": border}
    return kept

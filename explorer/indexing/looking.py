"""Comparing two photos by their previews: dearest last, and no further than needed.

Where hashes say how one may lie on the other, their pixels are compared at once. Otherwise, or where that shows no copy, the corners of
both say whether and how (`photos/sketches.py`), and pixels are compared only then. Previews are read, and corners made, when they are
first wanted: most photos are never compared with any.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from explorer.indexing.candidates import MOST_BITS, Known
from explorer.library import pairs as store
from explorer.library.library import Library
from explorer.library.pairs import PAIRS_VERSION
from explorer.photos import comparison, orientations, placing, sketches, tones
from explorer.photos.comparison import Grey, Measures
from explorer.photos.hashes import perceptual_hash
from explorer.photos.placing import Matrix
from explorer.photos.sketches import Match, Sketch

# Photos whose previews and sketches are kept at hand, 200 KB each.
_AT_HAND = 400
# Corners that must agree before pixels are compared, and so many that they say where to two pixels or so.
_VOTES, _ENOUGH_VOTES = 6, 25
# Corners that say that two photos show one scene.
SCENE = 14
# A way to lay one picture onto another that would leave nothing of it.
_FLAT = 1e-3
# Pixels by which two ways may differ for one to lead where the other has led.
_ASIDE = 2.0
# Ways by hash that are tried: with border and without.
_WAYS = 2


class Looked(NamedTuple):
    """What comparing two photos has shown, a < b. votes: corners that agree; 0 where they were not asked."""

    a: int
    b: int
    votes: int
    measures: Measures | None
    relation: dict[str, object]


class Glance(NamedTuple):
    """What is seen of every photo. inner: the hash of what lies within its border, or None. readable: whether it has a preview."""

    readable: bool
    inner: bytes | None


class _Picture:
    """A preview in grey. Everything is made when it is first asked for; two threads that ask at once do it twice, to no harm."""

    def __init__(self, path: os.PathLike[str], kept: bytes | None) -> None:
        self._path, self._kept = path, kept

    @functools.cached_property
    def grey(self) -> Grey | None:
        return _read(self._path, cv2.IMREAD_GRAYSCALE)

    @functools.cached_property
    def colour(self) -> npt.NDArray[np.uint8] | None:
        """A small picture in colour."""
        return _read(self._path, cv2.IMREAD_REDUCED_COLOR_4)

    @functools.cached_property
    def box(self) -> placing.Box:
        """What lies within a border, where there is one."""
        return placing.framed(self.grey) if self.grey is not None else (0.0, 0.0, 1.0, 1.0)

    @functools.cached_property
    def corners(self) -> Sketch | None:
        if self._kept is not None:
            return sketches.unpack(self._kept)
        return None if self.grey is None else sketches.sketch(self.grey)

    @functools.cached_property
    def mirrored(self) -> Sketch | None:
        return None if self.grey is None else sketches.sketch(np.ascontiguousarray(self.grey[:, ::-1]))

    @property
    def fresh(self) -> bytes | None:
        """The corners, packed, where they were made here and are not kept yet."""
        made = self.__dict__.get("corners")
        return None if made is None or self._kept is not None else sketches.pack(made)

    def keep(self, packed: bytes) -> None:
        self._kept = packed


class Looker:
    """Compares pairs; safe to be used by several threads at once, as nearly all of it is OpenCV's work."""

    def __init__(self, library: Library, known: Known, threads: ThreadPoolExecutor) -> None:
        self._library, self._known, self._threads = library, known, threads
        # Pairs are compared in as many threads as there are cores; threads of its own would only get in their way.
        cv2.setNumThreads(1)
        self._pictures: OrderedDict[int, _Picture] = OrderedDict()
        self._drawn = dict[int, _Picture]()

    def glance(self, photo_id: int) -> Glance:
        """The little that is looked at of every photo."""
        small = _read(self._library.previews.path(self._known.digest(photo_id)), cv2.IMREAD_REDUCED_GRAYSCALE_4)
        if small is None:
            return Glance(False, None)
        left, top, right, bottom = map(int, placing.framed(small))
        if (left, top, right, bottom) == (0, 0, small.shape[1], small.shape[0]):
            return Glance(True, None)
        return Glance(True, perceptual_hash(Image.fromarray(small[top:bottom, left:right])))

    def compare_all(self, pairs: Iterable[tuple[int, int, Matrix | None]]) -> list[Looked | None]:
        """`compare` for each, in all threads at once."""
        return list(self._threads.map(lambda pair: self.compare(*pair), pairs))

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
            kept = store.corners_of(self._library.catalog, photo_id, PAIRS_VERSION)
            picture = self._pictures[photo_id] = _Picture(self._library.previews.path(self._known.digest(photo_id)), kept)
            while len(self._pictures) > _AT_HAND:
                with contextlib.suppress(KeyError):
                    self._pictures.popitem(last=False)
        return picture

    def compare(self, a: int, b: int, guess: Matrix | None = None) -> Looked | None:
        """None where nothing speaks for one picture. guess: how b would lie on a if both are copies of a third, as unit squares."""
        one, other = self._picture(a), self._picture(b)
        best: Measures | None = None
        for onto, near in self._ways(a, b, one, other, guess):
            measures = _measured(one, other, onto, near)
            if measures is None:
                continue
            if comparison.is_same_picture(measures):
                return Looked(a, b, 0, measures, _relation(measures, one, other))
            if best is None or measures.median > best.median:
                best = measures
        match, by_corners = self._match(one, other)
        self._drawn[a], self._drawn[b] = one, other
        if by_corners is not None and not (best and _leads_there(best.matrix, by_corners, other)):
            measures = _measured(one, other, by_corners, match.votes >= _ENOUGH_VOTES)
            if measures is not None and (best is None or comparison.is_same_picture(measures) or measures.median > best.median):
                best = measures
        if best is None and match.votes < SCENE:
            return None
        return Looked(a, b, match.votes, best, _relation(best, one, other) if best else {})

    def _ways(self, a: int, b: int, one: _Picture, other: _Picture, guess: Matrix | None) -> Iterator[tuple[Matrix, bool]]:
        """How b may lie on a before any corner is looked at, the likeliest first, and whether that is to two pixels or so."""
        similar = sorted(
            (*orientations.way(mine, its), bare, its_bare)
            for mine, bare in self._known.hashes(a) for its, its_bare in self._known.hashes(b)
        )  # fmt: skip
        ways = [entry for entry in similar[:_WAYS] if entry[0] <= MOST_BITS]
        if (not ways and guess is None) or one.grey is None or other.grey is None:
            return
        if guess is not None:
            yield placing.from_unit(guess, one.grey.shape, other.grey.shape), True
        for _, way, bare, its_bare in ways:
            mine = one.box if bare else (0.0, 0.0, one.grey.shape[1], one.grey.shape[0])
            its = other.box if its_bare else (0.0, 0.0, other.grey.shape[1], other.grey.shape[0])
            yield placing.box_onto_box(way, mine, its), False

    def _match(self, one: _Picture, other: _Picture) -> tuple[Match, Matrix | None]:
        """What the corners say, and how `other` lies on `one` by them, in pixels of the previews."""
        nothing = Match(0, None)
        if one.corners is None or other.corners is None:
            return nothing, None
        # Mirrored corners are not kept, and made of the one whose preview is at hand.
        swapped = "grey" in one.__dict__ and "grey" not in other.__dict__
        old, new = (other, one) if swapped else (one, other)
        match, mirrored = sketches.match(old.corners, new.corners), False  # type: ignore[arg-type]
        if match.votes < _VOTES and new.mirrored is not None:
            turned = sketches.match(old.corners, new.mirrored)  # type: ignore[arg-type]
            match, mirrored = (turned, True) if turned.votes > match.votes else (match, False)
        if match.matrix is None or match.votes < _VOTES or old.grey is None or new.grey is None:
            return match, None
        theirs = new.mirrored if mirrored else new.corners
        onto = sketches.onto(match.matrix, old.corners, theirs, old.grey.shape, new.grey.shape, mirrored=mirrored)  # type: ignore[arg-type]
        if abs(np.linalg.det(onto[:, :2])) < _FLAT:
            return match, None
        return match, placing.inverse(onto) if swapped else onto


def _leads_there(done: Matrix, onto: Matrix, other: _Picture) -> bool:
    """Whether two ways lay a picture in one place."""
    if other.grey is None:
        return False
    h, w = other.grey.shape
    apart = (done - placing.straightened(onto, other.grey.shape)) @ np.array([[0, w, 0, w], [0, 0, h, h], [1, 1, 1, 1]])
    return bool(np.abs(apart).max() < _ASIDE)


def _measured(one: _Picture, other: _Picture, onto: Matrix, near: bool) -> Measures | None:
    if one.grey is None or other.grey is None:
        return None
    return comparison.measure(one.grey, other.grey, onto, near=near)


def _relation(measures: Measures, one: _Picture, other: _Picture) -> dict[str, Any]:
    if one.grey is None or other.grey is None:
        return {}
    kept = comparison.relation(measures, one.grey.shape, other.grey.shape)
    if comparison.is_same_picture(measures) and one.colour is not None and other.colour is not None:
        grey, light = tones.tones(one.colour, other.colour, np.reshape(kept["matrix"], (2, 3)))
        kept |= {"grey": grey, "light": round(light, 1)}
    return kept


def _read(path: os.PathLike[str], how: int) -> npt.NDArray[np.uint8] | None:
    try:
        data = np.fromfile(path, np.uint8)
        picture = cv2.imdecode(data, how) if len(data) else None
    except (OSError, cv2.error):
        return None
    return None if picture is None else np.asarray(picture, np.uint8)

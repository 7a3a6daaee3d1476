"""What a pair of photos that was compared is in the end: by what was measured, by the files' own
pixels, and by the cameras' clocks."""

from __future__ import annotations

import functools

from explorer.analysis.duplicates.capture_time import CapturedFile, taken_at_different_times
from explorer.analysis.duplicates.compare_pair import SCENE_INLIERS, PairComparison
from explorer.decoding.pool import DecodePool
from explorer.library import copy_rows, pixel_hash_store
from explorer.library.library import Library
from explorer.library.pair_store import Pair
from explorer.library.writer import Writer
from explorer.matching import keypoints, retakes, same_picture
from explorer.matching.recompression import RecompressionResidual


class PairClassifier:
    """Says what a pair is, and looks into the files themselves where previews cannot tell."""

    def __init__(self, library: Library, writer: Writer, pool: DecodePool) -> None:
        self._library, self._writer, self._pool = library, writer, pool
        self._fresh = dict[int, bytes]()
        # Asked twice for the same two at most, one after the other.
        self._left = functools.lru_cache(maxsize=1)(self._left_over)
        self._moment = functools.lru_cache(maxsize=1024)(self._moment_of)

    def judge(self, looked: PairComparison) -> Pair | None:
        """The pair to be kept, or None."""
        a, b, measures = looked.a, looked.b, looked.measures
        if measures is None or not (
            same_picture.is_same_picture(measures) or self._made_from(looked)
        ):
            return (
                Pair(a, b, "scene", round(min(1.0, looked.votes / keypoints.KEPT), 4), {})
                if looked.votes >= SCENE_INLIERS
                else None
            )
        score = round(max(0.0, min(1.0, measures.median)), 4)
        one, other = self._moment(a), self._moment(b)
        if one and other:
            if same_picture.may_have_equal_pixels(
                measures, (one.width, one.height), (other.width, other.height)
            ):
                pixels = [self._pixels(i, moment.path) for i, moment in ((a, one), (b, other))]
                if pixels[0] is not None and pixels[0] == pixels[1]:
                    return Pair(a, b, "pixels", 1.0, looked.relation)
            if taken_at_different_times(one, other, self._fraction) or self._taken_again(
                looked, one, other
            ):
                return Pair(a, b, "scene", score, {})
        return Pair(a, b, "picture", score, looked.relation)

    def write(self) -> None:
        """Keep the hashes of pixels that were made."""
        for photo_id, digest in self._fresh.items():
            pixel_hash_store.put_pixel_hash(self._writer, photo_id, digest)
        self._fresh.clear()

    def _moment_of(self, photo_id: int) -> CapturedFile | None:
        rows = copy_rows.copy_rows(self._library.catalog, [photo_id], all_folders=True)
        if not rows:
            return None
        row = rows[0]
        taken = row.taken_at, row.taken_source, row.camera
        return CapturedFile(
            row.photo_id, row.path, row.width, row.height, *taken, row.format, row.taken_precision
        )

    def _pixels(self, photo_id: int, path: str) -> bytes | None:
        if photo_id not in self._fresh:
            kept = pixel_hash_store.pixel_hashes(self._library.catalog, [photo_id]).get(photo_id)
            looked = None if kept else self._pool.full_resolution_fact(path, "pixels")
            digest = kept or (
                bytes.fromhex(looked[1])
                if looked and looked[1] and self._is(photo_id, looked[0])
                else None
            )
            if digest is None:
                return None
            self._fresh[photo_id] = digest
        return self._fresh[photo_id]

    def _aside(
        self, looked: PairComparison, one: CapturedFile, other: CapturedFile
    ) -> float | None:
        """By how many pixels two pictures of one size lie beside each other; None for others
        (`retakes.aside`)."""
        if (one.width, one.height, one.format) != (other.width, other.height, other.format):
            return None
        return retakes.aside(looked.relation["matrix"], one.width, one.height)  # type: ignore[arg-type]

    def _made_from(self, looked: PairComparison) -> bool:
        """Whether one file was surely made from the other by saving it again."""
        if looked.measures is None or same_picture.is_mostly_flat(looked.measures):
            return False
        one, other = self._moment(looked.a), self._moment(looked.b)
        if one is None or other is None or not retakes.may_be_made(self._aside(looked, one, other)):
            return False
        left = self._left(one, other)
        return left is not None and left.explained >= retakes.MADE

    def _taken_again(self, looked: PairComparison, one: CapturedFile, other: CapturedFile) -> bool:
        """Whether two pictures of one size are two shots, though nothing else says so."""
        aside = self._aside(looked, one, other)
        if aside is None or looked.measures is None or aside > retakes.ASIDE:
            return aside is not None
        changed, moved = (
            same_picture.has_changed_blocks(looked.measures),
            same_picture.looks_like_motion(looked.measures),
        )
        return retakes.is_retake(self._left(one, other), changed=changed, moved=moved)

    def _left_over(self, one: CapturedFile, other: CapturedFile) -> RecompressionResidual | None:
        beside = self._pool.recompression_residual(one.path, other.path)
        known = (
            beside is not None
            and self._is(one.photo_id, beside[0])
            and self._is(other.photo_id, beside[1])
        )
        return beside[2] if beside and known else None

    def _fraction(self, moment: CapturedFile) -> str | None:
        looked = self._pool.full_resolution_fact(moment.path, "fraction")
        return looked[1] if looked and self._is(moment.photo_id, looked[0]) else None

    def _is(self, photo_id: int, digest: bytes) -> bool:
        """Whether a file still holds that photo."""
        return self._library.catalog.photo_id(digest) == photo_id

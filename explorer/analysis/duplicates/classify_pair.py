"""Classify compared pairs: same pixels, same picture, same scene, or none of these.

Pairs are classified by the measurements of their previews and, where these cannot decide, by the
files themselves: their pixels at full size, the cameras' clocks, and the residual of recompression.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any, Literal, TypeVar

from explorer.analysis.duplicates import compare_pair
from explorer.analysis.duplicates.candidates import Candidate
from explorer.analysis.duplicates.capture_time import CapturedFile, taken_at_different_times
from explorer.analysis.duplicates.compare_pair import PairComparison
from explorer.decoding.pool import DecodePool
from explorer.errors import DecodingFailed
from explorer.library.library import Library
from explorer.library.queries import duplicate_rows
from explorer.library.stores import pixel_hash_store
from explorer.library.stores.pair_store import Pair
from explorer.library.writer import Writer
from explorer.matching import keypoints, retakes, same_picture
from explorer.matching.recompression import RecompressionResidual
from explorer.matching.same_picture_thresholds import RETAKE
from explorer.photos.readers.raw_format import RAW_FORMATS

_Fact = TypeVar("_Fact")
# Hashes that differ by up to this many bits do not prove that the pixels differ.
_ALIKE_BITS = 4
# Share of differing blocks above which something was added on top of one of two pictures.
_MAX_CHANGED = 0.015
# Files of one photo that are tried, where others cannot be read.
_MAX_FILES = 3


class FilesUnavailable(Exception):
    """Photos must be read to classify a pair, but have no file that can be read now."""

    def __init__(self, *photo_ids: int, pair: Pair | None = None) -> None:
        """pair: what is known already, if the files would only tell more about it."""
        super().__init__(*photo_ids)
        self.photo_ids, self.pair = photo_ids, pair


class PairClassifier:
    """Classifies pairs, and reads the files where previews cannot decide."""

    def __init__(self, library: Library, writer: Writer, pool: DecodePool) -> None:
        self._library, self._writer, self._pool = library, writer, pool
        # Pairs that crash the decode process.
        self._undecodable = set[tuple[int, int]]()
        # Pixel hashes that are not stored yet, by photo id.
        self._new_hashes = dict[int, bytes]()
        # Needed at most twice in succession for the same pair.
        self._residual = functools.lru_cache(maxsize=1)(self._read_residual)
        self._file = functools.lru_cache(maxsize=1024)(self._find_file)

    def classify(self, compared: PairComparison) -> Pair | None:
        """The pair to be stored; None if the photos have nothing in common.

        Raises FilesUnavailable if files must be read but cannot be, because a drive is disconnected
        or a file has changed since it was indexed: without them, two shots could be mistaken for
        one picture.
        """
        a, b, pair = compared.a, compared.b, compared.measurements
        if pair is None or not (
            same_picture.is_same_picture(pair) or self._is_recompressed(compared)
        ):
            return _scene_by_keypoints(compared)
        score = round(max(0.0, min(1.0, pair.median)), 4)
        one, other = self._file(a), self._file(b)
        if RAW_FORMATS & {one.format, other.format}:
            # A preview does not show what a RAW file contains: no two files are the same picture.
            return Pair(a, b, "scene", score, {})
        if self._have_equal_pixels(compared, one, other):
            return Pair(a, b, "pixels", 1.0, compared.relation)
        if (
            taken_at_different_times(one, other, self._subsecond)
            or self._is_retake(compared, one, other)
            or self._differ_in_detail(compared, one, other)
        ):
            return Pair(a, b, "scene", score, {})
        picture = Pair(a, b, "picture", score, compared.relation)
        may_be_suggested = _may_be_suggested(compared, one, other)
        return self._with_plain_copies(picture, one, other) if may_be_suggested else picture

    def are_surely_shots(self, candidate: Candidate) -> bool:
        """Whether a candidate pair cannot be one picture, whatever its pixels show: the cameras'
        clocks differ by a second or more, or the cameras do, and the pixels differ."""
        if candidate.bits <= _ALIKE_BITS:
            return False
        try:
            one, other = self._file(candidate.a), self._file(candidate.b)
        except FilesUnavailable:
            return False
        sizes = (one.width, one.height), (other.width, other.height)
        if sizes[0] == sizes[1] and one.format != other.format:
            # A lossless copy in another format, which is decoded by other steps.
            return False
        return taken_at_different_times(one, other, lambda _: None)

    def store_hashes(self) -> None:
        """Store the pixel hashes that were read since this was last called."""
        for photo_id, pixel_hash in self._new_hashes.items():
            pixel_hash_store.put_pixel_hash(self._writer, photo_id, pixel_hash)
        self._new_hashes.clear()

    def _find_file(self, photo_id: int) -> CapturedFile:
        """The photo's present files. Raises FilesUnavailable if it has none."""
        rows = duplicate_rows.duplicate_rows(self._library.catalog, [photo_id], all_folders=True)
        if not rows:
            raise FilesUnavailable(photo_id)
        row, paths = rows[0], tuple(each.path for each in rows[:_MAX_FILES])
        taken = row.taken_at, row.taken_source, row.camera
        return CapturedFile(
            row.photo_id, paths, row.width, row.height, *taken, row.format, row.taken_precision
        )

    def _have_equal_pixels(
        self, compared: PairComparison, one: CapturedFile, other: CapturedFile
    ) -> bool:
        """Whether two files have the same pixels at full size; reads them only if that is
        possible."""
        sizes = (one.width, one.height), (other.width, other.height)
        if compared.measurements is None or not same_picture.may_have_equal_pixels(
            compared.measurements, *sizes
        ):
            return False
        hashes = self._pixel_hash(one), self._pixel_hash(other)
        return hashes[0] is not None and hashes[0] == hashes[1]

    def _pixel_hash(self, file: CapturedFile) -> bytes | None:
        """The stored or new pixel hash of a photo; None if it cannot be decoded at full size."""
        photo_id = file.photo_id
        if photo_id not in self._new_hashes:
            stored = pixel_hash_store.pixel_hashes(self._library.catalog, [photo_id]).get(photo_id)
            if stored is None:
                read = self._read_fact(file, "pixels")
                if read is None:
                    return None
                stored = bytes.fromhex(read)
            self._new_hashes[photo_id] = stored
        return self._new_hashes[photo_id]

    def _offset(
        self, compared: PairComparison, one: CapturedFile, other: CapturedFile
    ) -> float | None:
        """`retakes.preview_offset` of two files of one size and format; None for others."""
        if (one.width, one.height, one.format) != (other.width, other.height, other.format):
            return None
        return retakes.preview_offset(compared.relation["matrix"], one.width, one.height)

    def _is_recompressed(self, compared: PairComparison) -> bool:
        """Whether one file was surely made from the other by recompression, though their previews
        correlate too little."""
        if compared.measurements is None or same_picture.is_mostly_flat(compared.measurements):
            return False
        one, other = self._file(compared.a), self._file(compared.b)
        if not retakes.is_worth_recompressing(self._offset(compared, one, other)):
            return False
        try:
            residual = self._residual(one, other)
        except DecodingFailed:
            return False
        return residual is not None and residual.explained >= RETAKE.surely_made_explained

    def _is_retake(self, compared: PairComparison, one: CapturedFile, other: CapturedFile) -> bool:
        """Whether two pictures of one size are two shots, although their clocks do not decide."""
        offset, pair = self._offset(compared, one, other), compared.measurements
        if offset is None or pair is None:
            return False
        if offset > RETAKE.max_offset:
            return True
        try:
            residual = self._residual(one, other)
        except DecodingFailed:
            # Nothing proves that they are one picture.
            return True
        return retakes.is_retake(
            residual,
            changed=same_picture.has_changed_blocks(pair),
            moved=same_picture.looks_like_motion(pair),
        )

    def _differ_in_detail(
        self, compared: PairComparison, one: CapturedFile, other: CapturedFile
    ) -> bool:
        """Whether two flat pictures, such as pages, differ in what previews are too small to
        show."""
        pair = compared.measurements
        if pair is None or not same_picture.may_hide_differences(pair):
            return False
        matrix = compared.relation["matrix"]
        try:
            differ = self._read_both(
                one, other, lambda a, b: self._pool.fine_differences(a, b, matrix)
            )
        except DecodingFailed:
            differ = None
        # Unless they can be compared, nothing proves that they are one picture.
        return differ is not False

    def _with_plain_copies(self, pair: Pair, one: CapturedFile, other: CapturedFile) -> Pair:
        """The pair, and which of the files is a plain copy of the other one, if they can be
        compared."""
        matrix: Any = pair.relation["matrix"]
        try:
            plain = self._read_both(one, other, lambda a, b: self._pool.plain_copies(a, b, matrix))
        except DecodingFailed:
            return pair
        except FilesUnavailable as error:
            raise FilesUnavailable(*error.photo_ids, pair=pair) from error
        return pair if plain is None else pair._replace(relation=pair.relation | {"plain": plain})

    def _read_residual(
        self, one: CapturedFile, other: CapturedFile
    ) -> RecompressionResidual | None:
        """The residual of recompression; None if it cannot be measured. Raises DecodingFailed."""
        return self._read_both(one, other, self._pool.recompression_residual)

    def _read_both(
        self,
        one: CapturedFile,
        other: CapturedFile,
        read_pair: Callable[[str, str], tuple[bytes, bytes, _Fact] | None],
    ) -> _Fact:
        """A result for two photos, from the first of their files that can be read. Raises
        DecodingFailed, and FilesUnavailable if files cannot be read."""
        if (one.photo_id, other.photo_id) in self._undecodable:
            raise DecodingFailed
        for path, other_path in itertools.product(one.paths, other.paths):
            try:
                read = read_pair(path, other_path)
            except DecodingFailed:
                self._undecodable.add((one.photo_id, other.photo_id))
                raise
            if (
                read is not None
                and self._is_photo(one.photo_id, read[0])
                and self._is_photo(other.photo_id, read[1])
            ):
                return read[2]
        raise FilesUnavailable(one.photo_id, other.photo_id)

    def _subsecond(self, file: CapturedFile) -> str | None:
        """The fraction of the second; None if the file has none."""
        return self._read_fact(file, "fraction")

    def _read_fact(self, file: CapturedFile, wanted: Literal["pixels", "fraction"]) -> str | None:
        """A fact about a photo, from the first of its files that can be read; None if it has none.
        Raises FilesUnavailable if no file can be read."""
        for path in file.paths:
            try:
                read = self._pool.full_resolution_fact(path, wanted)
            except DecodingFailed:
                return None
            if read is not None and self._is_photo(file.photo_id, read[0]):
                return read[1]
        raise FilesUnavailable(file.photo_id)

    def _is_photo(self, photo_id: int, digest: bytes) -> bool:
        """Whether a file with this content hash is still that photo."""
        return self._library.catalog.photo_id(digest) == photo_id


def _may_be_suggested(compared: PairComparison, one: CapturedFile, other: CapturedFile) -> bool:
    """Whether one of two files of a picture might be proven to be the original of the other, unless
    that one was edited (`duplicates/originals.py`)."""
    relation = compared.relation
    if relation.get("detail") or relation.get("changed", 0.0) > _MAX_CHANGED:
        return False
    sizes = (one.width, one.height), (other.width, other.height)
    return bool(one.camera or other.camera) or (
        sizes[0] == sizes[1] and one.format == other.format == "JPEG"
    )


def _scene_by_keypoints(compared: PairComparison) -> Pair | None:
    """A pair of one scene, if enough keypoints agree."""
    if compared.inliers < compare_pair.THRESHOLDS.scene_inliers:
        return None
    score = round(min(1.0, compared.inliers / keypoints.MAX_KEYPOINTS), 4)
    return Pair(compared.a, compared.b, "scene", score, {})

"""Find photos that show the same object as a region, not just a similar one.

The vector of a whole photo says little about a small object in it. The best matches by vector are
therefore verified: local features of the region are matched with those of each preview, and if
enough of them agree on one similarity transform, the photo shows the same object and is moved to
the front. ORB features (Rublee et al. 2011), the ratio test (Lowe 2004) and RANSAC (Fischler &
Bolles 1981): the spatial verification of Philbin et al. 2007, Object retrieval with large
vocabularies and fast spatial matching.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from explorer.library.library import Library

MAX_VERIFIED = 500
"""How many of the best matches are examined."""
SECONDS = 1.0
"""The longest time that this may take."""

# Pixels of the longer side that a region and a preview are scaled to.
REGION_SIDE, PHOTO_SIDE = 256, 512
_MAX_KEYPOINTS = 500
# Maximum distance ratio between the nearest and the second nearest neighbor.
_RATIO = 0.8
# Pixels of a preview by which a keypoint may be off, and by how much sizes may differ.
_REPROJECTION_ERROR, _MAX_SCALE = 6.0, 5.0
MIN_INLIERS = 7
"""The number of keypoints that must agree; fewer may do so by chance."""
_THREADS = 2


class LocalFeatures(NamedTuple):
    """ORB keypoints of a picture."""

    points: npt.NDArray[np.float32]
    """(n, 2) x and y in pixels."""
    descriptors: npt.NDArray[np.uint8]
    """(n, 32)."""


def detect_features(jpeg: bytes, side: int) -> LocalFeatures | None:
    """The features of a picture that is scaled to this longer side; None if it has none or cannot
    be decoded. jpeg: a preview that this program wrote."""
    gray = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE) if jpeg else None
    if gray is None:
        return None
    scale = side / max(gray.shape)
    size = [max(32, round(length * scale)) for length in (gray.shape[1], gray.shape[0])]
    shrinks = scale < 1
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    orb = cv2.ORB_create(  # type: ignore[attr-defined]
        nfeatures=_MAX_KEYPOINTS, fastThreshold=7, edgeThreshold=12, patchSize=24
    )
    keypoints, descriptors = orb.detectAndCompute(small, None)
    if descriptors is None:
        return None
    points = np.array([keypoint.pt for keypoint in keypoints], np.float32)
    return LocalFeatures(points, descriptors)


def count_inliers(region: LocalFeatures, photo: LocalFeatures) -> int:
    """Number of features of a region and a photo that agree on one translation, rotation and
    scale."""
    if min(len(region.points), len(photo.points)) < MIN_INLIERS:
        return 0
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(region.descriptors, photo.descriptors, k=2)
    good = [one for one, two in pairs if one.distance < _RATIO * two.distance]
    # Several features of the region that match a single one of the photo are no evidence.
    best = {match.trainIdx: match for match in sorted(good, key=lambda each: -each.distance)}
    if len(best) < MIN_INLIERS:
        return 0
    source = region.points[[match.queryIdx for match in best.values()]]
    target = photo.points[list(best)]
    transform, inliers = cv2.estimateAffinePartial2D(
        source,
        target,
        method=cv2.RANSAC,
        ransacReprojThreshold=_REPROJECTION_ERROR,
        maxIters=500,
        confidence=0.99,
    )
    if transform is None:
        return 0
    scale = float(np.hypot(transform[0, 0], transform[1, 0]))
    return int(inliers.sum()) if 1 / _MAX_SCALE < scale < _MAX_SCALE else 0


def same_object_first(
    ids: Sequence[int],
    regions: Sequence[bytes],
    preview: Callable[[int], bytes],
    seconds: float = SECONDS,
) -> list[int]:
    """The photos of a search, best match first, with those that show the same object moved to the
    front, the one with the most inliers first.

    ids: of the photos. regions: the regions that were searched by, as JPEG. preview: a photo's
    preview by its id, b'' if it has none; called from several threads. seconds: photos that have
    not been compared by then keep their order.
    """
    wanted = [found for each in regions if (found := detect_features(each, REGION_SIDE))]
    deadline = time.monotonic() + seconds

    def inliers(photo_id: int) -> int:
        if time.monotonic() > deadline:
            return 0
        photo = detect_features(preview(photo_id), PHOTO_SIDE)
        return max(count_inliers(each, photo) for each in wanted) if photo else 0

    if not wanted:
        return list(ids)
    looked_at, rest = list(ids[:MAX_VERIFIED]), list(ids[MAX_VERIFIED:])
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="object-match") as pool:
        counts = list(pool.map(inliers, looked_at))
    order = sorted(
        range(len(looked_at)), key=lambda at: -counts[at] if counts[at] >= MIN_INLIERS else 0
    )
    return [looked_at[at] for at in order] + rest


def same_object_first_of(
    library: Library, ids: Sequence[int], regions: Sequence[bytes], seconds: float = SECONDS
) -> list[int]:
    """`same_object_first` for photos of a library."""
    rows = library.catalog.photos(ids[:MAX_VERIFIED]) if regions else {}

    def preview(photo_id: int) -> bytes:
        try:
            return library.previews.path(rows[photo_id]["hash"]).read_bytes()
        except (KeyError, OSError):
            return b""

    return same_object_first(ids, regions, preview, seconds)

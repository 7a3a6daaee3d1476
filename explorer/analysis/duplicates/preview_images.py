"""Previews of photos and their keypoints, loaded when they are first needed, and cached."""

from __future__ import annotations

import contextlib
import functools
import os
from collections import OrderedDict
from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from explorer.analysis.duplicates.candidates import HashedPhotos
from explorer.analysis.duplicates.prefilter import read_image
from explorer.library.library import Library
from explorer.library.stores import keypoint_store
from explorer.library.stores.pair_store import PAIRS_VERSION
from explorer.matching import keypoints
from explorer.matching.geometry import Gray
from explorer.matching.keypoints import Keypoints

# Photos whose previews and keypoints are cached, 200 KB each.
_CACHED_PHOTOS = 400
# The shorter side in pixels from which a quarter of a preview is large enough to compare colors.
_MIN_COLOR_SIDE = 64


class PreviewImage:
    """A preview and its keypoints. Two threads may compute the same thing at once, which does no
    harm."""

    def __init__(self, path: os.PathLike[str], stored: bytes | None) -> None:
        """stored: the packed keypoints, if the library has them."""
        self._path, self._stored = path, stored

    @functools.cached_property
    def gray(self) -> Gray | None:
        """The preview in grayscale; None if it cannot be read."""
        return read_image(self._path, cv2.IMREAD_GRAYSCALE)

    @functools.cached_property
    def color(self) -> npt.NDArray[np.uint8] | None:
        """The preview in color, at a quarter of its size, or at its full size where that is too
        small; None if it cannot be read."""
        color = read_image(self._path, cv2.IMREAD_REDUCED_COLOR_4)
        if color is None or min(color.shape[:2]) >= _MIN_COLOR_SIDE:
            return color
        return read_image(self._path, cv2.IMREAD_COLOR)

    @property
    def half_color(self) -> npt.NDArray[np.uint8] | None:
        """The preview in color at half its size; None if it cannot be read. Too large to cache."""
        return read_image(self._path, cv2.IMREAD_REDUCED_COLOR_2)

    @functools.cached_property
    def keypoints(self) -> Keypoints | None:
        """The preview's keypoints; None if it cannot be read."""
        if self._stored is not None:
            return keypoints.unpack(self._stored)
        return None if self.gray is None else keypoints.detect(self.gray)

    @functools.cached_property
    def mirrored_keypoints(self) -> Keypoints | None:
        """The keypoints of the mirror image; None if the preview cannot be read."""
        if self.gray is None:
            return None
        return keypoints.detect(np.ascontiguousarray(self.gray[:, ::-1]))

    @property
    def is_loaded(self) -> bool:
        """Whether the preview is in memory."""
        return "gray" in self.__dict__

    def new_keypoints(self) -> bytes | None:
        """The packed keypoints, if they were detected since they were last returned here."""
        found = self.__dict__.get("keypoints")
        if found is None or self._stored is not None:
            return None
        self._stored = keypoints.pack(found)
        return self._stored


class PreviewCache:
    """A cache of the previews that were loaded last; may be used by several threads."""

    def __init__(self, library: Library, photos: HashedPhotos) -> None:
        self._library, self._photos = library, photos
        self._images: OrderedDict[int, PreviewImage] = OrderedDict()
        # Photos whose keypoints may be new.
        self._matched = dict[int, PreviewImage]()

    def image(self, photo_id: int) -> PreviewImage:
        """The preview of a photo; its parts are loaded when needed."""
        image = self._images.get(photo_id)
        if image is None:
            stored = keypoint_store.keypoints_of(self._library.catalog, photo_id, PAIRS_VERSION)
            path = self._library.previews.path(self._photos.digest(photo_id))
            image = self._images[photo_id] = PreviewImage(path, stored)
            while len(self._images) > _CACHED_PHOTOS:
                with contextlib.suppress(KeyError):
                    self._images.popitem(last=False)
        return image

    def note_matched(self, photo_id: int, image: PreviewImage) -> None:
        """Note that the keypoints of a photo were used, so that they are stored if they are new."""
        self._matched[photo_id] = image

    def new_keypoints(self) -> Iterator[tuple[int, bytes]]:
        """(photo id, packed keypoints) of the photos whose keypoints were detected since this was
        last called."""
        for photo_id, image in self._matched.items():
            if (packed := image.new_keypoints()) is not None:
                yield photo_id, packed
        self._matched.clear()

"""Prove, after files have moved and before they count as removed, that the files that are kept for
them are there and are other files."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence

from explorer.removal import file_identity
from explorer.removal.checked_files import CheckedPhoto, RemovalRefused
from explorer.removal.checked_move import MovedFile
from explorer.systems import file_calls

KEEPER_GONE = "the photo to keep no longer exists"
SAME_AS_KEEPER = (
    "it and the photo to keep are one file, seen under two paths, or cannot be distinguished"
)
KEPT_FOR_ANOTHER = (
    "it is the file that was kept for another, seen under another path, or cannot be distinguished"
    " from it"
)


class KeeperProof:
    """The proof for all files of one removal: a file that moved must not be one that is kept for
    an earlier file, and a kept file must not be one that moved earlier.

    Only files with the same content can be one file.
    """

    def __init__(self) -> None:
        # Paths by content hash.
        self._kept = defaultdict[str, set[str]](set)
        self._removed = defaultdict[str, list[str]](list)

    def require(self, checked: CheckedPhoto, moved: Sequence[MovedFile]) -> None:
        """Raise RemovalRefused if a kept file no longer exists, or is one of those that moved.

        moved: in the order of `checked.parts`. Raises OSError if this cannot be determined.
        """
        for part, file in zip(checked.parts, moved, strict=True):
            kept = part.kept
            if kept is not None:
                if not kept.has_same_content():
                    raise RemovalRefused(KEEPER_GONE)
                earlier = (
                    ()
                    if kept.path in self._kept[kept.hash]
                    else filter(os.path.lexists, self._removed[kept.hash])
                )
                if any(
                    not file_identity.proven_distinct(each, kept.path)
                    for each in (*([] if file is None else [file]), *earlier)
                ):
                    raise RemovalRefused(SAME_AS_KEEPER)
            if file is not None:
                for each in self._kept[part.hash]:
                    # A kept file that no longer exists may have been this one.
                    if not file_calls.lexists(each) or not file_identity.proven_distinct(
                        file, each
                    ):
                        raise RemovalRefused(KEPT_FOR_ANOTHER)

    def add(self, checked: CheckedPhoto, targets: Sequence[str | None]) -> None:
        """Count these files as removed. targets: where they are, in the order of
        `checked.parts`."""
        for part, target in zip(checked.parts, targets, strict=True):
            if part.kept is not None:
                self._kept[part.kept.hash].add(part.kept.path)
            if target is not None and not part.is_link:
                self._removed[part.hash].append(target)

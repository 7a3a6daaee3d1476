"""KeeperProof, after files have moved and before they count as removed, that what is kept for them is
there and is another file."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence

from explorer.removal import file_identity
from explorer.removal.preflight import CheckedPhoto, RemovalRefused

KEEPER_GONE = "the one to keep is not there any more"
ALIAS_OF_KEEPER = (
    "it and the one to keep are one file, seen under two paths, or cannot be told apart"
)
IS_KEEPER = (
    "it is the one that was kept for another, seen under another path, or cannot be told from it"
)

# A file that went: an open descriptor, or its path; None of a link, which holds nothing.
Gone = int | str | None


class KeeperProof:
    """KeeperProof for all files of one removal: a file that goes must be none of those kept for earlier
    ones, either, and the other way round.

    Only files of one content can be one file.
    """

    def __init__(self) -> None:
        self._kept = defaultdict[str, set[str]](set)
        self._gone = defaultdict[str, list[str]](list)

    def require(self, checked: CheckedPhoto, gone: Sequence[Gone]) -> None:
        """Raises RemovalRefused where something is not there any more for the sake of which files went, or
        is one of those that went.

        gone: in the order of `checked.parts`. Raises OSError where that cannot be found out.
        """
        for part, moved in zip(checked.parts, gone, strict=True):
            kept = part.kept
            if kept is not None:
                if not kept.has_same_content():
                    raise RemovalRefused(KEEPER_GONE)
                earlier = (
                    ()
                    if kept.path in self._kept[kept.hash]
                    else filter(os.path.lexists, self._gone[kept.hash])
                )
                if any(
                    not file_identity.proven_distinct(each, kept.path)
                    for each in (*([] if moved is None else [moved]), *earlier)
                ):
                    raise RemovalRefused(ALIAS_OF_KEEPER)
            if moved is not None:
                for each in self._kept[part.hash]:
                    # One that is not there any more may have been this very file.
                    if not os.path.lexists(each) or not file_identity.proven_distinct(moved, each):
                        raise RemovalRefused(IS_KEEPER)

    def add(self, checked: CheckedPhoto, targets: Sequence[str | None]) -> None:
        """These files count as removed. targets: where they lie, in the order of `checked.parts`."""
        for part, target in zip(checked.parts, targets, strict=True):
            if part.kept is not None:
                self._kept[part.kept.hash].add(part.kept.path)
            if target is not None and "link" not in part.facts:
                self._gone[part.hash].append(target)

"""Find out what a kept photo's sidecar, `keeper.jpg.xmp`, must say so that removing a copy of the
photo loses no metadata.

Existing values stay; only values that the keeper has nowhere are added. Files are parsed in a
decode process (`photos/metadata/sidecar_merge.py`), and sidecars are written by
`sidecar_writer.py`; nothing is ever written into a photo.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from explorer.decoding.pool import DecodePool
from explorer.removal.checked_files import RemovalRefused
from explorer.removal.companions import companions_of
from explorer.removal.sidecar_writer import PreparedSidecar, sidecar_path
from explorer.systems import file_calls

# Extensions of files beside a photo that may hold facts about it.
_READ = (".xmp", ".json")


class MetadataMerger:
    """Merges metadata in a decode process, which starts when it is first needed. Must be closed."""

    def __init__(self) -> None:
        self._pool = DecodePool(1, None)

    def close(self) -> None:
        """Stop the decode process."""
        self._pool.close()

    def __call__(
        self, gone: str, keeper: str, *, same: bool = False, edits: Sequence[str] = ()
    ) -> PreparedSidecar:
        """What the keeper's sidecar should contain before the other photo is removed.

        Reads both photos and the files beside them. same: whether both have the same content.
        edits: XMP sidecars that are removed with the photo, and of which nothing may be lost.
        Raises RemovalRefused if metadata would be lost because it cannot be read or added.
        """
        theirs, ours = _metadata_files(gone), _metadata_files(keeper)
        target = _target(keeper, ours)
        request: dict[str, Any] = {
            "gone": _hex(gone),
            "keeper": _hex(keeper),
            "target": _hex(target),
            "same": same,
            "gone_beside": [_hex(path) for path in theirs],
            "keeper_beside": [_hex(path) for path in ours],
            "edits": [_hex(path) for path in edits],
        }
        head, body = self._answer(request)
        cut = head["before"]
        before = None if cut is None else body[:cut]
        return PreparedSidecar(target, before, body[cut or 0 :] if head["after"] else None)

    def require_edits(self, edits: Sequence[str], keeper: str) -> None:
        """Raise RemovalRefused unless the keeper, or a file beside it, has all that these XMP
        sidecars of a removed photo say."""
        request = {
            "keeper": _hex(keeper),
            "keeper_beside": [_hex(path) for path in _metadata_files(keeper)],
            "edits": [_hex(path) for path in edits],
        }
        self._answer(request)

    def _answer(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        answer = self._pool.sidecar({"merge": request})
        if isinstance(answer, str):
            raise RemovalRefused(
                f"its date, place, rating and keywords could not be read: {answer}"
            )
        head, body = answer
        if head["refused"]:
            raise RemovalRefused(str(head["refused"]))
        return head, body


def _metadata_files(photo: str) -> list[str]:
    """The files beside a photo that may hold facts about it, under both names that programs give
    to sidecars."""
    companions = companions_of(photo)
    listed = [
        each.path
        for each in (*companions.own, *companions.shared)
        if each.path.lower().endswith(_READ)
    ]
    # The first two are tried even if the folder cannot be listed.
    return list(dict.fromkeys([sidecar_path(photo), os.path.splitext(photo)[0] + ".xmp", *listed]))


def _target(keeper: str, listed: list[str]) -> str:
    """The sidecar to write: an existing one, however its name is capitalized, else the default."""
    wanted = sidecar_path(keeper)
    if file_calls.lexists(wanted):
        return wanted
    return next(
        (path for path in listed if path.lower() == wanted.lower() and file_calls.lexists(path)),
        wanted,
    )


def _hex(path: str) -> str:
    return os.fsencode(path).hex()

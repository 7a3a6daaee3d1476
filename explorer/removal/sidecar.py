"""Metadata worth keeping, from a photo that goes to a sidecar of the one that stays:
`keeper.jpg.xmp`, never into the photo.

A sidecar is an XMP packet in a file of its own (ISO 16684-1), by the name that darktable and
digiKam read: the photo's and `.xmp`. What is there already stays as it is, value for value; only
what the keeper says nowhere is added. Files are read in a decode process
(`photos/metadata/sidecar_merge.py`); here they are only written.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import os
import re
import secrets
import shutil
from typing import Any, NamedTuple

from explorer.decoding.pool import DecodePool
from explorer.library.paths import printable
from explorer.removal import safe_move
from explorer.removal.companions import companions_of
from explorer.removal.preflight import RemovalRefused

_READ = (".xmp", ".json")


class Merged(NamedTuple):
    """The keeper's sidecar: where it is or should be, as it is (None: there is none) and as it
    should be (None: nothing to add)."""

    target: str
    before: bytes | None
    after: bytes | None


class MetadataMerger:
    """Finds out what sidecars should say, in a decode process that is started when it is first
    wanted. To be closed."""

    def __init__(self) -> None:
        self._pool = DecodePool(1, None)

    def close(self) -> None:
        self._pool.close()

    def __call__(self, gone: str, keeper: str, *, same: bool = False) -> Merged:
        """What the keeper's sidecar should say before the other photo goes, with all that lies
        beside it.

        same: both photos have the same bytes. Raises RemovalRefused where facts would be lost: what cannot
        be read, or cannot be added.
        """
        theirs, ours = _carriers(gone), _carriers(keeper)
        target = _target(keeper, ours)
        answer = self._pool.merge_metadata(
            {
                "gone": _hex(gone), "keeper": _hex(keeper), "target": _hex(target), "same": same,
                "gone_beside": [_hex(path) for path in theirs],
                "keeper_beside": [_hex(path) for path in ours],
            }
        )  # fmt: skip
        if isinstance(answer, str):
            raise RemovalRefused(
                f"what it says of date, place, rating and keywords could not be read: {answer}"
            )
        head, body = answer
        if head["refused"]:
            raise RemovalRefused(str(head["refused"]))
        cut = head["before"]
        return Merged(
            target, None if cut is None else body[:cut], body[cut or 0 :] if head["after"] else None
        )


def sidecar_path(path: str) -> str:
    """The sidecar's path for a photo."""
    return path + ".xmp"


def _carriers(path: str) -> list[str]:
    """The files beside a photo that may say something of it, by both of the names that programs
    give to sidecars."""
    company = companions_of(path)
    listed = [
        each.path for each in (*company.own, *company.shared) if each.path.lower().endswith(_READ)
    ]
    # Also where the folder could not be listed.
    return list(dict.fromkeys([sidecar_path(path), os.path.splitext(path)[0] + ".xmp", *listed]))


def _target(keeper: str, carriers: list[str]) -> str:
    """The sidecar to write: one that is there already, however its name is spelled."""
    wanted = sidecar_path(keeper)
    if os.path.lexists(wanted):
        return wanted
    return next(
        (path for path in carriers if path.lower() == wanted.lower() and os.path.lexists(path)),
        wanted,
    )


def _hex(path: str) -> str:
    return os.fsencode(path).hex()


# --- writing, and taking back


def journal_note(merged: Merged) -> dict[str, Any]:
    """What the journal has to know of a sidecar before it is written. Raises OSError."""
    real = os.path.realpath(merged.target)
    old = None if merged.before is None else os.stat(real)
    return {
        "path": merged.target,
        "before": None
        if merged.before is None
        else base64.b64encode(merged.before).decode("ascii"),
        "after": safe_move.content_hash(merged.after or b""),
        "times": None if old is None else [old.st_atime_ns, old.st_mtime_ns],
        "part": _free_part(real),
    }


def write(note: dict[str, Any], merged: Merged, photo: str) -> None:
    """Write a sidecar as planned: all or nothing, and only over what was read.

    A symbolic link stays one: what it leads to is written. Permissions stay; a new sidecar has
    those of the photo. Raises RemovalRefused where it cannot be written, or another program has saved it
    since.
    """
    name = printable(os.path.basename(merged.target))
    try:
        if merged.before is not None:
            _replace(
                note["part"],
                os.path.realpath(merged.target),
                merged.after or b"",
                safe_move.content_hash(merged.before),
            )
            return
        _put(note["part"], merged.after or b"")
        try:
            # A sidecar is no program, and other programs are to write to it.
            os.chmod(note["part"], os.stat(photo).st_mode & 0o666 | 0o200)
            safe_move.move(note["part"], merged.target, note["after"])
        finally:
            _drop(note["part"])
    except (FileExistsError, safe_move.Changed):
        raise RemovalRefused(
            f"the sidecar of the one to keep, {name}, was saved by another program a moment ago"
        ) from None
    except OSError as error:
        text = (error.strerror or str(error)).strip()
        raise RemovalRefused(
            f"the sidecar of the one to keep, {name}, cannot be written: {text[:1].lower()}{text[1:]}"
        ) from error


def _put(part: str, data: bytes) -> None:
    """A new file with these bytes, on disk. Raises OSError, also where there is one already, which
    is not ours and stays."""
    handle = os.open(
        part,
        os.O_CREAT
        | os.O_EXCL
        | os.O_WRONLY
        | getattr(os, "O_BINARY", 0)
        | getattr(os, "O_CLOEXEC", 0),
        0o600,
    )
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        _drop(part)
        raise


def _replace(part: str, real: str, data: bytes, expected: str) -> None:
    """Put these bytes in the place of a file with that content hash, with its permissions. Raises
    moving.Changed where it has another content by now, and OSError."""
    _put(part, data)
    try:
        shutil.copystat(real, part)
        os.utime(part)
        _keep_owner(real, part)
        if safe_move.file_hash(real) != expected:
            raise safe_move.Changed(errno.EBUSY, "another program has saved it", real)
        os.replace(part, real)
    finally:
        _drop(part)
    safe_move.sync_folder(os.path.dirname(real))


def _keep_owner(real: str, part: str) -> None:
    """Only an administrator may give a file away; with anybody else the new file is theirs."""
    owner, ours = os.stat(real), os.stat(part)
    if hasattr(os, "chown") and (owner.st_uid, owner.st_gid) != (ours.st_uid, ours.st_gid):
        with contextlib.suppress(PermissionError):
            os.chown(part, owner.st_uid, owner.st_gid)


def _drop(part: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(part)


def restore(note: dict[str, Any] | None, keeper: str | None) -> str:
    """Make a sidecar what it was before, unless somebody has changed it since; gives what there is
    to know, '' where there is nothing.

    note: as `journal_note` made it. keeper: the photo it belongs to; a note of any other file is not
    followed.
    """
    if not note or keeper is None or str(note["path"]).lower() != sidecar_path(keeper).lower():
        return ""
    name = printable(os.path.basename(note["path"]))
    try:
        return _restore(note, name)
    except safe_move.Changed:
        return _CHANGED.format(name)
    except OSError as error:
        return f"the sidecar {name} could not be made what it was: {error.strerror or error}"


_CHANGED = "the sidecar {} was changed since, and stays as it is"


def _restore(note: dict[str, Any], name: str) -> str:
    real = os.path.realpath(note["path"])
    part = note.get("part")
    if (
        isinstance(part, str)
        and os.path.dirname(part) == os.path.dirname(real)
        and _PART.fullmatch(os.path.basename(part))
    ):
        _drop(part)
    if not os.path.lexists(note["path"]):
        return ""
    before, now = (
        None if note["before"] is None else base64.b64decode(note["before"]),
        safe_move.file_hash(real),
    )
    if now != note["after"]:
        never_written = before is not None and now == safe_move.content_hash(before)
        return "" if never_written else _CHANGED.format(name)
    if before is None:
        os.unlink(note["path"])
        return ""
    _replace(_free_part(real), real, before, note["after"])
    safe_move.set_times(real, *note["times"])
    return ""


# As `_free_part` names them: the journal's word alone deletes no other file.
_PART = re.compile(r"\.photo-explorer-[0-9a-f]{16}\.part")


def _free_part(real: str) -> str:
    """A name beside a file that nobody else gives to a file, so that what bears it after a cut is
    ours."""
    return os.path.join(os.path.dirname(real), f".photo-explorer-{secrets.token_hex(8)}.part")

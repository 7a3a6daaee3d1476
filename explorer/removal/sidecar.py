"""Copy metadata worth keeping from a removed photo to a sidecar of the kept one, `keeper.jpg.xmp`;
never into the photo itself.

A sidecar is an XMP packet in a separate file (ISO 16684-1), named as darktable and digiKam do: the
photo's name followed by `.xmp`. Existing values stay; only values that the keeper has nowhere are
added. Files are parsed in a decode process (`photos/metadata/sidecar_merge.py`) and only written
here.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import os
from collections.abc import Sequence
from typing import Any, NamedTuple

from explorer.decoding.pool import DecodePool
from explorer.library.paths import printable
from explorer.photos.hashing import content_hash
from explorer.removal import file_state, part_files, safe_move
from explorer.removal.checked_files import FileInUse, RemovalRefused
from explorer.removal.companions import companions_of
from explorer.systems import file_calls
from explorer.systems.this_system import this_system

# Extensions of files beside a photo that may hold facts about it.
_READ = (".xmp", ".json")


class PreparedSidecar(NamedTuple):
    """The keeper's sidecar before and after a removal."""

    target: str
    """Where it is, or is to be written."""
    before: bytes | None
    """Its content; None if there is none."""
    after: bytes | None
    """What its content should be; None if there is nothing to add."""


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


def sidecar_path(photo: str) -> str:
    """Where a photo's sidecar is written."""
    return photo + ".xmp"


def journal_note(merged: PreparedSidecar) -> dict[str, Any]:
    """The fields that the journal needs before a sidecar is written. Raises OSError."""
    real = os.path.realpath(merged.target)
    facts = None if merged.before is None else file_calls.stat(real)
    before = None if merged.before is None else base64.b64encode(merged.before).decode("ascii")
    return {
        "path": merged.target,
        "before": before,
        "after": content_hash(merged.after or b"").hex(),
        "times": None if facts is None else [facts.st_atime_ns, facts.st_mtime_ns],
        # No other program uses this name, so a file that has it after an interruption is ours.
        "part": os.path.join(os.path.dirname(real), part_files.part_name()),
    }


def write(
    note: dict[str, Any],
    merged: PreparedSidecar,
    photo: str,
    whose: str = "the sidecar of the photo to keep",
) -> None:
    """Write a sidecar: all or nothing, and only over the content that was read.

    A symbolic link stays one, and its target is written. Permissions stay; a new sidecar gets those
    of the photo. note: from `journal_note`. whose: names the sidecar in messages.
    Raises RemovalRefused if the sidecar cannot be written, or another program has saved it since;
    FileInUse if another program has it open.
    """
    name = f"{whose}, {printable(os.path.basename(merged.target))},"
    data = merged.after or b""
    try:
        if merged.before is None:
            _write_new(note, merged.target, data, photo)
        else:
            expected = content_hash(merged.before).hex()
            replace_content(note["part"], os.path.realpath(merged.target), data, expected)
    except (FileExistsError, safe_move.FileChanged):
        raise RemovalRefused(f"{name} was saved by another program a moment ago") from None
    except OSError as error:
        if denial := this_system().denial(error, merged.target):
            kind = FileInUse if this_system().is_in_use(error) else RemovalRefused
            raise kind(f"{name} {denial}") from error
        text = (error.strerror or str(error)).strip()
        raise RemovalRefused(f"{name} cannot be written: {text[:1].lower()}{text[1:]}") from error


def replace_content(part: str, real: str, data: bytes, expected: str) -> None:
    """Replace the content of a file, provided that its content hash is `expected`. Its permissions
    and owner stay.

    part: where the new file is written first. expected: content hash, hex. Raises
    `safe_move.FileChanged` if the file has other content by now, and OSError.
    """
    part_files.create_file(part, lambda file: file.write(data))
    try:
        file_calls.copystat(real, part)
        file_calls.set_times_to_now(part)
        _copy_owner(real, part)
        if file_state.file_hash(real) != expected:
            raise safe_move.FileChanged(errno.EBUSY, "another program has saved it", real)
        file_calls.replace(part, real)
    finally:
        delete_if_there(part)
    part_files.sync_folder(os.path.dirname(real))


def delete_if_there(path: str) -> None:
    """Delete a file that may not exist. Raises OSError on any other failure."""
    with contextlib.suppress(FileNotFoundError):
        file_calls.unlink(path)


def _write_new(note: dict[str, Any], target: str, data: bytes, photo: str) -> None:
    part = note["part"]
    part_files.create_file(part, lambda file: file.write(data))
    try:
        # A sidecar is not executable, and other programs must be able to write to it.
        file_calls.chmod(part, file_calls.stat(photo).st_mode & 0o666 | 0o200)
        safe_move.move(part, target, note["after"])
    finally:
        delete_if_there(part)


def _copy_owner(real: str, part: str) -> None:
    """Give `part` the owner of `real`, if allowed. Only an administrator may change a file's owner;
    otherwise the new file belongs to this user."""
    owner, ours = file_calls.stat(real), file_calls.stat(part)
    if hasattr(os, "chown") and (owner.st_uid, owner.st_gid) != (ours.st_uid, ours.st_gid):
        with contextlib.suppress(PermissionError):
            os.chown(part, owner.st_uid, owner.st_gid)


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

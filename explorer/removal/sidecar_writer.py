"""Write XMP sidecars: completely or not at all, and never over what another program has saved.

A sidecar is an XMP packet in a separate file (ISO 16684-1), named as darktable and digiKam do: the
photo's name followed by `.xmp`.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import os
from typing import Any, NamedTuple

from explorer.library.paths import printable
from explorer.photos.hashing import content_hash
from explorer.removal import file_state, part_files, safe_move
from explorer.removal.checked_files import FileInUse, RemovalRefused
from explorer.systems import file_calls
from explorer.systems.this_system import this_system


class PreparedSidecar(NamedTuple):
    """A sidecar before and after it is written."""

    target: str
    """Where it is, or is to be written."""
    before: bytes | None
    """Its content; None if there is none."""
    after: bytes | None
    """What its content should be; None if there is nothing to add."""


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
        part_files.copy_owner(real, part)
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

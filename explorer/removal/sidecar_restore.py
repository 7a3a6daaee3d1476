"""Undo what a removal wrote to the sidecar of the kept photo."""

from __future__ import annotations

import base64
import errno
import os
import re
from typing import Any

from explorer.library.library import Library
from explorer.library.paths import printable
from explorer.photos.hashing import content_hash
from explorer.removal import file_state, safe_move
from explorer.removal.checked_files import restore_failure
from explorer.removal.file_names import free_names
from explorer.removal.part_files import part_name
from explorer.removal.sidecar_writer import delete_if_there, replace_content, sidecar_path
from explorer.systems import file_calls

# The names that `part_name` makes. The journal is not trusted: no other file is deleted because the
# journal names it.
_PART = re.compile(r"\.photo-explorer-[0-9a-f]{16}\.part")
_CHANGED = "the sidecar {} has changed since, and was left as it is"


def restore_sidecar(note: dict[str, Any] | None, keeper: str | None) -> str:
    """Restore a sidecar to what it was before a removal, unless somebody has changed it since.

    note: from `sidecar_writer.journal_note`. keeper: the photo that the sidecar belongs to; a note
    about any other file is ignored. Returns what the user should know, '' if nothing.
    """
    if not note or keeper is None or str(note["path"]).lower() != sidecar_path(keeper).lower():
        return ""
    name = printable(os.path.basename(note["path"]))
    try:
        restore_written(note)
        return ""
    except safe_move.FileChanged:
        return _CHANGED.format(name)
    except OSError as error:
        return restore_failure(f"the sidecar {name}", error, note["path"])


def keep_written_sidecar(library: Library, token: str, path: str) -> None:
    """Copy a sidecar into the library folder before its changes are undone, because only the
    journal says that nobody else wrote it. token: of the journal entry; it names the copy. Raises
    OSError."""
    folder = library.dir / "removed" / "sidecars"
    folder.mkdir(parents=True, exist_ok=True)
    with file_calls.open_binary(path) as file:
        data = file.read()
    for copy in free_names(str(folder / f"{token}.xmp")):
        if not file_calls.lexists(copy):
            safe_move.write_new_file(copy, data)
            return
        if file_state.has_content(copy, content_hash(data).hex()):
            return


def delete_left_part(note: dict[str, Any]) -> None:
    """Delete the unfinished sidecar that an interruption left. Raises OSError."""
    folder, part = os.path.dirname(os.path.realpath(note["path"])), note.get("part")
    if isinstance(part, str) and _is_part_in(folder, part):
        delete_if_there(part)


def restore_written(note: dict[str, Any]) -> None:
    """Restore a sidecar's earlier content, provided that it still has the content that was written.
    Raises `safe_move.FileChanged` if somebody has changed it since, and OSError."""
    real = os.path.realpath(note["path"])
    delete_left_part(note)
    if not file_calls.lexists(note["path"]):
        return
    before = None if note["before"] is None else base64.b64decode(note["before"])
    now = file_state.file_hash(real)
    if now != note["after"]:
        if now != _hash_before(note):
            raise safe_move.FileChanged(errno.EBUSY, "another program has saved it", real)
        # It was never written.
        return
    if before is None:
        file_calls.unlink(note["path"])
        return
    replace_content(os.path.join(os.path.dirname(real), part_name()), real, before, note["after"])
    safe_move.set_times(real, *note["times"])


def has_changed(note: dict[str, Any]) -> bool:
    """Whether a sidecar has neither the content that was written nor its earlier one, so that it
    cannot be restored. False if it is not there, or cannot be read now."""
    try:
        now = file_state.file_hash(os.path.realpath(note["path"]))
    except OSError:
        return False
    return now != note["after"] and now != _hash_before(note)


def _hash_before(note: dict[str, Any]) -> str | None:
    """The hash of a sidecar's earlier content; None if there was no sidecar."""
    return None if note["before"] is None else content_hash(base64.b64decode(note["before"])).hex()


def _is_part_in(folder: str, path: str) -> bool:
    return os.path.dirname(path) == folder and bool(_PART.fullmatch(os.path.basename(path)))

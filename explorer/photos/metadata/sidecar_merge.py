"""Merge the metadata of a photo that is to be removed into the sidecar of the kept photo.

Runs in a decode process, like `field_reader`. Only `removal/sidecar_writer.py` writes files.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from explorer.errors import PhotoError
from explorer.photos.metadata.field_reader import embedded_packet, read_files, read_if_exists
from explorer.photos.metadata.fields import (
    MetadataFields,
    MetadataReading,
    combine,
    missing_fields,
    unaccounted,
)
from explorer.photos.metadata.sidecar_loss import lost_edits
from explorer.photos.metadata.xmp import read_fields
from explorer.photos.metadata.xmp_packet import InvalidXmp
from explorer.photos.metadata.xmp_writer import update_sidecar
from explorer.systems import file_calls

ONLY_EDITS = "only it has these edits or notes beside it:"
# The number of fields or properties that a message names.
_MAX_NAMED = 3
_MAX_MESSAGE = 2000


@dataclass(frozen=True)
class MergedSidecar:
    """How to change the sidecar of the kept photo."""

    before: bytes | None = None
    """Its current bytes; None if it does not exist."""
    after: bytes | None = None
    """The bytes to write; None if nothing must be added."""
    refused: str = ""
    """Why removing the other photo now would lose metadata; '' if it would not."""


class _MetadataLoss(Exception):
    """Removing the photo would lose metadata. The message says why."""


def merge_sidecars(
    removed: str,
    removed_sidecars: Sequence[str],
    kept: str,
    kept_sidecars: Sequence[str],
    target: str,
    *,
    same_bytes: bool,
    edits: Sequence[str] = (),
) -> MergedSidecar:
    """Work out what the kept photo's sidecar (`target`) must contain so that removing the other
    photo loses no metadata.

    same_bytes: whether both photo files have the same bytes. If so, and if the kept photo has no
    sidecar, the removed photo's sidecar applies to it unchanged, edits included.
    edits: XMP sidecars that are removed with the photo, and of which nothing may be lost.
    """
    try:
        merged = _merge(
            removed, removed_sidecars, kept, kept_sidecars, target, same_bytes=same_bytes
        )
        _require_edits(edits, kept, kept_sidecars, target, merged.after)
        return merged
    except _MetadataLoss as loss:
        return MergedSidecar(refused=str(loss))


def check_edits(edits: Sequence[str], kept: str, kept_sidecars: Sequence[str]) -> MergedSidecar:
    """Check that nothing of XMP sidecars is lost if they are removed and nothing is merged."""
    try:
        _require_edits(edits, kept, kept_sidecars, "", None)
    except _MetadataLoss as loss:
        return MergedSidecar(refused=str(loss))
    return MergedSidecar()


def _require_edits(
    edits: Sequence[str], kept: str, kept_sidecars: Sequence[str], target: str, after: bytes | None
) -> None:
    """Raise _MetadataLoss if a sidecar says something that is neither in the kept photo nor beside
    it. after: the new content of `target`; None if that is not changed."""
    if not edits:
        return
    beside = [
        each
        for each in kept_sidecars
        if each.lower().endswith(".xmp") and each not in (target, *edits)
    ]
    if after is None:
        beside.append(target)
    packets = [data for each in beside if (data := _read(each))]
    if after is not None:
        packets.append(after)
    fields = [read_files(kept, ()), *map(read_fields, packets)]
    known = combine(fields).fields
    packets.append(embedded_packet(kept))
    for path in edits:
        name = os.path.basename(path)
        data = _read(path)
        if data is None:
            raise _MetadataLoss(f"{name} beside it cannot be read")
        if lost := lost_edits(data, packets, known):
            shown = ", ".join(lost[:_MAX_NAMED])
            more = f" and {len(lost) - _MAX_NAMED} more" if len(lost) > _MAX_NAMED else ""
            raise _MetadataLoss(f"{ONLY_EDITS} {name} ({shown}{more})")


def _read(path: str) -> bytes | None:
    try:
        return read_if_exists(path)
    except PhotoError:
        return None


def _merge(
    removed: str,
    removed_sidecars: Sequence[str],
    kept: str,
    kept_sidecars: Sequence[str],
    target: str,
    *,
    same_bytes: bool,
) -> MergedSidecar:
    lost, known = read_files(removed, removed_sidecars), read_files(kept, kept_sidecars)
    unread = lost.unread
    inherited_path, inherited = None, None
    if same_bytes:
        inherited_path, inherited = _inherited_sidecar(removed_sidecars, kept_sidecars)
        unread = tuple(each for each in unread if each.path not in (removed, inherited_path))
    if inherited is not None:
        known = combine([known, read_fields(inherited)])
    _check_unread(MetadataReading(lost.fields, unread), known.fields)
    missing = missing_fields(lost.fields, known.fields)
    if not missing:
        return MergedSidecar(after=inherited)
    try:
        before = read_if_exists(target)
    except PhotoError as error:
        name = os.path.basename(target)
        raise _MetadataLoss(
            f"the sidecar of the photo to keep, {name}, cannot be updated: {error}"
        ) from error
    _check_overwritten(missing, known, target)
    try:
        after = update_sidecar(before if inherited is None else inherited, missing)
    except InvalidXmp as error:
        name = os.path.basename(inherited_path or target)
        raise _MetadataLoss(f"the sidecar {name} cannot be updated: {error}") from error
    if missing_fields(missing, read_fields(after).fields):
        raise _MetadataLoss("its metadata cannot be written to a sidecar of the photo to keep")
    return MergedSidecar(before, after)


def _inherited_sidecar(
    removed_sidecars: Sequence[str], kept_sidecars: Sequence[str]
) -> tuple[str | None, bytes | None]:
    """The path and bytes of the removed photo's XMP sidecar, which the kept photo inherits.

    (None, None) if the kept photo has an XMP sidecar of its own, or there is none to inherit.
    """
    if any(path.lower().endswith(".xmp") and file_calls.lexists(path) for path in kept_sidecars):
        return None, None
    for path in removed_sidecars:
        if not path.lower().endswith(".xmp"):
            continue
        try:
            data = read_if_exists(path)
        except PhotoError:
            # `read_files` reports it as unreadable.
            continue
        if data:
            return path, data
    return None, None


def _check_unread(lost: MetadataReading, known: MetadataFields) -> None:
    """Raise _MetadataLoss if the removed photo may have fields that cannot be read."""
    if unknown := unaccounted(lost, known):
        what = "; ".join(each.what for each in unknown[:_MAX_NAMED])
        if len(unknown) > _MAX_NAMED:
            what += f"; and {len(unknown) - _MAX_NAMED} more"
        raise _MetadataLoss(
            f"metadata that only it may have cannot be read, and would be lost: {what}"
        )


def _check_overwritten(missing: MetadataFields, known: MetadataReading, target: str) -> None:
    """Raise _MetadataLoss if a field would replace an unreadable one in the kept sidecar."""
    wanted = {"date": missing.taken_at, "place": missing.place, "rating": missing.rating}
    for each in known.unread:
        if each.path == target and wanted.get(each.about):
            raise _MetadataLoss(
                "the sidecar of the photo to keep has another value, which cannot be read: "
                f"{each.what}"
            )


def answer_request(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Run `merge_sidecars` for another process. Returns the header and the payload of the answer.

    Paths arrive in hexadecimal. The payload is `before` followed by `after`. Without a photo that
    is removed (`gone`), only its sidecars are checked.
    """
    kept, kept_sidecars, edits = (
        _path(request["keeper"]),
        [_path(path) for path in request["keeper_beside"]],
        [_path(path) for path in request["edits"]],
    )
    if "gone" in request:
        merged = merge_sidecars(
            _path(request["gone"]),
            [_path(path) for path in request["gone_beside"]],
            kept,
            kept_sidecars,
            _path(request["target"]),
            same_bytes=request["same"],
            edits=edits,
        )
    else:
        merged = check_edits(edits, kept, kept_sidecars)
    header = {
        "before": None if merged.before is None else len(merged.before),
        "after": merged.after is not None,
        "refused": merged.refused.encode("utf-8", "replace").decode()[:_MAX_MESSAGE],
    }
    return header, (merged.before or b"") + (merged.after or b"")


def _path(hexadecimal: str) -> str:
    return os.fsdecode(bytes.fromhex(hexadecimal))

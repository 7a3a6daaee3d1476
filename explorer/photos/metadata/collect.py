"""Everything that a photo file and the files beside it say, and what one of two photos should learn
from the other.

Runs in a decode process: the files come from anywhere, and may be made to crash or to hang whatever
reads them.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from explorer.errors import PhotoError
from explorer.photos import decode as decoding
from explorer.photos.file_io import read_file
from explorer.photos.metadata import exif, iptc, takeout, xmp
from explorer.photos.metadata.embedded import Embedded
from explorer.photos.metadata.merge import Facts, Reading, Unread, joined, lacking, unknown
from explorer.photos.metadata.xmp_writer import with_facts

_LARGEST_JSON = 5_000_000
# Of what could not be read, as much as a person is told.
_TOLD = 3


@dataclass(frozen=True)
class Merged:
    """The sidecar of the photo that is kept. before: its bytes, None where there is none. after:
    the bytes it should have, None where there is nothing to add. refused: why facts would be lost
    if the other photo went now, '' where none would."""

    before: bytes | None = None
    after: bytes | None = None
    refused: str = ""


class _Lost(Exception):
    """Something would be lost, for that reason."""


def of_photo(data: bytes) -> Reading:
    """What a photo file itself says. Nothing is raised but MemoryError: what cannot be opened is
    unread."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            picture = decoding._open(data)
            if picture.format == "PNG":
                # Text may stand behind the pixels.
                picture.load()
            inside = Embedded(picture)
            _, date = inside.best()
            left_out = (
                Unread("all", "its metadata (a text in it is broken, or too long to be read)"),
            )
            return joined(
                [
                    Reading(unread=left_out if picture.info.get("texts_left_out") else ()),
                    Reading(Facts(date.iso if date else None)),
                    exif.read(inside.exif),
                    xmp.read(xmp.packet_of(picture)),
                    iptc.read(iptc.block(picture)),
                ]
            )
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  decoders of broken files raise whatever they like
            return Reading(
                unread=(
                    Unread(
                        "all",
                        f"its metadata ({error if isinstance(error, PhotoError) else 'the file is broken'})",
                    ),
                )
            )


def of_files(photo: str, beside: Sequence[str]) -> Reading:
    """What a photo file and the files beside it say: XMP sidecars, and the JSON of an export. Paths
    are absolute; one that is not there says nothing."""
    readings = list[Reading]()
    for path in (photo, *beside):
        name = os.path.basename(path)
        try:
            data = contents(path)
            if data is None:
                continue
            found = of_photo(data) if path == photo else _of_sidecar(path, data)
        except PhotoError as error:
            found = Reading(unread=(Unread("all", f"all that it holds ({error})"),))
        readings.append(
            replace(
                found,
                unread=tuple(
                    Unread(each.about, f"{name}: {each.what}", path) for each in found.unread
                ),
            )
        )
    return joined(readings)


def _of_sidecar(path: str, data: bytes) -> Reading:
    if path.lower().endswith(".json"):
        if len(data) > _LARGEST_JSON:
            raise PhotoError(f"it has more than {_LARGEST_JSON / 1e6:.0f} MB")
        return takeout.read(data)
    return xmp.read(data)


def contents(path: str) -> bytes | None:
    """A file's bytes; None only where nothing of that name is there. Raises PhotoError where it is
    there and cannot be read."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise PhotoError(f"it cannot be read: {error.strerror or error}") from error
    return read_file(path)


def merged(
    gone: str,
    gone_beside: Sequence[str],
    keeper: str,
    keeper_beside: Sequence[str],
    target: str,
    *,
    same: bool,
) -> Merged:
    """What the kept photo's sidecar (`target`) has to say so that nothing is lost when the other
    photo and its sidecars go.

    same: both photos have the same bytes. Where the kept one has no sidecar, the other's then holds
    for it word for word, edits and all.
    """
    try:
        return _merged(gone, gone_beside, keeper, keeper_beside, target, same=same)
    except _Lost as lost:
        return Merged(refused=str(lost))


def _merged(
    gone: str,
    gone_beside: Sequence[str],
    keeper: str,
    keeper_beside: Sequence[str],
    target: str,
    *,
    same: bool,
) -> Merged:
    going, kept = of_files(gone, gone_beside), of_files(keeper, keeper_beside)
    unread = going.unread
    copied, whole = _whole(gone_beside, keeper_beside) if same else (None, None)
    if same:
        unread = tuple(each for each in unread if each.path not in (gone, copied))
    if whole is not None:
        kept = joined([kept, xmp.read(whole)])
    if lost := unknown(Reading(going.facts, unread), kept.facts):
        what = "; ".join(each.what for each in lost[:_TOLD]) + (
            f"; and {len(lost) - _TOLD} more" if len(lost) > _TOLD else ""
        )
        raise _Lost(f"what only it may know cannot be read, and would be lost: {what}")
    missing = lacking(going.facts, kept.facts)
    if not missing:
        return Merged(after=whole)
    try:
        before = contents(target)
    except PhotoError as error:
        raise _Lost(
            f"the sidecar of the one to keep, {os.path.basename(target)}, cannot be added to: {error}"
        ) from error
    _check_overwritten(missing, kept, target)
    try:
        after = with_facts(before if whole is None else whole, missing)
    except xmp.NotXmp as error:
        name = os.path.basename(target if whole is None else copied or "")
        raise _Lost(f"the sidecar {name} cannot be added to: {error}") from error
    if lacking(missing, xmp.read(after).facts):
        raise _Lost("its facts cannot be written to a sidecar of the one to keep")
    return Merged(before, after)


def _whole(
    gone_beside: Sequence[str], keeper_beside: Sequence[str]
) -> tuple[str | None, bytes | None]:
    """The sidecar that holds for the kept photo, too: its path and bytes, where there is one and
    the kept photo has none."""
    if any(path.lower().endswith(".xmp") and os.path.lexists(path) for path in keeper_beside):
        return None, None
    for path in gone_beside:
        if not path.lower().endswith(".xmp"):
            continue
        try:
            data = contents(path)
        except PhotoError:
            # `of_files` has it among what could not be read.
            continue
        if data:
            return path, data
    return None, None


def _check_overwritten(missing: Facts, kept: Reading, target: str) -> None:
    """Raises _Lost where a fact would take the place of one in the kept photo's sidecar that could
    not be read."""
    wanted = {"date": missing.taken_at, "place": missing.place, "rating": missing.rating}
    for each in kept.unread:
        if each.path == target and wanted.get(each.about):
            raise _Lost(
                f"the sidecar of the one to keep says something else, which cannot be read: {each.what}"
            )


def answer(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """`merged` for another process: paths come in hexadecimal; before and after go back as one row
    of bytes."""
    paths = [os.fsdecode(bytes.fromhex(request[name])) for name in ("gone", "keeper", "target")]
    gone_beside, keeper_beside = (
        [os.fsdecode(bytes.fromhex(path)) for path in request[name]]
        for name in ("gone_beside", "keeper_beside")
    )
    found = merged(paths[0], gone_beside, paths[1], keeper_beside, paths[2], same=request["same"])
    before, after = found.before or b"", found.after or b""
    head = {
        "before": None if found.before is None else len(before),
        "after": found.after is not None,
    }
    return head | {
        "refused": found.refused.encode("utf-8", "replace").decode()[:2000]
    }, before + after

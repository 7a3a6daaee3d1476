"""The decode process: `python -m explorer.decoding`. It answers requests from standard input until
standard input is closed.

For a file, it reads and hashes the bytes and reports the hash. The next message tells it to decode
or skip them, so that known content is not decoded again. Bytes in the request (an upload, a
preview) are decoded at once. The process also crops parts of a photo, renders photos for a screen,
reads the faces marked in them, measures what needs the whole content of one or two files
(`_file_fact`), and merges metadata for a removal.

Only this process ever runs a codec on a file: a crash, a hang or excessive use of memory is
contained here, and `process.py` handles the consequences.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import os
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO

from explorer.decoding import protocol
from explorer.errors import OversizedPhoto, PhotoError, PhotoInUse
from explorer.matching.full_resolution import (
    fine_differences_or_none,
    pixel_hash,
    plain_copies_or_none,
    read_subsecond,
    recompression_residual_or_none,
)
from explorer.photos.containers.content_reader import read_contents
from explorer.photos.decode import DecodedPhoto, content_hash, decode, photo_errors
from explorer.photos.decode_region import decode_region
from explorer.photos.file_io import is_here, read_with_stat
from explorer.photos.input_spec import InputSpec
from explorer.photos.limits import OUT_OF_MEMORY, free_memory
from explorer.photos.metadata import sidecar_content, sidecar_merge, sidecar_values
from explorer.photos.metadata.face_regions import face_regions
from explorer.photos.picture_loader import open_picture
from explorer.photos.render_screen import render_screen

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]


def main() -> int:
    """Answer requests until the parent closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Codecs print to standard output and standard error, which must not mix with the frames.
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
    os.dup2(devnull, sys.stderr.fileno())
    _lower_priority()
    # One thread for LibRaw, because there are several decode processes.
    os.environ["OMP_NUM_THREADS"] = "1"
    while (request := protocol.receive(sys.stdin.buffer)) is not None:
        _serve(*request, answers)
    return 0


def _lower_priority() -> None:
    """Yield the processor to other programs, and be killed first when memory runs out."""
    if hasattr(os, "nice"):
        os.nice(5)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    if resource is not None:
        # No core dumps.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_memory() -> None:
    """Limit this process's memory, so that a decompression bomb fails here instead of exhausting
    the machine."""
    if resource is not None:
        limit = free_memory() // 2 + (2 << 30)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(
                resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1])
            )


def _limit_cpu_time(seconds: float | None) -> None:
    """Make the system end this process after this many more seconds of processor time, which
    excludes time spent waiting."""
    if resource is not None and seconds is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = math.ceil(used.ru_utime + used.ru_stime + seconds)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _serve(header: dict[str, Any], body: bytes, answers: BinaryIO) -> None:
    """Answer one request, with an error if it fails."""
    spec = InputSpec(**header["spec"]) if header.get("spec") else None
    _limit_memory()
    _limit_cpu_time(header.get("seconds"))
    try:
        if "merge" in header:
            protocol.send(answers, *sidecar_merge.answer_request(header["merge"]))
        elif "sidecar" in header:
            protocol.send(answers, *sidecar_values.answer_request(header["sidecar"]))
        elif "sidecars" in header:
            protocol.send(answers, *sidecar_content.answer_request(header["sidecars"]))
        elif "regions" in header:
            protocol.send(answers, *_regions(header, spec, body))
        elif "screen" in header:
            protocol.send(answers, *_rendition(header))
        elif "faces" in header:
            protocol.send(answers, _faces(header))
        elif "path" not in header:
            protocol.send(answers, *_photo_answer(decode(body, spec)))
        elif "fact" in header:
            protocol.send(answers, _file_fact(header))
        else:
            _read_and_decode(header, spec, answers)
    except PhotoError as error:
        # More memory may be free next time.
        transient = isinstance(error, OversizedPhoto)
        answer = {"error": str(error), "transient": transient, "fault": error.fault}
        protocol.send(answers, answer | {"in_use": isinstance(error, PhotoInUse)})
    except MemoryError:
        protocol.send(answers, {"error": OUT_OF_MEMORY, "transient": True, "fault": "environment"})


def _read_and_decode(header: dict[str, Any], spec: InputSpec | None, answers: BinaryIO) -> None:
    """Report a file's hash, and decode the file if the next message says so."""
    path = _path(header["path"])
    data, facts = read_with_stat(path)
    # A file that changed while it was read has no valid size.
    size = len(data) if len(data) == facts.st_size else -1
    protocol.send(
        answers, {"hash": content_hash(data).hex(), "size": size, "mtime_ns": facts.st_mtime_ns}
    )
    told = protocol.receive(sys.stdin.buffer)
    if told is not None and told[0].get("do") == "decode":
        photo = decode(data, spec, mtime=header["mtime"], name=os.path.basename(path))
        photo = dataclasses.replace(photo, contents=_packed_contents(data))
        protocol.send(answers, *_photo_answer(photo))


def _file_fact(header: dict[str, Any]) -> dict[str, Any]:
    """A file's content hash, and one fact that needs the whole file. For a file that cannot be
    decoded, the fact is None; that is not an error.

    `pixels`: the hash of its pixels in hexadecimal. `fraction`: the fraction of the second at which
    it was taken. `residual`: the content hash of another file, followed by the residual of
    recompression (see `matching/recompression.py`) unless it cannot be measured. `differences`: the
    same, followed by whether there are fine differences (`matching/fine_differences.py`), 0 or 1.
    `copies`: the same, followed by which is a plain copy of the other (`matching/plain_copies.py`).
    """
    data = _read_if_here(_path(header["path"]))
    fact: str | None
    if header["fact"] == "residual":
        other = _read_if_here(_path(header["other"]))
        residual = recompression_residual_or_none(data, other)
        fact = " ".join([content_hash(other).hex(), *map(str, residual or ())])
    elif header["fact"] in ("differences", "copies"):
        compare = plain_copies_or_none if header["fact"] == "copies" else fine_differences_or_none
        other = _read_if_here(_path(header["other"]))
        found = compare(data, other, header["unit"])
        fact = " ".join([content_hash(other).hex(), *([] if found is None else [str(int(found))])])
    else:
        fact = _pixel_hash(data) if header["fact"] == "pixels" else read_subsecond(data)
    return {"hash": content_hash(data).hex(), "fact": fact}


def _read_if_here(path: str) -> bytes:
    """A file's bytes for a comparison that the user has not asked for. Raises PhotoError, also if
    they would have to be downloaded."""
    if not is_here(path):
        raise PhotoError("it is not on this computer now")
    return read_with_stat(path)[0]


def _pixel_hash(data: bytes) -> str | None:
    """The hash of a photo's pixels in hexadecimal; None if it cannot be decoded at full size."""
    try:
        return pixel_hash(data).hex()
    except (PhotoError, MemoryError):
        return None


def _regions(
    header: dict[str, Any], spec: InputSpec | None, body: bytes
) -> tuple[dict[str, Any], bytes]:
    """Crop boxes from the file named in the header, or else from the photo in the body. Returns the
    content hash, and the preview of the first box followed by the inputs of all boxes."""
    data = read_with_stat(_path(header["path"]))[0] if "path" in header else body
    if spec is None:
        raise ValueError("cropping boxes requires an encoder's input spec")
    found = decode_region(data, spec, [tuple(box) for box in header["regions"]])
    facts = {"hash": content_hash(data).hex(), "preview": len(found.preview)}
    return facts, found.preview + found.inputs.tobytes()


def _rendition(header: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """A file rendered for a screen: its content hash, the size of the rendition, and the JPEG."""
    data, _ = read_with_stat(_path(header["path"]))
    found = render_screen(data, header["screen"])
    facts = {"hash": content_hash(data).hex(), "width": found.width, "height": found.height}
    return facts, found.jpeg


def _faces(header: dict[str, Any]) -> dict[str, Any]:
    """The faces marked in a file, as [name, box], and the file's content hash."""
    data, _ = read_with_stat(_path(header["path"]))
    with photo_errors(data):
        found = face_regions(open_picture(data))
    return {"hash": content_hash(data).hex(), "faces": found}


def _path(encoded: str) -> str:
    """Decode a path, which requests contain in hexadecimal because it may not be valid UTF-8."""
    return os.fsdecode(bytes.fromhex(encoded))


def _packed_contents(data: bytes) -> str | None:
    """The packed contents of a file besides its picture; None if there is too little memory now, so
    that they are read again later."""
    try:
        return read_contents(data).packed()
    except MemoryError:
        return None


def _photo_answer(photo: DecodedPhoto) -> tuple[dict[str, Any], bytes]:
    facts, body = protocol.pack(photo)
    return {"photo": facts}, body

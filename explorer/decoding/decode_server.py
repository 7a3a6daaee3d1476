"""The decode process: `python -m explorer.decoding.decode_server`. It reads requests from standard
input until that closes.

For a file: it reads and hashes the bytes and says so; told `decode` it decodes them, told `skip` it
forgets them. So a content that is known already costs no decoding. For bytes that come with the
request (an upload, a preview): it decodes them at once.
For two photos and what lies beside them: what the one should learn of the other's metadata.
Whatever a codec does to this process, it happens here and nowhere else.
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
from explorer.errors import OversizedPhoto, PhotoError
from explorer.matching.full_resolution import fraction, left_beside, pixel_hash
from explorer.photos.containers.inspect import read_contents
from explorer.photos.decode import DecodedPhoto, content_hash, decode
from explorer.photos.file_io import read_with_facts
from explorer.photos.input_spec import InputSpec
from explorer.photos.limits import free_memory
from explorer.photos.metadata import collect

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]


def main() -> int:
    """Serve requests until the other end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What a codec prints must not get between the frames.
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, sys.stdout.fileno())
    os.dup2(silence, sys.stderr.fileno())
    _prepare()
    while (request := protocol.receive(sys.stdin.buffer)) is not None:
        _serve(*request, answers)
    return 0


def _prepare() -> None:
    """Be the first to give way: to whatever else wants the processor, and when memory runs out."""
    if hasattr(os, "nice"):
        os.nice(5)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    if resource is not None:
        # A crash leaves no file behind.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_memory() -> None:
    """A picture that explodes in memory is refused by the system here, before it takes the machine
    down."""
    if resource is not None:
        limit = free_memory() // 2 + (2 << 30)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(
                resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1])
            )


def _limit_time(seconds: float | None) -> None:
    """End this process when it has had the processor for so many seconds from now. Waiting, for a
    drive or for a turn, costs nothing."""
    if resource is not None and seconds is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = math.ceil(used.ru_utime + used.ru_stime + seconds)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _serve(header: dict[str, Any], body: bytes, answers: BinaryIO) -> None:
    spec = InputSpec(**header["spec"]) if header.get("spec") else None
    _limit_memory()
    _limit_time(header.get("seconds"))
    try:
        if "merge" in header:
            protocol.send(answers, *collect.answer(header["merge"]))
            return
        if "path" not in header:
            protocol.send(answers, *_answer(decode(body, spec)))
            return
        path = os.fsdecode(bytes.fromhex(header["path"]))
        data, facts = read_with_facts(path)
        if "closer" in header:
            if "beside" in header:
                protocol.send(answers, _beside(data, os.fsdecode(bytes.fromhex(header["beside"]))))
            else:
                protocol.send(answers, _closer(data, header["closer"]))
            return
        # A size that is not the file's own: it changed while it was read.
        size = len(data) if len(data) == facts.st_size else -1
        protocol.send(
            answers, {"hash": content_hash(data).hex(), "size": size, "mtime_ns": facts.st_mtime_ns}
        )
        told = protocol.receive(sys.stdin.buffer)
        if told is not None and told[0].get("do") == "decode":
            photo = decode(data, spec, mtime=header["mtime"], name=os.path.basename(path))
            protocol.send(answers, *_answer(dataclasses.replace(photo, contents=_contents(data))))
    except PhotoError as error:
        # How much memory is free is another matter next time.
        protocol.send(
            answers,
            {
                "error": str(error),
                "passing": isinstance(error, OversizedPhoto),
                "fault": error.fault,
            },
        )
    except MemoryError:
        protocol.send(
            answers,
            {
                "error": "it needs more memory than this computer has free",
                "passing": True,
                "fault": "environment",
            },
        )


def _closer(data: bytes, wanted: str) -> dict[str, Any]:
    """One more fact of a file: its pixels' hash (hex), or the fraction of the second."""
    return {
        "hash": content_hash(data).hex(),
        "fact": pixel_hash(data).hex() if wanted == "pixels" else fraction(data),
    }


def _beside(data: bytes, path: str) -> dict[str, Any]:
    """What saving one file as the other leaves (see `matching/recompression.py`): hash of the
    other, excess and shared; or nothing."""
    other, _ = read_with_facts(path)
    left = left_beside(data, other)
    return {
        "hash": content_hash(data).hex(),
        "fact": None if left is None else f"{content_hash(other).hex()} {' '.join(map(str, left))}",
    }


def _contents(data: bytes) -> str | None:
    """What a file holds beside its picture, packed; None where memory is too short for that now: it
    is read again another time."""
    try:
        return read_contents(data).packed()
    except MemoryError:
        return None


def _answer(photo: DecodedPhoto) -> tuple[dict[str, Any], bytes]:
    facts, body = protocol.pack(photo)
    return {"photo": facts}, body


if __name__ == "__main__":
    sys.exit(main())

"""Fetching weights: with progress, going on where it stopped, and never trusting a file whose
checksum is not the promised one.

Weights come from Hugging Face's hub (`HF_ENDPOINT` names a mirror) or from torchvision's own
server. They are kept under the models folder; a file there is whole, as it only gets its name after
it was checked.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from filelock import FileLock

from explorer.config import models_dir
from explorer.errors import WeightsMissing

if TYPE_CHECKING:
    import httpx

Progress = Callable[[int, "int | None"], None]
"""Called with the bytes that are here and, where known, the bytes there will be."""

# Seconds without a byte, and to connect.
_PATIENCE, _CONNECT = 30.0, 10.0
_TRIES = 3
_REDIRECTS = 8
_SHA256 = re.compile(r"[0-9a-f]{64}")


class NotServed(WeightsMissing):
    """The server has no such file."""


@dataclass(frozen=True)
class Source:
    """Where one file of weights comes from.

    url: absolute. folder: where it is kept below the models folder. digest: the beginning of its
    SHA-256 in hex, where that is known beforehand; files of the hub's large storage say theirs when
    asked.
    """

    url: str
    folder: str
    digest: str = ""

    @property
    def path(self) -> Path:
        return models_dir() / "weights" / self.folder / self.url.rsplit("/", 1)[-1]


def hub(repo: str, file: str) -> Source:
    """A file of a repository on the hub."""
    endpoint = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    return Source(f"{endpoint}/{repo}/resolve/main/{file}", repo.replace("/", "--"))


def torchvision(url: str) -> Source:
    """One of torchvision's files, whose name ends in the beginning of its SHA-256.
    `EXPLORER_TORCHVISION` names a mirror."""
    mirror = os.environ.get("EXPLORER_TORCHVISION")
    name = url.rsplit("/", 1)[-1]
    found = re.search(r"-([0-9a-f]{8,})\.", name)
    return Source(
        f"{mirror.rstrip('/')}/{name}" if mirror else url, "torchvision", found[1] if found else ""
    )


def fetch(source: Source, progress: Progress = lambda done, total: None) -> Path:
    """The file, fetched if it is not here yet. Raises WeightsMissing with one line on what is in
    the way."""
    path = source.path
    if path.exists():
        return path
    # Not with the module: it takes longer to import than all the rest, and mostly the weights are
    # here.
    import httpx

    host = urlsplit(source.url).hostname
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with (
            FileLock(f"{path}.lock"),
            httpx.Client(timeout=httpx.Timeout(_PATIENCE, connect=_CONNECT)) as client,
        ):
            if not path.exists():
                _fetch(client, source, path, progress)
    except httpx.HTTPStatusError as error:
        if error.response.status_code == HTTPStatus.NOT_FOUND:
            raise NotServed(f"{source.url} does not exist there.") from error
        raise WeightsMissing(
            f"{source.url} could not be fetched: the server answered {error.response.status_code}."
        ) from error
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise WeightsMissing(
            f"{path.name} could not be fetched: {host} cannot be reached. Is this computer online?"
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise WeightsMissing(
            f"{path.name} could not be fetched: the connection to {host} broke off. Try again: it goes on where it stopped."
        ) from error
    except OSError as error:
        full = error.errno == errno.ENOSPC
        why = "the disk is full" if full else (error.strerror or str(error))
        raise WeightsMissing(f"{path.name} could not be kept in {path.parent}: {why}.") from error
    return path


def _fetch(client: httpx.Client, source: Source, path: Path, progress: Progress) -> None:
    part = path.with_name(path.name + ".part")
    for resumed in (part.exists(), False):
        expected = _arrive(client, source.url, part, progress) or source.digest
        if not expected or sha256(part).startswith(expected):
            part.replace(path)
            return
        part.unlink()
        if not resumed:
            break
        # What lay here may have been the beginning of another release of the file: once more, from
        # the start.
    raise WeightsMissing(
        f"{path.name} was fetched, but it is not the file that was promised (wrong checksum): try again later."
    )


def _arrive(client: httpx.Client, url: str, part: Path, progress: Progress) -> str:
    """Load until all is here; the SHA-256 that the hub promises, or ''. Raises TransportError where
    it gets no further."""
    import httpx

    tries = 0
    while True:
        before = _length(part)
        try:
            return _download(client, url, part, progress)
        except httpx.TransportError:
            # What has arrived stays; the next try, or the next start, asks for the rest only.
            tries = 0 if _length(part) > before else tries + 1
            if tries == _TRIES:
                raise


def _download(client: httpx.Client, url: str, part: Path, progress: Progress) -> str:
    have = _length(part)
    with _open(client, url, have) as (answer, promised):
        if answer.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            # All of it was here already; the checksum will tell.
            return promised
        answer.raise_for_status()
        if answer.status_code != HTTPStatus.PARTIAL_CONTENT:
            have = 0
        length = answer.headers.get("content-length")
        total = have + int(length) if length else None
        with part.open("ab" if have else "wb") as file:
            progress(have, total)
            # As it arrives: gathered into larger chunks, what came last before a connection breaks
            # would be lost.
            for chunk in answer.iter_raw():
                file.write(chunk)
                have += len(chunk)
                progress(have, total)
    return promised


@contextmanager
def _open(client: httpx.Client, url: str, have: int) -> Iterator[tuple[httpx.Response, str]]:
    """The answer that holds the file from that byte on, and the SHA-256 that the hub promises for
    it, or ''.

    The hub names the checksum in the answer that sends us on to its storage, so redirects are
    followed by hand here.
    """
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    at, promised = url, ""
    for _ in range(_REDIRECTS):
        _check_secure(at)
        with client.stream("GET", at, headers=headers) as answer:
            tag = answer.headers.get("x-linked-etag", "").strip('W/"')
            promised = tag if _SHA256.fullmatch(tag) else promised
            if not answer.has_redirect_location:
                yield answer, promised
                return
        at = urljoin(at, answer.headers["location"])
    raise WeightsMissing(f"{url} sends us round in circles.")


def _check_secure(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise WeightsMissing(f"{url} is not a secure address, so nothing is fetched from it.")


def _length(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

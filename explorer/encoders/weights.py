"""Downloading weights: with progress, resuming where it stopped, and never trusting a file with a
wrong checksum.

Weights come from the Hugging Face Hub (`HF_ENDPOINT` names a mirror), from torchvision's server, or
from a URL in open_clip's table. They are kept in the models folder. A file there is complete: it
gets its name only after its checksum was verified. Why this does not use `huggingface_hub`:
docs/adr/0011-weights-by-httpx.md.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from filelock import FileLock

from explorer.config import models_dir
from explorer.encoders.base import Progress
from explorer.errors import WeightsMissing

if TYPE_CHECKING:
    import httpx

# Seconds to wait for the next bytes, and for a connection.
_READ_TIMEOUT, _CONNECT_TIMEOUT = 30.0, 10.0
# Attempts in a row that may bring no new bytes.
_MAX_FUTILE_ATTEMPTS = 3
_MAX_REDIRECTS = 8
_SHA256 = re.compile(r"[0-9a-f]{64}")


class NotOnServer(WeightsMissing):
    """The server does not have the file."""


@dataclass(frozen=True)
class WeightsSource:
    """Where a file of weights can be downloaded, and where it is kept."""

    url: str
    folder: str
    """Its folder in the models folder."""
    digest: str = ""
    """The SHA-256 in hex, or the beginning of it, if it is known beforehand. For large files, the
    hub states it in its response."""

    @property
    def path(self) -> Path:
        """The downloaded file; it need not exist."""
        return models_dir() / "weights" / self.folder / self.url.rsplit("/", 1)[-1]


def hub_source(repo: str, file: str) -> WeightsSource:
    """A file in a repository on the hub."""
    endpoint = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    return WeightsSource(f"{endpoint}/{repo}/resolve/main/{file}", repo.replace("/", "--"))


def torchvision_source(url: str) -> WeightsSource:
    """A file of torchvision's, whose name ends in the beginning of its SHA-256.
    `EXPLORER_TORCHVISION` names a mirror."""
    mirror = os.environ.get("EXPLORER_TORCHVISION")
    name = url.rsplit("/", 1)[-1]
    found = re.search(r"-([0-9a-f]{8,})\.", name)
    return WeightsSource(
        f"{mirror.rstrip('/')}/{name}" if mirror else url, "torchvision", found[1] if found else ""
    )


def fetch(source: WeightsSource, progress: Progress = lambda done, total: None) -> Path:
    """The path of the file, which is downloaded if it is not here. Raises WeightsMissing with the
    reason in one line."""
    path = source.path
    if path.exists():
        return path
    # Imported only here: it takes longer than all other imports, and most often the weights exist.
    import httpx

    host = urlsplit(source.url).hostname
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with (
            FileLock(f"{path}.lock"),
            httpx.Client(timeout=httpx.Timeout(_READ_TIMEOUT, connect=_CONNECT_TIMEOUT)) as client,
        ):
            if not path.exists():
                _fetch(client, source, path, progress)
    except httpx.HTTPStatusError as error:
        if error.response.status_code == HTTPStatus.NOT_FOUND:
            raise NotOnServer(f"{source.url} does not exist there.") from error
        raise WeightsMissing(
            f"{source.url} could not be downloaded:"
            f" the server answered with status {error.response.status_code}."
        ) from error
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise WeightsMissing(
            f"{path.name} could not be downloaded: {host} cannot be reached."
            " Is this computer online?"
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise WeightsMissing(
            f"{path.name} could not be downloaded: the connection to {host} was lost."
            " Try again: the download resumes where it stopped."
        ) from error
    except OSError as error:
        full = error.errno == errno.ENOSPC
        why = "the disk is full" if full else (error.strerror or str(error))
        raise WeightsMissing(f"{path.name} could not be saved in {path.parent}: {why}.") from error
    return path


def _fetch(client: httpx.Client, source: WeightsSource, path: Path, progress: Progress) -> None:
    part = path.with_name(path.name + ".part")
    for resumed in (part.exists(), False):
        expected = _download_all(client, source.url, part, progress) or source.digest
        if not expected or sha256(part).startswith(expected):
            part.replace(path)
            return
        part.unlink()
        if not resumed:
            break
        # The partial file may be from another version of the weights: once more, from the start.
    raise WeightsMissing(
        f"{path.name} was downloaded, but its checksum is wrong, so it was deleted:"
        " try again later."
    )


def _download_all(client: httpx.Client, url: str, part: Path, progress: Progress) -> str:
    """Download until the file is complete; the SHA-256 that the hub states, or ''. Raises
    TransportError after several attempts in a row that brought nothing."""
    import httpx

    futile = 0
    while True:
        before = _length(part)
        try:
            return _download(client, url, part, progress)
        except httpx.TransportError:
            # The bytes so far are kept; the next attempt, or the next run, asks for the rest.
            futile = 0 if _length(part) > before else futile + 1
            if futile == _MAX_FUTILE_ATTEMPTS:
                raise


def _download(client: httpx.Client, url: str, part: Path, progress: Progress) -> str:
    """One attempt to download the rest of the file; the SHA-256 that the hub states, or ''."""
    have = _length(part)
    with _open(client, url, have) as (response, stated):
        if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            # The file is complete already; its checksum will tell.
            return stated
        response.raise_for_status()
        if response.status_code != HTTPStatus.PARTIAL_CONTENT:
            have = 0
        length = response.headers.get("content-length")
        total = have + int(length) if length else None
        with part.open("ab" if have else "wb") as file:
            progress(have, total)
            # Chunks as they arrive: larger ones would lose the last bytes before a connection
            # breaks.
            for chunk in response.iter_raw():
                file.write(chunk)
                have += len(chunk)
                progress(have, total)
    return stated


@contextmanager
def _open(client: httpx.Client, url: str, have: int) -> Iterator[tuple[httpx.Response, str]]:
    """The response with the file from byte `have` on, and the SHA-256 that the hub states for the
    file, or ''.

    The hub states the checksum in the response that redirects to its storage, so this follows
    redirects itself.
    """
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    at, stated = url, ""
    for _ in range(_MAX_REDIRECTS):
        _check_secure(at)
        with client.stream("GET", at, headers=headers) as response:
            tag = response.headers.get("x-linked-etag", "").strip('W/"')
            stated = tag if _SHA256.fullmatch(tag) else stated
            if not response.has_redirect_location:
                yield response, stated
                return
        at = urljoin(at, response.headers["location"])
    raise WeightsMissing(f"{url} could not be downloaded: it redirects in circles.")


def _check_secure(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise WeightsMissing(f"{url} is not a secure address, so nothing is downloaded from it.")


def _length(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

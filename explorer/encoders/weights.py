"""Downloading weights: with progress, resuming where it stopped, and never trusting a file with a
wrong checksum.

Weights come from the Hugging Face Hub (`HF_ENDPOINT` names a mirror), from torchvision's server, or
from a URL in open_clip's table. Those from the hub are kept in its usual cache (`hub_cache.py`),
the others in the models folder. A file there is complete: it gets its name only after its checksum
was verified. Why this does not use `huggingface_hub`: docs/adr/0011-weights-by-httpx.md.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

from filelock import FileLock

from explorer.config import models_dir
from explorer.encoders import hub_cache
from explorer.encoders.base import Progress
from explorer.encoders.download_errors import NotOnServer, download_error
from explorer.errors import WeightsMissing

if TYPE_CHECKING:
    import httpx

# Seconds to wait for the next bytes, and for a connection.
_READ_TIMEOUT, _CONNECT_TIMEOUT = 30.0, 10.0
# Attempts in a row that may bring no new bytes.
_MAX_FUTILE_ATTEMPTS = 3
_MAX_REDIRECTS = 8
_SHA256 = re.compile(r"[0-9a-f]{64}")
# Bytes of the disk that a download leaves free.
_SPARE_BYTES = 100_000_000
_TRUE = ("1", "true", "yes", "on")


def is_offline() -> bool:
    """Whether the user wants no request at all: `--offline`, `EXPLORER_OFFLINE`, or
    `HF_HUB_OFFLINE`, which other programs obey too."""
    return bool(os.environ.get("EXPLORER_OFFLINE")) or (
        os.environ.get("HF_HUB_OFFLINE", "").lower() in _TRUE
    )


__all__ = ["NotOnServer", "WeightsSource", "fetch", "hub_source", "is_offline", "sha256"]


@dataclass(frozen=True)
class WeightsSource:
    """Where a file of weights can be downloaded, and where it is kept."""

    url: str
    folder: str
    """Its folder in the models folder."""
    digest: str = ""
    """The SHA-256 in hex, or the beginning of it, if it is known beforehand. For large files, the
    hub states it in its response."""
    repository: str = ""
    """Its repository on the hub, if it is there."""

    @property
    def name(self) -> str:
        return self.url.rsplit("/", 1)[-1]

    @property
    def path(self) -> Path:
        """The downloaded file; it need not exist."""
        own = models_dir() / "weights" / self.folder / self.name
        if self.repository and not own.exists():
            return hub_cache.find(self.repository, self.name) or own
        return own

    @property
    def part(self) -> Path:
        """What has arrived of a download that is not complete; it need not exist."""
        return models_dir() / "weights" / self.folder / f"{self.name}.part"

    @property
    def needs_checksum(self) -> bool:
        """Whether the file is refused if its server states no checksum. The hub states one for all
        large files, and none for the settings beside them."""
        return bool(self.repository) and not self.name.endswith(".json")


class _Stated(NamedTuple):
    """What the hub states about a file in its response; '' for what it does not."""

    checksum: str = ""
    commit: str = ""


def hub_source(repo: str, file: str) -> WeightsSource:
    """A file in a repository on the hub."""
    endpoint = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    return WeightsSource(
        f"{endpoint}/{repo}/resolve/main/{file}", repo.replace("/", "--"), repository=repo
    )


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
    reason in one line; without a request where none is wanted (`is_offline`)."""
    path = source.path
    if path.exists():
        return path
    if is_offline():
        raise WeightsMissing(
            f"{source.name} is not on this computer, and nothing is downloaded offline."
        )
    # Imported only here: it takes longer than all other imports, and most often the weights exist.
    import httpx

    try:
        source.part.parent.mkdir(parents=True, exist_ok=True)
        with (
            FileLock(f"{source.part.with_suffix('')}.lock"),
            httpx.Client(timeout=httpx.Timeout(_READ_TIMEOUT, connect=_CONNECT_TIMEOUT)) as client,
        ):
            return source.path if source.path.exists() else _fetch(client, source, progress)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise download_error(source.url, source.name, source.part.parent, error) from error


def remove(source: WeightsSource, *, complete: bool) -> int:
    """Delete what has arrived of a download, and with `complete` also the complete file, for every
    program that uses it; the bytes that this frees."""
    own = source.part.with_suffix("")
    freed = 0
    for path in (source.part, own) if complete else (source.part,):
        with suppress(OSError):
            size = path.stat().st_size
            path.unlink()
            freed += size
    if complete and source.repository:
        freed += hub_cache.remove(source.repository, source.name)
    return freed


def _fetch(client: httpx.Client, source: WeightsSource, progress: Progress) -> Path:
    part = source.part
    for resumed in (part.exists(), False):
        stated = _download_all(client, source.url, part, progress)
        expected = stated.checksum or source.digest
        if not expected and source.needs_checksum:
            part.unlink()
            raise WeightsMissing(
                f"{source.url} comes without a checksum, so it could not be verified and was"
                " deleted."
            )
        actual = sha256(part)
        if not expected or actual.startswith(expected):
            return _keep(source, part, stated.commit, actual)
        part.unlink()
        if not resumed:
            break
        # The partial file may be from another version of the weights: once more, from the start.
    raise WeightsMissing(
        f"{source.name} was downloaded, but its checksum is wrong, so it was deleted:"
        " try again later."
    )


def _keep(source: WeightsSource, part: Path, commit: str, checksum: str) -> Path:
    """Give a complete file its name."""
    if source.repository:
        kept = hub_cache.store(
            source.repository, source.name, part, commit=commit, checksum=checksum
        )
        if kept is not None:
            return kept
    return part.replace(part.with_suffix(""))


def _download_all(client: httpx.Client, url: str, part: Path, progress: Progress) -> _Stated:
    """Download until the file is complete. Raises TransportError after several attempts in a row
    that brought nothing."""
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


def _download(client: httpx.Client, url: str, part: Path, progress: Progress) -> _Stated:
    """One attempt to download the rest of the file."""
    have = _length(part)
    with _open(client, url, have) as (response, stated):
        if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            # The file is complete already; its checksum will tell.
            return stated
        response.raise_for_status()
        if "text/html" in response.headers.get("content-type", ""):
            raise WeightsMissing(
                f"{part.stem} could not be downloaded: a web page came instead, as in a network"
                " that asks for a login first. Open a browser and log in there."
            )
        if response.status_code != HTTPStatus.PARTIAL_CONTENT:
            have = 0
        length = response.headers.get("content-length")
        total = have + int(length) if length else None
        if total and shutil.disk_usage(part.parent).free < total - have + _SPARE_BYTES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with part.open("ab" if have else "wb") as file:
            progress(have, total)
            # Chunks as they arrive: larger ones would lose the last bytes before a connection
            # breaks.
            for chunk in response.iter_raw():
                file.write(chunk)
                # The process may be ended at any moment, and the next one resumes from here.
                file.flush()
                have += len(chunk)
                progress(have, total)
    return stated


@contextmanager
def _open(client: httpx.Client, url: str, have: int) -> Iterator[tuple[httpx.Response, _Stated]]:
    """The response with the file from byte `have` on, and what the hub states about it.

    The hub does so in the response that redirects to its storage, so this follows redirects itself.
    """
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    at, stated = url, _Stated()
    for _ in range(_MAX_REDIRECTS):
        _check_secure(at)
        with client.stream("GET", at, headers=headers) as response:
            tag = response.headers.get("x-linked-etag", "").strip('W/"')
            stated = _Stated(
                tag if _SHA256.fullmatch(tag) else stated.checksum,
                response.headers.get("x-repo-commit", stated.commit),
            )
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

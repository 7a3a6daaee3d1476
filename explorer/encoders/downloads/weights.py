"""Download weights: report progress, resume interrupted downloads, and verify checksums.

Weights come from the Hugging Face Hub (`HF_ENDPOINT` names a mirror), from torchvision's server, or
from a URL in open_clip's table. Those from the hub are stored in its usual cache (`hub_cache.py`),
the others in the models folder. A file is given its final name only once its checksum has been
verified. docs/adr/0011-weights-by-httpx.md says why this does not use `huggingface_hub`.
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
from explorer.encoders.base import Progress
from explorer.encoders.downloads import hub_cache
from explorer.encoders.downloads.download_client import download_client
from explorer.encoders.downloads.download_errors import NotOnServer, download_error
from explorer.errors import WeightsMissing
from explorer.systems.this_system import this_system

if TYPE_CHECKING:
    import httpx

# Consecutive attempts without new bytes after which a download fails.
_MAX_FUTILE_ATTEMPTS = 3
_MAX_REDIRECTS = 8
_SHA256 = re.compile(r"[0-9a-f]{64}")
# Bytes of disk space that a download leaves free.
_SPARE_BYTES = 100_000_000
_TRUE = ("1", "true", "yes", "on")


def is_offline() -> bool:
    """Whether all requests are forbidden: by `--offline`, by `EXPLORER_OFFLINE`, or by
    `HF_HUB_OFFLINE`, which other programs obey too."""
    return bool(os.environ.get("EXPLORER_OFFLINE")) or (
        os.environ.get("HF_HUB_OFFLINE", "").lower() in _TRUE
    )


__all__ = ["NotOnServer", "WeightsSource", "fetch", "hub_source", "is_offline", "sha256"]


@dataclass(frozen=True)
class WeightsSource:
    """The URL of a file of weights, and where it is stored on this computer."""

    url: str
    folder: str
    """The name of its subfolder in the models folder."""
    digest: str = ""
    """The SHA-256 in hexadecimal, or its first digits, if known beforehand. For large files, the
    hub sends it in its response."""
    repository: str = ""
    """Its repository on the hub; empty if it is elsewhere."""

    @property
    def name(self) -> str:
        return self.url.rsplit("/", 1)[-1]

    @property
    def path(self) -> Path:
        """The path of the complete file, which need not exist."""
        own = models_dir() / "weights" / self.folder / self.name
        if self.repository and not own.exists():
            return hub_cache.find(self.repository, self.name) or own
        return own

    @property
    def part(self) -> Path:
        """The path of the partial download, which need not exist."""
        return models_dir() / "weights" / self.folder / f"{self.name}.part"

    @property
    def needs_checksum(self) -> bool:
        """Whether the file is rejected if its server sends no checksum. The hub sends one for all
        large files, but not for the settings beside them."""
        return bool(self.repository) and not self.name.endswith(".json")


class _HubHeaders(NamedTuple):
    """A file's checksum and commit from the hub's response headers; empty where they are absent."""

    checksum: str = ""
    commit: str = ""


def hub_source(repo: str, file: str) -> WeightsSource:
    """A file in a repository on the hub."""
    endpoint = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    return WeightsSource(
        f"{endpoint}/{repo}/resolve/main/{file}", repo.replace("/", "--"), repository=repo
    )


def torchvision_source(url: str) -> WeightsSource:
    """A file on torchvision's server, whose name contains the first digits of its SHA-256.
    `EXPLORER_TORCHVISION` names a mirror."""
    mirror = os.environ.get("EXPLORER_TORCHVISION")
    name = url.rsplit("/", 1)[-1]
    found = re.search(r"-([0-9a-f]{8,})\.", name)
    return WeightsSource(
        f"{mirror.rstrip('/')}/{name}" if mirror else url, "torchvision", found[1] if found else ""
    )


def fetch(source: WeightsSource, progress: Progress = lambda done, total: None) -> Path:
    """The path of the file, downloaded first if it is not on this computer. Raises WeightsMissing
    with the reason in one line; offline (`is_offline`), it does so without a request."""
    path = source.path
    if path.exists():
        return path
    if is_offline():
        raise WeightsMissing(
            f"{source.name} is not on this computer, and nothing is downloaded offline."
        )
    # Imported here because it takes longer than all other imports, and usually the weights exist.
    import httpx

    try:
        source.part.parent.mkdir(parents=True, exist_ok=True)
        with (
            FileLock(f"{source.part.with_suffix('')}.lock"),
            download_client(source.name) as client,
        ):
            return source.path if source.path.exists() else _fetch(client, source, progress)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise download_error(source.url, source.name, source.part.parent, error) from error


def remove(source: WeightsSource, *, complete: bool) -> int:
    """Delete the partial download, and with `complete` also the complete file, even if other
    programs use it. Returns the number of bytes freed."""
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
        headers = _download_all(client, source.url, part, progress)
        expected = headers.checksum or source.digest
        if not expected and source.needs_checksum:
            part.unlink()
            raise WeightsMissing(
                f"{source.url} comes without a checksum, so it could not be verified and was"
                " deleted."
            )
        actual = sha256(part)
        if not expected or actual.startswith(expected):
            return _store(source, part, headers.commit, actual)
        part.unlink()
        if not resumed:
            break
        # The partial file may belong to another version of the weights: start from the beginning.
    raise WeightsMissing(
        f"{source.name} was downloaded, but its checksum is wrong, so it was deleted:"
        " try again later."
    )


def _store(source: WeightsSource, part: Path, commit: str, checksum: str) -> Path:
    """Move a verified download to its final place. Returns its path there."""
    if source.repository:
        kept = hub_cache.store(
            source.repository, source.name, part, commit=commit, checksum=checksum
        )
        if kept is not None:
            return kept
    path = part.with_suffix("")
    this_system().replace(part, path)
    return path


def _download_all(client: httpx.Client, url: str, part: Path, progress: Progress) -> _HubHeaders:
    """Download until the file is complete. Raises TransportError after several consecutive attempts
    without new bytes."""
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


def _download(client: httpx.Client, url: str, part: Path, progress: Progress) -> _HubHeaders:
    """One attempt to download the rest of the file."""
    have = _length(part)
    with _open(client, url, have) as (response, hub_headers):
        if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            # The file is complete already, which its checksum will confirm.
            return hub_headers
        response.raise_for_status()
        if "text/html" in response.headers.get("content-type", ""):
            raise WeightsMissing(
                f"{part.stem} could not be downloaded: the server sent a web page instead, as in"
                " networks that ask for a login first. Open a browser and log in."
            )
        if response.status_code != HTTPStatus.PARTIAL_CONTENT:
            have = 0
        length = response.headers.get("content-length")
        total = have + int(length) if length else None
        if total and shutil.disk_usage(part.parent).free < total - have + _SPARE_BYTES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with part.open("ab" if have else "wb") as file:
            progress(have, total)
            # Write chunks as they arrive: larger ones would lose the last bytes when a connection
            # breaks.
            for chunk in response.iter_raw():
                file.write(chunk)
                # The process may be killed at any moment, and the next one resumes from here.
                file.flush()
                have += len(chunk)
                progress(have, total)
    return hub_headers


@contextmanager
def _open(
    client: httpx.Client, url: str, have: int
) -> Iterator[tuple[httpx.Response, _HubHeaders]]:
    """The response with the file from byte `have` on, and the hub's headers.

    The hub sends those with its redirect to the storage server, so this follows redirects itself.
    """
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    at, hub_headers = url, _HubHeaders()
    for _ in range(_MAX_REDIRECTS):
        _check_secure(at)
        with client.stream("GET", at, headers=headers) as response:
            tag = response.headers.get("x-linked-etag", "").strip('W/"')
            hub_headers = _HubHeaders(
                tag if _SHA256.fullmatch(tag) else hub_headers.checksum,
                response.headers.get("x-repo-commit", hub_headers.commit),
            )
            if not response.has_redirect_location:
                yield response, hub_headers
                return
        at = urljoin(at, response.headers["location"])
    raise WeightsMissing(f"{url} could not be downloaded: there were too many redirects.")


def _check_secure(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise WeightsMissing(f"{url} does not use HTTPS, so nothing is downloaded from it.")


def _length(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""Errors of downloads, with messages for the user."""

from __future__ import annotations

import errno
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from explorer.errors import WeightsMissing

_GATED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


class NotOnServer(WeightsMissing):
    """The server does not have the file."""


class GatedRepository(WeightsMissing):
    """The server requires an account, or the acceptance of terms, before it serves the file."""


def download_error(url: str, name: str, folder: Path, error: Exception) -> WeightsMissing:
    """The error to raise for a failed download, with a message for the user.

    name: the file's name. folder: where it was to be saved. error: raised by httpx or the file
    system.
    """
    import httpx

    host = urlsplit(url).hostname
    if isinstance(error, httpx.HTTPStatusError):
        return _status_error(url, error.response.status_code)
    if isinstance(error, httpx.ProxyError):
        return WeightsMissing(
            f"{name} could not be downloaded: the proxy refused the connection. Check the"
            " environment variable HTTPS_PROXY."
        )
    if isinstance(error, httpx.ConnectError) and "CERTIFICATE" in str(error).upper():
        return WeightsMissing(
            f"{name} could not be downloaded: the certificate of {host} could not be verified."
            " Networks that ask for a login first cause this: open a browser and log in. So do"
            " virus scanners and company proxies that inspect HTTPS: set the environment variable"
            " SSL_CERT_FILE to a file with their root certificate in PEM format."
        )
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return WeightsMissing(
            f"{name} could not be downloaded: {host} cannot be reached. Is this computer online?"
        )
    if isinstance(error, OSError):
        full = error.errno == errno.ENOSPC
        why = "the disk is full" if full else (error.strerror or str(error))
        return WeightsMissing(f"{name} could not be saved in {folder}: {why}.")
    return WeightsMissing(
        f"{name} could not be downloaded: the connection to {host} was lost."
        " Try again: the download resumes where it stopped."
    )


def _status_error(url: str, status: int) -> WeightsMissing:
    if status == HTTPStatus.NOT_FOUND:
        return NotOnServer(f"{url} does not exist.")
    if status in _GATED:
        return GatedRepository(
            f"{url} needs permission: the server answered with status {status}. Choose another"
            " model, or download the file in a browser and use it as"
            " open_clip:MODEL@FILE.safetensors."
        )
    return WeightsMissing(
        f"{url} could not be downloaded: the server answered with status {status}."
    )

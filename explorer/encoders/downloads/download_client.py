"""The HTTP client of downloads: which certificates it trusts, and the proxy of the environment."""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING

from explorer.errors import WeightsMissing

if TYPE_CHECKING:
    import httpx

# Seconds to wait for the next bytes, and for a connection.
_READ_TIMEOUT, _CONNECT_TIMEOUT = 30.0, 10.0


def download_client(name: str) -> httpx.Client:
    """A client to download the file of that name. Raises WeightsMissing if the proxy or the
    certificates that are set on this computer cannot be used."""
    # Imported here because it takes longer than all other imports, and usually the weights exist.
    import httpx

    certificates = _certificates(name)
    try:
        return httpx.Client(
            timeout=httpx.Timeout(_READ_TIMEOUT, connect=_CONNECT_TIMEOUT), verify=certificates
        )
    except (ValueError, ImportError, httpx.InvalidURL, OSError) as error:
        # httpx rejects what is set for any kind of address, also if another one would be used.
        raise WeightsMissing(
            f"{name} could not be downloaded: the proxy that is set on this computer cannot be"
            " used. SOCKS proxies are not supported. Set the environment variable HTTPS_PROXY to an"
            " address that begins with http:// and unset ALL_PROXY, or set NO_PROXY to * to use no"
            " proxy."
        ) from error


def _certificates(name: str) -> ssl.SSLContext:
    """Trust the certificates of the system, to which virus scanners and companies add theirs, and
    those of certifi, as some systems have none. `SSL_CERT_FILE` and `SSL_CERT_DIR` replace the
    system's."""
    import certifi

    file = os.environ.get("SSL_CERT_FILE")
    try:
        try:
            context = ssl.create_default_context()
        except ssl.SSLError:
            # On Windows, one damaged certificate makes the system's store unreadable for Python.
            context = ssl.create_default_context(cafile=certifi.where())
        context.load_verify_locations(certifi.where())
        if file:
            # OpenSSL has loaded it, but does not report a file that is missing or damaged.
            context.load_verify_locations(file)
    except OSError as error:
        what = (
            f"the file that the environment variable SSL_CERT_FILE names, {file},"
            if file
            else "the certificates of this computer"
        )
        why = (
            "no certificate in PEM format was found"
            if isinstance(error, ssl.SSLError)
            else error.strerror or str(error)
        )
        raise WeightsMissing(
            f"{name} could not be downloaded: {what} could not be read: {why}."
            f"{' Correct the variable, or unset it.' if file else ''}"
        ) from error
    return context

"""The access token of a library: whoever knows it can use the app that serves the library.

Every user of the computer can reach a loopback port. Like Jupyter's server, the app therefore
requires a token. It is part of the address that is printed and opened (`/?token=…`); from then on,
a cookie holds it. The token is stored in the library's folder, readable by its owner only, and
stays the same across restarts, so that bookmarks and open windows keep working.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import re
import secrets
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock

from explorer.errors import LibraryError
from explorer.systems.this_system import this_system

PARAMETER = "token"
# 192 bits, written as hexadecimal digits.
_BYTES = 24
_TOKEN = re.compile(rb"[0-9a-f]{48}")
# Seconds. Browsers limit the lifetime of cookies to 400 days.
_COOKIE_LIFETIME = 400 * 24 * 3600


class Access(NamedTuple):
    """The token of a library, and the cookie that holds it."""

    token: str
    cookie: str
    """The name of the cookie, different for each library, because browsers send the cookies of a
    host to all of its ports."""

    def knows(self, given: str | None) -> bool:
        """Whether a value is the token, compared in constant time."""
        return given is not None and hmac.compare_digest(
            given.encode("utf-8", "surrogateescape"), self.token.encode()
        )

    def admits(self, cookies: str) -> bool:
        """Whether a `Cookie` header contains the token."""
        return any(self.knows(value) for value in _values(cookies, self.cookie))

    def set_cookie(self) -> str:
        """The `Set-Cookie` header that makes a browser remember the token.

        SameSite is Lax: with Strict, a link to the app in an email would lead to the page that asks
        for the token. Background requests from another site carry no Lax cookie, and are refused
        anyway.
        """
        attributes = f"Path=/; Max-Age={_COOKIE_LIFETIME}; HttpOnly; SameSite=Lax"
        return f"{self.cookie}={self.token}; {attributes}"

    def address(self, base: str) -> str:
        """The full address with the token. base: `http://localhost:8501`."""
        return f"{base}/?{PARAMETER}={self.token}"


def access(folder: Path) -> Access:
    """The token of the library in that folder, created on first use. Raises LibraryError if it
    cannot be stored.

    A token that other users could have read is replaced.
    """
    path = folder / "token"
    try:
        with FileLock(folder / "token.lock"):
            token = _read(path)
            if token is None:
                token = secrets.token_hex(_BYTES)
                _write(path, token)
    except OSError as error:
        raise LibraryError(
            f"The access token cannot be stored in {path}: {error.strerror or error}."
        ) from error
    return Access(
        token,
        "photo-explorer-"
        + hashlib.blake2b(os.fsencode(folder.resolve()), digest_size=8).hexdigest(),
    )


def _read(path: Path) -> str | None:
    """The token in that file; None if there is none, or if other users could have read it."""
    try:
        was_open = path.stat().st_mode & 0o077
        data = path.read_bytes().strip()
    except FileNotFoundError:
        return None
    if was_open and this_system().has_permission_bits:
        with contextlib.suppress(PermissionError):
            path.chmod(0o600)
        # On a file system without permission bits, a new token would be just as readable.
        if not path.stat().st_mode & 0o077:
            return None
    return data.decode("ascii") if _TOKEN.fullmatch(data) else None


def _write(path: Path, token: str) -> None:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(token + "\n")


def _values(cookies: str, name: str) -> list[str]:
    """The values of the cookies with that name. A browser can send several, for different paths.

    Each cookie is parsed separately, so that a malformed cookie of another program does no harm.
    """
    found = list[str]()
    for part in cookies.split(";"):
        with contextlib.suppress(CookieError):
            found += [
                morsel.value for key, morsel in SimpleCookie(part.strip()).items() if key == name
            ]
    return found

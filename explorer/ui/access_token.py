"""The access token of a library: whoever knows it may use the app that serves the library.

A loopback port can be reached by every user of the machine. As Jupyter's servers do, the app
therefore asks for a token: it is part of the address that is printed and opened (`/?token=…`), and
a cookie takes its place from then on. The token is kept in the library's folder, readable by its
owner only, and stays the same over restarts, so that bookmarks and open windows go on working.
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

PARAMETER = "token"
# 192 bits, as hexadecimal digits.
_BYTES = 24
_TOKEN = re.compile(r"[0-9a-f]{48}")
# Seconds; browsers cut longer lives to 400 days.
_LIFE = 400 * 24 * 3600


class Access(NamedTuple):
    """token: what a request must know. cookie: the name under which a browser keeps it, another one
    for each library: browsers send the cookies of one host to all of its ports."""

    token: str
    cookie: str

    def knows(self, given: str | None) -> bool:
        """Whether that is the token. Takes as long for every wrong one of the same length."""
        return given is not None and hmac.compare_digest(
            given.encode("utf-8", "surrogateescape"), self.token.encode()
        )

    def admits(self, cookies: str) -> bool:
        """Whether a `Cookie` header holds the token."""
        return any(self.knows(value) for value in _values(cookies, self.cookie))

    def set_cookie(self) -> str:
        """The `Set-Cookie` header that makes a browser remember the token.

        SameSite is Lax: with Strict, a link to the app in a mail or a note would lead to a page
        that asks for the token. Requests that another site makes in the background carry no Lax
        cookie, and are refused anyway.
        """
        return f"{self.cookie}={self.token}; Path=/; Max-Age={_LIFE}; HttpOnly; SameSite=Lax"

    def address(self, base: str) -> str:
        """The address that lets its owner in. base: `http://localhost:8501`."""
        return f"{base}/?{PARAMETER}={self.token}"


def access(folder: Path) -> Access:
    """The token of the library in that folder, made when first asked for. Raises LibraryError where
    it cannot be kept.

    A token that others could read until now is replaced.
    """
    path = folder / "token"
    try:
        with FileLock(folder / "token.lock"):
            token = _kept(path)
            if token is None:
                token = secrets.token_hex(_BYTES)
                _write(path, token)
    except OSError as error:
        raise LibraryError(
            f"The access token {path} cannot be kept: {error.strerror or error}."
        ) from error
    return Access(
        token,
        "photo-explorer-"
        + hashlib.blake2b(os.fsencode(folder.resolve()), digest_size=8).hexdigest(),
    )


def _kept(path: Path) -> str | None:
    """The token in that file; None where there is none, or others could have read it."""
    try:
        was_open = path.stat().st_mode & 0o077
        text = path.read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    if was_open and os.name != "nt":
        with contextlib.suppress(PermissionError):
            path.chmod(0o600)
        # A file system without permission bits shows all files as open; a new token would be no
        # safer there.
        if not path.stat().st_mode & 0o077:
            return None
    return text if _TOKEN.fullmatch(text) else None


def _write(path: Path, token: str) -> None:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(token + "\n")


def _values(cookies: str, name: str) -> list[str]:
    """The values of the cookies of that name. A browser can send several: other paths, other sites
    of this host.

    The header is taken apart at each semicolon, so that a cookie of another program that breaks the
    rules spoils only itself.
    """
    found = list[str]()
    for part in cookies.split(";"):
        with contextlib.suppress(CookieError):
            found += [
                morsel.value for key, morsel in SimpleCookie(part.strip()).items() if key == name
            ]
    return found

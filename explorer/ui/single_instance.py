"""One app for each library: the lock that an app holds while it runs, and the address that it
leaves for others to find."""

from __future__ import annotations

import html
import os
import shutil
import subprocess
import sys
from pathlib import Path

from filelock import FileLock, Timeout

from explorer.errors import LibraryError, LibraryLocked
from explorer.library.permissions import user_umask
from explorer.ui.access_token import access

# Seconds for the system to say which browser is the default.
_PATIENCE = 5.0


class Instance:
    """The running app of the library in a folder. Its files are `app.lock`, `app.address` (without
    the token) and `open.html`."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock = folder, FileLock(folder / "app.lock", timeout=0)
        self._note, self._page = folder / "app.address", folder / "open.html"

    @property
    def held(self) -> bool:
        return self._lock.is_locked

    def acquire(self) -> None:
        """Take the library's one place. Raises LibraryLocked, with the address in full, where
        another app has it, and LibraryError."""
        try:
            self._lock.acquire()
        except Timeout:
            raise LibraryLocked(
                f"This library is open already at {self._where()} (use that one, or end it first)."
            ) from None
        except OSError as error:
            raise LibraryError(
                f"The library's folder {self._folder} cannot be written: {error.strerror or error}."
            ) from error

    def release(self) -> None:
        """Give the place up. Does nothing where it is not held."""
        if self.held:
            self._note.unlink(missing_ok=True)
            self._page.unlink(missing_ok=True)
            self._lock.release()

    def announce(self, base: str) -> str:
        """Note where the app is open; gives the address with the token. base:
        `http://localhost:8501`."""
        self._note.write_text(base, encoding="ascii")
        return access(self._folder).address(base)

    def open_browser(self, address: str) -> None:
        """Show the app in the person's browser.

        Every user of the machine can read the arguments that a program was started with. The
        browser is therefore given a page of the library's folder, which only its owner can read,
        and which leads on to the address.
        """
        if _is_snap(_default_browser()):
            # It may not read hidden folders, and the library is in one unless another was chosen.
            self._page = Path.home() / "photo-explorer-open.html"
        self._page.unlink(missing_ok=True)
        handle = os.open(self._page, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            link = html.escape(address)
            file.write(
                f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url={link}">'
                f'<title>Photo Explorer</title><a href="{link}">Open Photo Explorer</a>\n'
            )
        # A browser that is started so must not create its files, downloads among them, with the
        # library's permissions.
        subprocess.Popen(
            [sys.executable, "-m", "webbrowser", "-t", self._page.as_uri()],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            umask=user_umask() if os.name != "nt" else -1,
        )  # fmt: skip

    def _where(self) -> str:
        try:
            base = self._note.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            base = ""
        return access(self._folder).address(base) if base else "another window"


def _default_browser() -> str:
    """The name of the desktop file of the person's browser, where the system is one that tells;
    else ''."""
    program = shutil.which("xdg-settings")
    if program is None:
        return ""
    try:
        command = [program, "get", "default-web-browser"]
        asked = subprocess.run(
            command, capture_output=True, timeout=_PATIENCE, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout.decode(errors="replace").strip()


def _is_snap(desktop_file: str) -> bool:
    """Whether a desktop file is one of snapd's, which are named `SNAP_APP.desktop`."""
    return "_" in desktop_file

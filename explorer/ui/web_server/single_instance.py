"""Allow one app per library: an app holds a lock while it runs, and records its address for the
message of a second start."""

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
from explorer.systems.this_system import this_system
from explorer.ui.web_server.access_token import access

# Seconds to wait for the name of the default browser.
_TIMEOUT = 5.0


class AppInstance:
    """The app that is open on the library in a folder. Its files are `app.lock`, `app.address`
    (without the token) and `open.html`."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock = folder, FileLock(folder / "app.lock", timeout=0)
        self._note, self._page = folder / "app.address", folder / "open.html"

    @property
    def held(self) -> bool:
        return self._lock.is_locked

    def acquire(self) -> None:
        """Claim the library. Raises LibraryLocked, with the full address, if another app has it,
        and LibraryError."""
        try:
            self._lock.acquire()
        except Timeout:
            raise LibraryLocked(
                f"This library is already open at {self._where()}. Use that app, or close it first."
            ) from None
        except OSError as error:
            raise LibraryError(
                f"Cannot write to the library's folder {self._folder}: {error.strerror or error}."
            ) from error

    def release(self) -> None:
        """Release the library, if it is claimed."""
        if self.held:
            self._note.unlink(missing_ok=True)
            self._page.unlink(missing_ok=True)
            self._lock.release()

    def announce(self, base: str) -> str:
        """Record where the app is open. Returns the address with the token.

        base: the address without it, such as `http://localhost:8501`.
        """
        self._note.write_text(base, encoding="ascii")
        return access(self._folder).address(base)

    def open_browser(self, address: str) -> None:
        """Open the app in the default browser.

        Every user of the computer can read the arguments of a running program. The browser is
        therefore given a local page, readable by its owner only, that redirects to the address.
        """
        if _is_snap(_default_browser()):
            # A snap cannot read hidden folders, where the library is by default.
            self._page = Path.home() / "photo-explorer-open.html"
        self._page.unlink(missing_ok=True)
        handle = os.open(self._page, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            link = html.escape(address)
            file.write(
                '<!doctype html><meta charset="utf-8">'
                f'<meta http-equiv="refresh" content="0; url={link}">'
                f'<title>Photo Explorer</title><a href="{link}">Open Photo Explorer</a>\n'
            )
        # The browser must not inherit the umask of the library: its downloads would be unreadable
        # to others.
        subprocess.Popen(
            [sys.executable, "-m", "webbrowser", "-t", self._page.as_uri()],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            **this_system().process_umask(user_umask()), **this_system().background_process(),
        )  # fmt: skip

    def _where(self) -> str:
        try:
            base = self._note.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            base = ""
        return access(self._folder).address(base) if base else "another window"


def _default_browser() -> str:
    """The name of the default browser's desktop file, or '' if the system cannot tell."""
    program = shutil.which("xdg-settings")
    if program is None:
        return ""
    try:
        command = [program, "get", "default-web-browser"]
        result: subprocess.CompletedProcess[bytes] = subprocess.run(
            command, capture_output=True, timeout=_TIMEOUT, check=False, stdin=subprocess.DEVNULL,
            **this_system().background_process(),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return result.stdout.decode(errors="replace").strip()


def _is_snap(desktop_file: str) -> bool:
    """Whether a desktop file belongs to a snap: snaps name them `SNAP_APP.desktop`."""
    return "_" in desktop_file

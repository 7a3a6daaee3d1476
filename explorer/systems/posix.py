"""What Linux, the BSDs and macOS have in common."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from explorer.systems.operating_system import OperatingSystem
from explorer.systems.start_program import start_program

# The exit codes of xdg-open (xdg-utils).
_XDG_OPEN_ERRORS = {
    2: "it no longer exists",
    3: "no program is set for this kind of file",
    4: "the program for this kind of file did not start",
}
_XDG_PICTURES = re.compile(r'^XDG_PICTURES_DIR="(\$HOME)?([^"]*)"', re.M)

# Errors of file systems that cannot sync a folder, such as some network drives.
_CANNOT_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EBADF, errno.ENOSYS}


class Posix(OperatingSystem):
    """A Unix with a desktop that follows the specifications of freedesktop.org."""

    has_permission_bits = True
    has_change_times = True
    has_freedesktop_trash = True
    can_move_open_files = True

    mount_globs: tuple[str, ...] = ("/media/*", "/media/*/*", "/run/media/*/*", "/mnt/*")
    """Glob patterns of the folders where drives, cards and cameras are mounted."""

    def camera_drives(self) -> Iterator[Path]:
        for glob in self.mount_globs:
            yield from sorted(Path("/").glob(glob.lstrip("/")))

    def pictures_folders(self, home: Path) -> Iterator[Path]:
        # The desktop's settings name the folder, which may be in the user's language.
        try:
            file = home / ".config" / "user-dirs.dirs"
            text = file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return
        for in_home, path in _XDG_PICTURES.findall(text):
            if path.strip("/"):
                yield home / path.lstrip("/") if in_home else Path(path)

    def sync_folder(self, folder: str) -> None:
        handle = os.open(folder, os.O_RDONLY)
        try:
            self.sync_file(handle)
        except OSError as error:
            if error.errno not in _CANNOT_SYNC:
                raise
        finally:
            os.close(handle)

    def lower_priority(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            os.nice(10)

    def process_umask(self, umask: int) -> dict[str, Any]:
        return {"umask": umask}

    def can_reveal(self) -> bool:
        has_display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        return bool(has_display) and shutil.which("xdg-open") is not None

    def can_open(self) -> bool:
        return self.can_reveal()

    def open_file(self, path: str) -> None:
        start_program(["xdg-open", path], _XDG_OPEN_ERRORS)

    def reveal_commands(self, path: str) -> Sequence[Sequence[str] | str]:
        # A comma would separate items of the D-Bus array.
        address = Path(path).as_uri().replace(",", "%2C")
        target = [
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.FileManager1",
            "--type=method_call",
            "/org/freedesktop/FileManager1",
        ]
        ask = [
            "dbus-send",
            *target,
            "org.freedesktop.FileManager1.ShowItems",
            f"array:string:{address}",
            "string:",
        ]
        return [ask, ["xdg-open", str(Path(path).parent)]]

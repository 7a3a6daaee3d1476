"""Windows."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from explorer.systems import windows_calls
from explorer.systems.operating_system import OperatingSystem

# IO_REPARSE_TAG_MOUNT_POINT.
_JUNCTION = 0xA0000003
# The letters of fixed drives, cards and cameras; A and B were floppy disks, C is the system's.
_LETTERS = "DEFGHIJKLMNOPQRSTUVWXYZ"
# The stream that marks a file as downloaded.
_DOWNLOAD_MARK = ":Zone.Identifier:$DATA"
# File systems store times in steps of up to two seconds.
_COARSEST_STEP_NS = 2 * 10**9


class Windows(OperatingSystem):
    """Windows 10 or newer, on x86-64."""

    trash_name = "the Recycle Bin"
    file_manager_name = "File Explorer"
    ignores_case = True
    rename_is_exclusive = True

    def network_drive(self, path: str) -> str | None:
        if path.startswith("\\\\"):
            return "it is on a network drive, which does not report changes made elsewhere"
        return None

    def camera_drives(self) -> Iterator[Path]:
        return (Path(f"{letter}:\\") for letter in _LETTERS)

    def is_junction(self, facts: os.stat_result) -> bool:
        # Windows itself creates a cycle of them.
        return getattr(facts, "st_reparse_tag", 0) == _JUNCTION

    def copy_new_file(self, source: str, target: str) -> bool:
        windows_calls.copy_file(source, target)
        # A read-only copy could be neither synced nor given its times; `copystat` sets it again.
        windows_calls.clear_read_only(target)
        return True

    def copy_attributes(self, source: str, target: str) -> None:
        with contextlib.suppress(OSError):
            windows_calls.set_creation_time(target, os.lstat(source).st_ctime_ns)

    def lost_attributes(self, source: str, target: str) -> list[str]:
        streams = set(windows_calls.alternate_streams(source)) - {_DOWNLOAD_MARK}
        lost = streams - set(windows_calls.alternate_streams(target))
        found = ["alternate data streams"] if lost else []
        # Here, `st_ctime` is the time of creation.
        one, other = os.lstat(source).st_ctime_ns, os.lstat(target).st_ctime_ns
        return [*found, "the creation time"] if abs(one - other) > _COARSEST_STEP_NS else found

    def delete_file(self, path: str) -> None:
        try:
            os.unlink(path)
        except PermissionError:
            if not windows_calls.clear_read_only(path):
                raise
            try:
                os.unlink(path)
            except OSError:
                windows_calls.set_read_only(path)
                raise

    def unlock(self, path: str) -> None:
        windows_calls.clear_read_only(path)

    def lower_priority(self) -> None:
        with contextlib.suppress(psutil.Error, OSError, AttributeError):
            psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)  # type: ignore[attr-defined,unused-ignore]

    def prepare_port(self, unbound: socket.socket, *, reuse: bool) -> None:
        # SO_REUSEADDR would let two programs listen on the port; this option prevents it.
        unbound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # type: ignore[attr-defined,unused-ignore]

    def can_reveal(self) -> bool:
        return True

    def reveal_commands(self, path: str) -> Sequence[Sequence[str] | str]:
        return [["explorer", f"/select,{path}"]]

    def revealed(self, exit_code: int) -> bool:
        # File Explorer returns 1 even on success.
        return True

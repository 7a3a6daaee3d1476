"""Windows."""

from __future__ import annotations

import contextlib
import errno
import ntpath
import os
import re
import shutil
import socket
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import sleep
from typing import Any, Literal

from explorer.systems import windows_calls
from explorer.systems.operating_system import OperatingSystem, T

# IO_REPARSE_TAG_MOUNT_POINT.
_JUNCTION = 0xA0000003
# A and B were floppy disks, and C is the system drive.
_NO_CAMERAS = frozenset("ABC")
# Attributes of files whose bytes are elsewhere: OFFLINE, RECALL_ON_OPEN and RECALL_ON_DATA_ACCESS
# (winnt.h).
_NOT_HERE = 0x1000 | 0x40000 | 0x400000
# The attribute HIDDEN; system folders have it, too.
_HIDDEN = 0x2
_LONG = "\\\\?\\"
# The target of a folder in which a drive is mounted begins like this.
_VOLUME = _LONG + "Volume{"
# Prefixes that look like the path of a server but are not: those of long paths and devices.
_NOT_SERVERS = (_LONG, "\\\\.\\")
# Windows accepts 259 characters, but only 247 for a folder that is to hold files with short (8.3)
# names.
_MAX_PLAIN_PATH = 248
# Names that other systems may have written to a drive, and that Windows would change: it drops dots
# and spaces at the end, and treats some names as devices, whatever extension they have (Microsoft,
# “Naming Files, Paths, and Namespaces”).
_PECULIAR = re.compile(
    r"[. ](?:[\\/]|$)"
    r"|[\\/](?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:[.:\\/]|$)",
    re.IGNORECASE,
)
# CREATE_NO_WINDOW (winbase.h).
_CREATE_NO_WINDOW = 0x08000000
# ERROR_NO_ASSOCIATION (winerror.h).
_NO_ASSOCIATION = 1155
# The stream that marks a file as downloaded.
_DOWNLOAD_MARK = ":Zone.Identifier:$DATA"
# File systems store times in steps of up to two seconds.
_COARSEST_STEP_NS = 2 * 10**9
# Seconds to wait for other processes to close a file, three in total.
_WAITS = (0.05, 0.1, 0.25, 0.5, 0.5, 0.6, 1.0)
# The same for a photo. There are many of them, and one that is in use for longer is read again
# later.
_WAITS_FOR_PHOTO = (0.05, 0.1, 0.25, 0.5)


class Windows(OperatingSystem):
    """Windows 10 or newer, on x86-64."""

    file_manager_name = "File Explorer"
    ignores_case = True
    rename_is_exclusive = True
    has_file_attributes = True

    def network_drive(self, path: str) -> str | None:
        # Judged by the drive letter as written: `os.path.realpath` turns a mapped drive into a path
        # on the server.
        is_mapped = _drive_type(path) == windows_calls.DRIVE_REMOTE
        if is_mapped or (path.startswith("\\\\") and not path.startswith(_NOT_SERVERS)):
            return "it is on a network drive, which does not report changes made elsewhere"
        return None

    def watch_holds_drive(self, path: str) -> str | None:
        drive = _drive_type(path)
        if drive == windows_calls.DRIVE_REMOVABLE or (
            drive == windows_calls.DRIVE_FIXED and windows_calls.is_outside(path[0])
        ):
            return "it is on a removable drive, which could not be ejected while it is watched"
        return None

    def camera_drives(self) -> Iterator[Path]:
        # Mapped drives are skipped: if their server is away, accessing them blocks for long.
        for letter in windows_calls.drive_letters():
            top = f"{letter}:\\"
            if letter not in _NO_CAMERAS and _drive_type(top) != windows_calls.DRIVE_REMOTE:
                yield Path(top)

    def pictures_folders(self, home: Path) -> Iterator[Path]:
        # Ask Windows: the folder may have been moved to another drive, or into OneDrive.
        if folder := windows_calls.pictures_folder():
            yield Path(folder)

    def cloud_folders(self, home: Path) -> Iterator[tuple[Path, str]]:
        for variable in ("OneDrive", "OneDriveConsumer", "OneDriveCommercial"):
            if folder := os.environ.get(variable):
                yield Path(folder), "OneDrive"
        yield from super().cloud_folders(home)

    def junction_goal(self, facts: os.stat_result, path: str) -> Literal["folder", "volume"] | None:
        # Windows itself creates a cycle of junctions. A drive that is mounted in a folder has the
        # same tag.
        if getattr(facts, "st_reparse_tag", 0) != _JUNCTION:
            return None
        try:
            goal = os.readlink(self.long_path(path))
        except OSError:
            return "folder"
        return "volume" if goal.startswith(_VOLUME) else "folder"

    def copy_new_file(self, source: str, target: str) -> bool:
        target = self.long_path(target)
        windows_calls.copy_file(self.long_path(source), target)
        # A read-only copy could be neither synced nor given its times; `copystat` sets it again.
        windows_calls.clear_read_only(target)
        return True

    def copy_attributes(self, source: str, target: str) -> None:
        with contextlib.suppress(OSError):
            windows_calls.set_creation_time(self.long_path(target), self._created_ns(source))

    def lost_attributes(self, source: str, target: str) -> list[str]:
        streams, kept = (
            set(windows_calls.alternate_streams(self.long_path(path))) for path in (source, target)
        )
        found = ["alternate data streams"] if streams - {_DOWNLOAD_MARK} - kept else []
        difference = abs(self._created_ns(source) - self._created_ns(target))
        return [*found, "the creation time"] if difference > _COARSEST_STEP_NS else found

    def _created_ns(self, path: str) -> int:
        """The creation time in Unix nanoseconds. Raises OSError."""
        facts = os.lstat(self.long_path(path))
        # Python 3.11 has it only as `st_ctime`, which later versions may change.
        return int(getattr(facts, "st_birthtime_ns", facts.st_ctime_ns))

    @contextlib.contextmanager
    def short_temporary_folder(self, home: Path) -> Iterator[Path | None]:
        for number in range(10):
            folder = home / f"pe{number}"
            try:
                folder.mkdir()
            except OSError:
                continue
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
            return
        yield None

    def is_in_use(self, error: OSError) -> bool:
        code = getattr(error, "winerror", None)
        if code == windows_calls.ERROR_ACCESS_DENIED and error.filename2 is not None:
            return windows_calls.is_open_elsewhere(self.long_path(os.fsdecode(error.filename2)))
        if code is not None or error.errno != errno.EACCES:
            return code in windows_calls.IN_USE
        # Calls of the C library set no Windows error code. If a file can be opened but not read,
        # another program has locked part of it.
        return error.filename is None or windows_calls.is_kept_from_reading(
            self.long_path(os.fsdecode(error.filename))
        )

    def patiently(self, call: Callable[[], T]) -> T:
        for wait in _WAITS_FOR_PHOTO:
            try:
                return call()
            except PermissionError as error:
                if not self.is_in_use(error):
                    raise
                sleep(wait)
        return call()

    def denial(self, error: OSError, path: str) -> str | None:
        if self.is_in_use(error):
            return "is open in another program: close it there, and try again"
        return None

    def replace(self, source: Path, target: Path) -> None:
        # This fails as long as any process has the target open: another process of ours that reads
        # it, or a virus scanner.
        for wait in _WAITS:
            try:
                source.replace(target)
                return
            except PermissionError:
                sleep(wait)
        source.replace(target)

    def delete_file(self, path: str) -> None:
        path = self.long_path(path)
        try:
            self.patiently(lambda: os.unlink(path))
        except PermissionError:
            if not windows_calls.clear_read_only(path):
                raise
            try:
                os.unlink(path)
            except OSError:
                windows_calls.set_read_only(path)
                raise

    def unlock(self, path: str) -> None:
        windows_calls.clear_read_only(self.long_path(path))

    def is_in_cloud(self, facts: os.stat_result) -> bool:
        return bool(getattr(facts, "st_file_attributes", 0) & _NOT_HERE)

    def is_hidden(self, facts: os.stat_result) -> bool:
        return bool(getattr(facts, "st_file_attributes", 0) & _HIDDEN)

    def long_path(self, path: str) -> str:
        # Windows counts a character beyond U+FFFF, such as an emoji, as two.
        beyond = 0 if path.isascii() else sum(each > "\uffff" for each in path)
        is_plain = len(path) + beyond < _MAX_PLAIN_PATH and not _PECULIAR.search(path)
        if is_plain or path.startswith(_NOT_SERVERS) or not ntpath.splitdrive(path)[0]:
            return path
        # Windows does not normalize paths with this prefix, so it is done here.
        plain = ntpath.normpath(path)
        if plain.startswith("\\\\"):
            return f"{_LONG}UNC\\{plain[2:]}"
        return _LONG + plain

    def prepare_process(self) -> None:
        windows_calls.suppress_error_dialogs()

    def awake_seconds(self) -> float:
        # `time.monotonic` also counts while the computer sleeps.
        return windows_calls.unbiased_seconds()

    def lower_priority(self) -> None:
        # Imported here because most processes, such as those that decode, never need it.
        import psutil

        with contextlib.suppress(psutil.Error, OSError, AttributeError):
            psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)  # type: ignore[attr-defined,unused-ignore]

    def prepare_port(self, unbound: socket.socket, *, reuse: bool) -> None:
        # SO_REUSEADDR would let two programs listen on the port; this option prevents it.
        unbound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # type: ignore[attr-defined,unused-ignore]

    def background_process(self) -> dict[str, Any]:
        # Without this flag, a console window opens if this program has none itself.
        return {"creationflags": _CREATE_NO_WINDOW}

    def can_reveal(self) -> bool:
        return True

    def can_open(self) -> bool:
        return True

    def open_file(self, path: str) -> None:
        try:
            os.startfile(path)  # type: ignore[attr-defined,unused-ignore]  # noqa: S606
        except OSError as error:
            if getattr(error, "winerror", None) == _NO_ASSOCIATION:
                raise OSError(error.errno, "no program is set for this kind of file") from error
            raise

    def reveal_commands(self, path: str) -> Sequence[Sequence[str] | str]:
        # A single string: Python would quote a path with spaces together with the option, and File
        # Explorer would open another folder. A path on Windows cannot contain quotation marks.
        return [f'explorer.exe /select,"{path}"']

    def revealed(self, exit_code: int) -> bool:
        # File Explorer returns 1 even on success.
        return True


def _drive_type(path: str) -> int | None:
    """The type of the drive that a path begins with; None for a path without a drive letter."""
    drive = ntpath.splitdrive(path)[0]
    return windows_calls.drive_type(drive + "\\") if len(drive) == 2 else None

"""The interface between the program and the operating system.

There is one class for each system (`linux.py`, `macos.py`, `windows.py`, and `posix.py` for the
others). `this_system.py` chooses one at the start, and no other module checks which system it runs
on. docs/systems.md lists the differences.
"""

from __future__ import annotations

import errno
import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeVar

T = TypeVar("T")


class OperatingSystem:
    """An unknown system, with only what Python's standard library offers everywhere."""

    file_manager_name = "the file manager"
    """The name of the program that shows files, as its users know it."""

    ignores_case = False
    """Whether two names that differ only in case or Unicode normalization usually mean one file."""
    has_permission_bits = False
    """Whether permission bits keep other users out."""
    has_change_times = False
    """Whether `st_ctime` is the time of the last change, rather than the creation time."""
    has_freedesktop_trash = False
    """Whether the trash is the one that freedesktop.org specifies, which can be searched."""
    rename_is_exclusive = False
    """Whether `os.rename` fails if something exists at the target."""
    can_move_open_files = False
    """Whether a file can be renamed and deleted while it is open."""
    has_file_attributes = False
    """Whether attributes can hide files and folders, and mark folders as junctions."""
    events_cover_trees = True
    """Whether one watch reports the changes in a folder and all its subfolders."""

    allows_one_openmp = False
    """Whether a process ends that loads the OpenMP library a second time, from another package."""

    has_metal = False
    """Whether the GPU is used through Metal."""

    # --- drives and folders

    def network_drive(self, path: str) -> str | None:
        """Why a folder, judged by its path as the user wrote it, is known to be on another
        computer, in words; None if nothing is known. The drive is not accessed."""
        return None

    def watch_holds_drive(self, path: str) -> str | None:
        """Why a folder must not be watched, in words: a watch would keep its drive from being
        ejected. None if it may be."""
        return None

    def camera_drives(self) -> Iterator[Path]:
        """The top folders of drives, cards and cameras that may be connected."""
        return iter(())

    def pictures_folders(self, home: Path) -> Iterator[Path]:
        """The user's pictures folders, according to the system's settings."""
        return iter(())

    def cloud_folders(self, home: Path) -> Iterator[tuple[Path, str]]:
        """The folders that cloud services sync with other devices, each with the name of its
        service. They need not exist."""
        for name in ("OneDrive", "Dropbox", "Google Drive"):
            yield home / name, name
        yield home / "iCloudDrive", "iCloud Drive"

    # --- files

    def junction_goal(self, facts: os.stat_result, path: str) -> Literal["folder", "volume"] | None:
        """What a folder is if it is a junction: a link to another folder, or the mount point of a
        volume. None if it is an ordinary folder. facts: of the folder itself, without following
        links. path: absolute."""
        return None

    def is_in_cloud(self, facts: os.stat_result) -> bool:
        """Whether only a cloud placeholder of a file is here, so that reading it would download
        it."""
        return False

    def is_hidden(self, facts: os.stat_result) -> bool:
        """Whether an attribute hides a file or folder. Names that begin with a dot are hidden on
        every system."""
        return False

    def long_path(self, path: str) -> str:
        """An absolute path in the form that the system requires if the path is very long, or has
        names that the system would otherwise change."""
        return path

    @contextmanager
    def short_temporary_folder(self, home: Path) -> Iterator[Path | None]:
        """A temporary folder with a path as short as possible, on systems that limit the length of
        paths; None on others. home: the user's home folder."""
        yield None

    def is_in_use(self, error: OSError) -> bool:
        """Whether a call failed because another program has the file open exclusively."""
        return False

    def patiently(self, call: Callable[[], T]) -> T:
        """Make a call, and retry it for a moment while another program has the file open
        exclusively. Returns its result, and raises the OSError of the last attempt."""
        return call()

    def denial(self, error: OSError, path: str) -> str | None:
        """Why a file may not be read or moved, apart from its permissions, and what to do. The
        words follow the file's name; None if nothing is known."""
        return None

    def is_open_for_writing(self, path: str) -> bool | None:
        """Whether some program has the file open for writing; None if the system does not report
        it."""
        return None

    def rename_exclusively(self, source: str, target: str) -> bool:
        """Rename atomically if nothing exists at the target. Returns False if the system or the
        file system cannot do this. Raises OSError, and FileExistsError if something exists
        there."""
        return False

    def copy_new_file(self, source: str, target: str) -> bool:
        """Copy a file's content, and whatever else this system stores in a file, to a path at which
        nothing exists. Returns False if the caller has to copy the bytes itself. Raises OSError,
        and FileExistsError if something exists there."""
        return False

    def copy_attributes(self, source: str, target: str) -> None:
        """Copy what `shutil.copystat` does not: the creation time and extended attributes.
        Attributes that the target's file system does not store are skipped."""

    def lost_attributes(self, source: str, target: str) -> list[str]:
        """The attributes that the copy of a file lacks, in words such as “Finder tags”; empty if
        none."""
        return []

    def replace(self, source: Path, target: Path) -> None:
        """Rename a file of ours over another one of ours. Raises OSError."""
        source.replace(target)

    def delete_file(self, path: str) -> None:
        """Delete a file, even if it is marked as read-only. Raises OSError."""
        os.unlink(self.long_path(path))

    def unlock(self, path: str) -> None:
        """Remove attributes that may keep a file of ours from being deleted. Raises OSError."""

    def sync_file(self, handle: int) -> None:
        """Return once a file's bytes are on the disk. Raises OSError."""
        os.fsync(handle)

    def sync_folder(self, folder: str) -> None:
        """Return once a folder's entries are on the disk. Does nothing if folders cannot be synced.
        Raises OSError."""

    # --- processes

    def prepare_process(self) -> None:
        """Make settings that affect this process and those that it starts. Called once, at the
        start."""

    def enlarge_pipe(self, handle: int, size: int) -> None:
        """Let a pipe hold that many bytes, if the system allows it. handle: of either end."""

    def awake_seconds(self) -> float:
        """Seconds that the computer has been awake since an arbitrary fixed moment."""
        return time.monotonic()

    def lower_priority(self) -> None:
        """Give this process, and those it starts, a lower processor and disk priority than other
        programs have."""

    def background_process(self) -> dict[str, Any]:
        """Arguments of `subprocess.Popen` for a program that must not open a console window."""
        return {}

    def process_umask(self, umask: int) -> dict[str, Any]:
        """Arguments of `subprocess.Popen` for a program whose files get that umask."""
        return {}

    def prepare_port(self, unbound: socket.socket, *, reuse: bool) -> None:
        """Set a socket's options so that no other program can bind the same port.

        reuse: allow a port that was closed a moment ago.
        """
        if reuse:
            unbound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

    # --- the desktop

    def can_reveal(self) -> bool:
        """Whether the system has a file manager that can be opened."""
        return False

    def reveal_commands(self, path: str) -> Sequence[Sequence[str] | str]:
        """Commands that show a file in the file manager, to be tried in order."""
        return []

    def revealed(self, exit_code: int) -> bool:
        """Whether a command of `reveal_commands` succeeded."""
        return exit_code == 0

    def can_open(self) -> bool:
        """Whether files can be opened in the program that the user has chosen for their kind."""
        return False

    def open_file(self, path: str) -> None:
        """Open a file in the program that the user has chosen for its kind. Returns once that
        program has started, as far as the system reports it. path: absolute. Raises OSError, with
        the reason in plain words if it is known."""
        raise OSError(errno.ENOSYS, "this system has no default programs")

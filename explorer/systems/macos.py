"""macOS."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from explorer.systems import exclusive_rename, macos_calls
from explorer.systems.posix import Posix
from explorer.systems.start_program import start_program

_FINDER_TAGS = "com.apple.metadata:_kMDItemUserTags"
# Attributes that the system sets for its own use, and sets again on a copy.
_OF_THE_SYSTEM = frozenset(
    {"com.apple.quarantine", "com.apple.provenance", "com.apple.lastuseddate#PS"}
)
# File systems store times in steps of up to two seconds.
_COARSEST_STEP = 2.0


class MacOS(Posix):
    """macOS 14 or newer, on Apple silicon."""

    file_manager_name = "Finder"
    ignores_case = True
    has_freedesktop_trash = False
    has_file_attributes = True

    allows_one_openmp = True
    has_metal = True

    mount_globs = ("/Volumes/*",)

    def pictures_folders(self, home: Path) -> Iterator[Path]:
        yield home / "Pictures"

    def cloud_folders(self, home: Path) -> Iterator[tuple[Path, str]]:
        yield from super().cloud_folders(home)
        icloud = home / "Library" / "Mobile Documents"
        yield icloud, "iCloud Drive"
        for name in ("Desktop", "Documents"):
            # Users may keep these two folders in iCloud Drive.
            if (icloud / "com~apple~CloudDocs" / name).exists():
                yield home / name, "iCloud Drive"
        storage = home / "Library" / "CloudStorage"
        for folder in sorted(storage.glob("*")):
            # Such as `OneDrive-Personal` and `GoogleDrive-zoe@example.org`.
            yield folder, folder.name.partition("-")[0]

    def rename_exclusively(self, source: str, target: str) -> bool:
        return exclusive_rename.rename_with(exclusive_rename.macos_rename(), source, target)

    def is_in_cloud(self, facts: os.stat_result) -> bool:
        return bool(getattr(facts, "st_flags", 0) & macos_calls.SF_DATALESS)

    def is_hidden(self, facts: os.stat_result) -> bool:
        return bool(getattr(facts, "st_flags", 0) & macos_calls.UF_HIDDEN)

    def sync_file(self, handle: int) -> None:
        import fcntl

        try:
            fcntl.fcntl(handle, macos_calls.F_FULLFSYNC)
        except OSError:
            # Network drives and some file systems do not support it.
            os.fsync(handle)

    def copy_attributes(self, source: str, target: str) -> None:
        with contextlib.suppress(OSError):
            macos_calls.copy_attributes(source, target)
        with contextlib.suppress(OSError):
            # File systems without creation times report none, or 1970.
            if (created := _creation_time(source)) > 0:
                macos_calls.set_creation_time(target, int(created * 10**9))

    def lost_attributes(self, source: str, target: str) -> list[str]:
        names = set(macos_calls.attribute_names(source)) - set(macos_calls.attribute_names(target))
        names -= _OF_THE_SYSTEM
        found = ["Finder tags"] if _FINDER_TAGS in names else []
        found += ["extended attributes"] if names - {_FINDER_TAGS} else []
        created = _creation_time(source)
        if created > 0 and abs(created - _creation_time(target)) > _COARSEST_STEP:
            found.append("the creation time")
        return found

    def denial(self, error: OSError, path: str) -> str | None:
        with contextlib.suppress(OSError):
            if isinstance(error, PermissionError) and (
                getattr(os.lstat(path), "st_flags", 0) & macos_calls.UF_IMMUTABLE
            ):
                return "is locked: unlock it in Finder (File → Get Info), and try again"
        return None

    def unlock(self, path: str) -> None:
        # A copy of a file inherits Finder's “Locked”.
        os.chflags(path, 0, follow_symlinks=False)  # type: ignore[attr-defined,unused-ignore]

    def can_reveal(self) -> bool:
        return True

    def can_open(self) -> bool:
        return True

    def open_file(self, path: str) -> None:
        # The exit code only says that it failed.
        start_program(["open", path], {1: "no program is set for this kind of file"})

    def reveal_commands(self, path: str) -> Sequence[Sequence[str] | str]:
        return [["open", "-R", path]]


def _creation_time(path: str) -> float:
    """The creation time of a file in Unix seconds. Raises OSError."""
    return float(os.lstat(path).st_birthtime)  # type: ignore[attr-defined,unused-ignore]

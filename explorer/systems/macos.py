"""macOS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from explorer.systems import exclusive_rename
from explorer.systems.posix import Posix


class MacOS(Posix):
    """macOS 14 or newer, on Apple silicon."""

    trash_name = "the Trash"
    file_manager_name = "Finder"
    ignores_case = True
    has_freedesktop_trash = False

    mount_globs = ("/Volumes/*",)

    def pictures_folders(self, home: Path) -> Iterator[Path]:
        yield home / "Pictures"

    def rename_exclusively(self, source: str, target: str) -> bool:
        return exclusive_rename.rename_with(exclusive_rename.macos_rename(), source, target)

    def can_reveal(self) -> bool:
        return True

    def reveal_commands(self, path: str) -> Sequence[Sequence[str] | str]:
        return [["open", "-R", path]]

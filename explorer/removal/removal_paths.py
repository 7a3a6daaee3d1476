"""Check which paths files in the library can have."""

from __future__ import annotations

import os

from explorer.library.paths import printable
from explorer.library.system_folders import system_folder_of_file
from explorer.removal.checked_files import RemovalRefused


def is_possible_path(path: str) -> bool:
    """Whether a file can have this path: NUL and unpaired surrogates cannot be in one."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def resolve_folder(path: str) -> str:
    """The path with links in its folder resolved; the file itself may be a link and stays one."""
    return os.path.realpath(os.path.dirname(path)) + os.sep + os.path.basename(path)


def require_normalized(path: str, what: str) -> None:
    """Raise RemovalRefused if the library cannot know a file by this path: where `..` leads depends
    on links. what: names the file in the message, as in “it”."""
    if not is_possible_path(path) or os.path.normpath(path) != path:
        raise RemovalRefused(
            f"{what} is not in the library by this path: write it without “..”, “.” and “//”"
        )


def require_outside_stores(path: str, what: str) -> None:
    """Raise RemovalRefused if a file is in a folder that the system or another program manages,
    such as a recycle bin, by its path as given or as resolved. what: names the file in the
    message."""
    if store := system_folder_of_file(path) or system_folder_of_file(resolve_folder(path)):
        raise RemovalRefused(f"{what} is in {printable(store)}")

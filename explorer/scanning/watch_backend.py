"""The interface between the watcher and an operating system's change events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

OnChange = Callable[[str, "str | None"], None]
"""Called with a folder and the name of the entry in it that changed. If the name is None, the
folder has to be scanned with all its subfolders."""


class RootWatch(Protocol):
    """The watches of one root. problem: why the root is not watched completely, in words."""

    problem: str | None

    @property
    def lost(self) -> bool:
        """Whether the root was deleted, moved or unmounted."""
        ...

    def close(self) -> None: ...


class WatchBackend(Protocol):
    """The change events of an operating system."""

    def watch(self, root: str, on_change: OnChange, excludes: Callable[[str], bool]) -> RootWatch:
        """Watch a root. excludes: whether an absolute folder and all its subfolders stay unwatched.

        Raises OSError if the root cannot be watched.
        """
        ...

    def close(self) -> None: ...

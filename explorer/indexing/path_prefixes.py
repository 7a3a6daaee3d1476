"""Test whether a path is inside any of many folders."""

from __future__ import annotations

from collections.abc import Iterable


def covered_by(path: str, folders: Iterable[str]) -> bool:
    """Whether a path, or one of its parents, is among these folders. All are relative, with `/`; ''
    is the root, which covers everything."""
    if not folders:
        return False
    names = folders if isinstance(folders, set) else set(folders)
    while path:
        if path in names:
            return True
        path = path.rpartition("/")[0]
    return "" in names

"""Make the demo's folder of sample photos once, and never overwrite anybody's changes to it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from explorer.config import data_dir
from explorer.demo.photograph_packages import packages_at_hand
from explorer.demo.photographs import PACKAGES
from explorer.demo.sample_files import SampleWriter
from explorer.errors import FolderError

# Increased when different files are made; a demo that nobody has changed is then rebuilt.
VERSION = 1
# A file in the photos folder. A name that begins with a dot is never taken for a photo.
MARKER = ".photo-explorer-demo.json"


def demo_dirs(library: Path | None) -> tuple[Path, Path]:
    """The demo's photos folder and library folder, side by side.

    library: the absolute path of the library to use; the photos folder is then beside it. If None,
    both are in the user-data folder.
    """
    if library is None:
        return data_dir() / "demo" / "photos", data_dir() / "demo" / "library"
    return library.parent / f"{library.name}-photos", library


def make_demo(photos: Path, progress: Callable[[str], None], offline: bool = False) -> int:
    """Make the sample photos if they are not there yet; returns the number of files.

    They appear all at once or not at all. A folder that holds anything else, or in which somebody
    changed, added or deleted a file, is left as it is. Photographs that no installed package has
    are fetched. Raises FolderError if the folder cannot be written, and ExplorerError if
    photographs cannot be fetched or, with `offline`, would have to be.
    """
    try:
        if not _wanted(photos):
            return len(_listing(photos))
        photos.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(photos.with_name(f".{photos.name}.lock")):
            if _wanted(photos):
                _put(photos, progress, offline)
        return len(_listing(photos))
    except OSError as error:
        raise FolderError(
            f"the sample photos cannot be created in {photos}: {error.strerror or error}"
        ) from error


def _wanted(photos: Path) -> bool:
    """Whether the photos have to be made: there is nothing yet, or an older demo that nobody
    changed."""
    if not photos.exists():
        return True
    try:
        marker = json.loads((photos / MARKER).read_text(encoding="utf-8"))
        return int(marker["version"]) < VERSION and marker["files"] == _listing(photos)
    except FileNotFoundError:
        return not any(photos.iterdir())
    except (ValueError, TypeError, KeyError):
        return False


def _listing(photos: Path) -> dict[str, list[int]]:
    """The size and modification time (ns) of every file but the marker, by its path in the
    folder."""
    found = {
        file.relative_to(photos).as_posix(): file.stat()
        for file in sorted(photos.rglob("*"))
        if file.is_file()
    }
    return {
        path: [facts.st_size, facts.st_mtime_ns] for path, facts in found.items() if path != MARKER
    }


def _put(photos: Path, progress: Callable[[str], None], offline: bool) -> None:
    scratch = photos.with_name(f".{photos.name}.part")
    shutil.rmtree(scratch, ignore_errors=True)
    made = scratch / "made"
    made.mkdir(parents=True)
    try:
        with packages_at_hand(PACKAGES, scratch / "packages", progress, offline):
            progress(f"Making the sample photos in {photos}")
            SampleWriter(made).make()
        (made / MARKER).write_text(
            json.dumps({"version": VERSION, "files": _listing(made)}), encoding="utf-8"
        )
        if photos.exists():
            photos.rename(scratch / "before")
        made.rename(photos)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)

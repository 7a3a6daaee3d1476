"""The Hugging Face cache, which is shared with other programs: files found there are used, and
downloads are stored there.

The layout follows the cache guide of `huggingface_hub`: `models--OWNER--NAME/blobs/CHECKSUM` holds
the content, `snapshots/COMMIT/FILE` links to it, and `refs/main` names the commit.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from pathlib import Path

from explorer.systems.this_system import this_system

_COMMIT = re.compile(r"[0-9a-f]{7,64}")


def cache_dir() -> Path:
    """The folder of the cache: `HF_HUB_CACHE` if it is set, else a folder in `HF_HOME`, else one in
    the user's cache folder."""
    chosen = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    home = os.environ.get("HF_HOME")
    if home:
        return Path(home).expanduser() / "hub"
    caches = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(caches).expanduser() / "huggingface" / "hub"


def _repository_dir(repository: str) -> Path:
    return cache_dir() / f"models--{repository.replace('/', '--')}"


def find(repository: str, file: str) -> Path | None:
    """The path of a file on a repository's branch `main`; None if it is not in the cache."""
    folder = _repository_dir(repository)
    try:
        commit = (folder / "refs" / "main").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    path = folder / "snapshots" / commit / file
    return path if _COMMIT.fullmatch(commit) and path.is_file() else None


def store(repository: str, file: str, content: Path, *, commit: str, checksum: str) -> Path | None:
    """Move a complete file into the cache and return its path there.

    Returns None, and leaves the file where it is, if the commit or checksum is not a hexadecimal
    number. Raises OSError, for example if the disk is full.
    """
    if not _COMMIT.fullmatch(commit) or not _COMMIT.fullmatch(checksum):
        return None
    folder = _repository_dir(repository)
    blob, path = folder / "blobs" / checksum, folder / "snapshots" / commit / file
    for each in (blob.parent, path.parent, folder / "refs"):
        each.mkdir(parents=True, exist_ok=True)
    if not blob.exists():
        # Across disks this copies, and an interrupted copy must not have the blob's name.
        scratch = blob.with_name(f"{checksum}.{os.getpid()}.incomplete")
        try:
            shutil.move(content, scratch)
            this_system().replace(scratch, blob)
        finally:
            scratch.unlink(missing_ok=True)
    else:
        content.unlink()
    if not path.exists():
        path.unlink(missing_ok=True)
        try:
            path.symlink_to(os.path.relpath(blob, path.parent))
        except OSError:
            # Some Windows users cannot make links; the snapshot then holds the file itself.
            this_system().replace(blob, path)
    reference = folder / "refs" / "main"
    scratch = reference.with_name(f"main.{os.getpid()}.part")
    scratch.write_text(commit, encoding="ascii")
    this_system().replace(scratch, reference)
    return path


def remove(repository: str, file: str) -> int:
    """Delete a repository's file from the cache, and thus for every program that uses it. Returns
    the number of bytes freed."""
    path, freed = find(repository, file), 0
    if path is not None:
        folder, blob = _repository_dir(repository), path.resolve()
        others = [each for each in folder.glob("snapshots/*/**/*") if each != path]
        with contextlib.suppress(OSError):
            # A target outside the cache belongs to someone else.
            inside = blob.parent == (folder / "blobs").resolve()
            if not path.is_symlink():
                freed = path.stat().st_size
            elif inside and not any(each.resolve() == blob for each in others):
                freed = blob.stat().st_size
                blob.unlink()
            path.unlink()
    return freed

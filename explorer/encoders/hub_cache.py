"""The Hugging Face cache: model files that are already there are used, and downloads are left there
for other programs.

Its layout is that of `huggingface_hub`'s cache guide: `models--OWNER--NAME/blobs/CHECKSUM` has the
content, `snapshots/COMMIT/FILE` links to it, and `refs/main` names the commit.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from pathlib import Path

_COMMIT = re.compile(r"[0-9a-f]{7,64}")


def cache_dir() -> Path:
    """The cache's folder: `HF_HUB_CACHE`, else below `HF_HOME`, else below the user's cache
    folder."""
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
    """The file of a repository's branch `main`, if it is in the cache, whoever fetched it."""
    folder = _repository_dir(repository)
    try:
        commit = (folder / "refs" / "main").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    path = folder / "snapshots" / commit / file
    return path if _COMMIT.fullmatch(commit) and path.is_file() else None


def store(repository: str, file: str, content: Path, *, commit: str, checksum: str) -> Path | None:
    """Move a complete file into the cache; its path there, or None where the commit or the checksum
    is not of a form that the cache knows. Raises OSError, as on a full disk."""
    if not _COMMIT.fullmatch(commit) or not _COMMIT.fullmatch(checksum):
        return None
    folder = _repository_dir(repository)
    blob, path = folder / "blobs" / checksum, folder / "snapshots" / commit / file
    for each in (blob.parent, path.parent, folder / "refs"):
        each.mkdir(parents=True, exist_ok=True)
    if not blob.exists():
        # On another disk this copies, and a copy that is cut off must not have the blob's name.
        scratch = blob.with_name(f"{checksum}.{os.getpid()}.incomplete")
        try:
            shutil.move(content, scratch)
            scratch.replace(blob)
        finally:
            scratch.unlink(missing_ok=True)
    else:
        content.unlink()
    if not path.exists():
        path.unlink(missing_ok=True)
        try:
            path.symlink_to(os.path.relpath(blob, path.parent))
        except OSError:
            # Windows allows links only to some users; the cache then has the file itself there.
            blob.replace(path)
    reference = folder / "refs" / "main"
    scratch = reference.with_name(f"main.{os.getpid()}.part")
    scratch.write_text(commit, encoding="ascii")
    scratch.replace(reference)
    return path


def remove(repository: str, file: str) -> int:
    """Delete a file of a repository from the cache, for every program that uses it; the number of
    bytes that this frees."""
    path, freed = find(repository, file), 0
    if path is not None:
        folder, blob = _repository_dir(repository), path.resolve()
        others = [each for each in folder.glob("snapshots/*/**/*") if each != path]
        with contextlib.suppress(OSError):
            # What a link leads to elsewhere belongs to someone else.
            inside = blob.parent == (folder / "blobs").resolve()
            if not path.is_symlink():
                freed = path.stat().st_size
            elif inside and not any(each.resolve() == blob for each in others):
                freed = blob.stat().st_size
                blob.unlink()
            path.unlink()
    return freed

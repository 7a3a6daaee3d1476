"""The names of the files of vector indexes (`vectors.py`)."""

from __future__ import annotations

from pathlib import Path


def file_stem(name: str, version: str) -> str:
    """The beginning of the file names of an encoder's index. The version keeps them distinct:
    encoders' names may contain `/` and `:`."""
    safe = "".join(c if c.isalnum() or c in "._" else "_" for c in name)[-60:]
    return f"{safe}-{version}"


def index_files(folder: Path, name: str, version: str) -> list[Path]:
    """The files of an encoder's index."""
    stem = file_stem(name, version)
    return [folder / f"{stem}.json", *folder.glob(f"{stem}-*.faiss")]

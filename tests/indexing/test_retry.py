from __future__ import annotations

from pathlib import Path

import pytest

from explorer.indexing import retry
from explorer.indexing.once import index_folders
from explorer.library.library import Library
from tests import pictures
from tests.tiny import Tiny


def _run(library: Library, folder: Path, *, again: bool = False) -> int:
    """Files that went through a decoder."""
    read = []
    index_folders(library, [str(folder)], Tiny(), lambda progress: read.append(0 if progress.stage else progress.done), retry_failed=again)
    return max(read)


def test_a_failed_file_is_read_again_on_request_and_after_an_upgrade_and_else_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "100%_[a]"
    pictures.write(folder / "good.jpg", pictures.draw(1))
    (folder / "bad.jpg").write_bytes(b"no photo")
    library = Library.open(tmp_path / "library")
    try:
        assert _run(library, folder) == 2
        assert _run(library, folder) == 0
        assert _run(library, folder, again=True) == 1
        assert _run(library, folder) == 0
        monkeypatch.setattr(retry, "reader", lambda: "one that reads more")
        assert _run(library, folder) == 1
        assert _run(library, folder) == 0
        assert [row["reason"] for row in library.catalog.failures()] == ["it is text, not a photo"]
    finally:
        library.close()

"""What other users of the machine may see of a library: nothing."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.config import PROJECT, data_dir
from explorer.library import permissions
from explorer.library.library import Library
from explorer.library.permissions import make_private, narrow_umask, user_umask
from explorer.library.stores.setting_store import put_setting

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no permission bits")


@pytest.fixture(autouse=True)
def _umask(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As most systems set it."""
    monkeypatch.setattr(permissions, "_at_start", None)
    old = os.umask(0o022)
    yield
    os.umask(old)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def write(path: Path, bits: int = 0o644) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"something")
    path.chmod(bits)
    return path


def older(folder: Path) -> list[Path]:
    """A library as earlier releases left it."""
    names = (
        "catalog.db", "catalog.db-wal", "catalog.db-shm", "worker.lock", "app.address",
        "removals.jsonl", "previews/ab/abc.jpg",
        "vectors/starter-1.faiss", "vectors/starter.json", "examples/0123.jpg",
        "examples/0123.json", "screens/ab/abc.webp", "relevance/starter.npz", "regions/0123.jpg",
    )  # fmt: skip
    files = [write(folder / name) for name in names]
    for each in (folder, *folder.rglob("*")):
        if each.is_dir():
            each.chmod(0o755)
    return files


def test_everything_that_is_put_into_a_library_is_known() -> None:
    """A library with an unknown entry is not made private as a whole."""
    opened = r'(?:\bfolder|\blibrary\.dir|\blibrary\(\)\.dir|\bself\.dir) / "([^"]+)"'
    put = {
        name
        for package in ("cli", "indexing", "library", "removal", "search", "ui")
        for path in (PROJECT / "explorer" / package).rglob("*.py")
        for name in re.findall(opened, path.read_text(encoding="utf-8"))
    }
    assert {"catalog.db", "previews", "screens", "relevance", "regions", "removed"} <= put
    unknown = {name for name in put if not permissions._matches(name, permissions._ENTRIES)}
    assert not unknown


def test_a_new_library_is_accessible_only_to_its_owner(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "library")
    put_setting(library.catalog, "pace", "full")
    library.previews.write("ab" * 16, b"jpeg")
    with library.lock():
        modes = {
            path.relative_to(tmp_path).as_posix(): mode(path)
            for path in (library.dir, *library.dir.rglob("*"))
        }
    library.close()
    assert modes["library"] == 0o700 and modes["library/previews"] == 0o700
    assert len(modes) > 5 and all(not bits & 0o077 for bits in modes.values()), modes


def test_opening_an_older_library_restricts_its_permissions(tmp_path: Path) -> None:
    files = older(tmp_path / "library")
    make_private(tmp_path / "library")
    assert {mode(path) for path in files} == {0o600}
    assert {
        mode(path)
        for path in (tmp_path / "library", *(tmp_path / "library").rglob("*"))
        if path.is_dir()
    } == {0o700}


def test_opening_a_library_restricts_its_permissions(tmp_path: Path) -> None:
    Library.open(tmp_path / "library").close()
    (tmp_path / "library").chmod(0o755)
    (tmp_path / "library" / "catalog.db").chmod(0o644)
    Library.open(tmp_path / "library").close()
    assert (
        mode(tmp_path / "library") == 0o700 and mode(tmp_path / "library" / "catalog.db") == 0o600
    )


def test_owner_permissions_are_unchanged(tmp_path: Path) -> None:
    kept = write(tmp_path / "library" / "removals.jsonl", 0o444)
    make_private(tmp_path / "library")
    assert mode(kept) == 0o400


def test_an_interrupted_restriction_is_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, chmod, left = older(tmp_path / "library"), os.chmod, [4]

    def cut(path: str, bits: int) -> None:
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        chmod(path, bits)

    monkeypatch.setattr(os, "chmod", cut)
    with pytest.raises(KeyboardInterrupt):
        make_private(tmp_path / "library")
    monkeypatch.setattr(os, "chmod", chmod)
    make_private(tmp_path / "library")
    assert {mode(path) for path in files} == {0o600} and mode(
        tmp_path / "library" / "previews"
    ) == 0o700


def test_other_files_in_the_folder_are_unchanged(tmp_path: Path) -> None:
    older(tmp_path / "mixed")
    photo = write(tmp_path / "mixed" / "holiday" / "photo.jpg")
    photo.parent.chmod(0o755)
    make_private(tmp_path / "mixed")
    assert (mode(tmp_path / "mixed"), mode(photo), mode(photo.parent)) == (0o755, 0o644, 0o755)
    assert (mode(tmp_path / "mixed" / "previews"), mode(tmp_path / "mixed" / "catalog.db")) == (
        0o700,
        0o600,
    )


def test_files_left_by_file_managers_do_not_prevent_the_restriction(tmp_path: Path) -> None:
    older(tmp_path / "library")
    write(tmp_path / "library" / ".DS_Store")
    make_private(tmp_path / "library")
    assert mode(tmp_path / "library") == 0o700


def test_removed_photos_keep_their_permissions_in_a_restricted_folder(tmp_path: Path) -> None:
    photo = write(tmp_path / "library" / "removed" / "photo.jpg", 0o664)
    photo.parent.chmod(0o755)
    make_private(tmp_path / "library")
    assert mode(photo) == 0o664 and mode(photo.parent) == 0o700


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside" / "photo.jpg")
    outside.parent.chmod(0o755)
    previews = tmp_path / "library" / "previews"
    previews.mkdir(parents=True)
    previews.chmod(0o755)
    (previews / "link.jpg").symlink_to(outside)
    (previews / "folder").symlink_to(outside.parent)
    (tmp_path / "library" / "vectors").symlink_to(outside.parent)
    make_private(tmp_path / "library")
    assert mode(outside) == 0o644 and mode(outside.parent) == 0o755


def test_a_missing_folder_is_not_an_error(tmp_path: Path) -> None:
    make_private(tmp_path / "nowhere")


def test_files_of_another_user_are_not_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older(tmp_path / "library")

    def refuse(path: str, bits: int) -> None:
        raise PermissionError(1, "not the owner", path)

    monkeypatch.setattr(os, "chmod", refuse)
    make_private(tmp_path / "library")
    assert mode(tmp_path / "library" / "catalog.db") == 0o644


def test_the_models_folder_is_restricted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permissions, "data_dir", lambda: tmp_path / "data")
    write(tmp_path / "data" / "models" / "weights")
    (tmp_path / "data").chmod(0o755)
    make_private(tmp_path / "elsewhere")
    assert mode(tmp_path / "data") == 0o700
    assert data_dir().name == "photo-explorer"


def test_the_umask_is_narrowed_and_the_original_remembered() -> None:
    assert user_umask() == 0o022 and os.umask(0o022) == 0o022
    narrow_umask()
    narrow_umask()
    assert user_umask() == 0o022
    assert os.umask(0o022) == 0o077


def test_indexing_creates_only_restricted_files(tmp_path: Path) -> None:
    """The whole command in a process of its own, on a library that was open."""
    library, photos = tmp_path / "library", tmp_path / "photos"
    library.mkdir(mode=0o755)
    photos.mkdir()
    command = [
        sys.executable,
        str(PROJECT / "run.py"),
        "--library",
        str(library),
        "exclude",
        str(photos),
    ]
    ended = subprocess.run(command, capture_output=True, umask=0o022, cwd=PROJECT, check=False)
    assert ended.returncode == 1, ended.stderr
    Library.open(library).close()
    ended = subprocess.run(command, capture_output=True, umask=0o022, cwd=PROJECT, check=False)
    assert [path for path in (library, *library.rglob("*")) if mode(path) & 0o077] == []

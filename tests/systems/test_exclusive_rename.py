"""Renaming in one step that replaces nothing."""

from __future__ import annotations

import ctypes
import errno
import sys
from pathlib import Path
from typing import Any

import pytest

from explorer.systems import exclusive_rename
from explorer.systems.linux import Linux
from explorer.systems.macos import MacOS

linux = pytest.mark.skipif(
    sys.platform != "linux" or exclusive_rename.linux_rename() is None, reason="renameat2 of Linux"
)
rename_exclusively = Linux().rename_exclusively


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "ä.jpg"
    path.write_text("photo")
    return path


def answering(monkeypatch: pytest.MonkeyPatch, result: int, code: int = 0) -> list[tuple[Any, ...]]:
    """Have the system call answer that; gives what it is asked."""
    asked = list[tuple[Any, ...]]()

    def call(*given: Any) -> int:
        asked.append(given)
        ctypes.set_errno(code)
        return result

    monkeypatch.setattr(exclusive_rename, "linux_rename", lambda: call)
    return asked


@linux
def test_the_file_has_only_its_new_name(photo: Path, tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    assert rename_exclusively(str(photo), str(tmp_path / "to/b.jpg"))
    assert not photo.exists() and (tmp_path / "to/b.jpg").read_text() == "photo"


@linux
@pytest.mark.parametrize("what", ["file", "link"])
def test_an_existing_file_is_kept(photo: Path, tmp_path: Path, what: str) -> None:
    there = tmp_path / "b.jpg"
    if what == "file":
        there.write_text("a stranger's")
    else:
        there.symlink_to("nowhere")
    with pytest.raises(FileExistsError) as caught:
        rename_exclusively(str(photo), str(there))
    assert (caught.value.filename, caught.value.filename2) == (str(photo), str(there))
    assert photo.read_text() == "photo" and (
        there.is_symlink() or there.read_text() == "a stranger's"
    )


@linux
def test_relative_paths_are_relative_to_the_working_directory(
    photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(photo.parent)
    assert rename_exclusively("ä.jpg", "b.jpg") and (photo.parent / "b.jpg").read_text() == "photo"


@pytest.mark.parametrize("code", [errno.ENOSYS, errno.EINVAL, errno.ENOTSUP])
def test_an_unsupported_system_says_so(
    photo: Path, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(monkeypatch, -1, code)
    assert rename_exclusively(str(photo), str(photo) + "2") is False and len(asked) == 1
    monkeypatch.setattr(exclusive_rename, "linux_rename", lambda: None)
    assert rename_exclusively(str(photo), str(photo) + "2") is False


@pytest.mark.parametrize("code", [errno.EIO, errno.EACCES, errno.ENOENT, errno.EXDEV])
def test_any_other_failure_is_an_error(
    photo: Path, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, -1, code)
    with pytest.raises(OSError) as caught:
        rename_exclusively(str(photo), str(photo) + "2")
    assert caught.value.errno == code


class CLibrary:
    """One that has the calls of both systems, and notes how they are called."""

    def __init__(self) -> None:
        self.asked = list[tuple[Any, ...]]()

    def renameat2(self, *given: Any) -> int:
        self.asked.append(given)
        return 0

    renamex_np = renameat2


def test_the_calls_get_what_their_manuals_say(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = CLibrary()
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: library)
    for system, call in (
        (Linux(), exclusive_rename.linux_rename),
        (MacOS(), exclusive_rename.macos_rename),
    ):
        monkeypatch.setattr(exclusive_rename, call.__name__, call.__wrapped__)
        assert system.rename_exclusively("a", "ä")
    # AT_FDCWD and RENAME_NOREPLACE; RENAME_EXCL.
    assert library.asked == [(-100, b"a", -100, "ä".encode(), 1), (b"a", "ä".encode(), 4)]


def test_old_c_libraries_lack_the_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: object())
    for call in (exclusive_rename.linux_rename, exclusive_rename.macos_rename):
        assert call.__wrapped__() is None

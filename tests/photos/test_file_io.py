from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.errors import PhotoError
from explorer.photos import file_io
from explorer.photos.file_io import (
    open_regular,
    read_at_most,
    read_file,
    read_with_stat,
    why_not_regular,
)
from tests.systems.simulated import run_on


def test_a_file_is_read_with_its_stat_after_the_last_byte(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 100)
    data, facts = read_with_stat(path)
    assert data == b"x" * 100 == read_file(path) and (facts.st_size, facts.st_mtime_ns) == (
        100,
        path.stat().st_mtime_ns,
    )


def test_large_files_are_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_io, "_CHUNK", 3)
    (tmp_path / "a").write_bytes(bytes(range(10)))
    assert read_file(tmp_path / "a") == bytes(range(10))


def test_a_small_file_is_refused_above_its_limit(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert read_at_most(tmp_path / "a", 5) == b"12345"
    with pytest.raises(PhotoError, match="more than 4 bytes"):
        read_at_most(tmp_path / "a", 4)
    for absent in (tmp_path / "b", tmp_path / "a" / "b"):
        with pytest.raises(FileNotFoundError):
            read_at_most(absent, 5)
        with pytest.raises(PhotoError, match="no longer exists"):
            read_file(absent)


def test_a_file_is_closed_once_it_is_read(tmp_path: Path) -> None:
    """A server that leaks descriptors can open no more files after a few thousand photos."""
    (tmp_path / "a").write_bytes(b"x")
    with open_regular(tmp_path / "a") as (handle, _):
        os.fstat(handle)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(handle)
    with pytest.raises(PhotoError), open_regular(tmp_path / "a") as (failing, _):
        raise OSError(5, "Input/output error")
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(failing)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes and devices there")
@pytest.mark.parametrize("kind", ["pipe", "device", "link", "folder"])
def test_only_regular_files_are_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    path = tmp_path / "a"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to("/dev/zero")
    else:
        path = Path("/dev/zero")
    monkeypatch.setattr(os, "open", lambda *_: pytest.fail("it was opened"))
    for read in (read_file, lambda path: read_at_most(path, 5)):
        with pytest.raises(
            PhotoError, match="a folder" if kind == "folder" else "not a regular file"
        ):
            read(path)
    assert (
        why_not_regular(path.stat()) is not None and why_not_regular(Path(__file__).stat()) is None
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes there")
def test_a_pipe_that_replaces_a_file_does_not_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x")
    real, closed, swapped = os.stat, list[int](), list[Path]()
    close = os.close

    def stat(*args: object, **options: object) -> os.stat_result:
        facts = real(*args, **options)  # type: ignore[arg-type]
        if not swapped:
            swapped.append(path)
            path.unlink()
            os.mkfifo(path)
        return facts

    monkeypatch.setattr(os, "stat", stat)
    monkeypatch.setattr(os, "close", lambda handle: (closed.append(handle), close(handle)))
    with pytest.raises(PhotoError, match="not a regular file"):
        read_file(path)
    assert len(closed) == 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(13, "Permission denied"), "not allowed to read"),
        (OSError(5, "Input/output error"), r"from its drive \(Input/output error\)"),
        (NotADirectoryError(20, "Not a directory"), "no longer exists"),
    ],
)
def test_reasons_are_in_plain_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, words: str
) -> None:
    (tmp_path / "a").write_bytes(b"x")

    def fail(*_: object) -> int:
        raise error

    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(PhotoError, match=words):
        read_file(tmp_path / "a")


@pytest.mark.parametrize(("number", "busy"), [(32, True), (33, True), (5, False)])
def test_a_file_that_another_program_has_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, busy: bool
) -> None:
    (tmp_path / "a").write_bytes(b"x")
    error = PermissionError(13, "The process cannot access the file")
    error.winerror = number  # type: ignore[attr-defined]

    def fail(*_: object) -> int:
        raise error

    monkeypatch.setattr(os, "open", fail)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    run_on(monkeypatch, "windows")
    with pytest.raises(PhotoError, match="another program is using it" if busy else "not allowed"):
        read_file(tmp_path / "a")


def test_errors_in_the_block_are_errors_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    with (
        pytest.raises(PhotoError, match="could not be read from its drive"),
        open_regular(tmp_path / "a") as (handle, facts),
    ):
        assert facts.st_size == 1 and os.read(handle, 9) == b"x"
        raise OSError(5, "Input/output error")

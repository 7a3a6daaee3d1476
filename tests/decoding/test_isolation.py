"""What a bad file cannot do: block its reader, grow without end, decode forever, or have invalid
answers accepted."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from explorer.decoding import decode_server
from explorer.decoding.decode_result import DecodeJob
from explorer.decoding.pool import DecodePool
from explorer.errors import PhotoError
from explorer.photos import limits
from explorer.photos.containers.content_reader import read_contents
from explorer.photos.containers.contents import NOTHING_PACKED, FileContents
from explorer.photos.file_io import read_file, read_with_stat
from explorer.photos.input_spec import InputSpec
from tests import pictures
from tests.containers import film
from tests.pictures import draw, encoded

SPEC = InputSpec(32, "squash", "bilinear")
unix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


@unix
@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "link to a device", "folder", "loop"])
def test_a_special_file_is_rejected_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    path = tmp_path / "a.jpg"
    with socket.socket(socket.AF_UNIX) as held:
        if kind == "pipe":
            os.mkfifo(path)
        elif kind == "socket":
            # A socket's path must be short.
            monkeypatch.chdir(tmp_path)
            held.bind(path.name)
        elif kind == "device":
            path = Path("/dev/zero")
        elif kind == "link to a device":
            path.symlink_to("/dev/zero")
        elif kind == "loop":
            path.symlink_to(path)
        else:
            path.mkdir()
        with pytest.raises(PhotoError) as refused:
            read_file(path)
    assert ("not a regular file" in str(refused.value)) == (kind not in ("folder", "loop"))


@unix
def test_a_pipe_that_replaces_a_file_after_the_check_does_not_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"x")
    ordinary = path.stat()
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr(os, "stat", lambda _: ordinary)
    with pytest.raises(PhotoError, match="not a regular file"):
        read_file(path)


def test_a_file_that_keeps_growing_is_read_up_to_its_initial_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, real = tmp_path / "a.jpg", os.read
    path.write_bytes(bytes(1000))

    def read(handle: int, number: int) -> bytes:
        with path.open("ab") as file:
            file.write(bytes(500))
        return real(handle, min(number, 100))

    monkeypatch.setattr(os, "read", read)
    data, facts = read_with_stat(path)
    assert len(data) == 1000 < facts.st_size


def test_a_file_that_changes_while_it_is_read_has_no_valid_size(tmp_path: Path) -> None:
    path = pictures.write(tmp_path / "a.jpg", pictures.draw(1))
    code = (
        "import explorer.decoding.decode_server as child, os; real = child.read_with_stat\n"
        "def changed(path):\n    data, facts = real(path); return data[:-1], facts\n"
        "child.read_with_stat = changed; child.main()"
    )
    with DecodePool(1, SPEC, command=(sys.executable, "-c", code)) as pool:
        (result,) = pool.run([DecodeJob(str(path), 0.0)], lambda _: True)
    assert (result.size, result.error) == (-1, None)


@unix
def test_a_decoder_in_an_endless_loop_is_stopped_and_the_next_file_is_decoded(
    tmp_path: Path,
) -> None:
    busy, good = (
        pictures.write(tmp_path / "busy.jpg", pictures.draw(1)),
        pictures.write(tmp_path / "good.jpg", pictures.draw(2)),
    )
    code = (
        "import explorer.decoding.decode_server as child; real = child.decode\n"
        "def decode(data, spec, mtime=None, name=''):\n"
        "    while 'busy' in name: pass\n"
        "    return real(data, spec, mtime=mtime, name=name)\n"
        "child.decode = decode; child.main()"
    )
    with DecodePool(1, SPEC, command=(sys.executable, "-c", code), cpu_timeout=1.0) as pool:
        results = {
            Path(result.job.path).name: result
            for result in pool.run(
                [DecodeJob(str(busy), 0.0), DecodeJob(str(good), 0.0)], lambda _: False
            )
        }
    assert "too long" in (results["busy.jpg"].error or "")
    assert results["good.jpg"].photo is not None


def test_large_files_get_more_processor_time() -> None:
    with DecodePool(1, SPEC, cpu_timeout=10.0) as pool:
        assert pool._limits(0)["seconds"] == 10.0
        assert pool._limits(100_000_000)["seconds"] == 110.0


def test_an_encoder_input_of_the_wrong_size_is_rejected(tmp_path: Path) -> None:
    path = pictures.write(tmp_path / "a.jpg", pictures.draw(1))
    code = (
        "import explorer.decoding.decode_server as server, dataclasses; real = server.decode\n"
        "def larger(data, spec, **more):\n"
        "    return real(data, dataclasses.replace(spec, size=spec.size + 1), **more)\n"
        "server.decode = larger; server.main()"
    )
    with DecodePool(1, SPEC, command=(sys.executable, "-c", code)) as pool:
        (result,) = pool.run([DecodeJob(str(path), 0.0)], lambda _: False)
    assert result.error == "the decoder crashed on this file"


def test_free_memory_respects_the_limit_of_a_container(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in (
        ("memory.max", "1000000000\n"),
        ("memory.current", "900000000\n"),
        ("memory.stat", "anon 5\nfile 300000000\n"),
    ):
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(limits, "_CGROUP", tmp_path)
    assert limits.free_memory() == min(400_000_000, limits._free_on_machine())
    (tmp_path / "memory.max").write_text("max\n")
    assert limits._free_in_cgroup() == sys.maxsize


def test_the_contents_of_a_file_are_listed_but_not_those_of_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded(draw(1)) + film()
    (tmp_path / "a.jpg").write_bytes(data)
    with DecodePool(1, None) as pool:
        (result,) = pool.run([DecodeJob(str(tmp_path / "a.jpg"), 0.0)], lambda digest: False)
        assert (
            result.photo is not None
            and result.photo.contents == read_contents(data).packed() != NOTHING_PACKED
        )
        assert pool.decode_bytes(data).contents is None

    def short(data: bytes) -> FileContents:
        raise MemoryError

    # Then they are unknown, and the file is read again another time.
    monkeypatch.setattr(decode_server, "read_contents", short)
    assert decode_server._packed_contents(data) is None

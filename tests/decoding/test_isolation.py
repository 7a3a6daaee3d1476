"""What a file cannot do to the rest: keep its reader waiting, grow without end, run on for ever, or
have its decoder believed."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from explorer.decoding import decode_server, protocol
from explorer.decoding.decode_result import DecodeJob
from explorer.decoding.pool import DecodePool
from explorer.errors import PhotoError
from explorer.photos import file_io, limits
from explorer.photos.containers.content_reader import read_contents
from explorer.photos.containers.contents import NOTHING_PACKED, FileContents
from explorer.photos.decode import decode
from explorer.photos.file_io import read_file, read_with_stat
from explorer.photos.input_spec import InputSpec
from tests import pictures
from tests.containers import film
from tests.pictures import draw, encoded

SPEC = InputSpec(32, "squash", "bilinear")
unix = pytest.mark.skipif(sys.platform == "win32", reason="there are no such files there")


@unix
@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "link to a device", "folder", "loop"])
def test_what_is_no_ordinary_file_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    path = tmp_path / "a.jpg"
    with socket.socket(socket.AF_UNIX) as held:
        if kind == "pipe":
            os.mkfifo(path)
        elif kind == "socket":
            # A socket's whole path may not be long.
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
    assert ("no ordinary file" in str(refused.value)) == (kind not in ("folder", "loop"))


@unix
def test_a_pipe_that_takes_a_files_place_after_the_look_does_not_hold_anyone_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"x")
    ordinary = path.stat()
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr(file_io.os, "stat", lambda _: ordinary)
    with pytest.raises(PhotoError, match="no ordinary file"):
        read_file(path)


def test_a_file_that_grows_without_end_is_read_to_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, real = tmp_path / "a.jpg", os.read
    path.write_bytes(bytes(1000))

    def read(handle: int, number: int) -> bytes:
        with path.open("ab") as file:
            file.write(bytes(500))
        return real(handle, min(number, 100))

    monkeypatch.setattr(file_io.os, "read", read)
    data, facts = read_with_stat(path)
    assert len(data) == 1000 < facts.st_size


def test_a_file_that_changes_while_it_is_read_is_told_apart(tmp_path: Path) -> None:
    """As the pool sees it: the size is not the file's own, so it is looked at again."""
    path = pictures.write(tmp_path / "a.jpg", pictures.draw(1))
    code = (
        "import explorer.decoding.decode_server as child, os; real = child.read_with_facts\n"
        "def changed(path):\n    data, facts = real(path); return data[:-1], facts\n"
        "child.read_with_facts = changed; child.main()"
    )
    with DecodePool(1, SPEC, command=(sys.executable, "-c", code)) as pool:
        (outcome,) = pool.run([DecodeJob(str(path), 0.0)], lambda _: True)
    assert (outcome.size, outcome.error) == (-1, None)


@unix
def test_a_decoder_that_never_comes_to_an_end_is_stopped_and_the_next_file_is_read(
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
        outcomes = {
            Path(o.job.path).name: o
            for o in pool.run(
                [DecodeJob(str(busy), 0.0), DecodeJob(str(good), 0.0)], lambda _: False
            )
        }
    assert "too long" in (outcomes["busy.jpg"].error or "")
    assert outcomes["good.jpg"].photo is not None


def test_large_files_are_given_more_time() -> None:
    with DecodePool(1, SPEC, cpu_timeout=10.0) as pool:
        assert pool._limits(0)["seconds"] == 10.0
        assert pool._limits(100_000_000)["seconds"] == 110.0


@pytest.mark.parametrize(
    "lie",
    [
        {"width": 0}, {"height": -1}, {"width": 1 << 40}, {"frames": "2"}, {"width": None}, {"latitude": float("nan")},
        {"iso": float("inf")}, {"camera": "half \ud800 a pair"}, {"lens": "a\0b"}, {"camera": "x" * 5000}, {"camera": 7}, {"phash": "00"},
        {"phash": "no"}, {"preview": 3}, {"side": 31}, {"side": -1}, {"surplus": 1}, {"damaged": ["x"]}, {"f_number": "4"},
        {"taken_precision": "hour"}, {"taken_precision": 7},
    ],
)  # fmt: skip
def test_a_decoder_that_was_led_astray_is_not_believed(lie: dict[str, Any]) -> None:
    facts, body = protocol.pack(decode(pictures.encoded(pictures.draw(1)), SPEC))
    protocol.unpack(dict(facts), body)
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        protocol.unpack(facts | lie, body)


def test_an_input_of_another_size_is_not_passed_on(tmp_path: Path) -> None:
    path = pictures.write(tmp_path / "a.jpg", pictures.draw(1))
    code = (
        "import explorer.decoding.decode_server as child, dataclasses; real = child.decode\n"
        "child.decode = lambda data, spec, **more: real(data, dataclasses.replace(spec, size=spec.size + 1), **more); child.main()"
    )
    with DecodePool(1, SPEC, command=(sys.executable, "-c", code)) as pool:
        (outcome,) = pool.run([DecodeJob(str(path), 0.0)], lambda _: False)
    assert outcome.error == "the decoder crashed on this file"


def test_a_container_leaves_less_than_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in (
        ("memory.max", "1000000000\n"),
        ("memory.current", "900000000\n"),
        ("memory.stat", "anon 5\nfile 300000000\n"),
    ):
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(limits, "_GROUP", tmp_path)
    assert limits.free_memory() == min(400_000_000, limits._free_on_machine())
    (tmp_path / "memory.max").write_text("max\n")
    assert limits._free_in_group() == sys.maxsize


def test_a_decoded_file_says_what_it_holds_and_bytes_need_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded(draw(1)) + film()
    (tmp_path / "a.jpg").write_bytes(data)
    with DecodePool(1, None) as pool:
        (outcome,) = pool.run([DecodeJob(str(tmp_path / "a.jpg"), 0.0)], lambda digest: False)
        assert (
            outcome.photo is not None
            and outcome.photo.contents == read_contents(data).packed() != NOTHING_PACKED
        )
        assert pool.decode_bytes(data).contents is None

    def short(data: bytes) -> FileContents:
        raise MemoryError

    # Then it is not known, and asked again another time.
    monkeypatch.setattr(decode_server, "read_contents", short)
    assert decode_server._packed_contents(data) is None


def test_contents_that_are_none_are_not_believed() -> None:
    header, body = protocol.pack(decode(pictures.encoded(pictures.draw(1)), SPEC))
    assert protocol.unpack(header | {"contents": NOTHING_PACKED}, body).contents == NOTHING_PACKED
    for contents in ("", "[]", 5, '{"parts": 5, "complete": true}'):
        with pytest.raises((TypeError, ValueError)):
            protocol.unpack(header | {"contents": contents}, body)

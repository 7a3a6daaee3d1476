"""A photo's file over HTTP: whole and in parts, never anything but that photo, and never much of it
in memory."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from explorer.photos.hashing import content_hash
from explorer.ui.web_server import original_files
from explorer.ui.web_server.original_files import CHUNK_SIZE, OriginalResponse, open_original

DATA = bytes(range(256)) * 4
Sent = tuple[int, dict[str, str], bytes]


@pytest.fixture(autouse=True)
def _forget() -> None:
    original_files._verified.clear()


def digest(data: bytes) -> str:
    return content_hash(data).hex()


def write(path: Path, data: bytes = DATA, age: float = 60.0) -> str:
    path.write_bytes(data)
    then = time.time() - age
    os.utime(path, (then, then))
    return digest(data)


def ask(
    path: Path,
    data: bytes = DATA,
    method: str = "GET",
    meanwhile: Callable[[int], None] = lambda _: None,
    **fields: str,
) -> Sent:
    """Status, headers and body of an answer. meanwhile: called with the bytes sent so far before
    each piece."""
    original = open_original(str(path), digest(data))
    assert original is not None
    request = Request(
        {
            "type": "http",
            "method": method,
            "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in fields.items()],
        }
    )
    answer = OriginalResponse(
        original, request, digest=digest(data), media_type="image/png", headers={"X-Ours": "1"}
    )
    sent, pieces = dict[str, Any](), list[bytes]()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            sent.update(message)
        else:
            pieces.append(message.get("body", b""))
            assert len(pieces[-1]) <= CHUNK_SIZE
            meanwhile(sum(map(len, pieces)))

    async def receive() -> Any:
        await asyncio.sleep(3600)

    try:
        asyncio.run(
            answer(
                {"type": "http", "method": method, "asgi": {"spec_version": "2.3"}}, receive, send
            )
        )
    finally:
        with pytest.raises(OSError):
            os.fstat(original.handle)
    return sent["status"], {k.decode(): v.decode() for k, v in sent["headers"]}, b"".join(pieces)


def test_the_whole_file_is_sent(tmp_path: Path) -> None:
    write(tmp_path / "photo")
    status, headers, body = ask(tmp_path / "photo")
    assert (status, body) == (200, DATA)
    assert (
        headers["content-length"] == "1024"
        and headers["accept-ranges"] == "bytes"
        and headers["content-type"] == "image/png"
    )
    assert (
        headers["etag"] == f'"{digest(DATA)}"'
        and headers["x-ours"] == "1"
        and "content-range" not in headers
    )


def test_a_large_file_is_sent_in_chunks(tmp_path: Path) -> None:
    data = os.urandom(2 * CHUNK_SIZE + 5)
    write(tmp_path / "photo", data)
    assert ask(tmp_path / "photo", data)[2] == data
    assert (
        ask(tmp_path / "photo", data, range=f"bytes={CHUNK_SIZE - 1}-{2 * CHUNK_SIZE}")[2]
        == data[CHUNK_SIZE - 1 : 2 * CHUNK_SIZE + 1]
    )


def test_an_empty_file_is_sent(tmp_path: Path) -> None:
    write(tmp_path / "photo", b"")
    status, headers, body = ask(tmp_path / "photo", b"")
    assert (status, headers["content-length"], body) == (200, "0", b"")
    assert ask(tmp_path / "photo", b"", range="bytes=0-")[0] == 416


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-0", (0, 1)), ("bytes=0-9", (0, 10)), ("bytes=10-", (10, 1024)),
        ("bytes=1023-", (1023, 1024)), ("bytes=-1", (1023, 1024)),
        ("bytes=-24", (1000, 1024)), ("bytes=5-99999", (5, 1024)),
        ("bytes=1023-1023", (1023, 1024)), ("bytes = 3 - 4", (3, 5)),
    ],
)  # fmt: skip
def test_a_range_is_sent(tmp_path: Path, asked: str, part: tuple[int, int]) -> None:
    write(tmp_path / "photo")
    status, headers, body = ask(tmp_path / "photo", range=asked)
    assert (status, body) == (206, DATA[slice(*part)])
    assert headers["content-range"] == f"bytes {part[0]}-{part[1] - 1}/1024" and headers[
        "content-length"
    ] == str(part[1] - part[0])


@pytest.mark.parametrize(
    "asked", ["bytes=1024-", "bytes=1024-2000", "bytes=-0", "bytes=99999999999999999-"]
)
def test_an_unsatisfiable_range_is_rejected(tmp_path: Path, asked: str) -> None:
    write(tmp_path / "photo")
    status, headers, body = ask(tmp_path / "photo", range=asked)
    assert (status, headers["content-range"], headers["content-length"], body) == (
        416,
        "bytes */1024",
        "0",
        b"",
    )


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=-",
        "bytes=5-4",
        "bytes=0-1,5-6",
        "lines=0-1",
        "bytes=a-b",
        "",
        "bytes=" + "9" * 5000 + "-",
        "bytes=-2000",
        "bytes=0-",
    ],
)
def test_an_invalid_or_full_range_gives_the_whole_file(tmp_path: Path, asked: str) -> None:
    write(tmp_path / "photo")
    assert ask(tmp_path / "photo", range=asked)[::2] == (200, DATA)


def test_a_range_of_another_version_gives_the_whole_file(tmp_path: Path) -> None:
    write(tmp_path / "photo")
    assert ask(tmp_path / "photo", range="bytes=0-1", if_range=f'"{digest(DATA)}"')[0] == 206
    assert ask(tmp_path / "photo", range="bytes=0-1", if_range='"other"')[::2] == (200, DATA)


def test_head_gives_the_length_and_no_body(tmp_path: Path) -> None:
    write(tmp_path / "photo")
    status, headers, body = ask(tmp_path / "photo", method="HEAD")
    assert (status, headers["content-length"], body) == (200, "1024", b"")


def test_only_the_photo_itself_is_opened(tmp_path: Path) -> None:
    wanted = write(tmp_path / "photo")
    assert open_original(str(tmp_path / "nothing"), wanted) is None
    assert open_original(str(tmp_path), wanted) is None
    write(tmp_path / "photo", DATA[:-1] + b"x")
    assert open_original(str(tmp_path / "photo"), wanted) is None
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert open_original(str(tmp_path / "pipe"), wanted) is None


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are counted in /proc")
def test_another_file_is_closed_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "photo")
    before = len(list(Path("/proc/self/fd").iterdir()))
    assert open_original(str(tmp_path / "photo"), "0" * 32) is None

    def broken(*_: object) -> bytes:
        raise OSError(5, "the drive went away")

    monkeypatch.setattr(original_files, "_read_at", broken)
    assert open_original(str(tmp_path / "photo"), digest(DATA)) is None
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_file_replaced_during_sending_is_sent_as_it_was(tmp_path: Path) -> None:
    data = os.urandom(3 * CHUNK_SIZE)
    write(tmp_path / "photo", data)
    write(tmp_path / "secret", bytes(3 * CHUNK_SIZE))

    def replace(sent: int) -> None:
        if (tmp_path / "secret").exists():
            (tmp_path / "secret").replace(tmp_path / "photo")

    assert ask(tmp_path / "photo", data, meanwhile=replace)[2] == data
    assert (tmp_path / "photo").read_bytes() == bytes(3 * CHUNK_SIZE)


def test_a_file_modified_during_sending_is_not_completed(tmp_path: Path) -> None:
    data = os.urandom(3 * CHUNK_SIZE)
    write(tmp_path / "photo", data)

    def change(sent: int) -> None:
        with (tmp_path / "photo").open("r+b") as file:
            file.write(b"other")

    with pytest.raises((OSError, BaseExceptionGroup)):
        ask(tmp_path / "photo", data, meanwhile=change)


def test_a_file_truncated_during_sending_is_not_padded(tmp_path: Path) -> None:
    data = os.urandom(3 * CHUNK_SIZE)
    write(tmp_path / "photo", data)
    times = (tmp_path / "photo").stat()

    def cut(sent: int) -> None:
        os.truncate(tmp_path / "photo", 2 * CHUNK_SIZE + 1)
        os.utime(tmp_path / "photo", ns=(times.st_atime_ns, times.st_mtime_ns))

    with pytest.raises((OSError, BaseExceptionGroup)):
        ask(tmp_path / "photo", data, meanwhile=cut)


def test_a_file_that_grows_during_sending_is_not_completed(tmp_path: Path) -> None:
    data = os.urandom(3 * CHUNK_SIZE)
    write(tmp_path / "photo", data)
    times = (tmp_path / "photo").stat()

    def grow(sent: int) -> None:
        with (tmp_path / "photo").open("ab") as file:
            file.write(b"more")
        os.utime(tmp_path / "photo", ns=(times.st_atime_ns, times.st_mtime_ns))

    with pytest.raises((OSError, BaseExceptionGroup)):
        ask(tmp_path / "photo", data, meanwhile=grow)

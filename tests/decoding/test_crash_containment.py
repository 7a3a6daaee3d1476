"""A decoder that crashes, hangs, sends garbage or exhausts memory costs one file, nothing else."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import psutil
import pytest
from PIL import Image

from explorer.decoding.decode_result import DecodeJob
from explorer.decoding.pool import DecodePool
from explorer.errors import DecodingFailed, PhotoError
from explorer.photos.input_spec import InputSpec
from tests import pictures
from tests.decoding.conftest import run_all

SPEC = InputSpec(32, "squash", "bilinear")

# A decode process that misbehaves for files with certain names.
_STAND_IN = """
import sys, time, os
from explorer.decoding import protocol as wire
while (request := wire.receive(sys.stdin.buffer)) is not None:
    path = os.fsdecode(bytes.fromhex(request[0].get("path", "")))
    if "crash-early" in path:
        os._exit(3)
    if "hang-early" in path:
        time.sleep(600)
    wire.send(sys.stdout.buffer, {"hash": "ab" * 16, "size": 1, "mtime_ns": 2})
    if (wire.receive(sys.stdin.buffer) or [{}])[0].get("do") != "decode":
        continue
    if "crash" in path:
        os._exit(3)
    if "hang" in path:
        time.sleep(600)
    if "garbage" in path:
        sys.stdout.buffer.write(b"garbage! " * 4)
        sys.stdout.buffer.flush()
        time.sleep(600)
    if "odd" in path:
        wire.send(sys.stdout.buffer, {"photo": {"preview": "none"}})
        continue
    wire.send(sys.stdout.buffer, {"error": "decoded"})
"""
_COMMAND = (sys.executable, "-c", _STAND_IN)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("crash", "crashed on this file"),
        ("crash-early", "crashed on this file"),
        ("hang", "longer than 4 seconds to read"),
        ("hang-early", "longer than 4 seconds to read"),
        ("garbage", "crashed on this file"),
        ("odd", "crashed on this file"),
    ],
)
def test_a_bad_file_affects_no_other(name: str, reason: str) -> None:
    jobs = [
        DecodeJob(f"/{kind}", 0.0, number)
        for number, kind in enumerate(("fine", name, "fine", name, "fine", "fine"))
    ]
    with DecodePool(2, SPEC, timeout=4.0, command=_COMMAND) as pool:
        results = run_all(pool, jobs)
    for number in (0, 2, 4, 5):
        assert results[number].error == "decoded"
    for number in (1, 3):
        assert reason in (results[number].error or "")


def test_a_broken_decode_command_is_reported(photos: list[DecodeJob]) -> None:
    for command in (
        (sys.executable, "-c", "raise SystemExit(1)"),
        (sys.executable, "-c", "print('hello world', flush=True)"),
    ):
        with DecodePool(1, SPEC, timeout=5.0, command=command) as pool:
            assert {result.error for result in run_all(pool, photos[:3]).values()} == {
                "the decoder crashed on this file"
            }


def test_a_process_killed_while_idle_is_not_blamed_on_the_next_file(
    photos: list[DecodeJob],
) -> None:
    with DecodePool(1, SPEC) as pool:
        run_all(pool, photos[:1])
        for child in psutil.Process().children():
            child.kill()
            child.wait()
        assert run_all(pool, photos[:1])[0].photo is not None


@pytest.mark.parametrize(
    ("deaths", "reason"), [({1}, None), ({1, 2}, "the decoder crashed on this file")]
)
def test_a_process_that_dies_between_hash_and_decoding_gets_one_retry(
    photos: list[DecodeJob], deaths: set[int], reason: str | None
) -> None:
    times = []

    def known(_: bytes) -> bool:
        times.append(1)
        if len(times) in deaths:
            for child in psutil.Process().children():
                child.kill()
                child.wait()
        return False

    with DecodePool(1, SPEC) as pool:
        (result,) = pool.run(photos[:1], known)
        assert (result.error, result.photo is not None, result.transient) == (
            reason,
            reason is None,
            reason is not None,
        )
        assert run_all(pool, photos[:2])[1].photo is not None


def test_closing_early_does_not_wait_for_a_hanging_file() -> None:
    with DecodePool(2, SPEC, timeout=60.0, command=_COMMAND) as pool:
        results = pool.run(
            [
                DecodeJob("/fine", 0.0),
                DecodeJob("/hang", 0.0),
                DecodeJob("/hang-early", 0.0),
                DecodeJob("/hang", 0.0),
            ],
            lambda _: False,
        )
        assert next(results).error == "decoded"
        start = time.monotonic()
        results.close()
        assert time.monotonic() - start < 10


def test_single_requests_to_a_hanging_decoder_end_at_their_deadline() -> None:
    hang = (sys.executable, "-c", "import time; time.sleep(600)")
    with DecodePool(1, SPEC, timeout=0.5, command=hang) as pool:
        assert pool.full_resolution_fact("/a", "pixels") is None
        assert pool.recompression_residual("/a", "/b") is None
        assert "longer than 0 seconds" in str(pool.sidecar({"merge": {}}))
        with pytest.raises(PhotoError, match="longer than 0 seconds"):
            pool.decode_bytes(b"")


def test_a_file_that_crashes_the_decoder_has_no_facts() -> None:
    with DecodePool(1, SPEC, command=_COMMAND) as pool:
        for _ in range(2):
            with pytest.raises(DecodingFailed, match="crashed on this file"):
                pool.full_resolution_fact("/crash-early", "pixels")
            with pytest.raises(DecodingFailed):
                pool.recompression_residual("/crash-early", "/b")


def test_bytes_that_crash_the_decoder() -> None:
    with (
        DecodePool(1, SPEC, command=(sys.executable, "-c", "import os; os._exit(1)")) as pool,
        pytest.raises(PhotoError, match="crashed"),
    ):
        pool.decode_bytes(b"\xff\xd8\xff")


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux holds a process to its memory limit"
)
def test_a_photo_that_needs_too_much_memory_is_rejected_and_the_next_one_is_decoded(
    tmp_path: Path,
) -> None:
    # The limit is half the free memory plus 2 GB: for free memory of -3 GB, half a gigabyte.
    limited = (
        "from explorer.decoding import decode_server as server\n"
        "server.free_memory = lambda: -(3 << 30)\n"
        "server.main()"
    )
    big, small = tmp_path / "big.png", tmp_path / "small.jpg"
    Image.new("RGBA", (8000, 8000)).save(big, compress_level=1)
    pictures.write(small, pictures.draw(1))
    with DecodePool(1, SPEC, command=(sys.executable, "-c", limited)) as pool:
        results = run_all(
            pool, [DecodeJob(str(big), 0.0, "big"), DecodeJob(str(small), 0.0, "small")]
        )
    assert "memory" in (results["big"].error or "")
    assert results["small"].photo is not None


def test_a_decode_process_exits_when_its_parent_closes_the_pipe(photos: list[DecodeJob]) -> None:
    pool = DecodePool(1, SPEC)
    run_all(pool, photos[:1])
    (process,) = psutil.Process().children()
    stdin = pool._processes[0]._process.stdin  # type: ignore[union-attr]
    assert stdin is not None
    stdin.close()
    assert process.wait(10) in (0, None)
    pool.close()


def test_an_error_without_a_valid_fault_is_blamed_on_the_environment(tmp_path: Path) -> None:
    with DecodePool(1, None) as pool:
        (result,) = pool.run([DecodeJob(str(tmp_path / "absent.jpg"), 0.0)], lambda _: False)
        assert result.fault == "environment"
    # The decoder reports no fault, or none that exists.
    for answer in (
        '{"error": "so"}',
        '{"error": "so", "fault": "everybody\'s"}',
        '{"error": "so", "fault": ["damaged"]}',
    ):
        code = (
            "import json, sys\nfrom explorer.decoding import protocol as wire\n"
            "while wire.receive(sys.stdin.buffer) is not None:\n"
            f"    wire.send(sys.stdout.buffer, json.loads({answer!r}))\n"
        )
        with DecodePool(1, None, command=[sys.executable, "-c", code]) as pool:
            (result,) = pool.run([DecodeJob(str(tmp_path / "a.jpg"), 0.0)], lambda _: False)
            assert (result.error, result.fault) == ("so", "environment")
            with pytest.raises(PhotoError) as caught:
                pool.decode_bytes(b"anything")
            assert caught.value.fault == "environment"

from __future__ import annotations

import os
import subprocess
import sys

import psutil
import pytest

from explorer.config import PROJECT
from explorer.decoding import process_start
from explorer.decoding.decode_result import DecodeJob
from explorer.decoding.pool import DecodePool
from explorer.decoding.process_start import DECODE_COMMAND, start_process, started_ahead
from explorer.systems.this_system import this_system
from tests import pictures


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


@pytest.fixture(autouse=True)
def before() -> set[int]:
    """Processes that were running before the test."""
    return children()


def end(process: subprocess.Popen[bytes]) -> None:
    with process:
        process.kill()


def test_a_pool_uses_the_processes_that_were_started_ahead(
    photos: list[DecodeJob], before: set[int]
) -> None:
    with started_ahead(2), DecodePool(2, None) as pool:
        ahead = children() - before
        assert len(list(pool.run(photos, lambda _: False))) == len(photos)
        assert pool.decode_bytes(pictures.encoded(pictures.draw(1, (40, 30)))).width == 40
        # The third one, for single requests, was started when it was needed.
        assert len(ahead) == 2 and ahead < children() - before
    assert children() <= before


def test_those_that_no_one_took_end_with_the_block(before: set[int]) -> None:
    with pytest.raises(ZeroDivisionError), started_ahead(2):
        assert len(children() - before) == 2
        raise ZeroDivisionError
    assert children() <= before


def test_what_keeps_them_from_starting_is_left_to_those_who_need_them(
    monkeypatch: pytest.MonkeyPatch, before: set[int]
) -> None:
    started = list[subprocess.Popen[bytes]]()

    def start(command: tuple[str, ...]) -> subprocess.Popen[bytes]:
        if started:
            raise BlockingIOError("no more processes")
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        return started[0]

    monkeypatch.setattr(process_start, "_start", start)
    with started_ahead(3):
        assert process_start._waiting == started
        with pytest.raises(BlockingIOError):
            start_process([sys.executable])
    assert started[0].returncode and children() <= before


def test_one_that_died_is_not_handed_out() -> None:
    with started_ahead(1):
        (dead,) = process_start._waiting
        dead.kill()
        dead.wait()
        process = start_process(DECODE_COMMAND)
        assert process.poll() is None and process.pid != dead.pid
        end(process)


def test_another_program_is_started_by_itself(before: set[int]) -> None:
    with started_ahead(1):
        process = start_process([sys.executable, "-c", "import sys; sys.stdin.read()"])
        assert len(children() - before) == 2 and len(process_start._waiting) == 1
        end(process)


def test_none_is_started_unless_asked_for(before: set[int]) -> None:
    with started_ahead(0):
        assert children() <= before


def test_garbage_is_collected_after_the_imports() -> None:
    """The program's module, run up to its requests: at the end of its input, it exits."""
    code = (
        "import atexit, gc, os, runpy, sys; sys.argv = ['decoding']; os.dup2 = lambda *_: None\n"
        "atexit.register(lambda: print(gc.isenabled(), gc.get_freeze_count(), file=sys.stderr))\n"
        "runpy.run_module('explorer.decoding', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    enabled, frozen = done.stderr.split()
    assert (done.returncode, enabled) == (0, "True")
    # A new interpreter has frozen a few hundred at most.
    assert int(frozen) > 10_000


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can enlarge pipes")
def test_a_whole_answer_fits_into_the_pipe() -> None:
    import fcntl

    process = start_process(DECODE_COMMAND)
    assert process.stdout is not None
    assert fcntl.fcntl(process.stdout, fcntl.F_GETPIPE_SZ) >= 512 << 10
    end(process)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can enlarge pipes")
def test_a_pipe_that_cannot_be_enlarged_stays_as_it_is() -> None:
    import fcntl

    read, write = os.pipe()
    size = fcntl.fcntl(read, fcntl.F_GETPIPE_SZ)
    this_system().enlarge_pipe(read, 1 << 30)
    # Without the right to exceed the system's limit, which is 1 MB at first.
    assert fcntl.fcntl(read, fcntl.F_GETPIPE_SZ) in (size, 1 << 30)
    os.close(read)
    os.close(write)

"""The end of a whole process: the exit code, what was printed, and what runs at the end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.config import PROJECT

COMMAND = "from explorer.cli import run_and_exit\nrun_and_exit.main = command\n"
RUN = "run_and_exit.run_and_exit(['words'])"


def run(command: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a program whose command is this function's body."""
    code = f"import sys\ndef command(argv):\n{command}\n{COMMAND}{RUN}"
    return subprocess.run(  # type: ignore[call-overload]
        [sys.executable, "-c", code],
        cwd=PROJECT,
        text=True,
        check=False,
        **({"capture_output": True} | options),
    )


@pytest.mark.parametrize("code", [0, 1, 130])
def test_the_exit_code_is_that_of_the_command(code: int) -> None:
    assert run(f" assert argv == ['words']\n return {code}").returncode == code


def test_all_output_arrives() -> None:
    done = run(" print('x' * 1000000)\n print('y' * 1000, file=sys.stderr)\n return 0")
    assert (len(done.stdout), len(done.stderr)) == (1000001, 1001)


def test_threads_and_exit_handlers_run_to_their_end() -> None:
    done = run(
        " import atexit, threading\n atexit.register(print, 'handler')\n"
        " go = threading.Event()\n"
        " threading.Thread(target=lambda: (go.wait(), print('thread'))).start()\n"
        " threading.Timer(0.05, go.set).start()\n return 0"
    )
    assert done.stdout == "thread\nhandler\n"


def test_there_is_no_teardown() -> None:
    """Objects are not freed one by one, as they are at an ordinary end."""
    freed = (
        " class Freed:\n  def __del__(self): print('freed')\n"
        " sys.modules['held'] = Freed()\n return 0"
    )
    assert run(freed).stdout == ""


def test_an_exception_is_reported() -> None:
    done = run(" raise ZeroDivisionError")
    assert done.returncode == 1 and "ZeroDivisionError" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
def test_lost_output_is_an_error() -> None:
    # Lost where it is flushed at the end, not where it is printed.
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with open("/dev/full", "w") as full:
        done = run(" print('x')\n return 0", capture_output=False, stdout=full, env=buffered)
    assert done.returncode == 120


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_empty(closed: str) -> None:
    body = (
        " assert sys.stdin.read() == ''\n print('x')\n sys.stdout.buffer.write(b'y')\n"
        " print('z', file=sys.stderr)\n return 3"
    )
    code = f"import sys\ndef command(argv):\n{body}\n{COMMAND}{RUN}"
    words = ["sh", "-c", f'"$@" </dev/null {closed}', "sh", sys.executable, "-c", code]
    assert subprocess.run(words, cwd=PROJECT, capture_output=True, check=False).returncode == 3

"""The program with the tiny encoder, in the server and in its worker: `python -m
tests.browser.serve …` is `python run.py …`."""

from __future__ import annotations

import math
import signal
import subprocess
import sys
from pathlib import Path

from explorer.config import PROJECT
from explorer.encoders import registry
from tests.tiny import Tiny


def start_worker(
    library_dir: Path, *, encoder: str | None = None, offline: bool = False
) -> subprocess.Popen[bytes]:
    """As `explorer.indexing.worker_client.start_worker` does it."""
    command = [
        sys.executable,
        "-m",
        "tests.browser.serve",
        "WORKER",
        "--library",
        str(library_dir),
        "--encoder",
        "tiny",
    ]
    return subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)


def main(words: list[str]) -> int:
    registry.register("tiny", Tiny)
    if words[:1] == ["WORKER"]:
        from explorer.indexing import worker

        # On a computer that is busy with other tests, it would hardly get a turn.
        worker.lower_priority = lambda: None  # type: ignore[attr-defined]
        return worker.main(words[1:])
    from explorer.cli import app
    from explorer.library import staleness
    from explorer.ui.duplicates_page import group_cache, group_choices
    from explorer.ui.web_server import worker_supervisor

    # However long an answer takes on a busy computer, the next page shows what has changed since.
    staleness._QUICK = math.inf
    # What is put beside photos shows at the next load of the page.
    group_cache.RECHECK_AFTER = 0.0
    # What was chosen in the test before this one is forgotten when a test says so.
    if hasattr(signal, "SIGUSR1"):
        signal.signal(signal.SIGUSR1, lambda *_: group_choices._choices.clear())
    worker_supervisor.start_worker = start_worker  # type: ignore[attr-defined]
    return app.main(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

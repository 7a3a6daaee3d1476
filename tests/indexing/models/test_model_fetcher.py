"""Models that are fetched in the background, by real processes, from a stand-in hub that fails in
every way."""

from __future__ import annotations

import re
import socket
import sys
import time
from pathlib import Path

import pytest

from explorer.encoders import registry
from explorer.encoders.downloads import fetch_state, weights
from explorer.encoders.downloads.fetch_state import FetchStatus
from explorer.indexing.models import model_fetcher
from explorer.indexing.models.model_fetcher import WantedModel, may_fetch
from explorer.library import model_settings
from tests.fixtures.better_model import FILE, REPOSITORY, weights_file
from tests.fixtures.fetching import CUT, Fetching, wait

# --- what ends well


def test_the_better_model_is_fetched_by_itself_and_then_wanted(fetching: Fetching) -> None:
    with fetching.fetcher():
        wait(
            lambda: model_settings.next_encoder(fetching.library.catalog) == "better", "the switch"
        )
    assert fetching.is_complete() and fetch_state.status().state == "fetched"
    assert "“better”" in fetching.told[0] and "models pause" in fetching.told[0]
    assert "models not-now" in fetching.told[0] and "is ready" in fetching.told[-1]
    # A second start asks for nothing.
    asked = fetching.hub.asked
    fetching.step()
    assert fetching.hub.asked == asked


def test_a_connection_that_is_lost_at_37_percent_resumes_there(fetching: Fetching) -> None:
    fetching.hub.cuts = [CUT]
    assert fetching.until_ended().state == "fetched" and fetching.is_complete()
    assert [first for _, first in fetching.hub.requests] == [0, CUT]


def test_a_redirect_is_followed(fetching: Fetching) -> None:
    path = f"/{REPOSITORY}/resolve/main/{FILE}"
    fetching.hub.redirects[path] = f"/elsewhere{path}"
    fetching.hub.files[f"/elsewhere{path}"] = weights_file()
    fetching.hub.stored.add(f"/elsewhere{path}")
    assert fetching.until_ended().state == "fetched" and fetching.is_complete()


def test_a_partial_file_of_an_earlier_run_is_continued(fetching: Fetching) -> None:
    fetching.part.parent.mkdir(parents=True)
    fetching.part.write_bytes(weights_file()[:CUT])
    assert fetching.until_ended().state == "fetched" and fetching.is_complete()
    assert [first for _, first in fetching.hub.requests] == [CUT]


# --- what does not, and what follows


def fails(fetching: Fetching, reason: str) -> FetchStatus:
    """Let it fail once. It is one plain sentence, nothing unverified is used, and there is no other
    attempt before its time, in this process or in the next."""
    status = fetching.until_ended()
    assert status.state == "failed" and reason in status.problem and "\n" not in status.problem
    assert not fetching.path.exists() and not registry.ready("better")
    assert status.failures == 1 and status.retry_at > time.time()
    assert fetching.told[-1].endswith("Searches keep using the current model.")
    assert model_settings.next_encoder(fetching.library.catalog) is None
    asked = fetching.hub.asked
    assert not may_fetch(WantedModel("better", False))
    fetching.step()
    assert fetching.hub.asked == asked
    return status


def recovers(fetching: Fetching) -> None:
    """Once the fault is over and the user asks, it is fetched."""
    fetch_state.try_again()
    assert fetching.until_ended().state == "fetched" and fetching.is_complete()


@pytest.mark.parametrize("status", [500, 503])
def test_server_errors(fetching: Fetching, status: int) -> None:
    fetching.hub.statuses = [status]
    fails(fetching, f"answered with status {status}")
    recovers(fetching)


@pytest.mark.parametrize("status", [401, 403])
def test_a_gated_repository(fetching: Fetching, status: int) -> None:
    fetching.hub.statuses = [status]
    fails(fetching, "needs permission")


def test_a_file_that_is_truncated_for_good(fetching: Fetching) -> None:
    path = f"/{REPOSITORY}/resolve/main/{FILE}"
    fetching.hub.checksums[path] = weights.sha256(_write(fetching, weights_file()))
    fetching.hub.files[path] = weights_file()[:CUT]
    fails(fetching, "checksum is wrong")
    assert not fetching.part.exists()
    fetching.hub.files[path] = weights_file()
    recovers(fetching)


def test_a_corrupted_file(fetching: Fetching) -> None:
    path, content = f"/{REPOSITORY}/resolve/main/{FILE}", bytearray(weights_file())
    fetching.hub.checksums[path] = weights.sha256(_write(fetching, bytes(content)))
    content[CUT] ^= 1
    fetching.hub.files[path] = bytes(content)
    fails(fetching, "checksum is wrong")
    assert not fetching.part.exists()
    fetching.hub.files[path] = weights_file()
    recovers(fetching)


def _write(fetching: Fetching, content: bytes) -> Path:
    path = fetching.library.dir / "scratch"
    path.write_bytes(content)
    return path


def test_a_connection_that_is_lost_for_good_keeps_what_arrived(fetching: Fetching) -> None:
    fetching.hub.cuts = [CUT, 0, 0, 0]
    fails(fetching, "the connection to 127.0.0.1 was lost")
    assert fetching.part.stat().st_size == CUT
    recovers(fetching)
    assert fetching.hub.requests[-1][1] == CUT


def test_a_network_that_asks_for_a_login(fetching: Fetching) -> None:
    fetching.hub.login = True
    fails(fetching, "the server sent a web page instead")
    fetching.hub.login = False
    recovers(fetching)


def test_no_network(fetching: Fetching, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{port}")
    fails(fetching, "cannot be reached")
    monkeypatch.setenv("HF_ENDPOINT", fetching.hub.address)
    recovers(fetching)


def test_a_process_that_ends_without_a_word_is_a_failure(
    fetching: Fetching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        model_fetcher,
        "fetch_command",
        lambda name: [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"],
    )
    assert "ended unexpectedly" in fetching.until_ended().problem


def test_a_models_folder_that_cannot_be_written_is_said_once(
    fetching: Fetching, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "in the way").write_text("a file")
    monkeypatch.setenv("EXPLORER_MODELS", str(tmp_path / "in the way" / "models"))
    with fetching.fetcher():
        wait(lambda: len(fetching.told) > 1, "the reason")
    # The system's own reason follows: “Not a directory” on most.
    (said,) = fetching.told[1:]
    assert re.fullmatch(r"The models folder cannot be written: [A-Z].*[a-z]\.", said)
    assert not fetching.hub.asked

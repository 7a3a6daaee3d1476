"""Sidecars are read in a process that may die or send garbage."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from explorer.decoding.sidecar_reader import SidecarReader
from explorer.photos.metadata.sidecar_content import SidecarContent, SidecarReading
from tests.fixtures.waiting import wait
from tests.photos.metadata.packets import xmp

# Answers like the real process, but dies of a file that is named `bomb`.
_DIES = """
import os, sys
from explorer.decoding import protocol
from explorer.photos.metadata.sidecar_content import answer_request
while (request := protocol.receive(sys.stdin.buffer)) is not None:
    paths = request[0]["sidecars"]
    if any("bomb" in os.fsdecode(bytes.fromhex(path)) for path in paths):
        os._exit(1)
    protocol.send(sys.stdout.buffer, *answer_request(paths))
"""
_HANGS = """
import os, sys, time
from explorer.decoding import protocol
request = protocol.receive(sys.stdin.buffer)
path = os.fsdecode(bytes.fromhex(request[0]["sidecars"][0]))
open(os.path.join(os.path.dirname(path), "asked"), "w").close()
time.sleep(600)
"""
_ANSWERS = """
import sys
from explorer.decoding import protocol
while protocol.receive(sys.stdin.buffer) is not None:
    protocol.send(sys.stdout.buffer, {"read": 1}, {answer})
"""


def write(folder: Path, number: int) -> list[str]:
    paths = [folder / f"ä {n}.xmp" for n in range(number)]
    for n, path in enumerate(paths):
        path.write_bytes(xmp(f"xmp:Rating='{n + 1}'").encode())
    return [str(path) for path in paths]


def test_they_are_answered_in_order(tmp_path: Path) -> None:
    paths = write(tmp_path, 3)
    with SidecarReader() as reader:
        found = reader.read(paths)
        assert reader.read([]) == []
    assert found == [(SidecarContent("xmp", rating=float(n)), "", True) for n in (1, 2, 3)]


def test_one_that_kills_the_process_costs_no_other(tmp_path: Path) -> None:
    paths = write(tmp_path, 5)
    bomb = str(tmp_path / "bomb.xmp")
    with SidecarReader((sys.executable, "-c", _DIES)) as reader:
        found = reader.read([*paths[:3], bomb, *paths[3:]])
    killer = found.pop(3)
    # It would kill the next one, too.
    assert killer.content == SidecarContent() and killer.final
    assert "crashed on this file" in killer.problem
    assert [each.content.rating for each in found] == [1, 2, 3, 4, 5]
    assert not any(each.problem for each in found)


def test_one_that_cannot_be_opened_may_be_readable_later(tmp_path: Path) -> None:
    (tmp_path / "folder.xmp").mkdir()
    with SidecarReader() as reader:
        found = reader.read([str(tmp_path / name) for name in ("folder.xmp", "gone.xmp")])
    assert [(each.content, each.final) for each in found] == [(SidecarContent(), False)] * 2
    assert found[1].problem == "it no longer exists"


def test_a_process_that_always_ends_says_nothing_about_the_files(tmp_path: Path) -> None:
    with SidecarReader((sys.executable, "-c", "raise SystemExit(1)")) as reader:
        (found,) = reader.read(write(tmp_path, 1))
    assert found.content == SidecarContent() and found.problem and not found.final


def test_closing_ends_a_request_in_progress(tmp_path: Path) -> None:
    """Else the indexer would wait for a drive that does not respond."""
    reader, found = SidecarReader((sys.executable, "-c", _HANGS)), list[SidecarReading]()
    asking = threading.Thread(target=lambda: found.extend(reader.read(write(tmp_path, 4))))
    asking.start()
    wait((tmp_path / "asked").exists, "the request")
    reader.close()
    asking.join(30)
    assert not asking.is_alive() and len(found) == 4
    assert all(each.problem and not each.final for each in found)


@pytest.mark.parametrize(
    "answer", ["b'{'", "b'[]'", "b'7'", "b'[[1]]'", 'b\'[["[]", ""]]\'', "b'\\xff'"]
)
def test_garbage_is_a_problem_of_the_file(tmp_path: Path, answer: str) -> None:
    command = (sys.executable, "-c", _ANSWERS.replace("{answer}", answer))
    with SidecarReader(command) as reader:
        (found,) = reader.read(write(tmp_path, 1))
    assert found.content == SidecarContent() and "crashed on this file" in found.problem

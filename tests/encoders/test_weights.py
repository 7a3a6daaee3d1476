"""Fetching weights, from a stand-in for the hub."""

from __future__ import annotations

import hashlib
import socket
from pathlib import Path

import pytest

from explorer.encoders import weights
from explorer.errors import WeightsMissing
from tests.encoders.hub import Hub

CONTENT = bytes(range(256)) * 5000
REPOSITORY, FILE = "someone/model", "weights.safetensors"


class Seen(list[tuple[int, int | None]]):
    """What `progress` was told."""

    def __call__(self, done: int, total: int | None) -> None:
        self.append((done, total))


def fails(source: weights.WeightsSource) -> str:
    """The message of the failure, which is one line."""
    with pytest.raises(WeightsMissing) as caught:
        weights.fetch(source)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_file_arrives_with_progress(hub: Hub, models: Path) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    seen = Seen()
    path = weights.fetch(weights.hub_source(REPOSITORY, FILE), seen)
    assert path == models / "weights" / "someone--model" / FILE
    assert path.read_bytes() == CONTENT
    assert seen[0] == (0, len(CONTENT)) and seen[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen) and len(seen) > 3
    assert not path.with_name(FILE + ".part").exists()


def test_what_is_here_is_not_fetched_again(hub: Hub) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    source = weights.hub_source(REPOSITORY, FILE)
    weights.fetch(source)
    weights.fetch(source)
    assert len(hub.asked) == 1


def test_small_files_come_without_a_checksum(hub: Hub) -> None:
    hub.put(REPOSITORY, "settings.json", b"{}", stored=False)
    assert weights.fetch(weights.hub_source(REPOSITORY, "settings.json")).read_bytes() == b"{}"


def test_a_cut_connection_is_taken_up_where_it_broke(hub: Hub) -> None:
    address = hub.put(REPOSITORY, FILE, CONTENT)
    hub.cuts = [300_000, 500_000]
    seen = Seen()
    assert weights.fetch(weights.hub_source(REPOSITORY, FILE), seen).read_bytes() == CONTENT
    path = address.removeprefix(hub.address)
    assert hub.asked == [(path, 0), (path, 300_000), (path, 800_000)]
    assert {total for _, total in seen} == {len(CONTENT)}


def test_more_cuts_than_tries_do_no_harm_while_something_arrives(hub: Hub) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    hub.cuts = [100_000] * 9
    assert weights.fetch(weights.hub_source(REPOSITORY, FILE)).read_bytes() == CONTENT


def test_a_connection_that_keeps_breaking_is_said_and_the_next_run_goes_on(hub: Hub) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    hub.cuts = [400_000, 0, 0, 0]
    source = weights.hub_source(REPOSITORY, FILE)
    assert "was lost" in fails(source)
    assert (
        source.path.with_name(FILE + ".part").stat().st_size == 400_000 and not source.path.exists()
    )
    assert weights.fetch(source).read_bytes() == CONTENT
    assert hub.asked[-1][1] == 400_000


def test_a_server_that_knows_no_ranges_sends_all_again(hub: Hub) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    hub.cuts, hub.ranges = [300_000], False
    assert weights.fetch(weights.hub_source(REPOSITORY, FILE)).read_bytes() == CONTENT


def test_all_here_but_unchecked_is_only_checked(hub: Hub) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    source = weights.hub_source(REPOSITORY, FILE)
    source.path.parent.mkdir(parents=True)
    source.path.with_name(FILE + ".part").write_bytes(CONTENT)
    assert weights.fetch(source).read_bytes() == CONTENT
    assert [first for _, first in hub.asked] == [len(CONTENT)]


def test_the_beginning_of_another_release_is_thrown_away(hub: Hub) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    source = weights.hub_source(REPOSITORY, FILE)
    source.path.parent.mkdir(parents=True)
    source.path.with_name(FILE + ".part").write_bytes(b"of old" * 100)
    assert weights.fetch(source).read_bytes() == CONTENT


def test_a_wrong_checksum_is_refused_and_the_file_removed(hub: Hub) -> None:
    address = hub.put(REPOSITORY, FILE, CONTENT)
    hub.promises[address.removeprefix(hub.address)] = "0" * 64
    source = weights.hub_source(REPOSITORY, FILE)
    assert "checksum" in fails(source)
    assert [path.suffix for path in source.path.parent.iterdir() if path.suffix != ".lock"] == []


def test_torchvision_names_hold_the_checksum(hub: Hub) -> None:
    good = f"net-{hashlib.sha256(CONTENT).hexdigest()[:8]}.pth"
    hub.files[f"/models/{good}"] = hub.files["/models/net-00000000.pth"] = CONTENT
    # The mirror is asked in place of the address.
    assert (
        weights.fetch(weights.torchvision_source(f"https://example.org/{good}")).read_bytes()
        == CONTENT
    )
    assert "checksum" in fails(weights.torchvision_source("https://example.org/net-00000000.pth"))


def test_an_absent_file_is_told_from_other_trouble(hub: Hub) -> None:
    with pytest.raises(weights.NotOnServer, match="does not exist there"):
        weights.fetch(weights.hub_source(REPOSITORY, "none.safetensors"))


def test_no_network_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{port}")
    message = fails(weights.hub_source(REPOSITORY, FILE))
    assert FILE in message and "127.0.0.1 cannot be reached" in message and "online" in message


@pytest.mark.parametrize("endpoint", ["http://example.org", "ftp://127.0.0.1x", "nonsense"])
def test_only_secure_addresses_are_asked(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    assert "not a secure address" in fails(weights.hub_source(REPOSITORY, FILE))


def test_redirects_in_a_circle_end(hub: Hub) -> None:
    assert "circles" in fails(weights.WeightsSource(hub.address + "/circle", "x"))


def test_a_full_disk_is_said(hub: Hub) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full on this system")
    hub.put(REPOSITORY, FILE, CONTENT)
    source = weights.hub_source(REPOSITORY, FILE)
    source.path.parent.mkdir(parents=True)
    source.path.with_name(FILE + ".part").symlink_to(full)
    assert "the disk is full" in fails(source)


def test_a_folder_that_cannot_be_made_is_said(hub: Hub, models: Path) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    models.write_text("in the way")
    assert "could not be saved" in fails(weights.hub_source(REPOSITORY, FILE))

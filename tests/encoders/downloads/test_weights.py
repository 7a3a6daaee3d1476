"""Downloading weights from a stand-in for the hub, with everything that can go wrong."""

from __future__ import annotations

import hashlib
import socket
from pathlib import Path

import pytest

from explorer.encoders.downloads import weights
from explorer.errors import WeightsMissing
from tests.encoders.hub import Hub

CONTENT = bytes(range(256)) * 5000
REPOSITORY, FILE = "someone/model", "weights.safetensors"


class Progress(list[tuple[int, int | None]]):
    """Records the calls of `progress`."""

    def __call__(self, done: int, total: int | None) -> None:
        self.append((done, total))


def error_of(source: weights.WeightsSource) -> str:
    """The message of a failing download, which is one line."""
    with pytest.raises(WeightsMissing) as caught:
        weights.fetch(source)
    message = str(caught.value)
    assert "\n" not in message
    return message


def partial_file(source: weights.WeightsSource) -> Path:
    return source.path.with_name(source.path.name + ".part")


def test_a_file_is_downloaded_with_progress(hub: Hub, models: Path) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    source, progress = weights.hub_source(REPOSITORY, FILE), Progress()
    path = weights.fetch(source, progress)
    assert path == models / "weights" / "someone--model" / FILE
    assert path.read_bytes() == CONTENT
    assert progress[0] == (0, len(CONTENT)) and progress[-1] == (len(CONTENT), len(CONTENT))
    done = [done for done, _ in progress]
    assert done == sorted(done) and len(done) > 3
    assert not partial_file(source).exists()


def test_an_existing_file_is_not_downloaded_again(hub: Hub) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    source = weights.hub_source(REPOSITORY, FILE)
    weights.fetch(source)
    weights.fetch(source)
    assert len(hub.requests) == 1


def test_a_small_file_needs_no_checksum(hub: Hub) -> None:
    hub.put(REPOSITORY, "settings.json", b"{}", stored=False)
    source = weights.hub_source(REPOSITORY, "settings.json")
    assert weights.fetch(source).read_bytes() == b"{}"


def test_a_download_resumes_where_the_connection_was_lost(hub: Hub) -> None:
    url = hub.put(REPOSITORY, FILE, CONTENT)
    hub.cuts = [300_000, 500_000]
    progress = Progress()
    source = weights.hub_source(REPOSITORY, FILE)
    assert weights.fetch(source, progress).read_bytes() == CONTENT
    path = url.removeprefix(hub.address)
    assert hub.requests == [(path, 0), (path, 300_000), (path, 800_000)]
    assert {total for _, total in progress} == {len(CONTENT)}


def test_any_number_of_lost_connections_is_tolerated_while_bytes_arrive(hub: Hub) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    hub.cuts = [100_000] * 9
    assert weights.fetch(weights.hub_source(REPOSITORY, FILE)).read_bytes() == CONTENT


def test_futile_attempts_count_from_the_last_byte_that_arrived(hub: Hub) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    hub.cuts = [0, 0, 100_000, 0, 0]
    assert weights.fetch(weights.hub_source(REPOSITORY, FILE)).read_bytes() == CONTENT
    assert len(hub.requests) == 6


def test_after_three_futile_attempts_it_gives_up_and_the_next_run_resumes(hub: Hub) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    hub.cuts = [400_000, 0, 0, 0]
    source = weights.hub_source(REPOSITORY, FILE)
    message = error_of(source)
    assert "connection to 127.0.0.1 was lost" in message and "resumes" in message
    assert len(hub.requests) == 4 and not source.path.exists()
    assert partial_file(source).stat().st_size == 400_000
    assert weights.fetch(source).read_bytes() == CONTENT
    assert hub.requests[-1][1] == 400_000


def test_from_a_server_without_ranges_the_whole_file_is_downloaded_again(hub: Hub) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    hub.cuts, hub.ranges = [300_000], False
    assert weights.fetch(weights.hub_source(REPOSITORY, FILE)).read_bytes() == CONTENT


def test_a_complete_partial_file_is_only_verified(hub: Hub) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    source = weights.hub_source(REPOSITORY, FILE)
    source.path.parent.mkdir(parents=True)
    partial_file(source).write_bytes(CONTENT)
    assert weights.fetch(source).read_bytes() == CONTENT
    assert [first for _, first in hub.requests] == [len(CONTENT)]


def test_a_partial_file_of_another_version_is_discarded(hub: Hub) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    source = weights.hub_source(REPOSITORY, FILE)
    source.path.parent.mkdir(parents=True)
    partial_file(source).write_bytes(b"of old" * 100)
    assert weights.fetch(source).read_bytes() == CONTENT
    assert [first for _, first in hub.requests] == [600, 0]


def test_a_file_with_a_wrong_checksum_is_deleted(hub: Hub) -> None:
    url = hub.put(REPOSITORY, FILE, CONTENT)
    hub.checksums[url.removeprefix(hub.address)] = "0" * 64
    source = weights.hub_source(REPOSITORY, FILE)
    assert "checksum is wrong" in error_of(source)
    assert [path.suffix for path in source.path.parent.iterdir() if path.suffix != ".lock"] == []
    assert len(hub.requests) == 1


def test_an_etag_that_is_not_a_checksum_is_none(hub: Hub) -> None:
    for name in (FILE, "settings.json"):
        url = hub.put(REPOSITORY, name, CONTENT)
        hub.checksums[url.removeprefix(hub.address)] = "5f3c1a"
    # Weights are not used unverified; the small files beside them have no checksum.
    source = weights.hub_source(REPOSITORY, FILE)
    assert "without a checksum" in error_of(source) and not partial_file(source).exists()
    assert weights.fetch(weights.hub_source(REPOSITORY, "settings.json")).read_bytes() == CONTENT


def test_the_checksum_in_torchvisions_file_names_is_verified(hub: Hub) -> None:
    good = f"net-{hashlib.sha256(CONTENT).hexdigest()[:8]}.pth"
    hub.files[f"/models/{good}"] = hub.files["/models/net-00000000.pth"] = CONTENT
    # The mirror is used in place of this server.
    source = weights.torchvision_source(f"https://example.org/{good}")
    assert weights.fetch(source).read_bytes() == CONTENT
    bad = weights.torchvision_source("https://example.org/net-00000000.pth")
    assert "checksum is wrong" in error_of(bad)


def test_without_a_mirror_torchvisions_own_server_is_used(
    monkeypatch: pytest.MonkeyPatch, models: Path
) -> None:
    monkeypatch.delenv("EXPLORER_TORCHVISION", raising=False)
    source = weights.torchvision_source("https://example.org/net-0123abcd.pth")
    assert (source.url, source.digest) == ("https://example.org/net-0123abcd.pth", "0123abcd")
    assert source.path == models / "weights" / "torchvision" / "net-0123abcd.pth"
    assert weights.torchvision_source("https://example.org/net.pth").digest == ""


def test_without_a_mirror_the_hub_itself_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    source = weights.hub_source(REPOSITORY, FILE)
    assert source.url == f"https://huggingface.co/{REPOSITORY}/resolve/main/{FILE}"
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example.org/")
    source = weights.hub_source(REPOSITORY, FILE)
    assert source.url == f"https://mirror.example.org/{REPOSITORY}/resolve/main/{FILE}"


def test_a_file_missing_on_the_server_has_its_own_error(hub: Hub) -> None:
    with pytest.raises(weights.NotOnServer, match="does not exist"):
        weights.fetch(weights.hub_source(REPOSITORY, "none.safetensors"))


@pytest.mark.parametrize("status", [403, 500, 503])
def test_a_server_error_is_reported_with_its_status(status: int, hub: Hub) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    hub.statuses = [status]
    source = weights.hub_source(REPOSITORY, FILE)
    message = error_of(source)
    assert f"answered with status {status}" in message and source.url in message
    with pytest.raises(WeightsMissing) as caught:
        hub.statuses = [status]
        weights.fetch(source)
    assert not isinstance(caught.value, weights.NotOnServer)
    assert weights.fetch(source).read_bytes() == CONTENT


def test_a_missing_network_is_reported_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{port}")
    message = error_of(weights.hub_source(REPOSITORY, FILE))
    assert FILE in message and "127.0.0.1 cannot be reached" in message and "online" in message


@pytest.mark.parametrize("endpoint", ["http://example.org", "ftp://127.0.0.1x", "nonsense"])
def test_only_secure_addresses_are_contacted(
    endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    assert "does not use HTTPS" in error_of(weights.hub_source(REPOSITORY, FILE))


def test_a_redirect_to_an_insecure_address_is_not_followed(hub: Hub) -> None:
    hub.redirects["/away"] = "http://example.org/weights.pt"
    message = error_of(weights.WeightsSource(hub.address + "/away", "x"))
    assert "http://example.org/weights.pt does not use HTTPS" in message


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_loopback_addresses_need_no_https(host: str) -> None:
    weights._check_secure(f"http://{host}:8000/weights.pt")
    with pytest.raises(WeightsMissing, match="does not use HTTPS"):
        weights._check_secure(f"http://{host.strip('[]1')}2:8000/weights.pt")


def test_seven_redirects_are_followed_and_eight_are_not(hub: Hub) -> None:
    hub.files["/0"] = CONTENT
    hub.redirects = {f"/{number}": f"/{number - 1}" for number in range(1, 9)}
    assert weights.fetch(weights.WeightsSource(hub.address + "/7", "x")).read_bytes() == CONTENT
    assert "too many redirects" in error_of(weights.WeightsSource(hub.address + "/8", "x"))


def test_without_a_length_the_total_is_unknown(hub: Hub) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    hub.lengths = False
    progress = Progress()
    source = weights.hub_source(REPOSITORY, FILE)
    assert weights.fetch(source, progress).read_bytes() == CONTENT
    assert {total for _, total in progress} == {None} and progress[-1][0] == len(CONTENT)


def test_circular_redirects_end(hub: Hub) -> None:
    hub.redirects["/circle"] = "/circle"
    assert "too many redirects" in error_of(weights.WeightsSource(hub.address + "/circle", "x"))


def test_a_full_disk_is_reported(hub: Hub) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full on this system")
    hub.put(REPOSITORY, FILE, CONTENT)
    source = weights.hub_source(REPOSITORY, FILE)
    source.path.parent.mkdir(parents=True)
    partial_file(source).symlink_to(full)
    message = error_of(source)
    assert FILE in message and str(source.path.parent) in message
    assert message.endswith("the disk is full.")


def test_a_models_folder_that_cannot_be_created_is_reported(hub: Hub, models: Path) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    models.write_text("in the way")
    message = error_of(weights.hub_source(REPOSITORY, FILE))
    assert "could not be saved in" in message and "the disk is full" not in message

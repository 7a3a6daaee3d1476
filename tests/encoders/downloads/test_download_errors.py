"""Whatever goes wrong with a download is one plain sentence, and the next attempt goes on."""

from __future__ import annotations

import shutil
import ssl
from collections import namedtuple
from pathlib import Path

import httpx
import pytest

from explorer.encoders.downloads import weights
from explorer.encoders.downloads.download_errors import GatedRepository, download_error
from explorer.errors import WeightsMissing
from tests.encoders.hub import Hub

CONTENT = bytes(range(256)) * 5000
REPOSITORY, FILE = "someone/model", "weights.safetensors"
_Usage = namedtuple("_Usage", "total used free")


def error_of(source: weights.WeightsSource) -> str:
    with pytest.raises(WeightsMissing) as caught:
        weights.fetch(source)
    message = str(caught.value)
    assert "\n" not in message and message.endswith(".")
    return message


@pytest.mark.parametrize("status", [401, 403])
def test_a_gated_repository_says_what_to_do(status: int, hub: Hub) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    hub.statuses = [status]
    message = error_of(weights.hub_source(REPOSITORY, FILE))
    assert f"status {status}" in message and "open_clip:MODEL@FILE.safetensors" in message
    error = httpx.HTTPStatusError(
        "", request=httpx.Request("GET", "https://a"), response=httpx.Response(status)
    )
    assert isinstance(download_error("https://a", "a", Path(), error), GatedRepository)


@pytest.mark.parametrize("name", [FILE, "tokenizer.json"])
def test_a_page_to_log_in_at_is_not_taken_for_the_file(name: str, hub: Hub) -> None:
    hub.put(REPOSITORY, name, CONTENT)
    hub.login = True
    source = weights.hub_source(REPOSITORY, name)
    assert "the server sent a web page instead" in error_of(source)
    assert not source.path.exists() and not source.part.exists()
    hub.login = False
    assert weights.fetch(source).read_bytes() == CONTENT


def test_a_login_page_does_not_spoil_what_has_arrived(hub: Hub) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    hub.cuts = [400_000, 0, 0, 0]
    source = weights.hub_source(REPOSITORY, FILE)
    error_of(source)
    hub.login = True
    error_of(source)
    assert source.part.stat().st_size == 400_000


def test_a_certificate_of_somebody_else_is_explained() -> None:
    try:
        raise httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED]") from ssl.SSLError()
    except httpx.ConnectError as error:
        said = str(download_error("https://hub.example.org/a", "a", Path(), error))
    assert "certificate of hub.example.org could not be verified" in said and "log in" in said


def test_a_proxy_that_refuses_is_named(monkeypatch: pytest.MonkeyPatch, hub: Hub) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.delenv("no_proxy", raising=False)
    # The stand-in does not know CONNECT, so as a proxy it refuses.
    monkeypatch.setenv("HTTPS_PROXY", hub.address)
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.invalid")
    message = error_of(weights.hub_source(REPOSITORY, FILE))
    assert "the proxy refused the connection" in message and "HTTPS_PROXY" in message


def test_a_disk_without_room_is_reported_before_it_is_filled(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    real = shutil.disk_usage
    monkeypatch.setattr(shutil, "disk_usage", lambda path: _Usage(10**12, 10**12, 10**6))
    source = weights.hub_source(REPOSITORY, FILE)
    assert error_of(source).endswith("the disk is full.")
    assert not source.part.exists()
    monkeypatch.setattr(shutil, "disk_usage", real)
    assert weights.fetch(source).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("name", "value"),
    [("EXPLORER_OFFLINE", "1"), ("HF_HUB_OFFLINE", "1"), ("HF_HUB_OFFLINE", "ON")],
)
def test_offline_nothing_is_requested(
    name: str, value: str, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    monkeypatch.setenv(name, value)
    assert "nothing is downloaded offline" in error_of(weights.hub_source(REPOSITORY, FILE))
    assert not hub.asked


def test_hub_offline_can_be_switched_off_by_its_own_words(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.put(REPOSITORY, FILE, CONTENT)
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    assert weights.fetch(weights.hub_source(REPOSITORY, FILE)).read_bytes() == CONTENT

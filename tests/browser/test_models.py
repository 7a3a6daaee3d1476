"""Models on the pages: what is fetched in the background, and which one is used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from explorer.encoders.downloads import fetch_state
from tests import pictures
from tests.browser.app_server import Server
from tests.browser.test_accessibility import check
from tests.browser.visitor import Visitor
from tests.encoders.hub import Hub
from tests.fixtures.better_model import weights_file
from tests.fixtures.waiting import wait

AMOUNT = re.compile(r"\d+\.\d kB of 1\.1 MB")
CUT = 37 * len(weights_file()) // 100


class ModelServer(Server):
    """The program with the better model in `clip`'s place; it may use the network."""

    module, options = "tests.fixtures.better_model", []


@pytest.fixture
def fetching(
    better_hub: Hub, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[ModelServer]:
    """An app that has begun to fetch, from a hub that holds the connection at 37%, or answers with
    the status in the test's parameter first. To be named before the window, which closes first."""
    for number in range(6):
        pictures.write(tmp_path / "Photos" / f"{number}.jpg", pictures.draw(number))
    status = getattr(request, "param", None)
    if status is None:
        better_hub.held_at = CUT
    else:
        better_hub.statuses = [status]
    running = ModelServer(tmp_path, str(tmp_path / "Photos"))
    try:
        yield running
    finally:
        better_hub.going_on.set()
        running.stop()


def open_all_models(window: Visitor) -> None:
    # What arrives above it moves it.
    window.settle()
    window.page.get_by_text("All models").click()
    expect(window.page.locator(".st-key-model-clip")).to_be_visible()


def test_a_model_is_fetched_paused_resumed_used_and_dropped(
    fetching: ModelServer, window: Visitor, better_hub: Hub
) -> None:
    page = window.open(fetching.address)
    line = page.locator(".st-key-fetch-status")
    expect(line).to_contain_text("Downloading a better search model, “better”, in the background")
    expect(line).to_contain_text(AMOUNT)
    check(window)
    line.get_by_role("button", name="Pause").click()
    expect(line).to_have_count(0)
    wait(lambda: fetch_state.choice() == "paused", "the choice to pause the download")

    page.get_by_role("link", name="Library").click()
    line = page.locator(".st-key-fetch-library")
    expect(line).to_contain_text("is paused")
    expect(line).to_contain_text(AMOUNT)
    line.get_by_role("button", name="Resume").click()
    better_hub.going_on.set()
    expect(page.get_by_text("Search model: better (6 photos)")).to_be_visible()
    expect(line).to_have_count(0)

    starter, better = page.locator(".st-key-model-starter"), page.locator(".st-key-model-better")
    open_all_models(window)
    expect(better).to_contain_text("in use")
    expect(better).to_contain_text("6 photos encoded")
    expect(page.locator(".st-key-model-clip")).to_contain_text("605.2 MB, not downloaded")
    expect(page.locator(".st-key-model-siglip2")).to_contain_text("more than 100 languages")
    starter.get_by_role("button", name="Use").click()
    expect(page.get_by_text("Search model: starter (6 photos)")).to_be_visible()
    expect(starter).to_contain_text("in use")

    better.get_by_role("button", name="Drop…").click()
    page.get_by_role("button", name="Drop", exact=True).click()
    expect(better).to_have_count(0)
    assert "Downloading the search model “better”" in fetching.log
    assert "The model “better” is ready." in fetching.log


def test_not_now_is_remembered(fetching: ModelServer, window: Visitor) -> None:
    page = window.open(fetching.address)
    line = page.locator(".st-key-fetch-status")
    expect(line).to_be_visible()
    window.settle()
    line.get_by_role("button", name="Not now").click()
    expect(line).to_have_count(0)
    wait(lambda: fetch_state.choice() == "declined", "the choice not to download")
    page.get_by_role("link", name="Library").click()
    expect(page.get_by_text("Search model: starter (6 photos)")).to_be_visible()
    expect(page.locator(".st-key-fetch-library")).to_have_count(0)
    open_all_models(window)
    expect(page.locator(".st-key-model-clip").get_by_role("button")).to_contain_text(
        "Download and use"
    )


@pytest.mark.parametrize("fetching", [503], indirect=True)
def test_a_failure_is_one_sentence_and_can_be_tried_again(
    fetching: ModelServer, window: Visitor
) -> None:
    page = window.open(fetching.address + "/library")
    line = page.locator(".st-key-fetch-library")
    expect(line).to_contain_text("is not on this computer yet")
    expect(line).to_contain_text("the server answered with status 503.")
    expect(line).to_contain_text("searches use the current model.")
    check(window)
    line.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Search model: better (6 photos)")).to_be_visible()

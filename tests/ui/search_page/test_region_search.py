"""Parts of photos in the address of the Search page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.conftest import id_of
from tests.ui.search_page.test_search_state import address, app, captions


def test_the_url_contains_the_regions(photos: Path) -> None:
    one, two = f"{id_of('red.jpg')}@0,0,0.5,0.5", f"{id_of('blue.jpg')}@0.1,0.1,0.4,0.4"
    page = app(region=f"{one};{two}", until="2021-12-31")
    assert "3 photos, best match first" in captions(page) and not page.warning
    assert address(page)["region"] == f"{one};{two}"
    removers = [button for button in page.button if button.label.startswith("Remove part")]
    assert [button.label for button in removers] == ["Remove part 1", "Remove part 2"]
    removers[0].click().run()
    assert address(page) == {"region": two, "until": "2021-12-31"}
    next(button for button in page.button if button.label == "Remove part 1").click().run()
    assert address(page) == {"until": "2021-12-31"}


def test_typing_and_clearing_filters_keep_the_regions(photos: Path) -> None:
    region = f"{id_of('red.jpg')}@0,0,0.5,0.5"
    page = app(region=region, until="2021-12-31")
    page.text_input[0].set_value("red").run()
    assert address(page) == {"q": "red", "region": region, "until": "2021-12-31"}
    next(button for button in page.button if button.label == "Clear filters").click().run()
    assert address(page) == {"q": "red", "region": region}


@pytest.mark.parametrize(
    "wrong", ["x", "1@0,0,2,2", "1@0,0,0,0", "12", "999999@0,0,1,1", "@", "1@"]
)
def test_an_invalid_region_is_reported_and_photos_are_shown(photos: Path, wrong: str) -> None:
    page = app(region=wrong)
    assert "4 photos" in captions(page)
    assert "no longer exists" in page.warning[0].value

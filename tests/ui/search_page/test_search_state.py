"""The address and the search are one: what is typed goes into it, and what it holds fills the
boxes."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.config import PROJECT
from tests.ui.conftest import id_of


def app(**address: str) -> AppTest:
    """The app, opened at that address."""
    page = AppTest.from_file(str(PROJECT / "explorer" / "ui" / "app.py"), default_timeout=180)
    for key, value in address.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    return page


def address(page: AppTest) -> dict[str, str]:
    return {
        key: values[0] if isinstance(values, list) else values
        for key, values in page.query_params.items()
    }


def captions(page: AppTest) -> str:
    return " | ".join(caption.value for caption in page.caption)


def test_typed_input_appears_in_the_url(photos: Path) -> None:
    page = app()
    assert "4 photos, newest first" in captions(page)
    page.text_input[0].set_value("red").run()
    assert address(page) == {"q": "red"}
    assert "4 photos, best match first" in captions(page)
    page.text_input[0].set_value("").run()
    assert address(page) == {}


def test_the_url_fills_the_inputs(photos: Path) -> None:
    page = app(q="blue", since="2021-02-01", until="2021-12-31", folder=str(photos))
    assert page.text_input[0].value == "blue"
    assert [page.text_input(key=key).value for key in ("since", "until")] == [
        "2021-02-01",
        "2021-12-31",
    ]
    assert page.selectbox[0].value == str(photos)
    assert "2 photos, best match first" in captions(page)


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": "yesterday"},
        {"until": "0001-01-01"},
        {"page": "-1"},
        {"page": "1e9"},
        {"like": "x,99999999999999999999"},
    ],
)
def test_an_invalid_url_still_shows_photos(photos: Path, wrong: dict[str, str]) -> None:
    page = app(**wrong)
    assert "4 photos" in captions(page)
    assert not page.error


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"since": "yesterday"}, "is not a date"),
        ({"until": "2021-02-30"}, "is not a date"),
        ({"since": "9999-12-31"}, "is ignored"),
        ({"until": "0001-01-01"}, "is ignored"),
        ({"until": "9999-12-31", "since": "0001-01-01"}, ""),
        ({"since": "20210101", "until": "2021-W52-5"}, ""),
    ],
)
def test_invalid_dates_are_reported(photos: Path, wrong: dict[str, str], expected: str) -> None:
    assert [expected in warning.value.replace("\\", "") for warning in app(**wrong).warning] == (
        [True] if expected else []
    )


def test_a_filter_starts_at_the_first_page_and_keeps_the_photo(photos: Path) -> None:
    page = app(like=str(id_of("red.jpg")), page="3")
    page.text_input(key="since").set_value("2021-02").run()
    assert address(page) == {"like": str(id_of("red.jpg")), "since": "2021-02-01"}
    page.text_input(key="until").set_value("2021").run()
    assert address(page)["until"] == "2021-12-31"


def test_a_filter_that_is_no_date_is_reported(photos: Path) -> None:
    page = app()
    page.text_input(key="since").set_value("soon").run()
    assert "is not a date" in page.warning[0].value
    assert "4 photos" in captions(page)


def test_reversed_dates_are_reported(photos: Path) -> None:
    page = app(since="2022-01-01", until="2021-01-01")
    assert "The first date is after the last one" in page.info[0].value


def test_a_deleted_folder_stays_selected(photos: Path) -> None:
    page = app(folder=str(photos / "Gone"))
    assert page.selectbox[0].value == str(photos / "Gone")
    assert "No photo" in captions(page)


def test_clearing_filters_keeps_the_phrase(photos: Path) -> None:
    page = app(q="red", since="2021-02-01")
    next(button for button in page.button if button.label == "Clear filters").click().run()
    assert address(page) == {"q": "red"}
    assert not page.text_input(key="since").value


def test_an_empty_library_gives_instructions() -> None:
    from explorer.ui import resources

    page = app()
    assert page.header[0].value == "Welcome"
    resources.close()


def test_file_names_are_escaped(photos: Path) -> None:
    page = app(folder="/x/**bold** [link](http://x)")
    assert r"\*\*bold\*\*" in captions(page)


def test_a_filter_chosen_right_after_all_were_cleared_stays(photos: Path) -> None:
    """Streamlit hands over both in one run."""
    page = app(q="blue", since="2021-02-01", until="2021-12-31", sort="name")
    page.button(key="clear-filters").click()
    page.selectbox(key="folder").set_value(str(photos))
    page.run()
    assert address(page) == {"q": "blue", "folder": str(photos), "sort": "name"}
    page.button(key="clear-filters").click()
    page.text_input(key="since").set_value("2021")
    page.run()
    assert address(page) == {"q": "blue", "since": "2021-01-01", "sort": "name"}
    page.button(key="clear-filters").click().run()
    assert address(page) == {"q": "blue", "sort": "name"}
    assert page.text_input(key="since").value in ("", None)


def test_a_filter_set_just_before_all_are_cleared_goes_too(photos: Path) -> None:
    """Streamlit hands over both in one run, before the page has been drawn with the filter."""
    page = app(q="blue", sort="name")
    page.text_input(key="since").set_value("2021")
    page.button(key="clear-filters").click()
    page.run()
    assert address(page) == {"q": "blue", "sort": "name"}
    assert page.text_input(key="since").value in ("", None)

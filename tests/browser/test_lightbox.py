"""The lightbox: what it shows, its keys, and where it leads."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Server, Visitor
from tests.browser.test_search_page import ALL, asked, find, look, tiles


def test_the_lightbox_shows_photos_and_their_details(window: Visitor, server: Server) -> None:
    page = look(window, server)
    find(window, "red")
    tiles(page).first.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    for words in (
        "red.jpg",
        "15 January 2021",
        "Canon",
        "48.1000° N",
        "of your photos",
        f"1 of {ALL}",
    ):
        expect(dialog).to_contain_text(words)
    expect(dialog.locator(".lightbox img").first).to_have_js_property("naturalWidth", 320)
    first = asked(page)["photo"]
    window.press_in_lightbox("ArrowRight")
    expect(dialog).to_contain_text(f"2 of {ALL}")
    second = asked(page)["photo"]
    assert second != first
    page.reload()
    expect(dialog).to_contain_text(f"2 of {ALL}")
    window.press_in_lightbox("ArrowLeft")
    expect(dialog).to_contain_text(f"1 of {ALL}")
    assert asked(page) == {"q": "red", "photo": first}
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    window.settle()
    assert asked(page) == {"q": "red"}


def test_key_presses_are_not_lost_while_the_lightbox_is_redrawn(
    window: Visitor, server: Server
) -> None:
    page = look(window, server)
    tiles(page).first.click()
    dialog = page.get_by_role("dialog")
    dialog.locator(".lightbox").wait_for()
    # Faster than the page can follow.
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "ArrowRight"):
        window.press_in_lightbox(key)
    expect(dialog).to_contain_text(f"4 of {ALL}")
    window.settle()
    expect(dialog).to_contain_text(f"4 of {ALL}")


def test_focus_returns_to_where_the_lightbox_was_opened(window: Visitor, server: Server) -> None:
    page = look(window, server)
    tiles(page).first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text(f"2 of {ALL}")
    window.settle()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(tiles(page).nth(1)).to_be_focused()


def test_similar_photos_can_be_searched_for_from_the_lightbox(
    window: Visitor, server: Server
) -> None:
    page = look(window, server, "/?until=2021-12-31")
    tiles(page).first.click()
    page.get_by_role("dialog").get_by_role("button", name="More like this").click()
    expect(page.get_by_text("Photos like")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert set(asked(page)) == {"like", "until"}

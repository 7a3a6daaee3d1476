"""Suggestions for a query that is being typed, from the fields and from what the library has."""

from __future__ import annotations

from starlette.testclient import TestClient


def suggested(client: TestClient, text: str, **more: object) -> list[str]:
    answer = client.get("/photo/completions", params={"q": text, **more})  # type: ignore[dict-item]
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    assert all(each["help"] for each in answer.json())
    return [each["text"] for each in answer.json()]


def test_fields_and_their_choices_are_completed(client: TestClient) -> None:
    assert "red camera:" in suggested(client, "red cam")
    assert suggested(client, "red format:pn") == ["red format:png"]
    assert suggested(client, "") == suggested(client, "a dog") == []


def test_values_from_the_library_are_completed(client: TestClient) -> None:
    assert suggested(client, "date:20") == ["date:2021"]
    assert "folder:Sub" in suggested(client, "folder:s")


def test_text_after_the_cursor_is_kept(client: TestClient) -> None:
    assert "camera: red" in suggested(client, "cam red", at=3)
    # A place that is none is the end.
    assert suggested(client, "format:pn", at="x") == suggested(client, "format:pn", at=10**9)


def test_an_overlong_text_is_not_completed(client: TestClient) -> None:
    assert suggested(client, "format:" + "p" * 3000) == []

"""Similar photos and copies of a photo, as the viewer's route gives them."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from explorer.search.results.result_stacks import PhotoStacks
from explorer.ui.viewer import viewer_routes
from tests.ui.conftest import id_of


def test_similar_photos_are_the_nearest_ones(client: TestClient, ids: list[int]) -> None:
    number = id_of("red.jpg")
    found = client.get(f"/photo/{number}/similar").json()
    scores = [each["score"] for each in found["photos"]]
    assert found["known"] and scores == sorted(scores, reverse=True)
    assert {each["id"] for each in found["photos"]} == set(ids) - {number}


def test_copies_are_not_among_the_similar_photos(
    client: TestClient, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    red = id_of("red.jpg")
    copy, one, other = [i for i in ids if i != red][:3]
    stacks = PhotoStacks.of([(red, copy), (one, other)])
    monkeypatch.setattr(viewer_routes, "photo_stacks", lambda: stacks)
    found = client.get(f"/photo/{red}/similar").json()
    assert [each["id"] for each in found["copies"]] == [copy]
    similar = {each["id"] for each in found["photos"]}
    # Of another stack, only the nearest.
    assert len(similar & {one, other}) == 1 and not similar & {red, copy}
    assert len(similar) == len(ids) - 3


def test_photos_that_are_gone_take_no_place_of_similar_ones(
    client: TestClient, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    red = id_of("red.jpg")
    copy, one, other = [i for i in ids if i != red][:3]
    gone, gone_copy = 987654, 987655
    near = [(gone_copy, 0.99), (copy, 0.98), (gone, 0.97), (one, 0.9), (other, 0.8)]
    stacks = PhotoStacks.of([(red, copy), (red, gone_copy), (gone, other)])
    monkeypatch.setattr(viewer_routes, "photo_stacks", lambda: stacks)
    monkeypatch.setattr(viewer_routes, "neighbors_of", lambda *_: near)
    found = client.get(f"/photo/{red}/similar").json()
    # The stack that begins with one that is gone is shown by its next photo.
    assert [each["id"] for each in found["photos"]] == [one, other]
    monkeypatch.setattr(viewer_routes, "_SIMILAR", 1)
    found = client.get(f"/photo/{red}/similar").json()
    assert [each["id"] for each in found["photos"]] == [one]
    assert [each["id"] for each in found["copies"]] == [copy]

"""Parts of photos to search by: encoded once, and found again by what they depend on."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.photos.photo_region import PhotoRegion
from explorer.search.query import Query
from explorer.search.ranking.region import PhotoPart, RegionEncoder
from explorer.ui import resources
from explorer.ui.search_page import example_photos, region_photos
from tests import pictures
from tests.ui.conftest import id_of

RIGHT = PhotoRegion(0.6, 0, 0.4, 1)


def red_and_blue() -> bytes:
    picture = pictures.plain("red", (300, 200))
    picture.paste("blue", (150, 0, 300, 200))
    return pictures.encoded(picture)


def test_a_region_of_an_upload_finds_its_subject(photos: Path) -> None:
    _, token = example_photos.add(red_and_blue(), "two.jpg")
    part = region_photos.find(PhotoPart(token, RIGHT))
    assert part is not None and part.preview.startswith(b"\xff\xd8")
    best = resources.engine().search(Query(examples=(part.example,))).hits()[0]
    assert best.id == id_of("blue.jpg")


def test_a_region_is_encoded_once(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = PhotoPart(str(id_of("drawn.png")), RIGHT)
    first = region_photos.find(wanted)
    assert first is not None and first.example.name == "drawn.png"
    with monkeypatch.context() as patch:
        patch.setattr(RegionEncoder, "of_photo", None)
        again = region_photos.find(wanted)
    assert again is not None and again.preview == first.preview
    assert float(again.example.array() @ first.example.array()) == pytest.approx(1, abs=1e-4)


def test_a_damaged_record_is_rebuilt(photos: Path) -> None:
    wanted = PhotoPart(str(id_of("red.jpg")), RIGHT)
    assert region_photos.find(wanted)
    for spoilt in ("", "[]", '{"vector": [1.0], "name": "x"}', '{"vector": ["x"], "name": "x"}'):
        for record in (resources.library().dir / "regions").glob("*.json"):
            record.write_text(spoilt)
        found = region_photos.find(wanted)
        assert found is not None and found.example.name == "red.jpg"


def test_only_the_latest_regions_are_kept(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(region_photos, "MAX_KEPT", 2)
    for left in (0.0, 0.1, 0.2, 0.3):
        wanted = PhotoPart(str(id_of("red.jpg")), PhotoRegion(left, 0, 0.5, 1))
        assert region_photos.find(wanted)
    assert len(list((resources.library().dir / "regions").glob("*"))) == 4


@pytest.mark.parametrize("source", ["999", "0123456789abcdef", "99999999999999999999999"])
def test_a_deleted_photo_has_no_regions(photos: Path, source: str) -> None:
    assert region_photos.find(PhotoPart(source, RIGHT)) is None


def test_a_region_that_cannot_be_stored_is_used_all_the_same(photos: Path) -> None:
    (resources.library().dir / "regions").write_text("in the way")
    found = region_photos.find(PhotoPart(str(id_of("drawn.png")), RIGHT))
    assert found is not None and found.preview.startswith(b"\xff\xd8")

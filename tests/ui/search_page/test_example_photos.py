"""Photos brought to search with: found again by their token, and only by a token."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import numpy as np
import pytest

from explorer.errors import LibraryError, LibraryFull, PhotoError
from explorer.search.query import Query
from explorer.ui import resources
from explorer.ui.search_page import example_photos
from tests import pictures
from tests.ui.conftest import id_of


def bring(seed: int) -> str:
    photo_id, token = example_photos.add(pictures.encoded(pictures.draw(seed)), f"{seed}.jpg")
    assert photo_id is None
    return token


def test_an_upload_searches_like_the_photo_itself(photos: Path) -> None:
    _, token = example_photos.add(
        pictures.encoded(pictures.plain("#ee1111", (200, 90))), "mine.jpg"
    )
    example = example_photos.find(token)
    assert example
    assert example.name == "mine.jpg"
    best = resources.engine().search(Query(examples=(example,))).hits()[0]
    assert best.id == id_of("red.jpg")
    assert (example_photos.picture(token) or b"").startswith(b"\xff\xd8")


def test_a_library_photo_is_recognized_by_its_bytes(photos: Path) -> None:
    assert example_photos.add((photos / "blue.jpg").read_bytes(), "other name.jpg") == (
        id_of("blue.jpg"),
        "",
    )


def test_an_upload_that_is_not_a_photo_is_rejected_and_leaves_nothing(photos: Path) -> None:
    with pytest.raises(PhotoError):
        example_photos.add(b"%PDF-1.4", "letter.pdf")
    assert list(resources.library().dir.glob("examples/*")) == []


@pytest.mark.parametrize(
    "token", ["", "..", "../catalog", "/etc/passwd", "ABCDEF12", "0123456789abcdef"]
)
def test_no_other_file_is_read(photos: Path, token: str) -> None:
    assert example_photos.find(token) is None
    assert example_photos.picture(token) is None


def test_only_the_latest_uploads_are_kept(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(example_photos, "MAX_KEPT", 2)
    tokens = [bring(seed) for seed in range(4)]
    kept = [token for token in tokens if example_photos.find(token)]
    assert len(kept) == 2
    assert tokens[-1] in kept


def test_a_vector_of_another_encoder_is_replaced(photos: Path) -> None:
    token = bring(5)
    before = example_photos.find(token)
    note = resources.library().dir / "examples" / f"{token}.json"
    stored = json.loads(note.read_text())
    note.write_text(json.dumps(stored | {"encoder": ["other", "0"], "vector": [0.0]}))
    after = example_photos.find(token)
    assert before and after
    # From the preview now, which is not the photo to the last bit.
    assert np.dot(before.array(), after.array()) > 0.99


def test_an_upload_that_cannot_be_stored_is_refused_in_words(photos: Path) -> None:
    (resources.library().dir / "examples").write_text("in the way")
    with pytest.raises(LibraryError, match="cannot be stored"):
        bring(6)


def test_half_a_preview_is_not_kept(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        write(path, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as now:
        now.setattr(Path, "write_bytes", full)
        with pytest.raises(LibraryFull):
            bring(7)
    assert list(resources.library().dir.glob("examples/*.jpg")) == []


def test_a_vector_that_cannot_be_stored_is_used_all_the_same(photos: Path) -> None:
    token = bring(8)
    before = example_photos.find(token)
    note = resources.library().dir / "examples" / f"{token}.json"
    note.unlink()
    note.mkdir()
    found = example_photos.find(token)
    assert before and found
    assert np.allclose(found.array(), before.array(), atol=0.05)

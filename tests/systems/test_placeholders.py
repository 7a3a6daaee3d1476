"""Photos whose bytes a cloud service has taken away since they were indexed are not downloaded by
what nobody has asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.decoding import decode_server
from explorer.errors import PhotoError
from explorer.photos.file_io import is_here, read_file
from explorer.photos.metadata.exif_header import read_header
from explorer.systems.this_system import this_system
from tests import pictures


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return pictures.write(
        tmp_path / "a.jpg",
        pictures.draw(1),
        exif=pictures.exif("2019:07:12 14:30:00", (1.5, 2.5), ("A", "B")),
    )


@pytest.fixture
def placeholder(photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same photo, of which only a placeholder is here."""
    path = tmp_path / "away.jpg"
    path.write_bytes(photo.read_bytes())
    number = path.stat().st_ino
    monkeypatch.setattr(
        type(this_system()), "is_in_cloud", lambda self, facts: facts.st_ino == number
    )
    return path


def test_a_placeholder_is_not_here(photo: Path, placeholder: Path) -> None:
    assert is_here(photo) and not is_here(placeholder)
    assert not is_here(photo.with_name("gone.jpg"))
    # What the user asks for is downloaded.
    assert read_file(placeholder) == photo.read_bytes()


def test_comparing_does_not_read_a_placeholder(photo: Path, placeholder: Path) -> None:
    def request(fact: str, *paths: Path) -> dict[str, str]:
        names = zip(("path", "other"), paths, strict=False)
        return {"fact": fact} | {name: os.fsencode(path).hex() for name, path in names}

    for fact in ("pixels", "fraction"):
        assert decode_server._file_fact(request(fact, photo))["hash"]
        with pytest.raises(PhotoError, match="not on this computer"):
            decode_server._file_fact(request(fact, placeholder))
    for pair in ((photo, placeholder), (placeholder, photo)):
        with pytest.raises(PhotoError, match="not on this computer"):
            decode_server._file_fact(request("residual", *pair))


def test_the_header_of_a_placeholder_is_not_read(photo: Path, placeholder: Path) -> None:
    assert read_header(photo) is not None and read_header(placeholder) is None

"""EXIF data of a TIFF, which are spread over the file."""

from __future__ import annotations

from typing import Any, ClassVar

from explorer.photos.metadata import exif


def test_an_empty_block_of_a_tiff_is_not_broken() -> None:
    """Its EXIF data are not in one piece, so that no offset tells whether they are there."""

    class Tiff:
        info: ClassVar[dict[str, Any]] = {}

        def getexif(self) -> Tiff:
            return self

        def keys(self) -> list[int]:
            return [0x8769]

        def get(self, tag: int) -> int | None:
            return 100 if tag == 0x8769 else None

        __getitem__ = get

        def get_ifd(self, tag: int) -> dict[int, Any]:
            return {}

    assert exif.read_exif(Tiff()).broken == ()  # type: ignore[arg-type]

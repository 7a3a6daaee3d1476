"""Metadata profiles in the text chunks of PNG files."""

from __future__ import annotations

import pytest

from explorer.photos.metadata.text_profile import decode_text_profile


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("\nxmp\n       4\n3c61\n2f3e\n", b"<a/>"),
        # A profile of no bytes.
        ("\nxmp\n       0\n", b""),
        ("xmp", b"xmp"),
        ("", b""),
        ("xmp 2 zz", b"xmp 2 zz"),
        ("xmp 2 3", b"xmp 2 3"),
        ("\udcff", b"?"),
    ],
)
def test_text_that_is_no_profile_is_returned_unchanged(text: str, data: bytes) -> None:
    assert decode_text_profile(text) == data

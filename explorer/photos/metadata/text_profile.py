"""Metadata profiles in the text chunks of a PNG, as ImageMagick writes them."""

from __future__ import annotations


def decode_text_profile(text: str) -> bytes:
    """The bytes of a profile given as a name, a length and hexadecimal digits.

    Text that is not of that form is returned as it is, in UTF-8, so that it still counts as present
    but unreadable.
    """
    words = text.split()
    try:
        if len(words) >= 2:
            return bytes.fromhex("".join(words[2:]))
    except ValueError:
        pass
    return text.encode("utf-8", "replace")

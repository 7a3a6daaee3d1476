"""Decode the metadata profiles that ImageMagick writes into the text chunks of PNG files."""

from __future__ import annotations


def decode_text_profile(text: str) -> bytes:
    """The bytes of a profile written as a name, a length and hexadecimal digits.

    Other text is returned unchanged, in UTF-8, so that it counts as present but unreadable.
    """
    words = text.split()
    try:
        if len(words) >= 2:
            return bytes.fromhex("".join(words[2:]))
    except ValueError:
        pass
    return text.encode("utf-8", "replace")

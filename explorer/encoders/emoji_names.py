"""Emoji in words, for a text model that has no token for them."""

from __future__ import annotations

import re
import unicodedata

# Miscellaneous symbols, dingbats, and the planes of emoji. What is written among letters, such as
# © and ™, is elsewhere.
_EMOJI = re.compile("[\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
# What only joins emoji or changes how they are drawn: joiners, variation selectors, skin tones.
_MODIFIERS = re.compile("(?<=[\u2300-\U0001faff])[\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
# How the symbol is drawn, and not what it shows: HEAVY BLACK HEART, WHITE MEDIUM STAR, DOG FACE.
_DRAWN = re.compile(r"^(?:(?:heavy|black|white|medium|small) )+(?=\w)|(?<=\w) face$")


def with_emoji_named(text: str) -> str:
    """The text with emoji replaced by their names in Unicode: `🐶 on grass` → `dog on grass`. Other
    text is not changed."""
    if text.isascii() or not _EMOJI.search(text):
        return text
    while (shorter := _MODIFIERS.sub(" ", text)) != text:
        text = shorter
    named = _EMOJI.sub(lambda match: f" {_name(match[0])} ", _FLAG.sub(" flag ", text))
    return " ".join(named.split())


def _name(emoji: str) -> str:
    name = unicodedata.name(emoji, "").lower()
    return _DRAWN.sub("", name) or emoji

"""The words of a command line, before and beside what argparse makes of them."""

from __future__ import annotations

import argparse
import difflib
import os
from collections.abc import Collection, Sequence
from pathlib import Path

from explorer.errors import UsageError
from explorer.text_format import whole_number


def command_first(
    words: Sequence[str], parsers: dict[str, argparse.ArgumentParser], default: str
) -> list[str]:
    """The words with the command as the first: options may stand before it. Without a command, it
    is the default one.

    parsers: each command's own. Ends the program, as argparse does, where the command does not know
    an option that stands before it.
    """
    at, options = 0, list[str]()
    while at < len(words) and words[at].startswith("-") and words[at] != "--":
        name, equals, _ = words[at].partition("=")
        options.append(name)
        # An option that several commands have means the same in all of them.
        known = next(
            (
                action
                for parser in parsers.values()
                if (action := _option(parser, name)) is not None
            ),
            None,
        )
        at += 2 if known is not None and known.nargs != 0 and not equals else 1
    if at >= len(words) or words[at] not in parsers:
        return [default, *words]
    command = words[at]
    for name in options:
        if _option(parsers[command], name) is None:
            parsers[command].error(f"unrecognized arguments: {name}")
    return [command, *words[:at], *words[at + 1 :]]


def _option(parser: argparse.ArgumentParser, name: str) -> argparse.Action | None:
    """The option of that name, which may be shortened as argparse allows it; None where the parser
    knows none."""
    for known, action in parser._option_string_actions.items():
        if known == name or (name.startswith("--") and len(name) > 2 and known.startswith(name)):
            return action
    return None


def check_folders(words: Sequence[str], commands: Collection[str]) -> None:
    """Raises UsageError for a word that was given as a folder, but can only be a command in the
    wrong place, or a mistyped one.

    A folder of that name, or a word that looks like a path, is a folder.
    """
    for at, word in enumerate(words):
        if (
            not word
            or Path(word).name != word
            or word.startswith(("~", "."))
            or os.path.lexists(word)
        ):
            continue
        if word in commands:
            raise UsageError(
                f"The command comes first: `python run.py {word} …`. A folder that is called “{word}” is written ./{word}."
            )
        if at == 0:
            near = difflib.get_close_matches(word, commands, 1)
            hint = (
                f"Did you mean “{near[0]}”?"
                if near
                else "`python run.py --help` lists the commands."
            )
            raise UsageError(f"“{word}” is neither a command nor a folder here. {hint}")


def positive(text: str) -> int:
    """An option's value that is a whole number above 0. Raises argparse's error for any other text."""
    return _within(text, 1, 2**31 - 1)


def port(text: str) -> int:
    """An option's value that is the number of a port. Raises argparse's error for any other text."""
    return _within(text, 1, 65_535)


def _within(text: str, least: int, most: int) -> int:
    number = whole_number(text, most)
    if number is None or number < least:
        shown = text if len(text) <= 20 else text[:20] + "…"
        too_large = number is None and text.isdigit()
        bounds = f"from {least:,} to {most:,}" if too_large or most <= 65_535 else "above 0"
        raise argparse.ArgumentTypeError(f"“{shown}” is not a whole number {bounds}")
    return number

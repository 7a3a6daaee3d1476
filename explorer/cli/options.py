"""Options and parameter types shared by several commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from explorer.text_format import whole_number

Function = TypeVar("Function", bound=Callable[..., Any])


class Command(click.Command):
    """A command whose long options can be abbreviated (`--lib`) if they remain unambiguous."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = [
            spelling
            for parameter in self.get_params(ctx)
            if isinstance(parameter, click.Option)
            for spelling in parameter.opts
        ]
        end = args.index("--") if "--" in args else len(args)
        if self.allow_interspersed_args:
            args = [*(_expanded(word, known) for word in args[:end]), *args[end:]]
        return super().parse_args(ctx, args)


class QueryCommand(Command):
    """A command that takes a query, which may begin with a minus: `search -format:jpeg`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        options = [each for each in self.get_params(ctx) if isinstance(each, click.Option)]
        known = {spelling for option in options for spelling in option.opts}
        valued = {spelling for option in options if not option.is_flag for spelling in option.opts}
        end = args.index("--") if "--" in args else len(args)
        queries = [
            at
            for at, word in enumerate(args[:end])
            if len(word) > 1
            and word[0] == "-" != word[1]
            and word not in known
            and (at == 0 or args[at - 1] not in valued)
        ]
        if queries:
            others = [word for at, word in enumerate(args[:end]) if at not in queries]
            args = [*others, "--", *(args[at] for at in queries), *args[end + 1 :]]
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            if error.message.startswith("Got unexpected extra argument"):
                raise click.UsageError(
                    f"{error.message}. Put a query of several words in quotation marks.", ctx
                ) from None
            raise


def _expanded(word: str, known: list[str]) -> str:
    """A word with an abbreviated option spelled out; any other word unchanged."""
    name, equals, value = word.partition("=")
    if not name.startswith("--") or name == "--" or name in known:
        return word
    found = [spelling for spelling in known if spelling.startswith(name)]
    return found[0] + equals + value if len(found) == 1 else word


class WholeNumber(click.ParamType[int]):
    """A whole number within inclusive bounds."""

    name = "number"

    def __init__(self, least: int = 1, most: int = 2**31 - 1) -> None:
        self.least, self.most = least, most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        number = whole_number(value, self.most)
        if number is None or number < self.least:
            shown = value if len(value) <= 20 else value[:20] + "…"
            too_large = number is None and value.isdigit()
            bounds = (
                f"from {self.least:,} to {self.most:,}"
                if too_large or self.most <= 65_535
                else f"above {self.least - 1}"
            )
            self.fail(f"“{shown}” is not a whole number {bounds}", param, ctx)
        return number


PORT = WholeNumber(1, 65_535)


def library_option(function: Function) -> Function:
    """`--library DIR`, as `library`: the path as given, or None."""
    return click.option(
        "--library",
        metavar="DIR",
        help="The library's folder (default: EXPLORER_LIBRARY, or one in your user data folder).",
    )(function)


def json_option(function: Function) -> Function:
    """`--json`, as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")(
        function
    )


def encoder_option(function: Function) -> Function:
    """`--encoder NAME`, as `encoder`: a name, or None."""
    return click.option("--encoder", metavar="NAME", help="The model to use; `models` lists them.")(
        function
    )


def offline_option(function: Function) -> Function:
    """`--offline`, as `offline`."""
    return click.option("--offline", is_flag=True, help="Download nothing.")(function)


def filter_options(function: Function) -> Function:
    """`--since`, `--until` and `--folder`: the texts as given, or None."""
    for option in (
        click.option("--folder", metavar="DIR", help="Only in this folder and its subfolders."),
        click.option("--until", metavar="DATE", help="Taken on this day or earlier (YYYY-MM-DD)."),
        click.option("--since", metavar="DATE", help="Taken on this day or later (YYYY-MM-DD)."),
    ):
        function = option(function)
    return function


def app_options(function: Function) -> Function:
    """The options for serving the app: `--offline`, `--port N` (as `port`) and `--no-browser`."""
    for option in (
        click.option("--no-browser", is_flag=True, help="Do not open a browser window."),
        click.option(
            "--port",
            type=PORT,
            metavar="N",
            help="The port to serve on (default: the first free one from 8501).",
        ),
        offline_option,
    ):
        function = option(function)
    return function

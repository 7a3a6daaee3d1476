"""`bench`: run one of the project's benchmarks."""

from __future__ import annotations

import subprocess
import sys

import click

from explorer.cli.options import Command, library_option
from explorer.cli.output import emit
from explorer.config import PROJECT
from explorer.errors import UsageError


@click.command(
    "bench",
    cls=Command,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    help="Run one of the project's benchmarks; without a name, list them.",
)
@click.argument("name", required=False)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
@library_option
def bench_command(library: str | None, name: str | None, options: tuple[str, ...]) -> int:
    """OPTIONS are passed to the benchmark; its `--help` describes them."""
    folder = PROJECT / "benchmarks"
    names = sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))
    if not names:
        raise UsageError(
            "The benchmarks are not part of the installed package: run this in a checkout of"
            " the project."
        )
    if not name:
        for each in names:
            emit(each)
        return 0
    if name not in names:
        raise UsageError(f"There is no benchmark “{name}”: choose one of {', '.join(names)}.")
    return subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *options], cwd=PROJECT, check=False
    ).returncode

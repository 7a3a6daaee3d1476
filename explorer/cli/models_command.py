"""`models` and `bench`."""

from __future__ import annotations

import argparse
import subprocess
import sys

from explorer.cli.app import say
from explorer.cli.output import Status, emit, emit_json, fetching
from explorer.config import PROJECT
from explorer.errors import UsageError
from explorer.text_format import size


def run_models(args: argparse.Namespace) -> int:
    """List the encoders, or fetch the weights of one."""
    from explorer.encoders import registry

    if args.action == "get":
        if not args.name:
            raise UsageError(
                "Say which model: `python run.py models get NAME`; `python run.py models` lists them."
            )
        status = Status()
        try:
            registry.fetch(args.name, lambda *amounts: status.show(fetching(args.name, *amounts)))
        finally:
            status.clear()
        say(f"“{args.name}” is ready: use it with --encoder {args.name}.")
        return 0
    if args.name:
        raise UsageError(
            f"`models` takes no name by itself: to fetch one, run `python run.py models get {args.name}`."
        )
    infos = registry.describe()
    if args.json:
        emit_json([info._asdict() for info in infos])
        return 0
    for info in infos:
        text = "phrases and photos" if info.has_text else "photos only"
        state = (
            "ready"
            if info.available
            else f"not here ({size(info.download_bytes)}: python run.py models get {info.name})"
        )
        emit(f"{info.name:<10} {text:<19} {state}\n{'':<10} {info.what}; {info.licence}")
    return 0


def run_bench(args: argparse.Namespace) -> int:
    """Run a script of benchmarks/ with the options given."""
    names = sorted(
        path.stem for path in (PROJECT / "benchmarks").glob("*.py") if not path.stem.startswith("_")
    )
    if not args.name:
        for name in names:
            emit(name)
        return 0
    if args.name not in names:
        raise UsageError(f"There is no benchmark “{args.name}”: choose one of {', '.join(names)}.")
    return subprocess.run(
        [sys.executable, "-m", f"benchmarks.{args.name}", *args.options], cwd=PROJECT, check=False
    ).returncode

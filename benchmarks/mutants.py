"""Mutation testing: whether the tests notice small wrong changes to modules in which mistakes could
lose photos or falsify searches.

    python run.py bench mutants [MODULE…] [--number 30] [--seed 0] [--jobs 1] [--survivors] [--list]
    [--repo DIR] [--least 0.9]

For each module, it draws a random sample of mutations of its source, and runs the tests that
exercise the module on each, in a temporary copy of the project. A module is given as
`removal/plan`, `explorer/removal/plan.py`, or `removal/plan:46-60` for these lines only. A mutant
is noticed if a test fails or the tests exceed a time limit; a mutant that passes all tests has
survived, and is shown as a diff. Some survivors do not change the behavior at all, so the share
need not be 1. The exit code is 0 if at least `--least` of the mutants of every module are noticed,
otherwise 1.

On Linux, the tests of a mutant run in a fork of a process that has imported what the mutant does
not change (`_mutant_server.py`); elsewhere in a new process, which takes longer to start.

The copy is in the folder for temporary files. If TMPDIR names one in memory, such as /dev/shm, the
tests need not wait for the disk.

Mutants of code that moves and deletes files are executed, in the tests' own folders: do not run
this on a computer where a mistake would do harm.
"""

from __future__ import annotations

import argparse
import difflib
import os
import queue
import signal
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from benchmarks._mutant_guards import GUARDS
from benchmarks._mutant_runs import Copy, Order, Run, TestsFail, time_limit
from benchmarks._mutations import Mutation, mutations


class Module(NamedTuple):
    """path: relative to the project. lines: those to which mutations are restricted."""

    path: str
    lines: range

    @property
    def stem(self) -> str:
        """The name in the table of guards: without `explorer/` and `.py`."""
        return self.path.removeprefix("explorer/").removesuffix(".py")


class Tried(NamedTuple):
    """A mutation, and the result of the tests."""

    mutation: Mutation
    run: Run


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="benchmarks.mutants", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument(
        "modules",
        nargs="*",
        metavar="MODULE",
        help="modules to change (default: all that guard photos)",
    )
    parser.add_argument(
        "--number",
        type=int,
        default=30,
        metavar="N",
        help="mutants of each module (default: 30; 0: all)",
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="draws other mutants (default: 0)"
    )
    parser.add_argument(
        "--jobs", type=int, default=1, metavar="N", help="mutants at a time (default: 1)"
    )
    parser.add_argument(
        "--tests",
        nargs="+",
        metavar="FILE",
        help="run these tests in place of those that the table names",
    )
    parser.add_argument(
        "--survivors", action="store_true", help="print the survivors only, not every mutant"
    )
    parser.add_argument("--list", action="store_true", help="print the mutations and run nothing")
    parser.add_argument(
        "--repo",
        type=Path,
        default=Path(__file__).parents[1],
        metavar="DIR",
        help="the project (default: this one)",
    )
    parser.add_argument(
        "--least",
        type=float,
        default=0.9,
        metavar="SHARE",
        help="of mutants to be noticed (default: 0.9)",
    )
    return parser


def main(words: list[str] | None = None) -> int:
    parser = _parser()
    args = parser.parse_args(words)
    repo = args.repo.resolve()
    try:
        modules = [module_of(repo, name) for name in args.modules or GUARDS]
        chosen = [(module, tests_of(repo, module.stem, args.tests)) for module in modules]
    except LookupError as error:
        parser.error(str(error.args[0]))
    drawn = [
        (module, tests, draw(repo, module, args.number or None, args.seed))
        for module, tests in chosen
    ]
    if args.list:
        for module, _, found in drawn:
            for mutation in found:
                print(f"{module.path}:{mutation.line}: {mutation.change}")
        return 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as scratch:
        copies = [
            Copy(repo, Path(scratch) / f"copy{number}") for number in range(max(1, args.jobs))
        ]
        try:
            shares = [
                _share(repo, copies, module, tests, found, args.survivors)
                for module, tests, found in drawn
            ]
        finally:
            for copy in copies:
                copy.stop()
    return int(any(share is None or share < args.least for share in shares))


def module_of(repo: Path, name: str) -> Module:
    """The module named by `removal/plan`, `explorer/removal/plan.py` or `removal/plan:46-60`.
    Raises LookupError if there is none, or if the lines are invalid."""
    path, _, lines = name.partition(":")
    path = (
        "explorer/" + path.replace("\\", "/").removeprefix("explorer/").removesuffix(".py") + ".py"
    )
    if not (repo / path).is_file():
        raise LookupError(f"There is no module {path} in {repo}.")
    first, _, last = lines.partition("-")
    if not lines:
        return Module(path, range(1, sys.maxsize))
    if not first.isdecimal() or not (last or first).isdecimal():
        raise LookupError(f"“{name}” names no lines: write them as {path}:46 or {path}:46-60.")
    return Module(path, range(int(first), int(last or first) + 1))


def tests_of(repo: Path, stem: str, given: list[str] | None = None) -> list[str]:
    """The test files that exercise a module, relative to the project, its own first. Raises
    LookupError if there are none."""
    own = _own_tests(repo, stem)
    listed = [f"tests/{test}.py" for test in GUARDS.get(stem, ())]
    found = given or list(
        dict.fromkeys([*own, *(test for test in listed if (repo / test).is_file())])
    )
    if not found:
        raise LookupError(
            f"No tests are known for {stem}: name them with --tests, or enter them in"
            f" benchmarks/_mutant_guards.py."
        )
    return found


def _own_tests(repo: Path, stem: str) -> list[str]:
    """The test files in the module's mirrored folder that have its name, or continue it after an
    underscore, and are not those of a module with a longer name."""
    folder, name = Path(stem).parent, Path(stem).name
    longer = [
        path.stem for path in (repo / "explorer" / folder).glob(f"{name}_*.py") if path.is_file()
    ]
    return [
        path.relative_to(repo).as_posix()
        for path in sorted((repo / "tests" / folder).glob(f"test_{name}*.py"))
        if _is_of(path.stem, name) and not any(_is_of(path.stem, each) for each in longer)
    ]


def _is_of(test: str, module: str) -> bool:
    return f"{test}_".startswith(f"test_{module}_")


def draw(repo: Path, module: Module, number: int | None, seed: int) -> list[Mutation]:
    """A random sample of the mutations of a module, or all if `number` is None. The same source and
    seed always give the same sample."""
    source = (repo / module.path).read_text(encoding="utf-8")
    if module.lines.stop == sys.maxsize:
        return mutations(source, number, seed)
    return [mutation for mutation in mutations(source) if mutation.line in module.lines][:number]


def _share(
    repo: Path,
    copies: list[Copy],
    module: Module,
    tests: list[str],
    found: list[Mutation],
    terse: bool,
) -> float | None:
    """Test a module's mutants and print the results; return the share that was noticed (0 to 1), or
    None if the tests fail on unchanged code."""
    source, began = (repo / module.path).read_text(encoding="utf-8"), time.monotonic()
    try:
        seconds, quickest = copies[0].measure(tests)
        for copy in copies:
            copy.prepare(module.path, copies[0])
        tried = _try_all(copies, module, found, Order(quickest), time_limit(seconds), terse)
    except TestsFail as error:
        print(f"{module.path}: {error}", flush=True)
        return None
    survivors = [each.mutation for each in tried if each.run.outcome == "survived"]
    slow = sum(each.run.outcome == "timeout" for each in tried)
    for mutation in survivors:
        print(f"\n{module.path}:{mutation.line}: survived: {mutation.change}")
        print(
            "\n".join(
                list(
                    difflib.unified_diff(
                        source.splitlines(), mutation.source.splitlines(), n=1, lineterm=""
                    )
                )[2:]
            )
        )
    share = 1 - len(survivors) / len(tried) if tried else 1.0
    print(
        f"{module.path}: {len(tried) - len(survivors)} of {len(tried)} noticed ({share:.0%}),"
        f" {slow} of them by the time they took;"
        f" {time.monotonic() - began:.0f} s, tests alone {seconds:.0f} s",
        flush=True,
    )
    return share


def _try_all(
    copies: list[Copy],
    module: Module,
    found: list[Mutation],
    order: Order,
    limit: float,
    terse: bool,
) -> list[Tried]:
    free = queue.SimpleQueue[Copy]()
    for copy in copies:
        free.put(copy)

    def one(mutation: Mutation) -> Tried:
        copy = free.get()
        try:
            run = copy.try_out(module.path, mutation.source, order.tests(), limit)
        finally:
            free.put(copy)
        order.failed(run.by)
        if not terse:
            print(
                f"{module.path}:{mutation.line}: {run.outcome}: {mutation.change}"
                + (f" ({run.by})" if run.by else ""),
                flush=True,
            )
        return Tried(mutation, run)

    pool = ThreadPoolExecutor(len(copies))
    try:
        return list(pool.map(one, found))
    except BaseException:
        for copy in copies:
            copy.stop()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


if __name__ == "__main__":
    # Exit by an exception, so that a signal also stops the running tests.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if hasattr(os, "nice"):
        os.nice(5)
    sys.exit(main())

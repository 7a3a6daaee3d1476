"""Print the results of the duplicates benchmark as tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from benchmarks._copies import ALL_KINDS


def print_results(results: dict[str, Any]) -> None:
    """Print the results as tables."""
    programs = {
        name: value
        for name, value in results.items()
        if isinstance(value, dict) and "kinds" in value
    }
    if programs:
        _print_programs(programs)
    if "bursts" in results:
        b = results["bursts"]
        wrong = f"{len(b['wrong'])} of {b['pairs']:,} pairs of {b['photos']:,} photos"
        print(f"different shots: {wrong} were mistaken for one picture: {b['wrong'][:5]}")
    if "shots" in results:
        print(f"{'two shots without times':<34}mistaken for one picture")
        for kind, (wrong, number) in results["shots"]["made"].items():
            print(f"{kind:<34}{wrong:>6} of {number}")
    if "scale" in results:
        s = results["scale"]
        print(
            f"candidates among {s['hashes']:,} hashes in eight orientations: {s['seconds']:.1f} s,"
            f" {s['recall']:.3f} of copies found"
        )
    for name in results.get("absent", []):
        print(f"{name} is not installed (benchmarks/requirements.txt): skipped")


def _print_programs(programs: dict[str, Any]) -> None:
    """Recall, precision and time of each program."""

    def row(name: str, cells: Iterable[dict[str, Any] | None]) -> str:
        return f"{name:<18}" + "".join(
            f"{cell['recall']:>15.3f} / {cell['precision']:.3f} " if cell else f"{'':>24}"
            for cell in cells
        )

    print(f"{'recall / precision':<18}" + "".join(f"{name:>24}" for name in programs))
    for kind in ALL_KINDS:
        if any(kind in value["kinds"] for value in programs.values()):
            print(row(kind, (value["kinds"].get(kind) for value in programs.values())))
    print(row("all", programs.values()))
    seconds = [value["seconds"] for value in programs.values()]
    print(f"{'seconds':<18}" + "".join(f"{value:>24.1f}" for value in seconds))
    print(f"{'time, ratio':<18}" + "".join(f"{value / seconds[0]:>24.2f}" for value in seconds))
    for part, value in next(iter(programs.values()))["parts"].items():
        print(f"    of that, {part}: {value:.1f} s")

"""Whether the tests notice small wrong changes (mutation testing) in the modules where a photo
could be lost or a search could lie.

    python run.py bench mutants [MODULE…] [--number 30] [--seed 0] [--jobs 1] [--survivors] [--list]
    [--repo DIR] [--least 0.9]

For each module, draws so many mutations of its source at random, and runs the tests that exercise
it on each, in a temporary copy of the project. A module is given as `removal/plan`,
`explorer/removal/plan.py`, or `removal/plan:46-60` for these lines only. A mutant on which a test
fails is noticed, and so is one on which the tests take too long; one that all tests pass has
survived, and is shown as a diff. Some survivors change nothing that can be seen: the ratio need not
be 1. Exit code: 0 where it is at least `--least` everywhere, else 1.

Wrong changes to code that moves and deletes files are carried out, in folders of the tests: do not
run it where that must not go wrong.
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

from benchmarks._mutant_runs import Copy, Run, TestsFail, time_limit
from benchmarks._mutations import Mutation, mutations

_SCANNING = (
    "indexing/test_reconcile",
    "indexing/test_vanished_files",
    "indexing/test_compare_edges",
    "indexing/test_stores",
)
# The modules that are tried if none is named, below `explorer/`, and the tests that exercise each,
# below `tests/`; files of tests that bear the module's name come on top of these.
GUARDS: dict[str, tuple[str, ...]] = {
    "removal/plan": (),
    "removal/plan_formats": ("removal/test_plan_reader", "removal/test_plan_encodings"),
    "removal/plan_reader": ("removal/test_plan_encodings",),
    "removal/spreadsheet": (),
    "anomalies/finding_removals": (),
    "removal/sidecar": ("removal/test_companions",),
    "removal/sidecar_restore": ("removal/test_restore", "removal/test_undo_bounds"),
    "removal/safe_move": ("removal/test_new_files",),
    "removal/part_files": (
        "removal/test_safe_move",
        "removal/test_safe_move_copy",
        "removal/test_new_files",
    ),
    "removal/file_state": ("removal/test_safe_move",),
    "removal/undo": ("removal/test_recover_interrupted", "removal/test_recover_copies"),
    "removal/restore": (
        "removal/test_undo",
        "removal/test_recover_interrupted",
        "removal/test_recover_copies",
    ),
    "removal/remove": ("removal/test_removal_refusals", "removal/test_sidecar_failures"),
    "removal/removal_executor": (
        "removal/test_remove",
        "removal/test_removal_races",
        "removal/test_companion_removal",
        "removal/test_companion_restore",
        "removal/test_sidecar",
    ),
    "removal/checked_move": (
        "removal/test_removal_races",
        "removal/test_remove",
        "removal/test_removal_drives",
    ),
    "removal/preflight": ("removal/test_removal_refusals", "removal/test_companion_removal"),
    "removal/keeper_check": (
        "removal/test_preflight",
        "removal/test_removal_refusals",
        "removal/test_removing_sets",
        "removal/test_companion_removal",
    ),
    "removal/checked_files": ("removal/test_preflight", "removal/test_removal_drives"),
    "removal/removal_paths": ("removal/test_preflight", "removal/test_removal_refusals"),
    "removal/trash": (),
    "removal/file_identity": ("removal/test_proof",),
    "removal/proof": ("removal/test_aliases", "removal/test_missing_inodes"),
    "removal/boundaries": (),
    "removal/destinations": (),
    "removal/file_names": (),
    "removal/exclusive_rename": (),
    "removal/companions": ("removal/test_companion_removal",),
    "removal/companion_keys": ("removal/test_companions",),
    "duplicates/tiers": (),
    "duplicates/keeper": (),
    "duplicates/keep_rules": ("duplicates/test_keeper", "duplicates/test_groups"),
    "duplicates/describe_difference": (),
    "duplicates/relative_geometry": (
        "duplicates/test_describe_difference",
        "duplicates/test_originals",
    ),
    "duplicates/pair_edge": ("duplicates/test_describe_difference",),
    "removal/stacks": ("removal/test_companions",),
    "duplicates/suggestion": ("duplicates/test_suggestion_versions",),
    "duplicates/originals": ("duplicates/test_original_objections",),
    "duplicates/versions": ("duplicates/test_same_pixels",),
    "duplicates/star_clusters": ("duplicates/test_suggestion", "duplicates/test_find_groups"),
    "duplicates/decisions": (),
    "duplicates/group_removals": (),
    "duplicates/groups": ("duplicates/test_group_contents", "duplicates/test_suggestion"),
    "anomalies/quality_scores": (),
    "anomalies/dates": (),
    "library/removal_journal": ("removal/test_undo",),
    "library/removal_sync": ("removal/test_undo", "removal/test_remove"),
    "library/file_lookup": ("removal/test_undo", "removal/test_remove"),
    "library/journal_lines": (
        "library/test_removal_journal",
        "library/test_removal_journal_values",
    ),
    "library/removal_folders": (),
    "library/mounts": ("removal/test_aliases",),
    "library/connection": ("library/test_setting_store",),
    "library/writer": ("library/test_file_store",),
    "library/catalog": ("library/test_vectors", "library/test_photo_store"),
    "library/file_rows": (),
    "library/file_store": (),
    "library/photo_store": ("library/test_file_store",),
    "library/root_store": (),
    "library/embedding_store": (),
    "library/command_store": (),
    "library/worker_store": (),
    "library/vectors": (),
    "library/decision_store": ("duplicates/test_decisions",),
    "library/protected_folder_store": (),
    "library/filters": ("library/test_catalog_filters",),
    "library/failure_store": ("library/test_catalog",),
    "library/durable_io": ("library/test_vectors_saved",),
    "library/system_folders": (),
    "library/savepoint": (),
    "int64": (),
    "library/pair_store": ("analysis/duplicates/test_find_pairs",),
    "library/copy_rows": (),
    "library/keypoint_store": (),
    "library/quality_store": (),
    "library/salvage": (),
    "library/damaged_tables": ("library/test_salvage", "library/test_salvage_by_chance"),
    "library/sqlite_pages": ("library/test_salvage",),
    "library/column_values": ("library/test_salvage",),
    "library/integrity": (),
    "library/permissions": (),
    "matching/full_resolution": (),
    "photos/hashing": (),
    "photos/containers/contents": ("photos/containers/test_content_reader",),
    "photos/containers/content_reader": ("photos/containers/test_appended_data",),
    "photos/containers/appended_data": ("photos/containers/test_content_reader",),
    "photos/containers/isobmff": ("photos/containers/test_content_reader",),
    "photos/containers/heif_items": ("photos/containers/test_content_reader",),
    "photos/containers/jpeg_segments": ("photos/containers/test_content_reader",),
    "photos/containers/tiff_pages": ("photos/containers/test_content_reader",),
    "photos/readers/tiff_parser": ("photos/containers/test_tiff_pages", "photos/readers/test_tiff"),
    "photos/containers/preview_match": (),
    "photos/containers/pixel_digest": (
        "photos/containers/test_content_reader_tiff",
        "photos/containers/test_content_reader_animations",
    ),
    "photos/picture_loader": (
        "photos/test_damage",
        "photos/test_broken",
        "photos/readers/test_tiff",
        "photos/color/test_color_space_cicp",
    ),
    "photos/color/color_space": (),
    "photos/damage": ("photos/test_broken",),
    "photos/limits": ("photos/test_formats",),
    "photos/file_io": ("decoding/test_isolation",),
    "photos/metadata/partial_dates": (),
    "photos/metadata/field_reader": ("photos/metadata/test_sidecar_merge",),
    "photos/metadata/sidecar_merge": ("photos/metadata/test_fields",),
    "photos/metadata/xmp_packet": ("photos/metadata/test_xmp", "photos/metadata/test_xmp_writer"),
    "photos/metadata/text_profile": ("photos/metadata/test_xmp", "photos/metadata/test_iptc"),
    "photos/metadata/embedded": ("photos/metadata/test_embedded_fields",),
    "photos/metadata/exif": ("photos/metadata/test_embedded_fields",),
    "photos/metadata/iptc": ("photos/metadata/test_field_reader",),
    "photos/metadata/fields": (),
    "photos/metadata/file_name_dates": ("photos/metadata/test_embedded_fields",),
    "photos/metadata/takeout": ("photos/metadata/test_field_reader",),
    "photos/metadata/field_values": (),
    "photos/metadata/xmp": ("photos/metadata/test_field_reader",),
    "photos/metadata/xmp_writer": (),
    "photos/color/convert": ("photos/test_formats",),
    "photos/formats": ("photos/test_broken",),
    "photos/decode": (
        "photos/test_formats",
        "photos/test_orientation",
        "photos/test_broken",
        "photos/color/test_convert",
    ),
    "indexing/reconcile": (*_SCANNING, "scanning/test_write_detection"),
    "indexing/move_detection": _SCANNING,
    "indexing/vanished_files": _SCANNING,
    "indexing/path_prefixes": ("indexing/test_compare_edges",),
    "indexing/forget_missing": ("indexing/test_vanished_files",),
    "indexing/fates": (),
    "indexing/photo_updates": (
        "indexing/test_pipeline",
        "indexing/test_reconcile",
        "indexing/test_bad_files",
    ),
    "indexing/batch_reader": (),
    "indexing/backfill": ("indexing/test_pipeline",),
    "indexing/pipeline": ("indexing/test_foreground", "indexing/test_always"),
    "scanning/scan": ("indexing/test_reconcile", "scanning/test_other_systems"),
    "scanning/ignore": ("scanning/test_scan",),
    "scanning/write_detection": ("scanning/test_other_systems",),
    "analysis/duplicates/candidates": (),
    "analysis/duplicates/capture_time": (),
    "analysis/duplicates/classify_pair": (),
    "analysis/duplicates/compare_pair": (),
    "analysis/duplicates/connected_components": ("analysis/duplicates/test_copy_components",),
    "analysis/duplicates/copy_components": (),
    "analysis/duplicates/find_pairs": (),
    "indexing/retry": (),
    "scanning/globs": ("scanning/test_ignore",),
    "scanning/root_scan": ("scanning/test_change_times",),
    "scanning/drive_timeouts": ("scanning/test_root_scan", "faults/test_silent_drive"),
    "decoding/pool": ("decoding/test_crash_containment", "decoding/test_isolation"),
    "decoding/process": ("decoding/test_crash_containment", "decoding/test_isolation"),
    "decoding/protocol": (),
    "encoders/weights": (),
    "search/engine": ("search/test_encoder_choice",),
    "search/query": ("search/test_engine",),
    "ui/server": ("ui/test_session",),
    "ui/origin_guard": ("ui/test_server",),
    "ui/access_token": ("ui/test_origin_guard",),
    "ui/security_headers": ("ui/test_origin_guard",),
    "ui/original_files": ("ui/test_origin_guard",),
    "ui/single_instance": (),
    "ui/ports": (),
}


class Module(NamedTuple):
    """path: below the project. lines: only mutations in these."""

    path: str
    lines: range

    @property
    def stem(self) -> str:
        """As the table has it: without `explorer/` and `.py`."""
        return self.path.removeprefix("explorer/").removesuffix(".py")


class Tried(NamedTuple):
    """A mutation, and what the tests made of it."""

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
        shares = [
            _share(repo, copies, module, tests, found, args.survivors)
            for module, tests, found in drawn
        ]
    return int(any(share is None or share < args.least for share in shares))


def module_of(repo: Path, name: str) -> Module:
    """What a person means by `removal/plan`, `explorer/removal/plan.py` or `removal/plan:46-60`.
    Raises LookupError."""
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
    """The files of tests that exercise a module, below the project: its own first. Raises
    LookupError where there are none."""
    name = Path(stem).name
    own = [
        path.relative_to(repo).as_posix()
        for path in sorted((repo / "tests").rglob(f"test_{name}*.py"))
        if "browser" not in path.parts
    ]
    listed = [f"tests/{test}.py" for test in GUARDS.get(stem, ())]
    found = given or list(
        dict.fromkeys([*own, *(test for test in listed if (repo / test).is_file())])
    )
    if not found:
        raise LookupError(
            f"No tests are known for {stem}: name them with --tests, or enter them in benchmarks/mutants.py."
        )
    return found


def draw(repo: Path, module: Module, number: int | None, seed: int) -> list[Mutation]:
    """Some mutations of a module, or all; always the same for one source and seed."""
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
    """Try a module's mutants and print what came of it: the share that was noticed, or None where
    the tests cannot say."""
    source, began = (repo / module.path).read_text(encoding="utf-8"), time.monotonic()
    try:
        seconds, quickest = copies[0].measure(tests)
        tried = _try_all(copies, module, found, _Order(quickest), time_limit(seconds), terse)
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
        f"{module.path}: {len(tried) - len(survivors)} of {len(tried)} noticed ({share:.0%}), {slow} of them by the time they took;"
        f" {time.monotonic() - began:.0f} s, tests alone {seconds:.0f} s",
        flush=True,
    )
    return share


def _try_all(
    copies: list[Copy],
    module: Module,
    found: list[Mutation],
    order: _Order,
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


class _Order:
    """In which order tests are run: those first that failed of late, then the quickest files."""

    # More would cost those mutants time that other tests notice.
    _MOST = 12

    def __init__(self, files: list[str]) -> None:
        self._files, self._failed = files, list[str]()

    def tests(self) -> list[str]:
        # pytest runs a test once that is named twice.
        return [*self._failed, *self._files]

    def failed(self, test: str | None) -> None:
        if test is not None and "::" in test:
            self._failed = [test, *(each for each in self._failed if each != test)][: self._MOST]


if __name__ == "__main__":
    # Whoever ends this means the tests that it runs, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if hasattr(os, "nice"):
        os.nice(5)
    sys.exit(main())

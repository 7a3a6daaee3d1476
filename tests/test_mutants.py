"""The benchmark that changes modules by little: what it changes, and that it tells what tests
notice from what they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import _mutant_guards, _mutant_server, mutants
from benchmarks._mutant_runs import Copy, Run
from benchmarks._mutations import mutations

PROJECT = Path(mutants.__file__).parents[1]


def changed(source: str) -> set[str]:
    """The first line that differs, of each mutation."""
    before = source.splitlines()
    return {
        next(
            new
            for old, new in zip([*before, ""], [*m.source.splitlines(), ""], strict=False)
            if old != new
        )
        for m in mutations(source)
    }


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a = b < c\n", "a = b <= c"),
        ("a = b < c\n", "a = b >= c"),
        ("a = b == c\n", "a = b != c"),
        ("a = b in c\n", "a = b not in c"),
        ("a = b and c\n", "a = (b or c)"),
        ("a = b and c\n", "a = (c)"),
        ("a = not b\n", "a = (b)"),
        ("a = b + c\n", "a = (b - c)"),
        ("a = 3\n", "a = 4"),
        ("a = True\n", "a = False"),
        ("a = b[1:c]\n", "a = b[:c]"),
        ("a = b(c, d)\n", "a = b(d, c)"),
        ("a = b(c, d=e)\n", "a = b(c)"),
        ("a = min(b)\n", "a = max(b)"),
        ("a = [b for b in c if d]\n", "a = [b for b in c if True]"),
        ("os.fsync(a)\n", "pass"),
        ("a.b = c\n", "pass"),
        ("if a:\n    b = c\n", "if False:"),
        ("if a:\n    b = c\n", "if True:"),
        ("if a:\n    b = c\n", "if (not (a)):"),
        ("while a:\n    b = c\n", "while False:"),
        ("for a in b:\n    continue\n", "    break"),
        ("for a in b:\n    break\n", "    continue"),
        ("if a:\n    raise KeyError\n", "    pass"),
        ("try:\n    a = b\nexcept (OSError, ValueError):\n    a = c\n", "except (OSError,):"),
        ("try:\n    a = b\nexcept OSError:\n    a = c\n", "except ():"),
        ("with suppress(OSError):\n    a = b\n", "with suppress():"),
        ("with db.transaction():\n    a = b\n", "with __import__('contextlib').nullcontext():"),
        ("def a() -> bool:\n    return b\n", "    return True"),
        ("def a() -> None:\n    b = c\n", "    return "),
        (
            "a = 'select b from c where d = 1 and e < 2'\n",
            "a = 'select b from c where d = 1 or e < 2'",
        ),
        (
            "a = 'select b from c where d = 1 and e < 2'\n",
            "a = 'select b from c where d = 1 and e <= 2'",
        ),
        (
            'a = f"select b from c where d = 1 and e in ({f})"\n',
            "a = f'select b from c where d <> 1 and e in ({f})'",
        ),
    ],
)
def test_each_mutation_operator_is_applied(source: str, expected: str) -> None:
    assert expected in changed(source)


@pytest.mark.parametrize(
    "source",
    [
        '"""Some words."""\n',
        'def a(b: dict[str, 3]) -> "x < y": ...\n',
        "if TYPE_CHECKING:\n    from a import b\n",
        "__slots__ = ('a', 'b')\n",
        "raise ValueError(f'{a + 1} is too much')\n",
        "log.info(a, b)\n",
        "a = field(repr=False)\n",
        "a = b < c  # no mutant: both are the same here\n",
        "a = 'nothing but words, and none of them SQL'\n",
        "a = 'go on where it was and where it is now, or stop'\n",
    ],
)
def test_equivalent_mutations_are_skipped(source: str) -> None:
    assert not (changed(source) - {"pass"})


def test_the_order_of_arguments_is_changed_where_it_matters() -> None:
    assert changed("a = max(b, c)\n") == {"a = min(b, c)"}
    assert "a = max(c, b, key=d)" in changed("a = max(b, c, key=d)\n")
    assert "a = d.max(c, b)" in changed("a = d.max(b, c)\n")
    assert changed("a = os.path.samestat(b, c)\n") == set()
    assert changed("a = compared_kind(b, c, d)\n") == {"a = compared_kind(c, b, d)"}


def test_an_argument_is_dropped_once() -> None:
    assert changed("a = zip(b, strict=True)\n") == {"a = zip(b, strict=False)"}


def test_a_pragma_needs_a_reason() -> None:
    assert changed("a = b < c  # no mutant:\n")


def test_mutations_depend_only_on_the_seed_and_keep_all_else() -> None:
    source = "é = 'ß'; a = b < c; d = 1  # é\n" * 20
    some = mutations(source, 5, seed=1)
    assert len(some) == 5 and some == mutations(source, 5, seed=1) != mutations(source, 5, seed=2)
    for mutation in some:
        lines = mutation.source.splitlines()
        assert len(lines) == 20 and all(
            line.startswith("é = 'ß'; a = b ") and line.endswith("# é") for line in lines
        )
        assert [
            number for number, line in enumerate(lines, 1) if line != source.splitlines()[0]
        ] == [mutation.line]


def test_the_table_lists_existing_modules_and_tests() -> None:
    for module, tests in _mutant_guards.GUARDS.items():
        assert mutants.tests_of(PROJECT, mutants.module_of(PROJECT, module).stem)
        assert [test for test in tests if not (PROJECT / "tests" / f"{test}.py").is_file()] == []


def test_the_tests_of_a_module_have_its_name_in_the_same_folder() -> None:
    """Those of a module with a longer name, and in other folders, are not its own."""
    plan = mutants.tests_of(PROJECT, "removal/plan")
    assert "tests/removal/test_plan.py" in plan
    assert "tests/removal/test_plan_reader.py" not in plan
    assert mutants.tests_of(PROJECT, "int64") == ["tests/test_int64.py"]
    undo = mutants.tests_of(PROJECT, "removal/undo")
    assert "tests/removal/test_undo_bounds.py" in undo
    assert "tests/sidecars/test_undo_sidecars.py" not in undo


def test_modules_are_accepted_by_path_or_name() -> None:
    for name in ("removal/plan", "explorer/removal/plan.py", "removal\\plan.py"):
        assert mutants.module_of(PROJECT, name).path == "explorer/removal/plan.py"
    assert list(mutants.module_of(PROJECT, "removal/plan:46-48").lines) == [46, 47, 48]
    for name in ("removal/none", "removal/plan:x", "removal/plan:3-x"):
        with pytest.raises(LookupError):
            mutants.module_of(PROJECT, name)


MODULE = """def grown(age: int) -> bool:
    return age >= 18


def count(age: int) -> int:
    years = 0
    while years < age:
        years += 1
    return years
"""
TESTS = """import pytest

from explorer.ages import count, grown


@pytest.mark.parametrize(
    ("age", "right"), [(30, True), (3, False)], ids=["is [grown] up", "is not"]
)
def test_grown(age: int, right: bool) -> None:
    assert grown(age) is right


def test_count() -> None:
    assert count(3) == 3
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in {
        "explorer/__init__.py": "",
        "explorer/ages.py": MODULE,
        "tests/test_ages.py": TESTS,
    }.items():
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "project"


@pytest.fixture(params=["forks", "fresh processes"])
def way_to_run(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to run tests where there are two."""
    if request.param == "forks" and not _mutant_server.AVAILABLE:
        pytest.skip("no forks here")
    monkeypatch.setattr(_mutant_server, "AVAILABLE", request.param == "forks")


@pytest.mark.usefixtures("way_to_run")
def test_killed_and_surviving_mutants_are_reported(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mutants.main(["ages:2", "--number", "0", "--repo", str(project), "--least", "1"]) == 1
    out = capsys.readouterr().out
    # Nobody tries 18 itself.
    assert (
        "explorer/ages.py:2: survived: comparison's boundary moved" in out
        and "+    return age > 18" in out
    )
    assert "explorer/ages.py:2: noticed: comparison negated (tests/test_ages.py::test_grown)" in out
    assert (project / "explorer/ages.py").read_text() == MODULE


@pytest.mark.usefixtures("way_to_run")
def test_an_endless_mutant_is_stopped_and_the_module_put_back(
    project: Path, tmp_path: Path
) -> None:
    copy = Copy(project, tmp_path / "copy")
    try:
        seconds, files = copy.measure(["tests/test_ages.py"])
        assert seconds > 0 and files == ["tests/test_ages.py"]
        copy.prepare("explorer/ages.py", copy)
        endless = MODULE.replace("years += 1", "pass")
        assert copy.try_out("explorer/ages.py", endless, ["tests/test_ages.py"], limit=3) == Run(
            "timeout", None
        )
        assert (tmp_path / "copy/tree/explorer/ages.py").read_text() == MODULE
        assert copy.try_out("explorer/ages.py", MODULE, ["tests/test_ages.py"], limit=60) == Run(
            "survived", None
        )
    finally:
        copy.stop()


@pytest.mark.usefixtures("way_to_run")
@pytest.mark.parametrize(
    "test",
    [
        "from explorer.schools import admitted\n\ndef test() -> None:\n    assert admitted(30)\n",
        "import subprocess, sys\n\ndef test() -> None:\n    subprocess.check_call("
        "[sys.executable, '-c', 'from explorer.ages import grown; assert grown(30)'])\n",
    ],
    ids=["through another module", "in another process"],
)
def test_a_mutant_is_seen_everywhere(project: Path, tmp_path: Path, test: str) -> None:
    (project / "explorer/schools.py").write_text("from explorer.ages import grown as admitted\n")
    (project / "tests/test_ages.py").write_text(test)
    copy = Copy(project, tmp_path / "copy")
    try:
        copy.measure(["tests/test_ages.py"])
        copy.prepare("explorer/ages.py", copy)
        wrong = MODULE.replace(">=", "<")
        for source, outcome in ((wrong, "noticed"), (MODULE, "survived"), (wrong, "noticed")):
            run = copy.try_out("explorer/ages.py", source, ["tests/test_ages.py"], limit=60)
            assert run.outcome == outcome
    finally:
        copy.stop()


def test_what_imports_the_changed_module_is_not_imported_before(tmp_path: Path) -> None:
    """Neither directly nor through others, nor as a part of its package."""
    files = {"numpy": "/packages/numpy.py", "openvino.core": "/packages/openvino/core.py"}
    for name, source in {
        "explorer.places": "",
        "explorer.ages": "import numpy\nfrom explorer import places\n",
        "explorer.schools": "def admit() -> None:\n    from explorer.ages import grown\n",
        "explorer.towns": "import explorer.schools.halls\n",
        "explorer.streets": "from explorer.places import (\n    street,\n)\n",
        "tests.test_places": "",
    }.items():
        path = tmp_path / f"{name.replace('.', '/')}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(source)
        files[name] = str(path)
    assert _mutant_server.independent(tmp_path, files, "explorer/ages.py") == [
        "numpy",
        "explorer.places",
        "explorer.streets",
    ]


def test_tests_that_fail_without_a_mutation_prove_nothing(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "tests/test_ages.py").write_text("def test() -> None:\n    assert False\n")
    assert mutants.main(["ages", "--number", "1", "--repo", str(project), "--least", "0"]) == 1
    assert "the tests fail on unchanged code" in capsys.readouterr().out


def test_listing_mutants_runs_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert mutants.main(["ages", "--list", "--number", "0", "--repo", str(project)]) == 0
    assert "explorer/ages.py:7: branch never taken" in capsys.readouterr().out.splitlines()

"""No file that the app reads can execute code: no pickle, marshal or eval, and weights are read as
plain arrays."""

from __future__ import annotations

import ast

import pytest

from explorer.config import PROJECT

SOURCES = [
    PROJECT / "run.py",
    *sorted(
        path
        for folder in ("explorer", "pages", "benchmarks")
        for path in (PROJECT / folder).rglob("*.py")
    ),
]
_MODULES = {
    "pickle",
    "cPickle",
    "_pickle",
    "marshal",
    "shelve",
    "dill",
    "cloudpickle",
    "joblib",
    "yaml",
}
_CALLS = {"eval", "exec"}


def code_risks(source: str) -> list[str]:
    found = list[str]()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [
                f"imports {alias.name}"
                for alias in node.names
                if alias.name.partition(".")[0] in _MODULES
            ]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in _MODULES:
            found.append(f"imports {node.module}")
        elif isinstance(node, ast.Call):
            found += _call(node)
    return found


def _call(node: ast.Call) -> list[str]:
    name = ast.unparse(node.func)
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
    if isinstance(node.func, ast.Name) and name in _CALLS:
        return [f"calls {name}"]
    if name in ("np.load", "numpy.load") and given.get("allow_pickle") != "False":
        return [f"{name} without allow_pickle=False"]
    if name == "torch.load" and given.get("weights_only") != "True":
        return ["torch.load without weights_only=True"]
    if given.get("allow_pickle", "False") != "False" or given.get("weights_only") == "False":
        return [f"{name} that allows pickle"]
    return (
        ["subprocess with a shell"] if given.get("shell") == "True" or name == "os.system" else []
    )


def test_no_module_executes_what_it_reads() -> None:
    assert len(SOURCES) > 500
    risks = {
        path.relative_to(PROJECT).as_posix(): found
        for path in SOURCES
        if (found := code_risks(path.read_text(encoding="utf-8")))
    }
    assert risks == {}


@pytest.mark.parametrize(
    "source",
    ["import pickle", "from marshal import loads", "np.load(p)", "np.load(p, allow_pickle=True)",
    "torch.load(p)", "eval('1')", "open_memmap(p, allow_pickle=chosen)",
     "torch.load(p, weights_only=False)", "subprocess.run(x, shell=True)", "import yaml"],
)  # fmt: skip
def test_each_risk_is_detected(source: str) -> None:
    assert len(code_risks(source)) == 1

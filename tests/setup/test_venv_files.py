"""What an interrupted installation left is found, and only what is never used is removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.setup import venv_files
from tests.this_machine import accepted


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """The packages of an environment with a few, all whole."""
    folder = tmp_path / "lib" / "python3.11" / "site-packages"
    install(folder, "alpha", {"alpha/__init__.py": "one", "alpha/data.txt": "two"})
    install(folder, "beta", {"beta.py": "three"})
    return folder


def install(folder: Path, name: str, files: dict[str, str]) -> Path:
    record = folder / f"{name}-1.0.dist-info" / "RECORD"
    record.parent.mkdir(parents=True)
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    rows = [f"{path},sha256=x,{len(text)}" for path, text in files.items()]
    rows += [f"{record.parent.name}/RECORD,,", f"{name}/__pycache__/x.pyc,,"]
    record.write_text("\n".join(rows) + "\n")
    return record


def test_complete_packages_are_kept(packages: Path, tmp_path: Path) -> None:
    assert venv_files.remove_incomplete_packages(str(tmp_path)) == []
    assert sorted(each.name for each in packages.iterdir()) == [
        "alpha",
        "alpha-1.0.dist-info",
        "beta-1.0.dist-info",
        "beta.py",
    ]


@pytest.mark.parametrize("harm", ["missing", "cut", "no list", "empty list", "garbled list"])
def test_an_incomplete_package_is_dropped(harm: str, packages: Path, tmp_path: Path) -> None:
    record = packages / "alpha-1.0.dist-info" / "RECORD"
    if harm == "missing":
        (packages / "alpha" / "data.txt").unlink()
    elif harm == "cut":
        (packages / "alpha" / "data.txt").write_text("t")
    elif harm == "no list":
        record.unlink()
    elif harm == "empty list":
        record.write_text("")
    else:
        record.write_bytes(b"\xff\xfe,\x00,x\n" * 3)
    assert venv_files.remove_incomplete_packages(str(tmp_path)) == ["alpha-1.0.dist-info"]
    assert not record.parent.exists() and (packages / "beta-1.0.dist-info").exists()


def test_leftovers_of_pip_are_removed(packages: Path, tmp_path: Path) -> None:
    (packages / "~lpha").mkdir()
    (packages / "~lpha" / "old.py").touch()
    assert venv_files.remove_incomplete_packages(str(tmp_path)) == []
    assert not (packages / "~lpha").exists()


def test_pip_is_never_dropped(packages: Path, tmp_path: Path) -> None:
    record = install(packages, "pip", {"pip/__init__.py": "x"})
    (packages / "pip" / "__init__.py").unlink()
    assert venv_files.remove_incomplete_packages(str(tmp_path)) == [] and record.exists()


def test_an_empty_environment_is_accepted(tmp_path: Path) -> None:
    assert venv_files.remove_incomplete_packages(str(tmp_path)) == []
    venv_files.remove_unused(str(tmp_path))


def test_only_unused_files_are_removed_and_the_package_stays_complete(
    packages: Path, tmp_path: Path
) -> None:
    unused = [
        "torch/include/ATen/a.h",
        "torch/test/x.py",
        "torch/bin/protoc-3.13.0.0",
        "torch/bin/test_api",
        "torch/bin/HashStoreTest",
        "numpy/linalg/tests/test_linalg.py",
        "pydeck/nbextension/static/index.js",
        "../../../share/jupyter/nbextensions/pydeck/index.js",
    ]
    used = [
        "torch/lib/libtorch.so",
        "torch/bin/torch_shm_manager",
        "torch/testing/__init__.py",
        "torch/tests_of_mine.py",
        "numpy/testing/__init__.py",
        "pydeck/nbextension/__init__.py",
    ]
    install(packages, "torch", dict.fromkeys(unused + used, "text"))
    venv_files.remove_unused(str(tmp_path))
    assert [path for path in unused if (packages / path).exists()] == []
    assert all((packages / path).exists() for path in used)
    assert venv_files.remove_incomplete_packages(str(tmp_path)) == []
    (packages / "torch" / "testing" / "__init__.py").unlink()
    assert venv_files.remove_incomplete_packages(str(tmp_path)) == ["torch-1.0.dist-info"]


def test_a_path_with_the_characters_of_a_pattern_is_taken_literally(tmp_path: Path) -> None:
    folder = tmp_path / accepted("photos [new] *")
    packages = folder / "lib" / "python3.11" / "site-packages"
    install(packages, "torch", {"torch/include/a.h": "text"})
    install(packages, "half", {"half.py": "text"}).unlink()
    assert venv_files.remove_incomplete_packages(str(folder)) == ["half-1.0.dist-info"]
    venv_files.remove_unused(str(folder))
    assert not (packages / "torch" / "include").exists()


def test_an_unused_file_in_place_of_a_folder_is_removed(packages: Path, tmp_path: Path) -> None:
    (packages / "pandas").mkdir()
    (packages / "pandas" / "tests").write_text("a file")
    venv_files.remove_unused(str(tmp_path))
    assert not (packages / "pandas" / "tests").exists()

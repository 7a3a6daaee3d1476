"""The demo's photographs are fetched where no installed package has them, and not kept."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.demo import photograph_packages, sample_folder
from explorer.demo.photograph_packages import package_folder, packages_at_hand
from explorer.demo.sample_files import SampleWriter
from explorer.errors import ExplorerError
from explorer.setup import pip_install
from tests.demo.test_demo import files, never, silent, small
from tests.package_index import PackageIndex, only_this_index, serve_packages, wheel
from tests.systems.simulated import run_on

__all__ = ["small"]

PACKAGE = "photographs_for_tests"


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[PackageIndex]:
    """An index with the one package that the demo then needs, which needs another one."""
    (tmp_path / "requirements-demo.txt").write_text(f"{PACKAGE}==1.0\n")
    monkeypatch.setattr(photograph_packages, "REQUIREMENTS", tmp_path / "requirements-demo.txt")
    monkeypatch.setattr(sample_folder, "PACKAGES", (PACKAGE,))
    with serve_packages() as served:
        only_this_index(monkeypatch, served.put("simple", wheel(PACKAGE, "1.0", ["scipy"])))
        yield served


def test_packages_are_fetched_temporarily(index: PackageIndex, tmp_path: Path) -> None:
    told: list[str] = []
    with packages_at_hand([PACKAGE], tmp_path / "here", told.append, False):
        folder = package_folder(PACKAGE)
        assert folder == tmp_path / "here" / PACKAGE
        assert (folder / "__init__.py").is_file()
    assert package_folder(PACKAGE) is None
    assert importlib.util.find_spec(PACKAGE) is None
    assert told == ["Downloading the demo's photographs (50 MB, only this once)"]
    assert not any("scipy" in path for path in index.requests)


def test_installed_packages_are_not_fetched(index: PackageIndex, tmp_path: Path) -> None:
    with packages_at_hand(["PIL", "numpy"], tmp_path / "here", never, True):
        assert package_folder("PIL") is not None
    assert index.requests == [] and not (tmp_path / "here").exists()


def test_making_the_demo_keeps_only_its_photos(index: PackageIndex, small: Path) -> None:
    assert sample_folder.make_demo(small, silent) == 2
    assert [file.name for file in files(small)] == ["cat.jpg", "grass.jpg"]
    assert [each.name for each in small.parent.iterdir() if each.is_dir()] == ["photos"]


def test_an_existing_demo_needs_no_package(index: PackageIndex, small: Path) -> None:
    sample_folder.make_demo(small, silent)
    index.requests.clear()
    assert sample_folder.make_demo(small, never, offline=True) == 2
    assert index.requests == []


def test_offline_mode_fetches_nothing(index: PackageIndex, small: Path) -> None:
    with pytest.raises(ExplorerError, match="start the demo once without --offline"):
        sample_folder.make_demo(small, silent, offline=True)
    assert index.requests == [] and not small.exists()


def test_a_failed_download_is_one_line_and_leaves_nothing(index: PackageIndex, small: Path) -> None:
    index.wheels.clear()
    with pytest.raises(ExplorerError, match=r"could not be fetched: .* Start the demo again"):
        sample_folder.make_demo(small, silent)
    assert not small.exists()
    assert not [each for each in small.parent.iterdir() if each.name.endswith(".part")]


def test_fetched_packages_are_dropped_after_a_failure(
    index: PackageIndex, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: SampleWriter) -> None:
        assert package_folder(PACKAGE)
        raise ExplorerError("no")

    monkeypatch.setattr(SampleWriter, "make", fail)
    with pytest.raises(ExplorerError, match="no"):
        sample_folder.make_demo(small, silent)
    assert photograph_packages._fetched == []


def test_where_paths_are_limited_pip_unpacks_to_a_short_one(
    index: PackageIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The source packages unpack to 225 characters more: 258 in the home of a user whose name has
    the 20 characters that Windows allows."""
    run_on(monkeypatch, "windows")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    (tmp_path / "pe0").mkdir()
    used = list[tuple[object, bool]]()
    pip = pip_install.install

    def install(python: str, words: list[str], temporary: Path | None) -> None:
        used.append((temporary, bool(temporary and temporary.is_dir())))
        pip(python, words, temporary)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(photograph_packages, "install", install)
    with packages_at_hand([PACKAGE], tmp_path / "here", silent, False):
        assert package_folder(PACKAGE)
    assert used == [(tmp_path / "pe1", True)]
    assert (tmp_path / "pe0").is_dir() and not (tmp_path / "pe1").exists()


def test_elsewhere_pip_uses_the_temporary_folder_of_the_system(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for system in ("linux", "macos"):
        with run_on(monkeypatch, system).short_temporary_folder(tmp_path) as folder:
            assert folder is None and list(tmp_path.iterdir()) == []
    # A home that cannot be written to is not a reason to fail.
    with run_on(monkeypatch, "windows").short_temporary_folder(tmp_path / "none") as folder:
        assert folder is None


def test_every_package_of_a_photograph_is_required() -> None:
    from explorer.demo.photographs import PHOTOGRAPHS

    text = photograph_packages.REQUIREMENTS.read_text(encoding="utf-8")
    for name in {each.distribution for each in PHOTOGRAPHS.values()}:
        assert f"\n{name}" in text

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.removal import file_names
from explorer.removal.file_names import extra_length, fit_name, free_names, longest_name


def test_alternative_names_are_tried_in_order() -> None:
    assert list(islice(free_names("/p/a.b.jpg"), 3)) == [
        "/p/a.b.jpg",
        "/p/a.b (2).jpg",
        "/p/a.b (3).jpg",
    ]
    assert list(islice(free_names("/p/a.jpg", "restored"), 4)) == [
        "/p/a.jpg", "/p/a (restored).jpg", "/p/a (restored 2).jpg", "/p/a (restored 3).jpg",
    ]  # fmt: skip


def test_long_names_are_truncated_to_fit(tmp_path: Path) -> None:
    longest = longest_name(str(tmp_path))
    assert longest == os.pathconf(tmp_path, "PC_NAME_MAX")
    path = str(tmp_path / ("x" * (longest - 4) + ".jpg"))
    found = list(islice(free_names(path), 12))
    assert found[0] == path and len(set(found)) == 12
    assert [len(Path(each).name) for each in found] == [longest] * 12 and all(
        each.endswith(".jpg") for each in found
    )
    # A companion of such a name is longer by its ending.
    spare = list(islice(free_names(path, "restored", 4), 3))
    assert [len(Path(each).name) for each in spare] == [longest - 4] * 3 and spare[1].endswith(
        " (restored).jpg"
    )


def test_a_name_that_the_file_system_accepts_is_not_truncated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on NTFS, which counts characters where the limit that is reported counts bytes."""
    monkeypatch.setattr(file_names, "longest_name", lambda folder: 90)
    path = str(tmp_path / ("写" * 60 + ".jpg"))
    found = list(islice(free_names(path, spare=4), 2))
    assert found[0] == path and len(os.fsencode(Path(found[1]).name)) <= 86


def test_the_length_is_that_of_the_file_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """Encrypted folders allow fewer bytes than most."""
    monkeypatch.setattr(
        os, "pathconf", lambda folder, name: {("/p", "PC_NAME_MAX"): 143}[folder, name]
    )
    assert longest_name("/p") == 143


def test_a_default_length_is_used_if_the_limit_of_names_is_unknown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert longest_name(str(tmp_path / "not there")) == 255

    def unknown(*_: object) -> int:
        raise ValueError("unrecognized configuration name")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pathconf", unknown)
        assert longest_name(str(tmp_path)) == 255
    monkeypatch.delattr(os, "pathconf")
    assert longest_name(str(tmp_path)) == 255 == file_names._MAX_NAME_BYTES


@given(
    st.text(
        st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=80
    ),
    st.integers(20, 120),
)
def test_a_name_is_truncated_at_whole_characters(stem: str, longest: int) -> None:
    found = fit_name(stem, ".jpg", longest)
    assert found.endswith(".jpg") and stem.startswith(found[:-4]) and len(found.encode()) <= longest
    if len(stem.encode()) + 4 > longest:
        cut = len(found) - 4
        assert len((stem[: cut + 1] + ".jpg").encode()) > longest
    else:
        assert found == stem + ".jpg"


def test_the_extra_length_of_companion_names_is_known() -> None:
    assert extra_length("/p/a.jpg", ["/p/a.jpg.xmp", "/q/a.mov", "/p/ä.mp4"]) == 4
    assert extra_length("/p/a.jpg", []) == 0 == extra_length("/p/abc.jpg", ["/p/a.mov"])

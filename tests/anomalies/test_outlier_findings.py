"""What is reported of photos that are unlike others."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.anomalies.outlier_findings import _Compared, _distinct_names
from explorer.anomalies.outlier_scores import Misplaced

NAMES = ["/p/caf\udce9", "/p/cats"]


@pytest.fixture
def compared() -> _Compared:
    """Three photos in two folders; the subject in the first row has no vector."""
    near, cosines = (
        np.array([[1, 2], [2, -1], [1, 0]]),
        np.array([[0.9, 0.5], [0.7, 0], [0.7, 0.5]]),
    )
    ids, folders = np.array([10, 20, 30]), np.array([0, 1, 1])
    return _Compared(ids, near, cosines, folders, NAMES, {1: 0, 2: 1, 3: 2})


def lost(*like: int) -> Misplaced:
    return Misplaced(np.zeros(3, np.float32), np.array(like))


def test_folder_names_are_printable(compared: _Compared) -> None:
    """A name that is not UTF-8 could be shown on no page."""
    assert compared.why_misplaced(1, lost(1, 0, 0)) == (
        "Unlike the rest of “/p/caf\ufffd”; most similar to photos in “/p/cats”."
    )
    assert compared.why_misplaced(3, lost(1, 0, 0)).endswith(
        "of “/p/cats”; most similar to photos in “/p/caf\ufffd”."
    )
    assert compared.why_misplaced(2, lost(1, -1, 0)).endswith("similar to photos in “?”.")


def test_little_space_has_the_names_of_the_folders(compared: _Compared) -> None:
    assert compared.misplaced_in_brief(1, lost(1, 0, 0)) == "Unlike “caf\ufffd”, more like “cats”."
    assert compared.misplaced_in_brief(2, lost(1, -1, 0)) == "Unlike “cats”, more like “?”."
    assert "0.90" in compared.nearest_in_brief(1)
    assert len(compared.nearest_in_brief(1)) < len(compared.why_outlier(1))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("/p/a/cats", "/p/a/dogs", ("cats", "dogs")),
        ("/p/a/cats", "/p/b/cats", ("a/cats", "b/cats")),
        ("/p/2019/pets/cats", "/p/2020/pets/cats", ("2019/pets/cats", "2020/pets/cats")),
        ("/p/cats", "/p/cats/cats", ("p/cats", "cats/cats")),
        ("/cats", "/p/cats", ("/cats", "p/cats")),
        ("/p/cats", "?", ("cats", "?")),
    ],
)
def test_folders_of_one_name_are_told_apart(
    one: str, other: str, expected: tuple[str, str]
) -> None:
    assert _distinct_names(one, other) == expected


def test_the_nearest_photos_are_listed_with_their_similarity(compared: _Compared) -> None:
    assert "has a similarity of 0.90," in compared.why_outlier(1)
    assert compared.nearest(1) == (20, 30) and compared.nearest(2) == (30,)
    assert compared.elsewhere(1) == (20, 30) and compared.elsewhere(2) == ()
    assert compared.elsewhere(3) == (10,)


def test_a_photo_without_a_vector_has_no_explanation(compared: _Compared) -> None:
    assert compared.why_outlier(0) == compared.why_misplaced(0, lost(0, 0, 0))
    assert "not" in compared.why_outlier(0)
    assert compared.nearest(0) == compared.elsewhere(0) == ()

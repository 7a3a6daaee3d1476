"""What the Duplicates page is told of files that hold more than one picture."""

from __future__ import annotations

import pytest

from explorer.photos.contents import NOTHING, Contents, Part
from explorer.review.groups import Group, Item
from explorer.review.outcome import Removal
from explorer.ui import compare, duplicates, removing

TWO = Contents((Part("page", "0" * 32), Part("film", "1" * 32)))


def test_each_file_with_what_it_holds_and_why_it_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "choice", lambda key: duplicates.Choice())
    keep = Item(1, 1, "/p/a.tif", 5, 4, 3, "TIFF", None, None, contents=NOTHING)
    other = Item(2, 2, "/p/b.tif", 5, 4, 3, "TIFF", None, None, contents=TWO)
    group = Group("picture-1", "picture", keep, "it is the only one", (other,))
    assert compare._item(group, keep, None)["holds"] == ""
    told = compare._item(group, other, None)
    assert told["holds"] == "2 pages, film inside" and not told["goes"]
    assert told["stays"] == "not all that it holds (2 pages, film inside) is in the one kept" and told["stays"] in told["note"]


def test_the_list_before_a_removal_says_it() -> None:
    assert removing._row(Removal("/p/b.tif", "0" * 32, holds=("2 pages", "film inside")))["Holds"] == "2 pages, film inside"
    assert removing._row(Removal("/p/b.tif", "0" * 32))["Holds"] == ""

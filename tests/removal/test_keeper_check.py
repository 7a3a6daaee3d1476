"""What may be kept for a file: RAW files are copies only of identical files."""

from __future__ import annotations

import pytest

from explorer.removal.remove import remove
from tests.fixtures.small_library import SmallLibrary
from tests.removal.test_removal_refusals import reason


@pytest.mark.parametrize("tier", ["pixels", "picture", "moment", "lookalike"])
@pytest.mark.parametrize("formats", [("NEF", "JPEG"), ("JPEG", "NEF"), ("NEF", "DNG")])
def test_no_plan_removes_a_raw_file_or_anything_for_one(
    small_library: SmallLibrary, tier: str, formats: tuple[str, str]
) -> None:
    for name, content, kind in zip(("a.x", "b.x"), ("one", "two"), formats, strict=True):
        small_library.add_photo(f"{kind}/{name}", content)
        small_library.set_format(f"{kind}/{name}", kind)
    path, keeper = f"{formats[0]}/a.x", f"{formats[1]}/b.x"
    small_library.add_pair(path, keeper, "pixels")
    assert "RAW file" in reason(small_library, small_library.removal(path, keeper, tier=tier))


def test_an_identical_raw_file_can_be_removed(small_library: SmallLibrary) -> None:
    for name in ("a/x.nef", "b/x.nef"):
        small_library.add_photo(name, "same")
        small_library.set_format(name, "NEF")
    wanted = small_library.removal("a/x.nef", "b/x.nef", tier="identical")
    assert [each.state for each in remove(small_library.library, [wanted]).results] == ["removed"]


def test_nothing_is_removed_for_a_file_in_another_programs_store(
    small_library: SmallLibrary,
) -> None:
    """Such as a recycle bin, which may be emptied at any time."""
    for name in ("a.jpg", "$RECYCLE.BIN/b.jpg"):
        small_library.add_photo(name, "same")
    wanted = small_library.removal("a.jpg", "$RECYCLE.BIN/b.jpg", tier="identical")
    assert "$RECYCLE.BIN" in reason(small_library, wanted)

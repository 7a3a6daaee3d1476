"""Files of one picture, as the verdicts on originals see them."""

from __future__ import annotations

import dataclasses
from typing import Any

from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.originals import judge_original
from explorer.duplicates.pair_edge import Edge
from explorer.duplicates.versions import OriginalVerdict, Version
from explorer.library.queries.evidence import Evidence
from explorer.photos.metadata.exif_header import ExifHeader
from tests.factory import FIGURES as ORDINARY

FIGURES = dataclasses.replace(ORDINARY, blur_radius=1.0)
CAMERA: dict[str, Any] = {
    "camera": "Acme Z1",
    "exposure": 4,
    "taken_at": "2018-07-06T10:11:12",
    "taken_source": "exif",
}
IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def version(
    name: str,
    *,
    item: dict[str, Any] | None = None,
    figures: dict[str, float] | None = None,
    **known: Any,
) -> Version:
    """A file of 1,000 by 800 pixels that says nothing of itself, with ordinary figures."""
    facts: dict[str, Any] = {
        "file_id": ord(name[0]), "photo_id": ord(name[0]), "path": f"/p/{name}", "bytes": 1000,
        "width": 1000, "height": 800,
        "format": "JPEG", "taken_at": None, "camera": None,
    }  # fmt: skip
    measured = dataclasses.replace(FIGURES, **(figures or {}))
    return Version(GroupFile(**(facts | (item or {}))), Evidence(**({"figures": measured} | known)))


def edge(matrix: tuple[float, ...] | None = IDENTITY, **relation: Any) -> Edge:
    """Between `a.jpg` and `b.jpg`, as seen from the first. By default, either may be a plain copy
    of the other."""
    laid = {"matrix": list(matrix), "plain": 3} if matrix else {}
    return Edge((ord("a"), ord("b")), 0.99, laid | relation)


def header(software: str = "", stated: tuple[int, int] | None = (1000, 800)) -> Any:
    return lambda path: ExifHeader(software, stated)


def judged(
    one: Version, other: Version, between: Edge | None = None, head: Any = None
) -> OriginalVerdict:
    return judge_original(one, other, between or edge(), head or header())


HALF = {"width": 500, "height": 400}
CROP = (0.9, 0.0, 0.1, 0.0, 0.9, 0.1)
FRAME = (1.2, 0.0, -0.1, 0.0, 1.2, -0.1)

"""Pictures that explain a finding: the nearest photos of an outlier, a map of sharpness, a
histogram, and a crop at full size."""

from __future__ import annotations

import base64
import html
import io

import numpy as np
from PIL import Image

from explorer.anomalies.finding_kinds import KIND_TITLES, FindingKind
from explorer.anomalies.findings import Finding
from explorer.library.paths import printable
from explorer.library.rows import PhotoRow
from explorer.library.stores.quality_store import diagnostics_of
from explorer.photos.quality.metrics import Gray
from explorer.ui import resources
from explorer.ui.anomalies_page.severity import severity
from explorer.ui.components.photo_urls import original_url, picture_source, preview_url

# The kinds that each picture explains.
_SHARPNESS: tuple[FindingKind, ...] = ("blurred",)
_LIGHT: tuple[FindingKind, ...] = ("dark", "overexposed", "empty")
_PIXELS: tuple[FindingKind, ...] = ("blurred", "noisy", "compressed")


def findings_html(findings: list[Finding]) -> str:
    """The findings of one photo, each with its reason, and the pictures that explain them; '' if
    there are none."""
    texts = [
        f"<p><b>{html.escape(KIND_TITLES[finding.kind][0])}</b> · {severity(finding.score)}<br>"
        f"{html.escape(printable(finding.detail))}</p>"
        for finding in findings
    ]
    return "".join([*texts, *_pictures(findings)])


def _pictures(findings: list[Finding]) -> list[str]:
    if not findings or findings[0].id is None:
        return []
    catalog, photo_id = resources.library().catalog, findings[0].id
    photo, kinds = catalog.photo(photo_id), {finding.kind for finding in findings}
    if photo is None:
        return []
    parts = [_related(finding) for finding in findings if finding.related]
    diagnostics = diagnostics_of(catalog, photo_id)
    if diagnostics is not None and kinds & set(_SHARPNESS):
        parts.append(sharpness(photo, diagnostics.sharpness_map))
    if diagnostics is not None and kinds & set(_LIGHT):
        parts.append(histogram(diagnostics.histogram))
    if kinds & set(_PIXELS) and picture_source(photo) == "original":
        parts.append(_pixels(photo))
    return parts


def _figure(title: str, content: str) -> str:
    return f'<figure class="why"><figcaption>{html.escape(title)}</figcaption>{content}</figure>'


def _related(finding: Finding) -> str:
    """A figure with the photos that a finding compares with."""
    rows = resources.library().catalog.photos(finding.related[:6])
    images = "".join(
        f'<img src="{preview_url(row)}" alt="{html.escape(printable(row["name"]))}" loading="lazy">'
        for row in rows.values()
    )
    title = (
        "The most similar photos"
        if finding.kind == "outlier"
        else "Similar photos in other folders"
    )
    return _figure(title, f'<div class="beside">{images}</div>')


def sharpness(photo: PhotoRow, tiles: Gray) -> str:
    """A figure of the photo with an overlay of its sharpness, from green (sharp) to red (soft).
    tiles: the sharpness of each tile, 1 to 255; 0 for tiles without detail, which get no color."""
    known = tiles > 0
    share = tiles.astype(np.float32) / 255
    colors = np.zeros((*tiles.shape, 4), np.uint8)
    colors[..., 0], colors[..., 1], colors[..., 2] = (
        235 * (1 - share) + 30 * share,
        60 * (1 - share) + 190 * share,
        60,
    )
    colors[..., 3] = np.where(known, 150, 0)
    packed = io.BytesIO()
    Image.fromarray(colors, "RGBA").save(packed, "PNG")
    source = f"data:image/png;base64,{base64.b64encode(packed.getvalue()).decode()}"
    images = f'<img src="{preview_url(photo)}" alt=""><img src="{source}" alt="Map of sharpness">'
    return _figure("Sharp (green) and soft (red)", f'<div class="over">{images}</div>')


def histogram(bins: Gray) -> str:
    """A figure with the histogram of the brightness, from black to white. The heights are the
    square roots of the bins (0 to 255), so that small shares are visible."""
    step = 256 / len(bins)
    bars = "".join(
        f'<rect x="{at * step:.1f}" y="{64 - height:.1f}"'
        f' width="{step - 1:.1f}" height="{height:.1f}"/>'
        for at, height in enumerate(64 * np.sqrt(bins / 255))
    )
    svg = (
        '<svg viewBox="0 0 256 64" role="img" aria-label="Histogram of the brightness"'
        f' preserveAspectRatio="none">{bars}</svg>'
    )
    return _figure("Brightness, from black to white", f'<div class="light">{svg}</div>')


def _pixels(photo: PhotoRow) -> str:
    image = f'<img src="{original_url(photo["id"])}" alt="The center at full size">'
    return _figure("The center at full size", f'<div class="pixels">{image}</div>')

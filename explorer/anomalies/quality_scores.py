"""Scores from quality metrics (`photos/quality/measure.py`): sharpness, exposure, noise,
compression.

Each score is a smooth, monotone function of what was measured, with its middle where the fault
becomes visible. If a library's photos as a whole are softer or grainier than usual, the middle
moves with its median, within bounds, so that not every photo of an old camera is flagged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explorer.anomalies.judgement import Floats, Judgement, Numbers, falling, rising
from explorer.text_format import count

Column = Callable[[str], Floats]
"""A metric's name → its values for all photos. Also `camera` and `lossless` (0 or 1), `longest`
(longer side, pixels), and `drawn` (log-odds of being a drawing, `drawing_classifier.py`)."""


@dataclass(frozen=True)
class QualityThresholds:
    """Thresholds at which faults become visible. Set on photos with faults of known strength
    (`python run.py bench anomalies`). Levels range from 0 to 255; radii are in pixels of photos
    1,500 pixels wide."""

    min_library: int = 50
    """Minimum number of photos for a library's own median to be used."""

    blur: float = 0.85
    """Blur radius, pixels."""
    blur_max: float = 0.92
    """Upper bound of that radius in soft libraries."""
    blur_median: float = 2.6
    """That radius in multiples of the library's median, within both bounds."""
    shake: float = 1.45
    """Anisotropy of the blur from which a blurred photo is called shaken."""
    edge_anisotropy: float = 1.25
    """Anisotropy of ordinary photos, whose edges do not run in all directions."""
    shake_exponent: float = 0.7
    """Exponent by which anisotropy beyond that increases the radius: streaks have sharp ends, so
    the blur of shaken photos is underestimated."""
    crisp: float = 0.12
    """Radius in the sharpest direction up to which anisotropy does not count: leaves, letters and
    stripes have 0.11 to 0.2."""
    streaked: float = 0.2
    """Increase beyond that at which it counts in full; 17 photos shaken over 8 pixels have more."""

    dark: float = 124.0
    """Highlights, levels. Of 4,500 photos of Flickr8k, 0.6% are darker (0.4% at 119); of 49 large
    photos underexposed by 2 EV, between 63% (at 119) and 92% (at 125)."""

    blown: float = 0.114
    """Weighted share of blown highlights. Of 3,000 photos of Flickr8k, 0.45% have more; of 49 large
    photos overexposed by 2 EV, 82%. The weights below were found by random search over a third of
    Flickr8k, made lighter in several ways (in linear light with and without a shoulder, by gain, by
    offset) and cut out on white. On another third, the AUROC for 2 EV is 0.993; shadows and
    highlights alone give 0.984."""
    blown_weight: float = 0.4
    """Weight of pixels blown in all channels; pixels clipped in any have the rest."""
    gradient: float = 68.0
    """Highlight gradient at which it counts in full, levels."""
    gradient_weight: float = 0.95
    light_shadows: float = 100.0
    """Level of the shadows at which it counts in full."""
    shadows_weight: float = 0.4
    background_mid: tuple[float, float] = (193.0, 218.0)
    """Median of the unclipped pixels: below the first level a photo surely is a cut-out on white,
    above the second it is none."""
    background_shadows: tuple[float, float] = (70.0, 110.0)
    """Shadows of a cut-out on white, likewise."""
    background_pardon: float = 0.9
    """Share of a blown border that such a background explains. With it, 8% of photos cut out on
    white are called overexposed; without it, 92%."""

    information: float = 1.0
    """Sum of contrast, edges, entropy and points of light, see `empty`."""
    points: float = 0.0003
    """Share of hard edges from which a dark picture has points of light. 6 pictures of stars made
    by rule have 0.00024 to 0.0012."""
    points_tiles: float = 0.001
    """Share of tiles with measurable edges from which these are stars. 54 skies made by rule have
    0.0014 or more where `points` is exceeded, 24 lens caps with 300 to 20,000 hot pixels 0."""
    sky_contrast: float = 8.0
    """Contrast from which a picture shows more than such points; these 6 have 1.4 to 1.7."""

    noise: float = 3.6
    """Standard deviation of noise, levels."""
    noise_max: float = 10.0
    """Upper bound of that in grainy libraries."""
    noise_median: float = 4.0
    """That in multiples of the library's median, within both bounds."""
    noise_tiny: float = 9.5
    """Noise in tiny photos, whose fine texture is hardest to distinguish from it."""
    large_side: float = 640.0
    """Longer side, pixels, from which `noise` applies."""
    tiny_side: float = 240.0
    """Longer side, pixels, up to which `noise_tiny` applies."""
    texture: float = 0.3
    """Whiteness up to which noise is fine texture."""
    white: float = 0.8
    """Whiteness from which it is noise."""

    jpeg_quality: float = 32.5
    """Quality setting of the file's own tables."""
    blockiness: float = 0.21
    """Steps on the 8 × 8 grid relative to those off the grid, for files that were saved again."""
    off_grid_offset: float = 4.0
    """Added to the steps off the grid, levels."""
    own_tables: float = 60.0
    """JPEG quality from which blockiness must come from an earlier file."""
    visible_step: float = 1.0
    """Levels below which steps are invisible, however smooth the picture."""

    drawing: float = 1.3
    """Evidence for a picture that is not a photo, see `not_a_photo`."""
    log_odds_weight: float = 0.27
    """Evidence from each unit of the learned log-odds above 0."""


LIMITS = QualityThresholds()
_NO_EDGES = 20.0
"""Blur radius from which a photo has no edge left to measure."""


def _below(values: Floats, full: float, none: float) -> Numbers:
    """1 up to `full`, falling to 0 at `none`."""
    return np.asarray(np.clip((none - values) / (none - full), 0, 1))


def _adapted(values: Floats, factor: float, least: float, most: float) -> float:
    """A middle that follows the library's median, within bounds; in small libraries `least`."""
    if len(values) < LIMITS.min_library:
        return least
    return float(np.clip(factor * np.median(values), least, most))


def blurred(column: Column) -> Judgement:
    """Out of focus, or camera shake."""
    radius, anisotropy = column("blur_radius"), column("blur_anisotropy")
    direction = column("blur_direction")

    def reason(row: int) -> str:
        if radius[row] >= _NO_EDGES:
            return "Out of focus: there are no edges left in it."
        width = count(max(1, round(float(radius[row]) * 2)), "pixel")
        edges = f"its sharpest edges are {width} wide in a picture 1,500 pixels across"
        # The stronger the blur, the less certain its direction.
        if anisotropy[row] > LIMITS.shake + 0.15 * max(0.0, float(radius[row]) - 1):
            return f"Camera shake at an angle of {direction[row]:.0f}°: {edges}."
        return f"Out of focus: {edges}."

    shaken = np.clip((column("min_blur_radius") - LIMITS.crisp) / LIMITS.streaked, 0, 1)
    exponent = LIMITS.shake_exponent * shaken
    visible = radius * np.clip(anisotropy / LIMITS.edge_anisotropy, 1, 3) ** exponent
    middle = _adapted(radius, LIMITS.blur_median, LIMITS.blur, LIMITS.blur_max)
    return Judgement(falling(visible, middle, 3), reason)


def dark(column: Column) -> Judgement:
    """Underexposed: even the highlights are dark. A night scene with lamps or stars is not."""
    highlights, median = column("luma_p99"), column("luma_p50")

    def reason(row: int) -> str:
        return (
            f"Too dark throughout: half of it is below {median[row] / 2.55:.0f}% of full"
            f" brightness, and only 1% above {highlights[row] / 2.55:.0f}%."
        )

    level = 0.9 * highlights + 0.1 * column("luma_p2") + LIMITS.dark * _points_of_light(column)
    return Judgement(rising(level, LIMITS.dark, 5), reason)


def _points_of_light(column: Column) -> Numbers:
    """Whether a dark picture has sharp lights too small for highlights, such as stars, 0 to 1."""
    hard = np.clip(column("hard_edge_share") / LIMITS.points, 0, 1)
    # Stars are larger than hot pixels.
    spread = np.clip(column("edge_share") / LIMITS.points_tiles, 0, 1)
    # In any other dark picture, hard edges are those of things that are too dark to be seen well.
    bare = np.clip((LIMITS.sky_contrast - column("contrast")) / LIMITS.sky_contrast * 2, 0, 1)
    return np.where(column("luma_p50") < LIMITS.dark / 2, hard * spread * bare, 0)


def overexposed(column: Column) -> Judgement:
    """Blown highlights: a good part has lost all detail, with a steep edge to it or with light
    shadows. Snow and fog are light but keep detail; a white background has none, but the subject in
    front of it has shadows."""
    blown, clipped = column("blown_share"), column("clipped_share")
    mid, shadows = column("unclipped_median"), column("luma_p2")
    lost = LIMITS.blown_weight * blown + (1 - LIMITS.blown_weight) * clipped
    background = (
        column("blown_border_share")
        * _below(mid, *LIMITS.background_mid)
        * _below(shadows, *LIMITS.background_shadows)
    )
    # The white of a page or a screenshot was never light. Of photos overexposed by 2 to 5 EV, at
    # most 2% are taken for one.
    lost = lost * np.clip(2 * not_a_photo(column).score, 0, 1)
    # Where everything is white, there is no gradient left.
    steep = np.maximum(
        np.clip(column("highlight_gradient") / LIMITS.gradient, 0, 1), np.clip(clipped, 0, 1)
    )
    light = np.clip(shadows / LIMITS.light_shadows, 0, 1.5)
    washed_out = LIMITS.gradient_weight * steep + LIMITS.shadows_weight * light

    def reason(row: int) -> str:
        return (
            f"Blown highlights: {blown[row]:.0%} of it is pure white, and the rest has a brightness"
            f" of {mid[row] / 2.55:.0f}%."
        )

    visible = lost * (1 - LIMITS.background_pardon * background) * washed_out
    return Judgement(falling(visible, LIMITS.blown, 2), reason)


def empty(column: Column) -> Judgement:
    """Low information: a lens cap, the floor, the inside of a pocket."""
    contrast, edges, entropy = column("contrast"), column("edge_density"), column("entropy")
    information = contrast / 12 * 0.5 + edges / 0.04 * 0.3 + np.clip(entropy / 5, 0, 2) * 0.4
    information = information + _points_of_light(column)

    def reason(row: int) -> str:
        return (
            f"Nearly blank: edges make up {edges[row]:.1%} of it, and its brightness varies by"
            f" {contrast[row] / 2.55:.0f}%."
        )

    return Judgement(rising(information, LIMITS.information, 4), reason)


def noisy(column: Column) -> Judgement:
    """Noise: random from pixel to pixel, even in flat areas."""
    whiteness = (column("noise_whiteness") - LIMITS.texture) / (LIMITS.white - LIMITS.texture)
    noise = column("noise_sigma") * np.clip(whiteness, 0, 1)
    size = (column("longest") - LIMITS.tiny_side) / (LIMITS.large_side - LIMITS.tiny_side)
    tiny = 1 - np.clip(size, 0, 1)
    middle = np.maximum(
        _adapted(noise, LIMITS.noise_median, LIMITS.noise, LIMITS.noise_max),
        LIMITS.noise + tiny * (LIMITS.noise_tiny - LIMITS.noise),
    )

    def reason(row: int) -> str:
        return f"Noisy: even flat areas vary by {noise[row] / 2.55:.1f}% from pixel to pixel."

    return Judgement(falling(noise, middle, 3), reason)


def compressed(column: Column) -> Judgement:
    """Heavy JPEG compression: by the file's own tables, or by blocks that an earlier file left."""
    quality, height = column("jpeg_quality"), column("blockiness")
    by_table = np.where(quality > 0, rising(quality, LIMITS.jpeg_quality, 3), np.float32(1))
    visible = np.sqrt(np.clip(height / LIMITS.visible_step, 0, 1))
    steps = height / (column("off_grid_step") + LIMITS.off_grid_offset) * visible
    # If a file's own tables are coarse, they explain its blocks.
    coarse = (quality > 0) & (quality < LIMITS.own_tables)
    by_steps = np.where(coarse, np.float32(1), falling(steps, LIMITS.blockiness, 3))

    def reason(row: int) -> str:
        if by_table[row] <= by_steps[row]:
            return f"Heavily compressed: it was saved at JPEG quality {quality[row]:.0f} of 100."
        return (
            "Heavily compressed: JPEG blocks are visible, although the file itself was saved at a"
            " better quality."
        )

    return Judgement(np.minimum(by_table, by_steps).astype(np.float32), reason)


def not_a_photo(column: Column) -> Judgement:
    """A screenshot, a document, a drawing or an icon: flat areas, few colors, hard edges, no
    camera."""
    flat, colors, text = (
        column("flat_share"),
        column("top_colors_share"),
        column("hard_edge_share"),
    )
    evidence = (
        0.8 * np.clip((flat - 0.35) / 0.4, 0, 1)
        + 0.6 * np.clip((colors - 0.6) / 0.3, 0, 1)
        + 0.6 * np.clip(text / 0.02, 0, 1) * np.clip((flat - 0.2) / 0.3, 0, 1)
        + 0.25 * column("lossless")
        - 1.2 * column("camera")
    )
    # Wrong exposure destroys what identifies a photo: one without highlights or shadows is too dark
    # or overexposed first of all.
    evidence *= np.clip(column("luma_p99") / 150, 0, 1)
    evidence *= 1 - np.clip((column("luma_p2") - 40) / 60, 0, 1)
    # The learned classifier is not misled by exposure.
    evidence += LIMITS.log_odds_weight * np.clip(column("drawn"), 0, 8)

    def reason(row: int) -> str:
        return (
            f"Not a photo: {flat[row]:.0%} of it is flat, eight colors make up"
            f" {colors[row]:.0%} of it, and it names no camera."
        )

    return Judgement(falling(np.maximum(evidence, 0), LIMITS.drawing, 4), reason)

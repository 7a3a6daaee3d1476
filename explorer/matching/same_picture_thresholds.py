"""The thresholds by which two photos are the same picture, or two shots of one scene."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SamePictureThresholds:
    """What two aligned images must measure to be the same picture.

    Set on copies of 70 photos and on shots of one scene; `python run.py bench duplicates` measures
    recall and precision (docs/duplicates.md has the figures). Pixels are those of previews.
    """

    least_median: float = 0.62
    """Median block correlation. Copies at JPEG quality 20 or at 15 % of the size: 0.66 and more;
    bursts and series: 0.5 and less."""
    most_far: float = 1.2
    """Misplacement of the blocks that correlate, 90th percentile, in pixels. A hand that moved
    turns the image; a copy is only scaled."""
    most_distortion: float = 0.25
    """Distortion in pixels. Copies: 0 to 0.2. One flat object before two cameras: 0.5 in the median
    where the cameras differ so little that the corners are half a pixel off, 0.9 where they are one
    pixel off, more for any two shots from the hand."""
    most_excess: float = 1.5
    """Pixels by which each image may show what the other does not. A crop is within its original;
    the next frame of a burst is not."""
    most_stretch: float = 1.6
    """Ratio of the scales of the two axes."""
    least_strong_blocks: int = 6
    """Strongly textured blocks that are needed for a verdict."""
    few_changed: float = 0.015
    """Share of changed blocks up to which nothing counts as changed."""
    most_changed: float = 0.4
    """Share of changed blocks above which it is another picture."""
    most_displaced: float = 0.4
    """Share of changed blocks whose content is found nearby. Copies: 0 to 0.36; motion: 0.73 in the
    median."""
    surely_two_tone: float = 0.85
    """Two-tone share of the changed pixels from which on displaced blocks do not matter."""
    least_unchanged: float = 0.5
    least_two_tone: float = 0.6
    """Share of unchanged pixels in the changed blocks, or two-tone share of the changed pixels:
    either one shows that something was put on the picture."""
    least_unchanged_of_both: float = 0.3
    least_two_tone_of_both: float = 0.45
    """The same, where both are reached."""
    most_wide: float = 0.1
    """Share of changed pixels in patches wider than a stroke. Text: 0 to 0.09; objects that came,
    went or moved: mostly 0.3 to 0.9."""
    text_least_median: float = 0.8
    text_most_changed: float = 0.2
    text_most_displaced: float = 0.2
    """What else must hold for narrow changes to be text on the same picture."""
    least_drawn: float = 0.5
    """Two-tone share within 3 gray levels, from which on a wide change was drawn. Stamps, stickers
    and codes: 0.5 to 1; objects that came or moved: 0.2 to 0.8."""
    watermark_least_median: float = 0.45
    watermark_most_changed: float = 0.6
    watermark_least_unchanged: float = 0.62
    watermark_most_wide: float = 0.05
    watermark_least_one_sidedness: float = 0.85
    """A repeated watermark changes half of the blocks, but leaves most of their pixels, and makes
    the others all brighter or all darker. Copies: unchanged 0.65 to 0.85, one-sidedness 0.9 and
    more, median 0.48 and more. Leaves that moved: one-sidedness 0.35 at most."""
    least_flat: float = 0.6
    """Two-tone share of the unchanged pixels from which on a picture is a screenshot or a page.
    These: 0.7 to 0.9; of a thousand everyday photos, six have more than 0.6."""
    flat_least_unchanged: float = 0.9
    """Share of unchanged pixels in the changed blocks of a screenshot. Copies have no changed
    block, down to a quarter of the size and JPEG quality 30. Other text leaves 0.46 to 0.84, the
    compression of a photo taken at night 0.94."""
    equal_pixels_least_median: float = 0.98
    equal_pixels_most_scaling: float = 0.01
    """Median correlation, and deviation of the scaling from 1, where it is worth comparing the
    pixels at full size."""


@dataclass(frozen=True)
class RetakeThresholds:
    """What tells two shots from a tripod or a still hand from copies of one size.

    Set on copies and shots that `python run.py bench duplicates --shots` makes. Offsets are pixels
    of the preview.
    """

    most_offset: float = 0.09
    """Offset in the center. Of 700 copies of one size none was off by more than 0.08, also where
    both had been scaled by different methods; of shots from an unsteady tripod, 91 of 100 were off
    by more than 0.1."""
    corner_weight: float = 0.4
    """Weight of the offset at the corners, which reaches 0.2 for copies."""
    most_corner_offset: float = 3.0
    """Offset at the corners beyond which it is a crop that was enlarged to the same size."""
    least_excess: float = 0.08
    most_shared: float = 0.94
    """`recompression.RecompressionResidual` of two shots. Of 290 copies that were saved again
    at any quality, none; of 300 that were saved several times, at unknown qualities, 2; of shots
    that nothing else tells, half."""
    least_explained: float = 0.6
    """Share of the difference that recompression explains where one file was surely made from the
    other. Shots of one quality: 0.3 at most, of two qualities 0.55. Copies of one size: half of
    them 0.75 and more."""
    surely_made_explained: float = 0.75
    surely_made_most_offset: float = 0.5
    """The same where the previews correlate too little. In soft images most of what blocks show is
    noise, which compression removes."""
    changed_least_excess: float = 0.02
    changed_most_shared: float = 0.97
    """As `least_excess` and `most_shared`, where something is visible in one image alone."""


SAME_PICTURE = SamePictureThresholds()
RETAKE = RetakeThresholds()

"""Thresholds for deciding whether two photos are the same picture or two shots of one scene."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SamePictureThresholds:
    """The measurements that two aligned images must have to be the same picture.

    Chosen on copies of 70 photos and on shots of one scene. `python run.py bench duplicates`
    measures recall and precision (docs/duplicates.md has the figures). Pixels are those of
    previews.
    """

    min_median: float = 0.62
    """Median block correlation. Copies at JPEG quality 20 or at 15% of the size: 0.66 and more;
    bursts and series: 0.5 and less."""
    max_far: float = 1.2
    """90th percentile of the misplacement of the blocks that correlate, in pixels. Camera motion
    turns the image; a copy is only scaled."""
    max_distortion: float = 0.25
    """Distortion in pixels. Copies: 0 to 0.2. Two shots of one flat object: a median of 0.5 if the
    camera moved so little that the corners are off by half a pixel, 0.9 if they are off by one
    pixel, and more for any two handheld shots."""
    max_coarse_distortion: float = 0.8
    """The same at half the size, in pixels of the full size. With more, the images are two shots,
    and full size is not compared. Copies: 0 to 0.36; of 1,150 pairs within bursts, nine in ten had
    more than 0.9."""
    min_shot_median: float = 0.5
    """Median block correlation from which two shots are known to fit each other, so that no other
    transform needs to be tried."""
    max_excess: float = 1.5
    """How far both images may extend beyond each other, in pixels. A crop lies inside its original;
    the next frame of a burst does not."""
    max_stretch: float = 1.6
    """Ratio of the scales of the two axes."""
    min_strong_blocks: int = 6
    """Number of strongly textured blocks."""
    few_changed: float = 0.015
    """The share of changed blocks up to which an image counts as unchanged."""
    max_changed: float = 0.4
    """Share of changed blocks. With more, it is another picture."""
    max_displaced: float = 0.4
    """Share of changed blocks whose content is found nearby. Copies: 0 to 0.36; motion: 0.73 in the
    median."""
    surely_two_tone: float = 0.85
    """The two-tone share of the changed pixels above which displaced blocks are ignored."""
    min_unchanged: float = 0.5
    min_two_tone: float = 0.6
    """Share of unchanged pixels in the changed blocks, and two-tone share of the changed pixels.
    Reaching either one shows that something was added to the picture."""
    min_unchanged_of_both: float = 0.3
    min_two_tone_of_both: float = 0.45
    """The same; both must be reached."""
    max_wide: float = 0.1
    """Share of changed pixels in patches wider than a stroke. Text: 0 to 0.09; objects that came,
    went or moved: mostly 0.3 to 0.9."""
    text_min_median: float = 0.8
    text_max_changed: float = 0.2
    text_max_displaced: float = 0.2
    """Further conditions for narrow changes to count as text on the same picture."""
    min_drawn: float = 0.5
    """Two-tone share, within 3 gray levels, of a wide change that was drawn. Stamps, stickers and
    codes: 0.5 to 1; objects that came or moved: 0.2 to 0.8."""
    watermark_min_median: float = 0.45
    watermark_max_changed: float = 0.6
    watermark_min_unchanged: float = 0.62
    watermark_max_wide: float = 0.05
    watermark_min_one_sidedness: float = 0.85
    """A repeated watermark changes half of the blocks, but leaves most of their pixels unchanged
    and makes the others either all brighter or all darker. Copies: unchanged 0.65 to 0.85,
    one-sidedness 0.9 and more, median 0.48 and more. Moving leaves: one-sidedness 0.35 at most."""
    min_flat: float = 0.6
    """Two-tone share of the unchanged pixels of a screenshot or a page. These have 0.7 to 0.9; of a
    thousand everyday photos, six have more than 0.6."""
    min_redrawn: float = 0.045
    min_redrawn_of_text: float = 0.5
    redrawn_min_flat: float = 0.3
    """Screenshots and slides with other text on the same background: the share of redrawn blocks,
    or their share among the changed blocks if these changed only as text does; and the two-tone
    share of the unchanged pixels. Conversations: 0.055 and more if they were scrolled, else 0.58 of
    the changed blocks; 0.36 and more. Of 1,100 copies with stickers, text, codes or watermarks, one
    reaches these."""
    min_partly_flat: float = 0.4
    """The same from which on images without visible changes are compared at full size. Screenshots
    of conversations, scanned pages: 0.5 and more; of 450 everyday photos, 5% have more than 0.4."""
    flat_min_unchanged: float = 0.9
    """Share of unchanged pixels in the changed blocks of a screenshot. Copies have no changed
    block, down to a quarter of the size and JPEG quality 30. Different text: 0.46 to 0.84;
    compression of a photo taken at night: 0.94."""
    equal_pixels_min_median: float = 0.98
    equal_pixels_max_scaling: float = 0.01
    """Median correlation, and deviation of the scaling from 1, of images whose pixels are worth
    comparing at full size."""


@dataclass(frozen=True)
class RetakeThresholds:
    """Thresholds that separate two shots from a tripod or a steady hand from copies of the same
    size.

    Chosen on the copies and shots that `python run.py bench duplicates --shots` makes. Offsets are
    in pixels of the preview.
    """

    max_offset: float = 0.09
    """Offset at the center of a copy. Of 700 copies of the same size, including pairs scaled by
    different methods, none had more than 0.08; of 100 shots from an unsteady tripod, 91 had more
    than 0.1."""
    corner_weight: float = 0.4
    """Weight of the offset at the corners, which reaches 0.2 for copies."""
    max_corner_offset: float = 3.0
    """Offset at the corners. With more, it is a crop that was enlarged to the same size."""
    min_excess: float = 0.08
    max_shared: float = 0.94
    """`recompression.RecompressionResidual` of two shots. Both are met by none of 290 copies that
    were saved once more at any quality, by 2 of 300 that were saved several times at unknown
    qualities, and by half of the shots that nothing else distinguishes from copies."""
    min_explained: float = 0.6
    """Share of the difference that recompression explains if one file was certainly made from the
    other. Shots of the same quality: 0.3 at most; of two qualities: 0.55 at most. Half of the
    copies of the same size: 0.75 and more."""
    surely_made_explained: float = 0.75
    surely_made_max_offset: float = 0.5
    """The same for previews that correlate too little: in soft images, blocks show mainly noise,
    which compression removes."""
    changed_min_excess: float = 0.02
    changed_max_shared: float = 0.97
    """Like `min_excess` and `max_shared`, if something is visible in only one of the images."""


SAME_PICTURE = SamePictureThresholds()
RETAKE = RetakeThresholds()

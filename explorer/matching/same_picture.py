"""Whether two pictures are one and the same: laid onto each other to a fraction of a pixel, then
compared block by block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from explorer.matching.difference import is_local_motion, one_sidedness
from explorer.matching.distortion import nonlinear_distortion
from explorer.matching.geometry import (
    Box,
    Matrix,
    compose,
    content,
    inverse,
    out_of,
    rescaled,
    rimless,
    straightened,
)
from explorer.matching.registration import BLOCK_SIZE, BlockResiduals, RegistrationLevel

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

# So many blocks that show much are enough to judge by them alone.
_SPOKESMEN = 24
# Pixels by which a step must move a picture's corners for another look to follow.
_SETTLED = 0.1
# Pixels of the finer picture for one of the coarser; previews have 512 pixels by 48 and more.
_THINNEST, _DENSEST = 1e-3, 256.0
# How far from 1 the scale may be for both to count as equally fine: it is not known better before
# they lie on each other.
_EQUAL = 0.02
# Pixels at the corners within which a picture of the same size may lie as it is.
_NEARLY = 4.0
# Correlation in the middle block at half the size below which a closer look is not worth it: copies
# have twice as much and more.
_HOPELESS = 0.3
# And in a block for it to show much, and how far things that moved are looked for, in pixels.
_MUCH, _REACH = 8.0, 14


# --- what makes one picture, set on copies of 70 photos and on shots of one scene
# (docs/duplicates.md has the figures)

# Correlation in the middle block. Copies at JPEG quality 20 or 15 % of the size: 0.66 and more;
# real bursts and series: 0.5 and less.
LEAST_MEDIAN = 0.62
# Pixels by which blocks that are alike may be out of place, in the worst tenth. A hand that moved
# turns the picture; a copy is only scaled.
MOST_FAR = 1.2
# Pixels by which a picture may be bent against the other. Copies: 0 to 0.2. One flat thing before
# two cameras: 0.5 in the middle where they stand so alike that its corners are half a pixel off,
# 0.9 where they are a pixel off, more from any two hands.
MOST_BENT = 0.25
# Pixels by which each picture may show what the other does not. A crop lies within its original;
# the next frame of a burst does not.
MOST_EXCESS = 1.5
# How different the two scales may be: pictures are squeezed, but not beyond recognition.
MOST_STRETCH = 1.6
# Share of blocks that may differ without a question, and at all.
FEW_BROKEN, MOST_BROKEN = 0.015, 0.4
# Of the differing blocks, the share whose content is found near by: something has moved. Copies 0
# to 0.36, moved things 0.73 in the middle.
MOST_DISPLACED = 0.4
# What differs must look put on: most pixels of these blocks are as they were, or those that changed
# have one or two greys.
SAME, INK, SAME_AND_INK, SURELY_INK = 0.5, 0.6, (0.3, 0.45), 0.85
# Or they are strokes on a picture that is the same otherwise: next to nothing of what changed is as
# wide as a stroke never is (words: 0 to 0.09 of it; things that came, went or moved: mostly 0.3 to
# 0.9), and the rest correlates as only copies do.
MOST_WIDE, STROKES_MEDIAN, STROKES_BROKEN, STROKES_DISPLACED = 0.1, 0.8, 0.2, 0.2
# What is wide and was drawn has greys that are really the same, give or take 3: stamps, stickers
# and codes 0.5 to 1 of it; things that came or moved 0.2 to 0.8.
DRAWN = 0.5
# Words over and over, all over the picture, break half of its blocks, but leave most pixels of
# these, and make the others all brighter or all darker: copies same 0.65 to 0.85, lopsided 0.9 and
# more, median 0.48 and more; leaves that stirred are lopsided by 0.35 at most.
VEIL_MEDIAN, VEIL_BROKEN, VEIL_SAME, VEIL_WIDE, VEIL_LOPSIDED = 0.45, 0.6, 0.62, 0.05, 0.85
# Share of two greys, give or take 3, from which on a picture is a screenshot or a page: these have
# 0.7 to 0.9 of it, six of a thousand everyday photos more than 0.6. Copies of screenshots have no
# block that differs, down to a quarter of the size and JPEG quality 30. Of what differs nearly all
# pixels must be as they were: other words leave 0.46 to 0.84 of them, compression of a photo by
# night 0.94.
MOST_FLAT, FLAT_SAME = 0.6, 0.9
# The width that a stroke never has, as a share of the picture's shorter side.
_STROKE = 0.035


@dataclass(frozen=True)
class PairMeasurements:
    """What laying one picture onto the other shows. Pixels are those of the coarser one's preview.

    matrix: lays the second onto the first, 2×3, in their own pixels. overlap: share of each that
    the other covers, coarser one first. blocks: how many are judged: those that show much or, where
    they are few, all that show anything; textured: their share of the overlap. median, low: their
    correlation, in the middle and at the lowest tenth; bad: the share below 0.6. shift, far: how
    far their contents are from where they should be, in the middle, and of those alike at the
    highest tenth; bent: how far this field is from scaling and shifting alone. stretch: ratio of
    the two scales. excess: pixels by which each sticks out of the other, the smaller one. strong:
    blocks that show much; broken: the share of these below 0.6; and of the broken ones, same: the
    share of pixels that are as they were; ink: the share of the other pixels that have the two
    commonest greys; displaced: the share of blocks whose content lies near by; wide: of all pixels
    that changed, the share that lies in patches wider than the strokes of letters. noise: greys by
    which pixels differ in the other blocks. drawn: as ink, of greys that are really the same.
    lopsided: 1 where all that changed became brighter, or all darker (`changes.one_sidedness`). stirred:
    what differs is what was there, a little beside (`changes.is_local_motion`). flat: the share of what is
    alike that has two greys.
    """

    matrix: Matrix
    overlap: tuple[float, float]
    blocks: int
    textured: float
    median: float
    low: float
    bad: float
    shift: float
    far: float
    nonlinear_distortion: float
    stretch: float
    excess: float
    strong: int
    broken: float
    same: float
    ink: float
    displaced: float
    wide: float
    noise: float
    drawn: float
    one_sidedness: float
    is_local_motion: bool
    flat: float


def is_same_picture(m: PairMeasurements) -> bool:
    """Whether two pictures are one, and not two shots of one scene."""
    if (
        (m.median < LEAST_MEDIAN and not _is_veiled(m))
        or m.far > MOST_FAR
        or m.nonlinear_distortion > MOST_BENT
        or m.excess > MOST_EXCESS
        or m.stretch > MOST_STRETCH
        or m.strong < 6
    ):
        return False
    if is_mostly_flat(m):
        return m.broken == 0 or m.same >= FLAT_SAME
    if m.broken <= FEW_BROKEN or _is_veiled(m):
        return True
    if m.broken > MOST_BROKEN or (m.displaced > MOST_DISPLACED and m.ink < SURELY_INK):
        return False
    if m.same >= SAME or m.ink >= INK or (m.same >= SAME_AND_INK[0] and m.ink >= SAME_AND_INK[1]):
        return True
    return (
        m.wide <= MOST_WIDE
        and m.median >= STROKES_MEDIAN
        and m.broken <= STROKES_BROKEN
        and m.displaced <= STROKES_DISPLACED
    )


def _is_veiled(m: PairMeasurements) -> bool:
    """Whether what differs is thin and of one colour all over the picture, as a watermark is."""
    return (
        m.median >= VEIL_MEDIAN
        and m.broken <= VEIL_BROKEN
        and m.same >= VEIL_SAME
        and m.wide <= VEIL_WIDE
        and m.one_sidedness >= VEIL_LOPSIDED
    )


def is_mostly_flat(m: PairMeasurements) -> bool:
    """Whether it is a screenshot, a page or the like, of which the next one has the same bars and
    buttons and other words: no difference can be taken for something put on."""
    return m.flat >= MOST_FLAT


def has_changed_blocks(m: PairMeasurements) -> bool:
    """Whether there is something to be seen on one that is not on the other."""
    return m.broken > FEW_BROKEN


def looks_like_motion(m: PairMeasurements) -> bool:
    """Whether what differs looks less like something put on than like what came, went or moved
    between two shots."""
    return has_changed_blocks(m) and (m.is_local_motion or (m.wide > MOST_WIDE and m.drawn < DRAWN))


def _as_it_is(one: Grey, other: Grey, matrix: Matrix) -> PairMeasurements | None:
    """Two pictures of one size that lie on each other nearly as they are, measured from there.
    Copies of one size lie on their originals exactly: what starts there ends there, and not a tenth
    of a pixel beside. None where that shows no copy."""
    corners = np.array(
        [[0, one.shape[1], 0, one.shape[1]], [0, 0, one.shape[0], one.shape[0]], [1, 1, 1, 1]]
    )
    apart = matrix - np.eye(2, 3)
    if one.shape != other.shape or not apart.any() or np.abs(apart @ corners).max() > _NEARLY:
        return None
    found = measure(one, other, np.eye(2, 3), near=True)
    return found if found is not None and found.median >= LEAST_MEDIAN else None


def measure(
    one: Grey, other: Grey, matrix: Matrix, *, near: bool = False
) -> PairMeasurements | None:
    """matrix: lays `other` onto `one` roughly, in their own pixels (2×3). near: to two pixels or
    so; without, to ten.

    None where they cannot be laid onto each other.
    """
    if (exactly := _as_it_is(one, other, matrix)) is not None:
        return exactly
    matrix = straightened(matrix, other.shape)
    scale = float(abs(np.linalg.det(matrix[:, :2]))) ** 0.5
    # The coarser one stays as it is; of two that are equally fine, the one that shows less, as its
    # blocks are all covered.
    swapped = scale < 1 if abs(scale - 1) > _EQUAL else one.size < other.size
    base, moved, to = (one, other, inverse(matrix)) if swapped else (other, one, matrix)
    if min(base.shape) < 3 * BLOCK_SIZE or _is_lost(to):
        return None
    box, own = content(moved), content(base)
    fine = (base.astype(np.float32), moved.astype(np.float32))
    for halved, rounds in ((1, 3), (0, 3)):
        if halved:
            if near or min(base.shape) < 6 * BLOCK_SIZE:
                continue
            half = [
                np.asarray(
                    cv2.resize(x, (x.shape[1] // 2, x.shape[0] // 2), interpolation=cv2.INTER_AREA),
                    np.float32,
                )
                for x in fine
            ]
            up = [
                np.array([fine[i].shape[1] / half[i].shape[1], fine[i].shape[0] / half[i].shape[0]])
                for i in (0, 1)
            ]
            layer = RegistrationLevel(
                half[0],
                half[1],
                (own[0] / up[0][0], own[1] / up[0][1], own[2] / up[0][0], own[3] / up[0][1]),
            )
            to = rescaled(to, up[0], up[1])
            some = (box[0] / up[1][0], box[1] / up[1][1], box[2] / up[1][0], box[3] / up[1][1])
        else:
            layer, some = RegistrationLevel(fine[0], fine[1], own), box
        for number in range(rounds + 1):
            seen = layer.look(to, some)
            step = layer.step(seen)
            if step is None:
                return None
            to = compose(to, np.eye(2, 3) - step)
            if _is_lost(to):
                return None
            corners = np.array([[0, 0, 1], [layer.w, layer.h, 1]]) @ step.T
            if number == rounds or np.abs(corners).max() < _SETTLED:
                seen = layer.stepped(seen, step)
                break
        if halved:
            if not (seen.shown.any() and np.median(seen.ncc[seen.shown]) >= _HOPELESS):
                return None
            to = rescaled(to, 1 / up[0], 1 / up[1])
    return _measures(layer, seen, to, (own, box), swapped=swapped)


def _is_lost(to: Matrix) -> bool:
    """Whether one picture would be drawn out, or shrunk, to nothing: steps between pictures that
    are not one may lead anywhere."""
    area = float(abs(np.linalg.det(to[:, :2])))
    return not (_THINNEST < area < _DENSEST)


def _measures(
    layer: RegistrationLevel,
    seen: BlockResiduals,
    to: Matrix,
    boxes: tuple[Box, Box],
    *,
    swapped: bool,
) -> PairMeasurements | None:
    """boxes: what of the coarser picture and of the other one is no border."""
    (base_box, box), shape, shown = boxes, layer.moved.shape, seen.shown
    n = int(shown.sum())
    if n < 4:
        return None
    # On soft pictures most blocks show little but the codec's noise, which no two files share:
    # those that show much speak for all.
    much = shown & (np.maximum(layer.db, seen.deviation) > _MUCH)
    if much.sum() >= _SPOKESMEN:
        shown = much
    v, shift = seen.ncc[shown], np.hypot(seen.dx, seen.dy)
    firm = layer.least[shown]
    use = shown & (seen.ncc > 0.5) & (shift < 6) & (layer.least >= np.median(firm) / 2)
    field = nonlinear_distortion(
        np.stack([layer.cx[use], layer.cy[use]]),
        np.stack([seen.dx[use], seen.dy[use]]),
        layer.least[use],
    )
    shift = shift[shown]
    # Where brightness varies in one direction alone, nothing can be said of shifts in the other.
    sure = shift[(v > 0.5) & (firm >= np.median(firm))]
    linear = np.abs(to[:, :2])
    s1, s2 = linear.max(axis=1)
    mean = float(s1 * s2) ** 0.5
    edge = np.column_stack([to[:, :2], to[:, 2] - to[:, :2] @ [0.5, 0.5] + 0.5])
    # What looks like a border may be the picture's own plain edge: the one that contains is taken
    # whole.
    whole_moved, whole_base = (
        (0.0, 0.0, float(shape[1]), float(shape[0])),
        (0.0, 0.0, float(layer.w), float(layer.h)),
    )
    excess = min(
        out_of(whole_moved, rimless(base_box, layer.base.shape), edge) / mean,
        out_of(whole_base, rimless(box, shape), inverse(edge)),
    )
    cover = float(seen.inside.mean())
    return PairMeasurements(
        inverse(to) if swapped else to, (cover,
        cover * layer.h * layer.w * mean * mean / (shape[0] * shape[1])), n,
        n / max(1, int(seen.inside.sum())), float(np.median(v)), float(np.quantile(v, 0.1)),
        float((v < 0.6).mean()),
        float(np.median(shift)), float(np.quantile(sure, 0.9)) if len(sure) >= 4 else 9.0, field,
        float(max(s1 / s2, s2 / s1)), float(excess),
        *_changed(layer, seen),
    )  # fmt: skip


def _changed(
    layer: RegistrationLevel, seen: BlockResiduals
) -> tuple[int, float, float, float, float, float, float, float, float, bool, float]:
    """Of blocks that show much: how many, and what is different in those that differ (see
    `PairMeasurements`)."""
    much = seen.inside & (np.maximum(layer.db, seen.deviation) > _MUCH)
    bad = much & (seen.ncc < 0.6)
    n = int(much.sum())
    if not n:
        return 0, 1.0, 0.0, 0.0, 0.0, 1.0, 99.0, 0.0, 0.0, False, 0.0
    h, w = layer.nh * BLOCK_SIZE, layer.nw * BLOCK_SIZE
    b, o = layer.base[:h, :w], seen.warped[:h, :w]
    # What tone of one picture became which of the other, where they agree; each ninth pixel says as
    # much as all.
    fine = (seen.inside & ~bad)[
        np.arange(0, h, 3)[:, None] // BLOCK_SIZE, np.arange(0, w, 3) // BLOCK_SIZE
    ]
    some, others = _level(b[::3, ::3][fine]), o[::3, ::3][fine]
    count = np.bincount(some, minlength=64)
    known = np.flatnonzero(count > 4)
    if len(known) < 2:
        return n, 1.0, 0.0, 0.0, 0.0, 1.0, 99.0, 0.0, 0.0, False, 0.0
    means = np.bincount(some, weights=others, minlength=64)[known] / count[known]
    tone = np.interp(np.arange(64), known, means).astype(np.float32)
    noise = float(np.median(np.abs(others - tone[some])))
    flat = _plainness(b[::3, ::3][fine], 3)
    if not bad.any():
        return n, 0.0, 1.0, 1.0, 0.0, 0.0, noise, 1.0, 0.0, False, flat
    # Greys are whole numbers here, as those of the preview itself.
    tones = np.interp(np.arange(256), known * 4.0 + 2, means).astype(np.float32)
    worse, toned = _pixels(bad), np.asarray(cv2.LUT(b.astype(np.uint8), tones), np.float32)
    apart = np.asarray(cv2.absdiff(o, toned))
    changed = apart >= 3 * noise + 4
    unlike = worse & changed
    same = 1 - float(unlike.sum() / worse.sum())
    ink = max(_plainness(x[unlike]) for x in (b, o)) if unlike.any() else 1.0
    drawn = max(_plainness(x[unlike], 3) for x in (b, o)) if unlike.any() else 1.0
    broken = float(bad.sum() / n)
    moved = broken > FEW_BROKEN and is_local_motion(b, o, toned, unlike)
    side = one_sidedness(o, toned, unlike) if broken > FEW_BROKEN else 0.0
    return (
        n,
        broken,
        same,
        ink,
        _displaced(layer, o, toned, bad),
        _wide(changed),
        noise,
        drawn,
        side,
        moved,
        flat,
    )


def _level(greys: Floats) -> npt.NDArray[np.uint8]:
    """Greys in 64 steps."""
    return np.asarray(greys.astype(np.uint8) >> 2, np.uint8)


def _pixels(blocks: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    return blocks.repeat(BLOCK_SIZE, axis=0).repeat(BLOCK_SIZE, axis=1)


def _plainness(greys: Floats, within: int = 8) -> float:
    """The share of pixels that have one of the two commonest greys, give or take so many: high for
    drawn things, low for photographed ones."""
    count = np.bincount(greys.clip(0, 255).astype(np.int64), minlength=256)
    window = np.ones(2 * within + 1, np.int64)
    near = np.convolve(count, window, "same")
    first = int(near.argmax())
    total = int(near[first])
    near = np.convolve(np.where(np.abs(np.arange(256) - first) <= within, 0, count), window, "same")
    return float((total + int(near.max())) / max(1, len(greys)))


def _wide(changed: npt.NDArray[np.bool_]) -> float:
    """The share of these pixels that lies in patches wider than a stroke."""
    side = max(3, round(_STROKE * min(changed.shape)))
    patches = cv2.morphologyEx(
        changed.astype(np.uint8), cv2.MORPH_OPEN, np.ones((side, side), np.uint8)
    )
    return float(patches.sum() / max(1, int(changed.sum())))


def _displaced(
    layer: RegistrationLevel, o: Floats, toned: Floats, bad: npt.NDArray[np.bool_]
) -> float:
    """The share of differing blocks whose content is found near by in the other picture: something
    has moved between two shots."""
    places = np.argwhere(bad)
    found = looked = 0
    for row, column in places[:: max(1, len(places) // 48)].tolist():
        y, x = row * BLOCK_SIZE - 4, column * BLOCK_SIZE - 4
        size = BLOCK_SIZE + 8
        if (
            y < _REACH
            or x < _REACH
            or y + size + _REACH > o.shape[0]
            or x + size + _REACH > o.shape[1]
        ):
            continue
        part = toned[y : y + size, x : x + size]
        if part.std() < _MUCH:
            continue
        looked += 1
        around = o[y - _REACH : y + size + _REACH, x - _REACH : x + size + _REACH]
        result = cv2.matchTemplate(around, part, cv2.TM_CCOEFF_NORMED)
        _, best, _, at = cv2.minMaxLoc(result)
        here = float(result[_REACH, _REACH])
        found += (
            best > 0.85
            and best > here + 0.25
            and max(abs(at[0] - _REACH), abs(at[1] - _REACH)) >= 2
        )
    return found / max(1, looked)


def relation(
    measures: PairMeasurements, one: tuple[int, ...], other: tuple[int, ...]
) -> dict[str, Any]:
    """What is kept of how the pictures lie on each other. one, other: (height, width). matrix: lays
    `other` onto `one`, both as unit squares, row by row. changed: share of the blocks that differ.
    """
    edge = measures.matrix[:, 2] - measures.matrix[:, :2] @ [0.5, 0.5] + 0.5
    scale = np.array([one[1], one[0]])
    linear = measures.matrix[:, :2] * [other[1], other[0]] / scale[:, None]
    unit = np.column_stack([linear, edge / scale])
    return {
        "matrix": [round(float(v), 5) for v in unit.ravel()],
        "changed": round(measures.broken, 4),
    }


def may_have_equal_pixels(
    measures: PairMeasurements, one: tuple[int, int], other: tuple[int, int]
) -> bool:
    """Whether it is worth decoding both in full. one, other: (width, height)."""
    linear = measures.matrix[:, :2]
    return (
        one == other
        and measures.median > 0.98
        and measures.broken == 0
        and bool(np.abs(linear - np.eye(2)).max() < 0.01)
    )

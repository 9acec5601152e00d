"""The whole road of a photo: face, mask, trimap, alpha matte, foreground colours."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from pipeline.align import align
from pipeline.arrays import check_picture, check_shares, check_trimap
from pipeline.bars import picture_area
from pipeline.clock import Clock
from pipeline.face import Face, find_faces
from pipeline.foreground import estimate_foreground
from pipeline.frame import Frame
from pipeline.image_error import ImageError
from pipeline.knn import knn_matting
from pipeline.refine import refine as refined
from pipeline.segment import segment
from pipeline.trimap import (
    BACKGROUND,
    BAND,
    FOREGROUND,
    HAIR_REACH,
    UNKNOWN,
    check_widths,
    make_trimap,
)

# The stages in their order, with the share of the time that is over when each begins: the mean of the
# three sizes that benchmarks/stages.py measures.
STAGES = {"face": 0.0, "mask": 0.01, "trimap": 0.24, "matting": 0.26}
STAGES |= {"refinement": 0.79, "foreground": 0.89}

NOBODY = "No person was found in this photo. A trimap of your own can say who is to be cut out."
NO_FACE = "No face was found, so the mask rests on the picture alone."
NO_SIDE = "The trimap says nowhere what is {}, so what it leaves unknown stays half transparent."
NO_BAND = "The trimap leaves nothing unknown, so the edge is as hard as the trimap's."


@dataclass(frozen=True, eq=False, kw_only=True)
class Trimapped:
    """What is known of a photo before its matte; arrays have the photo's height and width.

    mask: (H, W) float32 in 0..1, probability of "person".
    hair: (h, w) float32 in 0..1, probability of "hair" in the photo, reduced; None where nobody
    looked for it.
    trimap: (H, W) uint8, 0 background, 128 unknown, 255 foreground.
    face: the largest face, or None. faces: all of them, largest first.
    to_canonical: (2, 3) float64 affine map from photo pixels to the canonical pose, or None.
    frames: the parts of the photo that the network looked at.
    found: whether a person was found. notes: sentences for the person who gave the photo.
    timings: seconds by stage, in the order of the stages.
    """

    mask: np.ndarray
    trimap: np.ndarray
    hair: np.ndarray | None = None
    face: Face | None = None
    faces: list[Face] = field(default_factory=list)
    to_canonical: np.ndarray | None = None
    frames: tuple[Frame, ...] = ()
    found: bool = True
    notes: list[str] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, kw_only=True)
class Matte(Trimapped):
    """A photo's matte with everything made on the way.

    alpha: (H, W) float32 in 0..1, exactly 0 and 1 where the trimap is known.
    foreground: (H, W, 3) uint8 RGB, the person's own colours free of the old background.
    """

    alpha: np.ndarray
    foreground: np.ndarray


def matte(
    image: np.ndarray,
    *,
    trimap: np.ndarray | None = None,
    mask: np.ndarray | None = None,
    hair: np.ndarray | None = None,
    face: Face | None = None,
    band: float = BAND,
    hair_reach: float = HAIR_REACH,
    refine: bool = True,
    progress: Callable[[str, float], None] | None = None,
    solve: Callable[[np.ndarray, np.ndarray], np.ndarray] = knn_matting,
) -> Matte:
    """Cut the people out of a photo.

    image: (H, W, 3) uint8 RGB, upright. trimap: your own, (H, W) uint8 with 0, 128 and 255; it
    replaces the stages before it. mask: your own, or that of an earlier result, (H, W) float32 in
    0..1; it replaces the search for faces and the network; in bars around the picture it counts for
    nothing. hair, face: what an earlier result says of them, to go with `mask`. Without hair, (h, w)
    float32 in 0..1 of any size, the band is as wide everywhere; the face is only passed on. band:
    the unknown band reaches this far to either side of the mask's boundary, in pixels of a 600x800
    portrait. hair_reach: where hair shows beyond the mask, the band follows it and goes on for so
    many of its widths (see `pipeline.trimap.make_trimap`). refine: run the residual refinement
    network on the alpha matte (see `pipeline.refine`). progress: called as
    progress(stage, share done) when a stage begins; an exception it raises ends the work. solve:
    called as solve(image, trimap), gives alpha;
    `partial(knn_matting, story=Story())` keeps what the solver did,
    `partial(knn_matting, quality="knn")` is the paper's method alone.

    A photo without a person gives alpha 0 everywhere, found False, and a note. A mask or trimap of
    your own is handed on in the result as it is, not copied.

    Raises ImageError if image, trimap, mask or hair do not have these shapes, types and ranges, or
    band or hair_reach is no number of zero or more.
    """
    clock = Clock(STAGES, progress)
    known = _trimapped(image, trimap, band, hair_reach, clock, mask=mask, hair=hair, face=face)
    with clock.stage("matting"):
        alpha = np.asarray(solve(image, known.trimap), np.float32)
    if refine:
        with clock.stage("refinement"):
            alpha = refined(image, known.trimap, alpha)
    with clock.stage("foreground"):
        foreground = estimate_foreground(image, alpha)
    return Matte(alpha=alpha, foreground=foreground, **vars(known))


def trimapped(
    image: np.ndarray,
    *,
    trimap: np.ndarray | None = None,
    band: float = BAND,
    hair_reach: float = HAIR_REACH,
) -> Trimapped:
    """The first half of `matte`, for who wants no more than the mask and the trimap.

    Arguments and errors as for `matte`.
    """
    return _trimapped(image, trimap, band, hair_reach, Clock(STAGES))


def _trimapped(
    image, trimap, band, hair_reach, clock, *, mask=None, hair=None, face=None
) -> Trimapped:
    """`timings` are the clock's own, so that those of what is done next come to them."""
    _check(image, trimap, mask, hair)
    check_widths(band=band, hair_reach=hair_reach)
    if trimap is not None:
        mask = trimap.astype(np.float32) / FOREGROUND
        return Trimapped(mask=mask, trimap=trimap, notes=_notes_on(trimap), timings=clock.seconds)
    if mask is None:
        with clock.stage("face"):
            faces = find_faces(image)
        with clock.stage("mask"):
            people = segment(image, faces)
        mask, hair, found = people.mask, people.hair, people.found
        frames, area = people.frames, people.area
        notes = [] if faces else [NO_FACE]
    else:
        faces = [face] if face else []
        frames, area = (), picture_area(image)
        found = bool((mask[area] >= 0.5).any())
        notes = []  # nobody looked for a face
    with clock.stage("trimap"):
        trimap = _trimap(mask, area, band, hair, hair_reach)
    return Trimapped(
        mask=mask,
        trimap=trimap,
        hair=hair,
        face=faces[0] if faces else None,
        faces=faces,
        to_canonical=align(faces[0]) if faces else None,
        frames=frames,
        found=found,
        notes=notes if found else [NOBODY],
        timings=clock.seconds,
    )


def _trimap(mask, area, band, hair, hair_reach):
    """The mask's trimap; at the picture's area it is cut off as at a photo's end."""
    inside = mask[area]
    if inside.shape == mask.shape:
        return make_trimap(mask, band, hair, hair_reach)
    beyond = [(each.start, size - each.stop) for each, size in zip(area, mask.shape)]
    trimap = np.full(mask.shape, BACKGROUND, np.uint8)
    going_on = make_trimap(np.pad(inside, beyond, "edge"), band, hair, hair_reach)
    trimap[area] = going_on[area]
    return trimap


def _notes_on(trimap):
    """What is to be said of a trimap that somebody gave."""
    if not (trimap == UNKNOWN).any():
        return [NO_BAND]
    sides = {"person": FOREGROUND, "background": BACKGROUND}
    return [NO_SIDE.format(name) for name, side in sides.items() if not (trimap == side).any()]


def _check(image, trimap, mask, hair):
    check_picture("photo", image)
    if mask is not None:
        check_shares("mask", mask, image.shape[:2], dtype=np.float32)
    if hair is not None:
        check_shares("hair", hair, dtype=np.float32)
    if trimap is not None:
        check_trimap(trimap, image.shape[:2])
        if not np.isin(trimap, (BACKGROUND, UNKNOWN, FOREGROUND)).all():
            raise ImageError(
                "The trimap may hold only 0 (background), 128 (unknown) and 255 (person)."
            )

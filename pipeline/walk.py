"""The road of one photo, walked slowly: as `pipeline.matting.matte`, but nothing is thrown away.

For the page that shows every step. The photo is reduced to the size of a screen first, so that
every picture shows the very pixels that were computed with.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse

from pipeline.align import align, portrait_channels
from pipeline.composite import composite, gradient
from pipeline.conjugate_gradient import conjugate_gradient
from pipeline.face import Face, find_faces
from pipeline.foreground import estimate_foreground
from pipeline.image import ImageError
from pipeline.knn import CONTRAST, TOLERANCE, knn_matting
from pipeline.segment import Frame, segment
from pipeline.story import Story
from pipeline.stored import shrunk
from pipeline.trimap import UNKNOWN, make_trimap

LONGEST_SIDE = 800
# The matte is shown after so many iterations, apart from the last one.
EARLY = (0, 1, 5, 20)
# The new background, top and bottom: the gold of the Studio's first gradient.
BACKGROUND_TOP, BACKGROUND_BOTTOM = (236, 217, 160), (150, 117, 42)

NOBODY = "No person was found in this photo, so there is nothing to walk through. Try another one."
NO_EDGE = "The person fills this photo entirely, so there is no edge to solve for. Try another one."


@dataclass
class RecordedStory(Story):
    """A story that also keeps the arrays that the solver's steps leave, by the step's name."""

    arrays: dict[str, list[np.ndarray]] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[list]:
        """As `Story.step`."""
        with super().step(name) as kept:
            yield kept
        self.arrays[name] = kept

    def system(self) -> tuple[scipy.sparse.csr_matrix, np.ndarray, np.ndarray]:
        """The matrix (n, n), the right side (n,) and the first guess (n,) of the solver."""
        *entries, right_side = self.arrays["system"]
        matrix = scipy.sparse.csr_matrix(tuple(entries), 2 * right_side.shape)
        if "known colours" not in self.arrays:
            return matrix, right_side, right_side / matrix.diagonal()
        # The pull of the known colours is a diagonal matrix: its entries are the weights.
        weights, _, _, pull = self.arrays["known colours"]
        return matrix, right_side, pull / weights

    def seconds(self, *names: str) -> float:
        """How long these steps took together."""
        return sum(step.seconds for step in self.steps if step.name in names)

    def kept_bytes(self, *names: str) -> int:
        """Memory of what these steps left."""
        return sum(step.kept_bytes for step in self.steps if step.name in names)


@dataclass(frozen=True)
class Walk:
    """A photo and everything made from it; (H, W) is the size of `image`.

    image: (H, W, 3) uint8 RGB, the photo at no more than LONGEST_SIDE. size: (width, height) of
    the photo as given. face, to_canonical, frames, mask, trimap, alpha, foreground: as in
    `pipeline.matting.Matte`. channels: (H, W, 3) float32, x, y and mean mask; None without a
    face. story: what the solver did. matrix: its (n, n) system. early: (H, W) float32 alpha by
    iterations done. background, result, pasted: (H, W, 3) uint8, the new background, the person
    on it, and the same with the photo's own colours. seconds: by stage.
    """

    image: np.ndarray
    size: tuple[int, int]
    face: Face | None
    to_canonical: np.ndarray | None
    channels: np.ndarray | None
    frames: tuple[Frame, ...]
    mask: np.ndarray
    band: float
    trimap: np.ndarray
    story: RecordedStory
    matrix: scipy.sparse.csr_matrix
    early: dict[int, np.ndarray]
    alpha: np.ndarray
    foreground: np.ndarray
    background: np.ndarray
    result: np.ndarray
    pasted: np.ndarray
    seconds: dict[str, float]


def walk(
    image: np.ndarray,
    *,
    band: float = 10,
    progress: Callable[[str, float], None] | None = None,
) -> Walk:
    """Take one photo through every stage.

    image: (H, W, 3) uint8 RGB, upright. band: as for `pipeline.matting.matte`. progress: called
    as progress(stage, share done) when a stage begins.

    Raises ImageError if there is no person in the photo, or nothing but the person.
    """
    clock = _Clock(progress)
    height, width = image.shape[:2]
    image = shrunk(image, LONGEST_SIDE)
    with clock.stage("landmarks", 0.0):
        faces = find_faces(image)
    face = faces[0] if faces else None
    with clock.stage("pose", 0.1):
        to_canonical = align(face) if face else None
    with clock.stage("channels", 0.1):
        channels = portrait_channels(to_canonical, image.shape[:2]) if face else None
    with clock.stage("mask", 0.15):
        people = segment(image, faces)
    if not people.found:
        raise ImageError(NOBODY)
    with clock.stage("trimap", 0.35):
        trimap = make_trimap(people.mask, band, to_canonical)
    if not (trimap == UNKNOWN).any():
        raise ImageError(NO_EDGE)
    story = RecordedStory()
    with clock.stage("matting", 0.4):
        # Solved for at this size in any case, so that its unknowns are the picture's pixels.
        alpha = knn_matting(image, trimap, most_unknown=trimap.size, story=story)
    with clock.stage("early", 0.7):
        matrix, early = _early(story, trimap)
        story.arrays.clear()
    with clock.stage("foreground", 0.8):
        foreground = estimate_foreground(image, alpha)
    background = gradient(alpha.shape, BACKGROUND_TOP, BACKGROUND_BOTTOM)
    with clock.stage("composite", 0.9):
        result = composite(foreground, alpha, background)
    return Walk(
        image=image,
        size=(width, height),
        face=face,
        to_canonical=to_canonical,
        channels=channels,
        frames=people.frames,
        mask=people.mask,
        band=band,
        trimap=trimap,
        story=story,
        matrix=matrix,
        early=early,
        alpha=alpha,
        foreground=foreground,
        background=background,
        result=result,
        pasted=composite(image, alpha, background),
        seconds=clock.seconds,
    )


def _early(story, trimap):
    """The system, and alpha after few iterations: solved again, stopped early."""
    matrix, right_side, start = story.system()
    unknown = trimap == UNKNOWN
    early = {}
    for iterations in EARLY:
        if iterations >= len(story.residuals) - 1:
            break
        solution = conjugate_gradient(matrix, right_side, start, TOLERANCE, iterations)
        alpha = (trimap > UNKNOWN).astype(np.float32)
        alpha[unknown] = np.clip((solution - CONTRAST) / (1 - 2 * CONTRAST), 0, 1)
        early[iterations] = alpha
    return matrix, early


class _Clock:
    """Times the stages and tells the progress."""

    def __init__(self, progress):
        self.seconds = {}
        self._progress = progress

    @contextmanager
    def stage(self, name, share):
        if self._progress is not None:
            self._progress(name, share)
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start

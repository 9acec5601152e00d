"""The road of one photo, walked slowly: `pipeline.matting.matte` with nothing thrown away.

For the page that shows every step. The photo is reduced to the size of a screen first, so that
every picture shows the very pixels that were computed with.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import scipy.sparse

from pipeline.align import align, portrait_channels
from pipeline.clock import Clock
from pipeline.composite import composite, gradient
from pipeline.conjugate_gradient import conjugate_gradient
from pipeline.face import Face
from pipeline.frame import Frame
from pipeline.image_error import ImageError
from pipeline.knn import LEVELS, TOLERANCE, knn_matting, stretched
from pipeline.layers import Layers, network_layers
from pipeline.matting import matte
from pipeline.recorded import RecordedStory
from pipeline.sampling import shrunk
from pipeline.trimap import BAND, HAIR_REACH, UNKNOWN, alpha_of, hair_at

LONGEST_SIDE = 800
# The matte is shown after so many iterations, apart from the last one.
EARLY = (0, 1, 5, 20)
# What is mixed off hair counts for so much where something is to be shown, in hair for one.
OFF_HAIR = 0.02
# The share of the time that is over when the matte is there; the rest is for looking closer.
MATTE_SHARE = 0.75
STAGES = dict.fromkeys(("pose", "channels", "layers"), MATTE_SHARE)
STAGES |= {"early": 0.85, "composite": 0.95}

NOBODY = "No person was found in this photo, so there is nothing to walk through. Try another one."
NO_EDGE = "The person fills this photo entirely, so there is no edge to solve for. Try another one."


@dataclass(frozen=True)
class Settings:
    """What can be changed on the way; the default is what `matte` does.

    band, hair_reach: as for `matte`. features, quality: as for `knn_matting`. near: how many near
    neighbours a pixel has. background: colours (R, G, B) at the top and at the bottom of the new
    background.
    """

    band: float = BAND
    hair_reach: float = HAIR_REACH
    features: str = "lab"
    near: int = LEVELS[0][0]
    quality: str = "best"
    # The gold of the Studio's first gradient.
    background: tuple[tuple[int, ...], tuple[int, ...]] = ((236, 217, 160), (150, 117, 42))

    def first_change(self, other: "Settings") -> str | None:
        """The first step that comes out differently with the other settings, or None."""
        if (self.band, self.hair_reach) != (other.band, other.hair_reach):
            return "trimap"
        if (self.features, self.near) != (other.features, other.near):
            return "neighbours"
        if self.quality != other.quality:
            return "system"
        return "foreground" if self.background != other.background else None


@dataclass(frozen=True, eq=False)
class Walk:
    """A photo and everything made from it; (H, W) is the size of `image`.

    image: (H, W, 3) uint8 RGB, the photo at no more than LONGEST_SIDE. size: (width, height) of
    the photo as given. face, to_canonical, frames, mask, hair, trimap, alpha, foreground: as in
    `pipeline.matting.Matte`. solved: (H, W) float32, alpha before its refinement.
    channels: (H, W, 3) float32, x, y and mean mask; None without a face. layers: what the
    network made of the whole photo. story: what the solver did. matrix: its (n, n) system. early:
    (H, W) float32 alpha by iterations done. background, result, pasted: (H, W, 3) uint8, the new
    background, the person on it, and the same with the photo's own colours. seconds: by stage.
    What only pictures need is None once it is `packed`.
    """

    settings: Settings
    image: np.ndarray
    size: tuple[int, int]
    face: Face | None
    to_canonical: np.ndarray | None
    channels: np.ndarray | None
    frames: tuple[Frame, ...]
    layers: Layers | None
    mask: np.ndarray
    hair: np.ndarray
    trimap: np.ndarray
    story: RecordedStory
    matrix: scipy.sparse.csr_matrix | None
    early: dict[int, np.ndarray]
    solved: np.ndarray
    alpha: np.ndarray
    foreground: np.ndarray
    background: np.ndarray | None = None
    result: np.ndarray | None = None
    pasted: np.ndarray | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def mixed(self) -> np.ndarray:
        """(H, W) float32: how mixed a pixel is, ``alpha (1 - alpha)``; in hair it counts for more."""
        return self.alpha * (1 - self.alpha) * (OFF_HAIR + hair_at(self.hair, self.alpha.shape))

    def packed(self) -> "Walk":
        """The walk without what only its pictures need; enough for `walk_on`."""
        lacking = dict.fromkeys(
            ("channels", "layers", "matrix", "background", "result", "pasted")
        )
        return replace(self, **lacking, early={})


def walk(
    image: np.ndarray,
    settings: Settings = Settings(),
    *,
    progress: Callable[[str, float], None] | None = None,
) -> Walk:
    """Take one photo through every stage.

    image: (H, W, 3) uint8 RGB, upright. progress: called as progress(stage, share done) when a
    stage begins.

    Raises ImageError if there is no person in the photo, or nothing but the person.
    """
    clock = Clock(STAGES, progress)
    height, width = image.shape[:2]
    image = shrunk(image, LONGEST_SIDE)
    story = RecordedStory()
    solve = _Solver(settings, story)
    matted = matte(
        image,
        band=settings.band,
        hair_reach=settings.hair_reach,
        progress=_matte_alone(progress),
        solve=solve,
    )
    if not matted.found:
        raise ImageError(NOBODY)
    if not (matted.trimap == UNKNOWN).any():
        raise ImageError(NO_EDGE)
    with clock.stage("pose"):
        to_canonical = align(matted.face) if matted.face else None
    with clock.stage("channels"):
        channels = portrait_channels(to_canonical, image.shape[:2]) if matted.face else None
    with clock.stage("layers"):
        layers = network_layers(image, matted.face)
    with clock.stage("early"):
        matrix, early = _early(story, matted.trimap, settings.quality)
    return _composed(
        Walk(
            settings=settings,
            image=image,
            size=(width, height),
            face=matted.face,
            to_canonical=to_canonical,
            channels=channels,
            frames=matted.frames,
            layers=layers,
            mask=matted.mask,
            hair=matted.hair,
            trimap=matted.trimap,
            story=story,
            matrix=matrix,
            early=early,
            solved=solve.alpha,
            alpha=matted.alpha,
            foreground=matted.foreground,
            seconds=matted.timings,
        ),
        clock,
    )


def walk_on(
    before: Walk,
    settings: Settings,
    *,
    progress: Callable[[str, float], None] | None = None,
) -> Walk:
    """Walk again from the first stage that the settings change; what lies before is kept.

    The result has no `channels` and `layers`; with another background alone also no `matrix` and
    no `early`. progress: as for `walk`.

    Raises ImageError if the trimap leaves nothing to solve for.
    """
    first = before.settings.first_change(settings)
    clock = Clock(STAGES, progress)
    before = replace(before.packed(), settings=settings)
    if first in (None, "foreground"):
        return _composed(before, clock)
    story = RecordedStory()
    solve = _Solver(settings, story)
    if first == "trimap":
        known = {"mask": before.mask, "hair": before.hair}
        known |= {"band": settings.band, "hair_reach": settings.hair_reach}
    else:
        known = {"trimap": before.trimap}
    matted = matte(before.image, **known, progress=_matte_alone(progress), solve=solve)
    if not (matted.trimap == UNKNOWN).any():
        raise ImageError(NO_EDGE)
    with clock.stage("early"):
        matrix, early = _early(story, matted.trimap, settings.quality)
    return _composed(
        replace(
            before,
            trimap=matted.trimap,
            story=story,
            matrix=matrix,
            early=early,
            solved=solve.alpha,
            alpha=matted.alpha,
            foreground=matted.foreground,
            seconds=before.seconds | matted.timings,
        ),
        clock,
    )


def _matte_alone(progress):
    """Tells of the matte's stages as those of a longer road."""
    if progress is None:
        return None
    return lambda stage, share: progress(stage, MATTE_SHARE * share)


class _Solver:
    """KNN matting with these settings, at the photo's own size whatever the band; keeps alpha."""

    def __init__(self, settings, story):
        (_, near_weight), *far = LEVELS
        self._solve = partial(
            knn_matting,
            quality=settings.quality,
            features=settings.features,
            levels=((settings.near, near_weight), *far),
            most_unknown=LONGEST_SIDE**2,
            story=story,
        )

    def __call__(self, image, trimap):
        self.alpha = self._solve(image, trimap)
        return self.alpha


def _early(story, trimap, quality):
    """The system, and alpha after few iterations: solved again, stopped early."""
    matrix, right_side, start = story.system()
    story.arrays.clear()
    early = {}
    for iterations in EARLY:
        if iterations >= len(story.residuals) - 1:
            break
        solution = conjugate_gradient(matrix, right_side, start, TOLERANCE, iterations)
        early[iterations] = alpha_of(trimap, stretched(solution, quality))
    return matrix, early


def _composed(walk, clock):
    """The walk with its last stage done."""
    background = gradient(walk.alpha.shape, *walk.settings.background)
    with clock.stage("composite"):
        result = composite(walk.foreground, walk.alpha, background)
    return replace(
        walk,
        background=background,
        result=result,
        pasted=composite(walk.image, walk.alpha, background),
        seconds=walk.seconds | clock.seconds,
    )

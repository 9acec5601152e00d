"""The person on a new background: I = alpha F + (1 - alpha) B (Porter and Duff 1984, "over").

Colours are mixed as they are stored (gamma encoded), the convention under which alpha mattes are
estimated and exchanged.
"""

import cv2
import numpy as np

from pipeline.arrays import ALPHA_ROUNDING, check_picture, check_shares
from pipeline.sampling import enlarged_rows, scaled_size

# A lens blur has no detail finer than its disc, so it is computed on a small copy of the photo.
BLUR_HEIGHT = 480
# Alpha up to which a pixel counts as background for the blur; what is left of the subject's colour
# in it is under one grey level.
PURE_BACKGROUND = 0.004
# The blur keeps this share of the photo's height away from the subject: the glow, shadow and
# sharpening halo around a person are not background either.
SUBJECT_MARGIN = 0.006
# The transfer curve of sRGB, near enough for a blur: a lens adds up light, not stored values.
GAMMA = 2.2
# Rows that are held as floats at once: those of a whole photo would take four times its memory.
STRIP = 64


def composite(foreground: np.ndarray, alpha: np.ndarray, background: np.ndarray) -> np.ndarray:
    """Puts the foreground over the background.

    foreground: (H, W, 3) uint8 RGB, the subject's own colours (see `estimate_foreground`).
    alpha: (H, W) float in [0, 1].
    background: (H, W, 3) uint8 RGB.

    Returns (H, W, 3) uint8 RGB: exactly the foreground where alpha is 1, the background where it is
    0.

    Raises ImageError if the shapes do not belong together, colours are not uint8, or alpha is not
    floating or not in [0, 1].
    """
    foreground, alpha, background = map(np.asarray, (foreground, alpha, background))
    _check(alpha, foreground=foreground, background=background)
    result = cv2.copyTo(foreground, (alpha >= 1).view(np.uint8), background.copy())
    # Few pixels are mixtures; arithmetic on all of a large photo would take ten times as long.
    pixels = np.flatnonzero((alpha > 0) & (alpha < 1))
    behind = background.reshape(-1, 3).take(pixels, 0).astype(np.float32)
    share = alpha.ravel()[pixels, None].astype(np.float32)
    mixed = behind + share * (foreground.reshape(-1, 3).take(pixels, 0) - behind)
    result.reshape(-1, 3)[pixels] = mixed + 0.5
    return result


def _check(alpha, **pictures):
    """Of alpha in levels up to 255, all but 0 would count as opaque, and nobody would be told."""
    check_shares("alpha matte", alpha, rounding=ALPHA_ROUNDING)
    for name, picture in pictures.items():
        check_picture(name, picture, alpha.shape)


def premultiplied(picture: np.ndarray) -> np.ndarray:
    """The colours times their opacity, as film and game software stores them.

    picture: (H, W, 4) uint8 RGB with straight alpha. Returns the same shape and type.
    """
    result = picture.copy()
    opacity = picture[..., 3:].astype(np.uint16)
    result[..., :3] = (picture[..., :3] * opacity + 127) // 255
    return result


def cutout(foreground: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Returns the subject alone: (H, W, 4) uint8 RGB with straight (not premultiplied) alpha.

    Where alpha is 0 the colours are black, so that no trace of the old background is handed on.

    foreground: (H, W, 3) uint8 RGB. alpha: (H, W) float in [0, 1].

    Raises ImageError if the two do not have these shapes, types and ranges.
    """
    _check(alpha, foreground=foreground)
    opacity = (np.clip(alpha, 0, 1) * 255 + 0.5).astype(np.uint8)
    picture = np.dstack([foreground, opacity])
    picture[opacity == 0] = 0
    return picture


def plain(shape: tuple[int, int], colour: tuple[int, int, int]) -> np.ndarray:
    """Returns a background of one RGB colour: (H, W, 3) uint8 for `shape` (H, W)."""
    return np.full((*shape, 3), colour, np.uint8)


def gradient(
    shape: tuple[int, int], top: tuple[int, int, int], bottom: tuple[int, int, int]
) -> np.ndarray:
    """Returns a background that goes from one RGB colour at the top to another at the bottom.

    Half a grey level of fixed noise keeps wide dark gradients from showing bands.

    Returns (H, W, 3) uint8 for `shape` (H, W); the first and last rows have the colours asked for.
    """
    ramp = np.linspace(0, 1, shape[0], dtype=np.float32)[:, None, None]
    colours = (1 - ramp) * np.float32(top) + ramp * np.float32(bottom)
    return dithered(colours, shape)


def checkerboard(
    shape: tuple[int, int],
    square: int,
    colours: tuple[int, int] = (196, 172),
) -> np.ndarray:
    """Returns the pattern by which picture editors show that nothing is there.

    shape: (H, W). square: the side of a square in pixels. colours: two grey levels.

    Returns (H, W, 3) uint8.
    """
    down, across = (np.arange(side) // square % 2 for side in shape)
    grey = np.where(down[:, None] == across, *np.uint8(colours))
    return np.repeat(grey[..., None], 3, axis=2)


def cropped_to_fill(
    picture: np.ndarray,
    shape: tuple[int, int],
    *,
    place: tuple[float, float] = (0.5, 0.5),
    enlarged: float = 1.0,
) -> np.ndarray:
    """Scales a picture until it covers `shape` and cuts off what hangs over.

    picture: (h, w, 3) uint8 RGB of any size.
    shape: (H, W) of the result.
    place: which part is kept, across and down: 0 the left or upper end, 1 the other.
    enlarged: how many times larger than needed to cover it, 1 or more.

    Returns (H, W, 3) uint8 RGB.
    """
    height, width = shape
    scale = enlarged * max(height / picture.shape[0], width / picture.shape[1])
    # The part of the picture that will be seen, cut before it is scaled.
    seen_height = min(picture.shape[0], max(1, round(height / scale)))
    seen_width = min(picture.shape[1], max(1, round(width / scale)))
    top = int(place[1] * (picture.shape[0] - seen_height))
    left = int(place[0] * (picture.shape[1] - seen_width))
    seen = picture[top : top + seen_height, left : left + seen_width]
    return cv2.resize(
        seen, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    )


def blurred(image: np.ndarray, alpha: np.ndarray, radius: float = 0.025) -> np.ndarray:
    """Blurs what lies behind the subject, as a wide-open lens does, without the subject's colours.

    A normalised convolution (Knutsson and Westin 1993): the disc averages pixels known to be
    background only; where the disc meets none, behind the subject, wider and wider averages
    fill in. Averages are of light (linear), not of stored values.

    image: (H, W, 3) uint8 RGB photo.
    alpha: (H, W) float in [0, 1] of the subject.
    radius: of the disc, as a share of the photo's height.

    Returns (H, W, 3) uint8 RGB background.

    Raises ImageError if the two do not have these shapes, types and ranges.
    """
    _check(alpha, photo=image)
    weighted, weight = _small_light(image, _known_background(alpha))
    if not weight.any():  # nothing but subject: there is no background to be seen either
        weighted, weight = _small_light(image, np.ones(alpha.shape, np.uint8))
    weighted, weight = _filled(weighted, weight)
    disc = _disc(max(1.0, radius * len(weight)))
    blur = cv2.filter2D(weighted, -1, disc, borderType=cv2.BORDER_REFLECT)
    blur /= np.maximum(cv2.filter2D(weight, -1, disc, borderType=cv2.BORDER_REFLECT), 1e-6)[
        ..., None
    ]
    stored = 255 * np.clip(blur, 0, 1) ** (1 / GAMMA)
    return dithered(stored, alpha.shape)


def _known_background(alpha: np.ndarray) -> np.ndarray:
    """1 where a pixel is background beyond doubt and away from the subject, else 0; uint8."""
    known = (alpha <= PURE_BACKGROUND).view(np.uint8)
    margin = max(1, round(SUBJECT_MARGIN * alpha.shape[0]))
    return cv2.erode(known, np.ones((2 * margin + 1, 2 * margin + 1), np.uint8))


def _small_light(image: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means (area) of the known pixels' light, unknown ones counting as black, and of `known`.

    image: (H, W, 3) uint8. known: (H, W) uint8 0/1. Returns (h, w, 3) and (h, w) float32, h
    BLUR_HEIGHT at most.
    """
    linear = ((np.arange(256) / 255) ** GAMMA).astype(np.float32)
    width, height = scaled_size(known.shape, min(1.0, BLUR_HEIGHT / len(known)))
    # Across in strips, then down.
    weighted = np.empty((len(known), width, 3), np.float32)
    weight = np.empty((len(known), width), np.float32)
    for start in range(0, len(known), STRIP):
        rows = np.s_[start : start + STRIP]
        light = cv2.LUT(cv2.copyTo(image[rows], known[rows]), linear)
        size = width, len(light)
        weighted[rows] = cv2.resize(light, size, interpolation=cv2.INTER_AREA)
        share = known[rows].astype(np.float32)
        weight[rows] = cv2.resize(share, size, interpolation=cv2.INTER_AREA)
    return tuple(
        cv2.resize(each, (width, height), interpolation=cv2.INTER_AREA)
        for each in (weighted, weight)
    )


def _filled(weighted: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Adds a weak guess from coarser scales, so that no place is left without a background.

    Pull-push (Gortler et al. 1996): the coarser scale, itself filled, counts for a thousandth of
    a known pixel and so matters only where no known pixel is near.
    """
    if weight.min() > 0 or max(weight.shape) == 1:
        return weighted, weight
    coarse_size = tuple(max(1, (side + 1) // 2) for side in weight.shape[::-1])
    coarse_weighted, coarse_weight = _filled(
        cv2.resize(weighted, coarse_size, interpolation=cv2.INTER_AREA),
        cv2.resize(weight, coarse_size, interpolation=cv2.INTER_AREA),
    )
    guess = coarse_weighted / np.maximum(coarse_weight, 1e-12)[..., None]
    guess = cv2.resize(guess, weight.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return weighted + 1e-3 * guess, weight + np.float32(1e-3)


def _disc(radius: float) -> np.ndarray:
    """A disc with a soft rim one pixel wide, summing to 1."""
    reach = int(np.ceil(radius))
    down, across = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius + 0.5 - np.hypot(down, across), 0, 1).astype(np.float32)
    return disc / disc.sum()


def dithered(small: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Enlarges a picture (linearly) and rounds it with fixed noise of half a level either way.

    small: (h, w, 3) float, 0..255; neither side longer than in `shape` (H, W).

    Returns (H, W, 3) uint8.
    """
    small = small.astype(np.float32, copy=False)
    result = np.empty((*shape, 3), np.uint8)
    tile = np.random.default_rng(0).random((STRIP, 64), dtype=np.float32) - 0.5
    # Just under half a level: whole numbers stay as they are.
    noise = 0.98 * np.tile(tile, (1, -(-shape[1] // 64)))[:, : shape[1], None] + 0.5
    noise = np.repeat(noise, 3, axis=2)
    for start in range(0, shape[0], STRIP):
        rows = slice(start, min(start + STRIP, shape[0]))
        values = enlarged_rows(small, shape, rows)
        values += noise[: len(values)]
        result[rows] = np.clip(values, 0, 255, out=values)
    return result

"""Pictures with a known matte, made up: drawn alphas, colours of one photograph over another.

No portraits with a true alpha may be used freely, so the alpha is drawn: strands, fur, plain and
blurred edges, thin structures and gaps around a solid shape. The picture follows exactly from the
compositing equation, I = alpha F + (1 - alpha) B (Porter & Duff 1984).
"""

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.composite import composite
from pipeline.trimap import BACKGROUND, FOREGROUND, UNKNOWN

SUPERSAMPLING = 3  # drawn so many times larger: strands thinner than a pixel
SHIFT = 4  # cv2 draws at 1/16 pixel
# Alphas this close to 0 and 1 count as known before the trimap is widened.
SURE = 0.02
# The trimap is widened by so many pixels to either side.
WIDENING = (2.0, 25.0)
# The product's own band, in pixels, for trimaps drawn around a hard mask.
BAND = (6.0, 20.0)


@dataclass(frozen=True)
class SyntheticMatte:
    """A composite and what it was made of; arrays share height and width.

    image, foreground, background: (H, W, 3) uint8 RGB. alpha: (H, W) float32 in [0, 1], in steps
    of 1/255. trimap: (H, W) uint8 with 0, 128 and 255.
    """

    image: np.ndarray
    trimap: np.ndarray
    alpha: np.ndarray
    foreground: np.ndarray
    background: np.ndarray


def synthetic_matte(
    persons: np.ndarray, scene: np.ndarray, size: int, rng: np.random.Generator
) -> SyntheticMatte:
    """Draw a matte of size x size pixels and lay one photograph's colours over another's.

    persons, scene: (h, w, 3) uint8 RGB photographs that colours are taken from.
    """
    alpha, shade = drawn_alpha(size, rng)
    foreground = _part(persons, size, rng)
    if rng.random() < 0.35:
        foreground = _coloured_like_hair(foreground, rng)
    foreground = _other_light(foreground, rng) * shade[..., None]
    background = _other_light(_part(scene, size, rng), rng)
    if rng.random() < 0.5:
        background = cv2.GaussianBlur(background, (0, 0), rng.uniform(0.5, 8))
    if rng.random() < 0.25:  # low contrast, the hard case
        background += rng.uniform(0.4, 0.9) * (
            foreground.mean((0, 1)) - background.mean((0, 1))
        )
    noise = rng.standard_normal((size, size, 3), np.float32) * rng.choice([0, 1.5, 3, 5])
    foreground, background = (
        np.clip(colours + noise + 0.5, 0, 255).astype(np.uint8)
        for colours in (foreground, background)
    )
    return SyntheticMatte(
        image=composite(foreground, alpha, background),
        trimap=widened_trimap(alpha, rng),
        alpha=alpha,
        foreground=foreground,
        background=background,
    )


def drawn_alpha(size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A solid shape with a kind of edge: alpha and shade, both (size, size) float32.

    shade is a factor of the foreground's brightness, about 1, different for each strand.
    """
    canvas = _Canvas(size, rng)
    outline = _outline(size, rng)
    canvas.fill(outline)
    kind = rng.choice(
        ["hair", "fur", "plain", "blurred", "thin"], p=[0.36, 0.2, 0.14, 0.14, 0.16]
    )
    if kind == "hair":
        for _ in range(int(rng.integers(2, 5))):
            lengths = size * np.array([0.03, rng.uniform(0.1, 0.4)])
            canvas.strands(
                outline,
                count=int(rng.integers(30, 250)),
                lengths=lengths,
                widths=(0.34, rng.uniform(0.7, 2.2)),
                opacity=rng.uniform(0.45, 1),
                curl=rng.uniform(0.1, 2.5),
                clumps=int(rng.integers(4, 40)),
                spread=rng.uniform(0.15, 0.7),
            )
    elif kind == "fur":
        for _ in range(int(rng.integers(2, 4))):
            canvas.strands(
                outline,
                count=int(rng.integers(500, 2200)),
                lengths=np.array([3.0, rng.uniform(8, 26)]),
                widths=(0.34, rng.uniform(0.7, 1.8)),
                opacity=rng.uniform(0.5, 1),
                curl=rng.uniform(0.1, 1.2),
                clumps=int(rng.integers(30, 300)),
                spread=rng.uniform(0.2, 0.6),
            )
    elif kind == "thin":
        canvas.strands(
            outline,
            count=int(rng.integers(4, 30)),
            lengths=size * np.array([0.05, rng.uniform(0.15, 0.5)]),
            widths=(1.5, rng.uniform(2.5, 9)),
            opacity=1.0,
            curl=rng.uniform(0, 1.5),
            clumps=int(rng.integers(4, 30)),
            spread=rng.uniform(0.2, 0.9),
        )
    if kind in ("hair", "thin") and rng.random() < 0.5:
        canvas.strands(
            outline,
            count=int(rng.integers(10, 80)),
            lengths=size * np.array([0.03, 0.18]),
            widths=(0.5, rng.uniform(1, 4)),
            opacity=-rng.uniform(0.5, 1),
            curl=rng.uniform(0.1, 1.5),
            clumps=int(rng.integers(4, 30)),
            spread=rng.uniform(0.2, 0.6),
        )
    alpha, shade = canvas.drawn()
    sigma = rng.uniform(0.3, 0.9)
    if kind == "blurred":
        sigma = np.exp(rng.uniform(np.log(1.2), np.log(9)))
    elif rng.random() < 0.1:
        sigma = rng.uniform(1, 2.5)
    alpha = cv2.GaussianBlur(alpha, (0, 0), sigma)
    return np.rint(alpha * 255) / np.float32(255), cv2.GaussianBlur(shade, (0, 0), 0.7)


def widened_trimap(alpha: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A trimap (H, W) uint8 as a person or the product might draw it around an alpha.

    Either everything between 0 and 1 is unknown, widened at random and unevenly; or, as in the
    product, a band around a hard mask, beyond which there may be strands.
    """
    uneven = cv2.resize(
        rng.uniform(0.5, 1.5, (6, 6)).astype(np.float32),
        alpha.shape[::-1],
        interpolation=cv2.INTER_CUBIC,
    )
    trimap = np.where(alpha >= 0.5, FOREGROUND, BACKGROUND).astype(np.uint8)
    if rng.random() < 0.75:
        unsure = ((alpha > SURE) & (alpha < 1 - SURE)).astype(np.uint8)
        if rng.random() < 0.6:  # nobody follows every single strand with the pen
            disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (int(rng.integers(9, 61)),) * 2)
            unsure = cv2.morphologyEx(unsure, cv2.MORPH_CLOSE, disc)
        low, high = np.log(WIDENING)
        reach_in, reach_out = np.exp(rng.uniform(low, high, 2))
    else:
        person = trimap // FOREGROUND
        unsure = cv2.dilate(person, None) - cv2.erode(person, None)
        reach_in, reach_out = rng.uniform(*BAND) * rng.uniform(0.8, 1.25, 2)
    if not unsure.any():
        return trimap
    distance = cv2.distanceTransform(1 - unsure, cv2.DIST_L2, 5)
    reach = np.where(alpha >= 0.5, reach_in, reach_out) * uneven
    trimap[distance <= np.maximum(reach, 1)] = UNKNOWN
    return trimap


class _Canvas:
    """A large canvas that strands are drawn on, and the shade of each at the final size."""

    def __init__(self, size, rng):
        self._size, self._rng = size, rng
        side = size * SUPERSAMPLING
        self._alpha = np.zeros((side, side), np.float32)
        self._shade = np.ones((size, size), np.float32)

    def fill(self, outline):
        cv2.fillPoly(self._alpha, [_fixed(outline * SUPERSAMPLING)], 1.0, cv2.LINE_8, SHIFT)

    def strands(self, outline, count, lengths, widths, opacity, curl, clumps, spread):
        """Lines that leave the outline, outwards; inwards as gaps if the opacity is negative.

        lengths, widths: smallest and largest, in pixels. curl: radians that a line turns by.
        clumps: so many places where lines start together. spread: of their directions, radians.
        """
        rng, gap = self._rng, opacity < 0
        layer = np.zeros(self._alpha.shape, np.uint8)
        places = rng.integers(len(outline), size=clumps)
        leans = rng.normal(0, 0.5, clumps)
        closeness = rng.uniform(0.2, 6)
        t = np.linspace(0, 1, 16)
        for _ in range(count):
            clump = rng.integers(clumps)
            place = int(places[clump] + rng.normal(0, closeness)) % len(outline)
            tangent = outline[(place + 2) % len(outline)] - outline[place - 2]
            outward = np.arctan2(-tangent[0], tangent[1]) + np.pi * gap
            angle = outward + leans[clump] + rng.normal(0, spread)
            length = rng.uniform(*lengths)
            turn = rng.normal(0, curl) * t + rng.normal(0, curl / 3) * np.sin(6 * t)
            steps = np.stack([np.cos(angle + turn), np.sin(angle + turn)], 1) * length / len(t)
            # The root lies inside, so that a strand grows out of the shape and not beside it.
            root = outline[place] - 2 * np.array([np.cos(angle), np.sin(angle)])
            points = root + np.cumsum(steps, 0)
            width = rng.uniform(*widths)
            brightness = float(rng.uniform(0.65, 1.35))
            for part, share in ((slice(0, 12), 1.0), (slice(11, 16), 0.5)):
                thickness = max(1, round(width * share * SUPERSAMPLING))
                large = _fixed(points[part] * SUPERSAMPLING)
                cv2.polylines(layer, [large], False, 255, thickness, cv2.LINE_AA, SHIFT)
            if not gap:
                cv2.polylines(
                    self._shade,
                    [_fixed(points)],
                    False,
                    brightness,
                    max(1, round(width)),
                    cv2.LINE_8,
                    SHIFT,
                )
        drawn = layer.astype(np.float32) * np.float32(abs(opacity) / 255)
        if gap:
            self._alpha *= 1 - drawn
        else:
            self._alpha += drawn * (1 - self._alpha)

    def drawn(self):
        size = (self._size, self._size)
        return cv2.resize(self._alpha, size, interpolation=cv2.INTER_AREA), self._shade


def _outline(size, rng):
    """(n, 2) points of a smooth closed curve, clockwise on a screen."""
    angle = np.linspace(0, 2 * np.pi, 500, endpoint=False)
    radius = np.ones_like(angle)
    for wave in range(1, 7):
        radius += rng.normal(0, 0.16 / wave**0.7) * np.cos(wave * angle + rng.uniform(0, 6.3))
    radius = size * rng.uniform(0.22, 0.42) * np.clip(radius, 0.3, 2)
    centre = size * rng.uniform(0.25, 0.75, 2)
    return centre + radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)


def _fixed(points):
    return np.rint(points * 2**SHIFT).astype(np.int32)


def _part(photo, size, rng):
    """(size, size, 3) float32: a random part of a photo at a random scale, maybe mirrored."""
    height, width = photo.shape[:2]
    side = int(min(height, width) * rng.uniform(0.45, 1))
    top, left = rng.integers(height - side + 1), rng.integers(width - side + 1)
    method = cv2.INTER_AREA if side > size else cv2.INTER_CUBIC
    part = photo[top : top + side, left : left + side]
    part = cv2.resize(part, (size, size), interpolation=method)
    if rng.random() < 0.5:
        part = part[:, ::-1]
    return part.astype(np.float32)


def _coloured_like_hair(photo, rng):
    """One colour of the photo with its light and dark, weakened."""
    height, width = photo.shape[:2]
    colour = photo[rng.integers(height), rng.integers(width)]
    grey = photo.mean(2, keepdims=True)
    return colour + (grey - grey.mean()) * rng.uniform(0.1, 0.6)


def _other_light(photo, rng):
    """Another exposure, white balance and contrast."""
    photo = photo * (rng.uniform(0.6, 1.25) * rng.uniform(0.88, 1.12, 3)).astype(np.float32)
    mean = photo.mean()
    return np.clip((photo - mean) * rng.uniform(0.7, 1.3) + mean, 0, 255).astype(np.float32)

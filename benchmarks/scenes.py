"""Photos with a known matte: heads with single hairs, of any size, that we draw."""

import cv2
import numpy as np

from models.alphamatting import BAND, Scene, band_of_mask

PORTRAIT_HEIGHT = 800  # the height at which the band is 10 px wide


def head_with_hair(height: int, width: int, band: float | None = None) -> Scene:
    """A head with loose hair 1 to 3 pixels thin, whatever the size, before a busy background.

    Foreground and background have detail down to the pixel. Unknown is all within 10 px of the
    opaque head's boundary, more in proportion to a larger photo, and the hair; with `band`, all
    within so many pixels of that boundary, whatever the size.
    """
    rng = np.random.default_rng(0)
    scale = height / PORTRAIT_HEIGHT
    center = np.array([width * 0.5, height * 0.62])
    axes = np.array([0.24 * min(width, height), 0.3 * height])
    head = np.zeros((height, width), np.uint8)
    cv2.ellipse(
        head, _fixed(center), _fixed(axes), 0, 0, 360, 255, -1, cv2.LINE_AA, shift=_SHIFT
    )
    hair = np.zeros_like(head)
    for _ in range(220):
        angle = rng.uniform(-np.pi, 0)
        outward = np.array([np.cos(angle), np.sin(angle)])
        root = center + 0.97 * axes * outward
        side = np.array([-outward[1], outward[0]])
        length = rng.uniform(8, 26) * scale
        bend = rng.normal(0, 0.4) * length
        t = np.linspace(0, 1, 24)[:, None]
        points = root + t * length * outward + t**2 * bend * side
        cv2.polylines(
            hair,
            [np.rint(points * 2**_SHIFT).astype(np.int32)],
            False,
            255,
            int(rng.integers(1, 4)),
            cv2.LINE_AA,
            _SHIFT,
        )
    alpha = np.maximum(head, hair)
    foreground = _texture(rng, height, width, (92, 62, 44), 26)
    background = _texture(rng, height, width, (128, 150, 160), 44)
    share = (alpha.astype(np.float32) / 255)[..., None]
    image = np.rint(share * foreground + (1 - share) * background).astype(np.uint8)
    trimap = band_of_mask(head >= 128, BAND * scale if band is None else band)
    if band is None:
        reach = cv2.dilate((hair > 0).view(np.uint8), np.ones((5, 5), np.uint8))
        trimap[(reach > 0) & (trimap == 0)] = 128
    return Scene(f"{width} x {height}", image, trimap, share[..., 0])


_SHIFT = 4  # cv2 draws at 1/16 pixel


def _fixed(point: np.ndarray) -> tuple[int, int]:
    return tuple(int(value) for value in np.rint(point * 2**_SHIFT))


def _texture(
    rng: np.random.Generator, height: int, width: int, color: tuple[int, ...], strength: float
) -> np.ndarray:
    """(H, W, 3) float32 of detail at every scale around a colour."""
    texture = np.full((height, width, 3), color, np.float32)
    for cells, share in ((6, 0.6), (24, 0.3), (120, 0.15)):
        coarse = rng.normal(0, strength * share, (cells, cells, 3)).astype(np.float32)
        texture += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    grain = rng.standard_normal((height, width), np.float32) * 3
    texture += grain[..., None]
    return np.clip(texture, 0, 255, out=texture)

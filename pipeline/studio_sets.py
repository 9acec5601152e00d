"""Photo studios that nobody has to build: backgrounds drawn by rule, the same every time.

Each takes the shape (H, W) and gives (H, W, 3) uint8 RGB. They are soft, so they are drawn small
and enlarged; fixed noise of half a level keeps the ramps from showing bands.
"""

from collections.abc import Callable

import cv2
import numpy as np

from pipeline.composite import dithered

DRAWN_HEIGHT = 360
# Farther than this from square, a set is drawn as if less wide and stretched.
MOST_WIDTH = 1280


def paper_sweep(shape: tuple[int, int]) -> np.ndarray:
    """A roll of warm grey paper that comes down the wall and turns into the floor."""
    x, y = _grid(shape)
    wall = 0.80 + 0.10 * np.exp(-((x**2) * 1.1 + (y + 0.25) ** 2 * 1.8))
    floor = 0.86 - 0.10 * (y - 0.6)
    turn = 1 / (1 + np.exp(-(y - 0.55) * 9))
    light = (1 - turn) * wall + turn * floor - 0.06 * np.exp(-(((y - 0.55) * 4) ** 2))
    return _painted(shape, light * (1 - 0.16 * x**2), (240, 232, 220))


def spotlight(shape: tuple[int, int]) -> np.ndarray:
    """A dark wall with one lamp on it, behind the head."""
    x, y = _grid(shape)
    light = 0.10 + 0.62 * np.exp(-((x**2) * 1.5 + (y + 0.22) ** 2 * 2.1))
    return _painted(shape, light, (196, 202, 214))


def painted_canvas(shape: tuple[int, int]) -> np.ndarray:
    """The mottled cloth of portrait photographers, olive brown, lighter in the middle."""
    x, y = _grid(shape)
    mottled = sum(
        _smooth_noise(x.shape, 3 * 2**octave, seed=octave) / 1.9**octave for octave in range(5)
    )
    light = 0.42 + 0.26 * np.exp(-((x**2) * 1.2 + (y + 0.15) ** 2 * 1.3)) + 0.085 * mottled
    return _painted(shape, light, (190, 170, 140))


def bokeh(shape: tuple[int, int]) -> np.ndarray:
    """Lights of a town in the evening, far out of focus."""
    x, y = _grid(shape)
    random = np.random.default_rng(11)
    picture = np.stack([0.07 + 0.05 * (1 - y), 0.08 + 0.05 * (1 - y), 0.16 + 0.07 * (1 - y)], 2)
    colours = ((1.0, 0.72, 0.32), (1.0, 0.52, 0.26), (0.95, 0.85, 0.62), (0.45, 0.62, 0.9))
    half_width = x.max()
    for _ in range(int(34 * half_width) + 12):
        radius = random.uniform(0.05, 0.16)
        centre = random.uniform(-half_width, half_width), random.normal(0.05, 0.42)
        colour = colours[random.integers(len(colours))]
        strength = random.uniform(0.10, 0.34)
        columns = np.flatnonzero(np.abs(x[0] - centre[0]) < radius)
        rows = np.flatnonzero(np.abs(y[:, 0] - centre[1]) < radius)
        if not len(columns) or not len(rows):
            continue
        part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        distance = np.hypot(x[part] - centre[0], y[part] - centre[1])
        # An open lens draws a point as a disc that is a little brighter towards its rim.
        disc = np.clip((radius - distance) * 60, 0, 1) * (0.7 + 0.3 * (distance / radius) ** 2)
        picture[part] += strength * disc[..., None] * np.float32(colour)
    picture = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 2.2)
    return dithered(255 * (1 - np.exp(-1.35 * picture)), shape)


def window_light(shape: tuple[int, int]) -> np.ndarray:
    """A plaster wall with the light of a window across it."""
    x, y = _grid(shape)
    slanted_x, slanted_y = x + 0.35 * y, y - 0.12 * x
    panes = np.zeros_like(x)
    for left in (-0.78, -0.14, 0.50):
        for top in (-0.95, -0.30, 0.35):
            inside_x = np.minimum(slanted_x - left, left + 0.56 - slanted_x)
            inside_y = np.minimum(slanted_y - top, top + 0.57 - slanted_y)
            panes = np.maximum(panes, np.clip(np.minimum(inside_x, inside_y) * 14 + 0.5, 0, 1))
    panes = cv2.GaussianBlur(panes, (0, 0), 5)
    plaster = _smooth_noise(x.shape, 40, seed=7) * 0.008
    light = 0.60 - 0.06 * y + plaster + 0.30 * panes
    return _painted(shape, light, (246, 232, 212))


def sky_blue(shape: tuple[int, int]) -> np.ndarray:
    """The even blue of school and company portraits, darker towards the corners."""
    x, y = _grid(shape)
    return _painted(shape, 0.92 - 0.26 * (x**2 + (y + 0.1) ** 2), (118, 160, 204))


SETS: dict[str, Callable[[tuple[int, int]], np.ndarray]] = {
    "Paper": paper_sweep,
    "Spotlight": spotlight,
    "Canvas": painted_canvas,
    "Evening": bokeh,
    "Window": window_light,
    "Blue": sky_blue,
}


def _grid(shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """x and y of the small picture: y from -1 at the top to 1, x in the same unit, 0 mid-way."""
    height = min(shape[0], DRAWN_HEIGHT)
    width = min(max(1, round(shape[1] * height / shape[0])), MOST_WIDTH)
    y = np.linspace(-1, 1, height, dtype=np.float32)
    x = np.linspace(-1, 1, width, dtype=np.float32) * np.float32(shape[1] / shape[0])
    return tuple(np.meshgrid(x, y))


def _smooth_noise(shape: tuple[int, int], cells: int, seed: int) -> np.ndarray:
    """Noise of mean 0 and deviation about 1, with `cells` bumps over the height."""
    across = max(2, round(cells * shape[1] / shape[0]))
    noise = np.random.default_rng(seed).normal(size=(cells + 1, across)).astype(np.float32)
    return cv2.resize(noise, shape[::-1], interpolation=cv2.INTER_CUBIC)


def _painted(
    shape: tuple[int, int], light: np.ndarray, colour: tuple[int, int, int]
) -> np.ndarray:
    return dithered(light[..., None] * np.float32(colour), shape)

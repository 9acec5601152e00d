"""Jobs for the board, drawn at random."""

import numpy as np


def random_job(rng: np.random.Generator, map_bits: int):
    """Pixels and codes of a random column or tile, and the parameters to solve it with."""
    width, height = (int(rng.integers(8, 300)), 1) if rng.random() < 0.5 else rng.integers(3, 20, 2)
    pixels = max(int(width) * int(height), 8)
    if width * height < 8:
        width, height = 8, 1
    rgb = {0: rng.integers(0, 256, (pixels, 3)),
           1: np.clip(rng.normal(0, 6, (pixels, 3)).cumsum(0) + 128, 0, 255),
           2: np.tile(rng.integers(0, 256, 3), (pixels, 1)),
           3: np.repeat(rng.integers(0, 2, (pixels, 1)) * 255, 3, 1)}[int(rng.integers(4))]
    codes = rng.choice([0, 254], pixels)
    if map_bits == 8 and rng.random() < 0.5:
        held = rng.random(pixels) < 0.3
        codes[held] = rng.integers(1, 254, held.sum())
    start, count = rng.integers(0, pixels), rng.integers(0, min(pixels, 100))
    codes[start:start + count] = 255
    return (rgb.astype(np.uint8), codes.astype(np.uint8), int(width), int(height),
            dict(neighbours=int(rng.integers(1, 11)), spatial=int(rng.integers(1, 30)),
                 map_bits=map_bits))

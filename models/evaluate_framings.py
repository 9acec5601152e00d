"""Measure the mask on portraits in other shapes, beside MediaPipe's selfie segmentation.

    python -m models.evaluate_framings                 writes models/results/framings.json
    python -m models.evaluate_framings --validation    validation portraits, for choices

EG1800's portraits have the very shape of the network's input, 3 to 4. A user's photo is square,
lies on its side or is as tall as a phone, so that the network sees bars where the photo ends. Each
portrait is cut to these shapes, and its mask with it; or bars are laid above and below, as in a
screenshot or a video, in which nobody is. Faces are looked for again.
"""

import argparse
from functools import partial

import cv2
import numpy as np
from tqdm import tqdm

from models.bootstrap import bootstrap_interval
from models.evaluate_scenes import both_persons
from models.metrics import foreground_iou
from models.photos import portrait_names, read_portrait, validation_names
from models.record import MASK_WEIGHTS, RESULTS, keep

FILE = RESULTS / "framings.json"
BAR = 1 / 8  # of a portrait's height


def cut(image: np.ndarray, part: tuple[float, float, float, float]) -> np.ndarray:
    """The part of an image (H, W, ...): top, left, height and width as shares of the image's."""
    height, width = image.shape[:2]
    top, left, rows, columns = part
    top, left = round(top * height), round(left * width)
    return image[top : top + round(rows * height), left : left + round(columns * width)].copy()


def between_bars(image: np.ndarray, level: int) -> np.ndarray:
    """An image (H, W, 3) between bars of a grey level, or a mask (H, W) with nobody in them."""
    bar = round(BAR * len(image))
    color = (level,) * 3 if image.ndim == 3 else 0
    return cv2.copyMakeBorder(image, bar, bar, 0, 0, cv2.BORDER_CONSTANT, value=color)


FRAMINGS = {
    "square": partial(cut, part=(1 / 8, 0, 3 / 4, 1)),
    "landscape, 4 to 3": partial(cut, part=(1 / 8, 0, 9 / 16, 1)),
    "tall, 9 to 16": partial(cut, part=(0, 1 / 8, 1, 3 / 4)),
    "between black bars": partial(between_bars, level=0),
    "between white bars": partial(between_bars, level=255),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--validation", action="store_true", help="use the validation photos")
    validation = parser.parse_args().validation
    split, names = ("train", validation_names()) if validation else ("test", portrait_names("test"))
    cv2.setNumThreads(1)
    results = evaluate([read_portrait(split, name) for name in names])
    if not validation:
        keep(FILE, results, *MASK_WEIGHTS)
    for framing, figures in results.items():
        print(summary(framing, figures))


def evaluate(portraits: list[tuple[np.ndarray, np.ndarray]]) -> dict:
    """Figures of each of FRAMINGS by its name; portraits as `read_portrait` gives them.

    {"photos": count, "mask": mean foreground IoU, "mediapipe_selfie": the same,
    "margin_95": [low, high] of their difference, "photos_below_0.90": count}.
    """
    results = {}
    for framing, framed in FRAMINGS.items():
        scores = np.array([both_ious(*map(framed, pair)) for pair in tqdm(portraits, framing)])
        results[framing] = {
            "photos": len(scores),
            "mask": round(float(scores[:, 0].mean()), 5),
            "mediapipe_selfie": round(float(scores[:, 1].mean()), 5),
            "margin_95": bootstrap_interval(scores[:, 0] - scores[:, 1]),
            "photos_below_0.90": int((scores[:, 0] < 0.9).sum()),
        }
    return results


def both_ious(image: np.ndarray, truth: np.ndarray) -> list[float]:
    """Foreground IoU of the product's mask and of the selfie segmentation."""
    return [foreground_iou(person, truth > 0) for person in both_persons(image)]


def summary(framing: str, figures: dict) -> str:
    """One line."""
    low, high = figures["margin_95"]
    return (
        f"{framing}: mask {figures['mask']:.4f} ({figures['photos_below_0.90']} below 0.90), "
        f"MediaPipe selfie {figures['mediapipe_selfie']:.4f} (difference {low:+.4f} to {high:+.4f})"
    )


if __name__ == "__main__":
    main()

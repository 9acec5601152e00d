"""Measure the mask on portraits in other shapes, beside MediaPipe's segmentations.

    python -m models.evaluate_framings                 writes models/results/framings.json
    python -m models.evaluate_framings --validation    validation portraits, for choices

EG1800's portraits have the very shape of the network's input, 3 to 4. A user's photo is square,
lies on its side or is as tall as a phone, so that the network sees bars where the photo ends. Each
portrait is cut to these shapes, and its mask with it; or bars are laid above and below, as in a
screenshot or a video, in which nobody is. Every network is given the same picture, bars and all:
to find them and to look within is a part of our mask. Faces are looked for again.
"""

import argparse
from functools import partial

import cv2
import numpy as np
from tqdm import tqdm

from models.bootstrap import bootstrap_interval
from models.metrics import foreground_iou
from models.photos import portrait_names, read_portrait, validation_names
from models.published_multiclass import published_mask
from models.record import MASK_WEIGHTS, RESULTS, keep
from pipeline.face import find_faces
from pipeline.segment import segment
from pipeline.selfie import selfie_mask

FILE = RESULTS / "framings.json"
BAR = 1 / 8  # of a portrait's height
# The first is the network that ours began as.
PEERS = {"mediapipe_multiclass": "MediaPipe multi-class", "mediapipe_selfie": "MediaPipe selfie"}


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
        keep(FILE, results, *MASK_WEIGHTS, photos=len(names))
    for framing, figures in results.items():
        print(summary(framing, figures))


def evaluate(portraits: list[tuple[np.ndarray, np.ndarray]]) -> dict:
    """Figures of each of FRAMINGS by its name; portraits as `read_portrait` gives them.

    {"photos": count, "mask": mean foreground IoU, "photos_below_0.90": count, "peers": {name:
    {"iou": mean foreground IoU, "margin_95": [low, high]}}}. The margin is the mask's over the peer.
    """
    results = {}
    for framing, framed in FRAMINGS.items():
        scores = [ious(*map(framed, pair)) for pair in tqdm(portraits, framing)]
        mask, *peers = np.array(scores).T
        results[framing] = {
            "photos": len(mask),
            "mask": round(float(mask.mean()), 5),
            "photos_below_0.90": int((mask < 0.9).sum()),
            "peers": {
                name: {
                    "iou": round(float(theirs.mean()), 5),
                    "margin_95": bootstrap_interval(mask - theirs),
                }
                for name, theirs in zip(PEERS, peers, strict=True)
            },
        }
    return results


def ious(image: np.ndarray, truth: np.ndarray) -> list[float]:
    """Foreground IoU of the product's mask and of each of PEERS."""
    masks = segment(image, find_faces(image)).mask, published_mask(image), selfie_mask(image)
    return [foreground_iou(mask >= 0.5, truth > 0) for mask in masks]


def summary(framing: str, figures: dict) -> str:
    """One line."""
    said = "{} {:.4f} (difference {:+.4f} to {:+.4f})".format
    peers = [
        said(PEERS[name], peer["iou"], *peer["margin_95"]) for name, peer in figures["peers"].items()
    ]
    return (
        f"{framing}: mask {figures['mask']:.4f} ({figures['photos_below_0.90']} below 0.90), "
        f"{', '.join(peers)}"
    )


if __name__ == "__main__":
    main()

"""Measure the mask on whole scenes with people, beside MediaPipe's selfie segmentation.

    python -m models.evaluate_scenes        writes models/results/scenes.json

The scenes are the part of PASCAL VOC 2012's people that training never saw. Each is looked at as
the product does, framed from faces and people. Person IoU is pooled: common pixels of all scenes
over the union's, without the void border that VOC draws around everyone.
"""

import argparse

import numpy as np
from tqdm import tqdm

from models.bootstrap import BOOTSTRAP_ROUNDS, interval
from models.photos import scene_split, voc_people
from models.record import MASK_WEIGHTS, RESULTS, keep
from pipeline.face import find_faces
from pipeline.segment import segment
from pipeline.selfie import selfie_mask

FILE = RESULTS / "scenes.json"


def main():
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    results = evaluate(scene_split(voc_people())[1])
    keep(FILE, results, *MASK_WEIGHTS)
    print(summary(results))


def evaluate(scenes) -> dict:
    """{"scenes": count, "mask": IoU, "mediapipe_selfie": IoU, "margin_95": [low, high]}."""
    counts = np.array([scene_counts(scene) for scene in tqdm(scenes)])
    mask, selfie = pooled_iou(counts.sum(axis=0))
    rng = np.random.default_rng(0)
    drawn = rng.integers(len(counts), size=(BOOTSTRAP_ROUNDS, len(counts)))
    margins = [np.subtract(*pooled_iou(counts[each].sum(axis=0))) for each in drawn]
    return {
        "scenes": len(counts),
        "mask": round(float(mask), 5),
        "mediapipe_selfie": round(float(selfie), 5),
        "margin_95": interval(margins),
    }


def scene_counts(scene) -> list[list[int]]:
    """Pixels of intersection and union of both masks with the truth: (2 masks, 2)."""
    known = scene.known > 0
    truth = (scene.mask > 0) & known
    people = [person & known for person in both_persons(scene.image)]
    return [[int((each & truth).sum()), int((each | truth).sum())] for each in people]


def both_persons(image: np.ndarray) -> list[np.ndarray]:
    """What the product's mask and the selfie segmentation take for people, two of (H, W) bool."""
    masks = segment(image, find_faces(image)).mask, selfie_mask(image)
    return [mask >= 0.5 for mask in masks]


def pooled_iou(counts: np.ndarray) -> np.ndarray:
    """(..., 2) intersection and union -> (...) IoU."""
    return counts[..., 0] / counts[..., 1]


def summary(results: dict) -> str:
    """One sentence."""
    low, high = results["margin_95"]
    return (
        f"Pooled person IoU on {results['scenes']} whole scenes of PASCAL VOC that training never "
        f"saw: {results['mask']:.3f}, MediaPipe selfie {results['mediapipe_selfie']:.3f} "
        f"(difference {low:+.3f} to {high:+.3f}{', so it may be chance' if low < 0 < high else ''})."
    )


if __name__ == "__main__":
    main()

"""Measure the mask on whole scenes with people, beside published networks.

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
from models.robust_video_matting import rvm_alpha
from pipeline.face import find_faces
from pipeline.segment import segment
from pipeline.selfie import selfie_mask

FILE = RESULTS / "scenes.json"
PEERS = {"mediapipe_selfie": "MediaPipe selfie", "robust_video_matting": "Robust Video Matting"}


def main():
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    scenes = scene_split(voc_people())[1]
    results = evaluate(scenes)
    keep(FILE, results, *MASK_WEIGHTS, photos=len(scenes))
    print(summary(results))


def evaluate(scenes) -> dict:
    """{"scenes": count, "mask": IoU, "peers": {name: {"iou": IoU, "margin_95": [low, high]}}}.

    The margin is the mask's over the peer, in IoU.
    """
    counts = np.array([scene_counts(scene) for scene in tqdm(scenes)])
    mask, *peers = pooled_iou(counts.sum(axis=0))
    rng = np.random.default_rng(0)
    drawn = rng.integers(len(counts), size=(BOOTSTRAP_ROUNDS, len(counts)))
    again = np.array([pooled_iou(counts[each].sum(axis=0)) for each in drawn])
    return {
        "scenes": len(counts),
        "mask": round(float(mask), 5),
        "peers": {
            name: {"iou": round(float(iou), 5), "margin_95": interval(again[:, 0] - theirs)}
            for name, iou, theirs in zip(PEERS, peers, again[:, 1:].T, strict=True)
        },
    }


def scene_counts(scene) -> list[list[int]]:
    """Pixels of intersection and union with the truth, of the mask and of PEERS: (3 masks, 2)."""
    known = scene.known > 0
    truth = (scene.mask > 0) & known
    mask = segment(scene.image, find_faces(scene.image)).mask
    peers = {
        "mediapipe_selfie": selfie_mask(scene.image),
        "robust_video_matting": rvm_alpha(scene.image),
    }
    people = [(each >= 0.5) & known for each in (mask, *(peers[name] for name in PEERS))]
    return [[int((each & truth).sum()), int((each | truth).sum())] for each in people]


def pooled_iou(counts: np.ndarray) -> np.ndarray:
    """(..., 2) intersection and union -> (...) IoU."""
    return counts[..., 0] / counts[..., 1]


def summary(results: dict) -> str:
    """One sentence."""
    said = "{} {:.3f} (ours minus theirs, 95 %: {:+.3f} to {:+.3f})".format
    peers = [
        said(PEERS[name], peer["iou"], *peer["margin_95"]) for name, peer in results["peers"].items()
    ]
    return (
        f"Pooled person IoU on {results['scenes']} whole scenes of PASCAL VOC that training never "
        f"saw: {results['mask']:.3f}, {', '.join(peers)}."
    )


if __name__ == "__main__":
    main()

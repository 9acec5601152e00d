"""What initialisation, portrait channels, the encoder and longer training are worth.

    KERAS_BACKEND=torch python -m models.ablations

trains what is not trained yet (models.recipe.ABLATIONS; an hour on two cores, most of it VGG16),
measures all on EG1800's test half with one pass each, and writes models/results/ablations.json.
"""

import argparse
import subprocess
import sys

import numpy as np
from tqdm import tqdm

from models.bootstrap import bootstrap_interval
from models.family import build
from models.layout import use_fastest_layout
from models.photos import eg1800
from models.recipe import ABLATIONS
from models.record import RESULTS, keep
from models.train import CHECKPOINTS, epochs_done, portrait_ious

FILE = RESULTS / "ablations.json"
# (what is compared, with, without)
COMPARISONS = (
    ("ImageNet weights, light", "portrait_fcn_plus_lite0", "portrait_fcn_plus_lite0_scratch"),
    ("ImageNet weights, VGG16", "portrait_fcn_plus_vgg16", "portrait_fcn_plus_vgg16_scratch"),
    ("portrait channels, light", "portrait_fcn_plus_lite0", "portrait_fcn_lite0"),
    ("portrait channels, VGG16", "portrait_fcn_plus_vgg16", "portrait_fcn_vgg16"),
    (
        "portrait channels, light without ImageNet weights",
        "portrait_fcn_plus_lite0_scratch",
        "portrait_fcn_lite0_scratch",
    ),
    (
        "the selfie network's maps, light",
        "portrait_fcn_plus_lite0_selfie",
        "portrait_fcn_plus_lite0",
    ),
    ("the light encoder instead of VGG16", "portrait_fcn_plus_lite0", "portrait_fcn_plus_vgg16"),
    (
        "longer training, twice the rate and size, VGG16",
        "portrait_fcn_plus_vgg16_long",
        "portrait_fcn_plus_vgg16",
    ),
)


def main():
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    for name, recipe in ABLATIONS.items():
        if epochs_done(name) < sum(stage.epochs for stage in recipe.stages):
            # Each in a process of its own: the precision is set for a whole process.
            subprocess.run([sys.executable, "-m", "models.train", name], check=True)
    results = measured()
    keep(FILE, results)
    print_table(results)


def measured() -> dict:
    """{"networks": {name: figures}, "gains": {what: [mean, low, high]}} on EG1800's test half."""
    use_fastest_layout()
    portraits = eg1800("test")
    networks, scores = {}, {}
    for name, recipe in tqdm(ABLATIONS.items()):
        model = build(recipe.network, recipe.encoder)
        model.load_weights(CHECKPOINTS / name / f"{name}.weights.h5")
        scores[name] = np.array(portrait_ious(model, portraits, recipe.input_size))
        networks[name] = {
            "network": recipe.network,
            "encoder": recipe.encoder,
            "pretrained": recipe.pretrained,
            "epochs": recipe.schedule,
            "parameters": model.count_params(),
            "foreground_iou": round(float(scores[name].mean()), 5),
            "interval_95": bootstrap_interval(scores[name]),
        }
    gains = {}
    for what, one, other in COMPARISONS:
        gain = scores[one] - scores[other]
        gains[what] = [round(float(gain.mean()), 5), *bootstrap_interval(gain)]
    return {"photos": len(portraits), "networks": networks, "gains": gains}


def print_table(results: dict) -> None:
    """A line a network, a line a comparison."""
    print(f"{'':34}{'parameters':>12}{'IoU':>9}{'95 % interval':>19}")
    for name, figures in results["networks"].items():
        low, high = figures["interval_95"]
        print(
            f"{name:34}{figures['parameters']:12,}{figures['foreground_iou']:9.4f}"
            f"{low:11.4f}-{high:.4f}"
        )
    for what, (gain, low, high) in results["gains"].items():
        print(f"{what:52}{gain:+.4f} ({low:+.4f} to {high:+.4f})")


if __name__ == "__main__":
    main()

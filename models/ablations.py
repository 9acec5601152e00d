"""What initialisation, portrait channels, the encoder and other choices are worth.

    KERAS_BACKEND=torch python -m models.ablations            all of models.recipe.ABLATIONS
    KERAS_BACKEND=torch python -m models.ablations NAME ...   these

trains what is not trained yet (all: five to six hours on two cores, most of it VGG16), measures on EG1800's
test half with one pass each, and puts the figures into models/results/ablations.json. What was not
asked for stays there as it was, and so does a difference to it.
"""

import argparse
import json
import subprocess
import sys

import numpy as np
from tqdm import tqdm

from models.bootstrap import interval_over_trainings
from models.checkpoints import epochs_done, weights_file
from models.family import build
from models.layout import use_fastest_layout
from models.measured_on import keep_figures
from models.photos import Portrait, eg1800
from models.recipe import ABLATIONS, TRAININGS
from models.record import RESULTS
from models.train import portrait_ious

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
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("networks", nargs="*", help="some of models.recipe.ABLATIONS")
    names = parser.parse_args().networks or list(ABLATIONS)
    if unknown := set(names) - set(ABLATIONS):
        parser.error(f"{', '.join(sorted(unknown))}: not one of {', '.join(ABLATIONS)}")
    for name in names:
        for training, recipe in TRAININGS[name].items():
            if epochs_done(training, recipe) < recipe.epochs:
                # Each in a process of its own: the precision is set for a whole process.
                subprocess.run([sys.executable, "-m", "models.train", training], check=True)
    portraits = eg1800("test")
    for part, rows in measured(names, portraits).items():
        for name, figures in rows.items():
            keep_figures(FILE, figures, part, name, photos=len(portraits))
    print_table(json.loads(FILE.read_text()))


def measured(names: list[str], portraits: list[Portrait]) -> dict:
    """{"networks": {name: figures}, "gains": {what: figures}} on these portraits.

    Gains are the COMPARISONS among the networks named.
    """
    use_fastest_layout()
    networks, scores = {}, {}
    for name in tqdm(names):
        recipe = ABLATIONS[name]
        model = build(recipe.network, recipe.encoder)
        scores[name] = np.array(
            [_ious(model, each, portraits, recipe.input_size) for each in TRAININGS[name]]
        )
        networks[name] = {
            "network": recipe.network,
            "encoder": recipe.encoder,
            "pretrained": recipe.pretrained,
            "epochs": recipe.schedule,
            "parameters": model.count_params(),
            "foreground_iou": round(float(scores[name].mean()), 5),
            "interval_95": interval_over_trainings(scores[name]),
            "trainings": [round(float(each.mean()), 5) for each in scores[name]],
        }
    gains = {
        what: {
            "foreground_iou": round(float(scores[one].mean() - scores[other].mean()), 5),
            "interval_95": interval_over_trainings(scores[one], scores[other]),
            "trainings": [len(scores[one]), len(scores[other])],
        }
        for what, one, other in COMPARISONS
        if one in scores and other in scores
    }
    return {"networks": networks, "gains": gains}


def _ious(model, training, portraits, size):
    model.load_weights(weights_file(training))
    return portrait_ious(model, portraits, size)


def print_table(results: dict) -> None:
    """A line a network, a line a comparison."""
    print(f"{'':38}{'parameters':>12}{'IoU':>9}{'95 % interval':>19}  trainings")
    for name, figures in results["networks"].items():
        low, high = figures["interval_95"]
        print(
            f"{name:38}{figures['parameters']:12,}{figures['foreground_iou']:9.4f}"
            f"{low:11.4f}-{high:.4f}{len(figures['trainings']):11}"
        )
    for what, figures in results["gains"].items():
        low, high = figures["interval_95"]
        one, other = figures["trainings"]
        print(
            f"{what:52}{figures['foreground_iou']:+.4f} ({low:+.4f} to {high:+.4f}), "
            f"{one} and {other} trainings"
        )


if __name__ == "__main__":
    main()

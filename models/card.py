"""Write the card of the shipped weights from the recipe, the measured figures and the file.

    python -m models.card
"""

import hashlib
import json

from models.evaluate import RESULTS
from models.recipe import RECIPES
from models.train import CHECKPOINTS
from pipeline.weights import WEIGHTS

NAME = "portrait_fcn_plus"

TEXT = """\
# {name}.tflite

PortraitFCN+ (Shen et al. 2016) with an EfficientNet-Lite0 encoder: six channels in (RGB, and x, y
and mean mask in the pose of the face), the logit of "person" out. {megabytes:.2f} MB, float16
weights, input {width}x{height}, run by LiteRT.

sha256 `{sha256}`

## Data and licence
Trained on 1183 portraits of EG1800 (Shen et al. 2016, *Automatic Portrait Segmentation for Image
Stylization*; academic use, photographs by Flickr users) and on person scenes of PASCAL VOC 2012
(research), with backgrounds from BSDS500 (research). 100 further portraits of EG1800's training
half served to make choices. The encoder began with ImageNet weights (Apache-2.0). Treat these
weights as research / non-commercial training data. No photograph is contained in them or in the
project.

## Recipe
`KERAS_BACKEND=torch python -m models.train {name}`, then `python -m models.export {name}`; all
settings are in models/recipe.py and models/augment.py. Epochs (input width x height): {stages}.
Batch {batch}, AdamW {learning_rate:g} with warm-up and cosine, weight decay {weight_decay:g},
averaged weights ({average:g}), boundary-weighted cross-entropy and {iou_weight:g} soft IoU, seed {seed}.
Validation IoU of the last epoch, a single pass without its mirror image: {validation}.

## Figures
`python -m models.evaluate` on {photos} portraits of EG1800's test half; all choices were made on the validation portraits:

| | mean foreground IoU | 95 % interval | mean two-class IoU | pooled two-class IoU at 224x224 | photos below 0.90 |
|---|---|---|---|---|---|
{rows}

## Limits
The masks of EG1800 are hard-edged and drawn by hand, so half of what is counted as wrong lies
within 10 pixels of the boundary. Nearly all portraits show one upright person, head and shoulders.
Weak: dark clothes or hats on dark ground, a chair or bag of the clothes' colour, animals, dolls
and statues, people seen from behind at a distance.
"""


def main():
    (WEIGHTS / f"{NAME}.md").write_text(card())


def card() -> str:
    """The card's text."""
    content = (WEIGHTS / f"{NAME}.tflite").read_bytes()
    recipe = RECIPES[NAME]
    results = json.loads((RESULTS / "eg1800.json").read_text())
    log = (CHECKPOINTS / NAME / "log.jsonl").read_text().splitlines()
    return TEXT.format(
        name=NAME,
        megabytes=len(content) / 1e6,
        width=recipe.input_size[0],
        height=recipe.input_size[1],
        sha256=hashlib.sha256(content).hexdigest(),
        stages=", ".join(f"{s.epochs} at {s.size[0]}x{s.size[1]}" for s in recipe.stages),
        batch=recipe.batch,
        learning_rate=recipe.learning_rate,
        weight_decay=recipe.weight_decay,
        average=recipe.average,
        iou_weight=recipe.iou_weight,
        seed=recipe.seed,
        validation=json.loads(log[-1])["validation_iou"],
        photos=results["mask"]["photos"],
        rows="\n".join(row(name, results[name]) for name in results),
    )


def row(name: str, figures: dict) -> str:
    """A line of the table."""
    low, high = figures["interval_95"]
    return (
        f"| {name} | {figures['foreground_iou']:.4f} | {low:.4f} to {high:.4f} "
        f"| {figures['two_class_iou']:.4f} | {figures['pooled_two_class_iou_224']:.4f} "
        f"| {figures['photos_below_0.90']} |"
    )


if __name__ == "__main__":
    main()

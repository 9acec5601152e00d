"""Train the refinement network by its recipe, on the patches that
models/refinement_patches.py has made.

    KERAS_BACKEND=torch python -m models.train_refinement

State, averaged weights and log lie in models/checkpoints/refinement, as for `models.train`;
training goes on from the last epoch.
"""

import argparse
import json
import time

import cv2
import keras
import numpy as np
from tqdm import tqdm

from models.checkpoints import CheckpointError, TrainingState, weights_file
from models.layout import to_layout, use_fastest_layout
from models.metrics import gradient_magnitude
from models.patches import Patches, read_patches
from models.recipe import (
    AVERAGE_EVERY,
    REFINEMENT,
    RefinementRecipe,
    RefinementStage,
    average_decay,
)
from models.refinement import refinement
from models.refinement_loss import refinement_loss
from models.train import learning_rate, stage_of
from pipeline.refine import network_input

NAME = "refinement"
# A patch's rim lacks its surroundings, which a tile's inner part has in use.
RIM = 8
# The hand-drawn mask is uncertain by so many pixels: there a side is not asked for.
MASK_UNCERTAINTY = 1
# The change of a pixel is tried with these limits; 1 is none.
LIMITS = (1.0, 0.5, 0.3, 0.2, 0.15, 0.1, 0.05)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--limits", action="store_true", help="compare limits of the change, train nothing"
    )
    use_fastest_layout()
    if parser.parse_args().limits:
        print_limits(REFINEMENT)
        return
    try:
        train(REFINEMENT)
    except CheckpointError as error:
        parser.error(str(error))


def print_limits(recipe: RefinementRecipe) -> None:
    """Validation errors of the trained network, its change limited to several sizes."""
    model = refinement()
    model.load_weights(weights_file(NAME))
    validation = read_patches("validation")
    for limit in LIMITS:
        print(limit, validation_figures(model, validation, recipe.batch, limit), flush=True)


def train(recipe: RefinementRecipe) -> None:
    """Run the recipe from the last checkpoint, or from the start, to its end.

    Raises CheckpointError if the checkpoint is another recipe's or another backend's.
    """
    keras.utils.set_random_seed(recipe.seed)
    training, validation = read_patches("train"), read_patches("validation")
    counts = {
        "synthetic": int((~training.hard).sum()),
        "portraits": int(training.hard.sum()),
        "validation": len(validation),
    }
    model = refinement()
    optimizer = keras.optimizers.AdamW(
        weight_decay=recipe.weight_decay, global_clipnorm=recipe.clip_norm
    )
    optimizer.build(model.trainable_variables)
    model.compile(optimizer)
    state = TrainingState(model, NAME, recipe)
    compiled = None
    for epoch in range(state.resume(), recipe.epochs):
        started = time.perf_counter()
        stage = stage_of(recipe, epoch)
        if stage is not compiled:
            model.compile(optimizer, loss_of(recipe, stage))
            compiled = stage
        losses = run_epoch(model, training, recipe, epoch, state)
        with state.averaged():
            figures = validation_figures(model, validation, recipe.batch)
            model.save_weights(weights_file(NAME))
        line = {
            "epoch": epoch + 1,
            "patches": counts,
            "loss": round(float(np.mean(losses)), 5),
            **figures,
            "seconds": round(time.perf_counter() - started, 1),
        }
        state.save(epoch + 1, line)
        tqdm.write(json.dumps(line))


def loss_of(recipe: RefinementRecipe, stage: RefinementStage):
    """The loss of a stage."""
    return refinement_loss(
        stage.square_weight,
        recipe.gradient_weight,
        stage.side_weight,
        recipe.side_margin,
        recipe.keep,
    )


def run_epoch(model, patches: Patches, recipe: RefinementRecipe, epoch: int, state):
    """One pass over the patches; returns the loss of each step."""
    rng = np.random.default_rng((recipe.seed, epoch))
    steps = len(patches) // recipe.batch
    stage = stage_of(recipe, epoch)
    total = steps * stage.cosine_epochs
    order = rng.permutation(len(patches))[: steps * recipe.batch].reshape(steps, -1)
    losses = []
    for step, batch in enumerate(tqdm(order, desc=f"epoch {epoch + 1}", mininterval=10)):
        samples = [sample(patches, index, rng) for index in batch]
        inputs, truth = (np.stack(arrays) for arrays in zip(*samples, strict=True))
        done = epoch * steps + step
        model.optimizer.learning_rate.assign(
            learning_rate(stage, done, recipe.warm_up_steps, total)
        )
        losses.append(float(model.train_on_batch(to_layout(inputs), truth)))
        if done % AVERAGE_EVERY == 0:
            state.average(average_decay(recipe.average, done // AVERAGE_EVERY))
    return losses


def sample(patches: Patches, index: int, rng) -> tuple[np.ndarray, np.ndarray]:
    """A patch turned, mirrored and in another light: (inputs, `loss_target`)."""
    inputs, truth = plain_sample(patches, index)
    turns = int(rng.integers(4))
    inputs, truth = np.rot90(inputs, turns), np.rot90(truth, turns)
    if rng.random() < 0.5:
        inputs, truth = inputs[:, ::-1], truth[:, ::-1]
    # Compositing is linear: the same change of foreground and background leaves alpha as it is.
    gain = rng.uniform(0.75, 1.2) * rng.uniform(0.93, 1.07, 3)
    colours = inputs[..., rng.permutation(3) if rng.random() < 0.3 else slice(0, 3)]
    colours = np.clip((colours + 1) * gain + rng.uniform(-0.1, 0.1) - 1, -1, 1)
    return np.dstack([colours, inputs[..., 3:]]).astype(np.float32), np.ascontiguousarray(truth)


def plain_sample(patches: Patches, index: int) -> tuple[np.ndarray, np.ndarray]:
    """A patch as it is: inputs (PATCH, PATCH, 5) float32 and `loss_target`."""
    inputs = network_input(patches.image[index], patches.alpha[index], patches.place[index])
    return inputs, loss_target(patches, index)


def loss_target(patches: Patches, index: int) -> np.ndarray:
    """(PATCH, PATCH, 4) float32: alpha before, truth, and where it is soft or hard and counts."""
    truth = patches.truth[index].astype(np.float32) / 255
    counts = np.zeros(truth.shape, bool)
    counts[RIM:-RIM, RIM:-RIM] = patches.unknown[index][RIM:-RIM, RIM:-RIM]
    hard = bool(patches.hard[index])
    if hard:
        counts &= ~_near_boundary(truth)
    return np.dstack([patches.alpha[index], truth, counts & (not hard), counts & hard]).astype("f4")


def _near_boundary(mask):
    window = np.ones((2 * MASK_UNCERTAINTY + 1,) * 2, np.uint8)
    return cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, window) > 0


def validation_figures(model, patches: Patches, batch: int, limit: float = 1.0) -> dict:
    """Errors with the network as a share of those without it, below 1 where it helps.

    sad, mse, grad: of synthetic mattes; side: of EG1800, pixels on the wrong side of 0.5.
    """
    errors = {name: np.zeros(2) for name in ("sad", "mse", "grad", "side")}
    for first in range(0, len(patches), batch):
        chosen = range(first, min(first + batch, len(patches)))
        samples = [plain_sample(patches, index) for index in chosen]
        inputs = np.stack([inputs for inputs, _ in samples])
        residual = keras.ops.convert_to_numpy(model(to_layout(inputs), training=False))
        residual = np.clip(residual.reshape(inputs.shape[:3]), -limit, limit)
        for (_, target), change in zip(samples, residual, strict=True):
            before, truth, soft, hard = np.moveaxis(target, 2, 0)
            unknown = (soft + hard) > 0
            after = np.where(unknown, np.clip(before + change, 0, 1), before)
            for column, alpha in enumerate((before, after)):
                if hard.any():
                    errors["side"][column] += ((alpha >= 0.5) != (truth >= 0.5))[unknown].sum()
                    continue
                errors["sad"][column] += np.abs(alpha - truth)[unknown].sum()
                errors["mse"][column] += ((alpha - truth)[unknown] ** 2).sum()
                gradients = gradient_magnitude(alpha) - gradient_magnitude(truth)
                errors["grad"][column] += (gradients[unknown] ** 2).sum()
    return {name: round(float(after / before), 4) for name, (before, after) in errors.items()}


if __name__ == "__main__":
    main()

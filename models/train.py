"""Train a network by its recipe.

    python -m models.train portrait_fcn_plus            all that its weights are the mean of
    python -m models.train portrait_fcn_plus_scenes     one training

Everything is kept in models/checkpoints/NAME: the state after each epoch (training resumes from
it, by the same recipe and on the same backend only), the averaged weights (NAME.weights.h5) and a
log of one JSON line an epoch.
"""

import argparse
import json
import math
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice

import cv2
import keras
import numpy as np
from tqdm import tqdm

from models.augment import about_someone, sample
from models.checkpoints import CheckpointError, TrainingState, epochs_done, weights_file
from models.family import NETWORKS, build, load_pretrained
from models.layout import channel_axis, to_layout, use_fastest_layout
from models.losses import boundary_iou_loss, squared_error
from models.metrics import foreground_iou
from models.one_pass import one_pass
from models.photos import (
    Portrait,
    backgrounds,
    eg1800,
    scene_split,
    validation_split,
    voc_people,
)
from models.recipe import (
    AVERAGE_EVERY,
    MEANS,
    RECIPES,
    Recipe,
    RefinementRecipe,
    RefinementStage,
    average_decay,
)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network", choices=sorted(RECIPES | MEANS))
    network = parser.parse_args().network
    use_fastest_layout()
    for name in MEANS.get(network, (network,)):
        keras.utils.clear_session()  # names of layers begin anew, and are those of one training
        try:
            train(name)
        except CheckpointError as error:
            parser.error(str(error))


def train(name: str) -> None:
    """Run the recipe from the last checkpoint, or from published weights, to its end.

    Raises CheckpointError if the checkpoint is another recipe's or another backend's.
    """
    recipe = RECIPES[name]
    epochs_done(name, recipe)  # before the photos are read, which takes a minute
    cv2.setNumThreads(1)  # the sample workers are the threads
    keras.utils.set_random_seed(recipe.seed)
    keras.mixed_precision.set_global_policy(recipe.precision)
    portraits, validation = validation_split(eg1800("train"))
    scenes = voc_people()
    if recipe.hold_out_scenes:
        scenes, _ = scene_split(scenes)
    if recipe.scenes_only:
        portraits = list(islice(cycle(scenes), len(portraits)))
    samples = Samples(portraits, scenes, backgrounds(), recipe)
    model = build(recipe.network, recipe.encoder)
    if recipe.pretrained:
        load_pretrained(model, recipe.encoder)
    loss = squared_error if recipe.squared_error else boundary_iou_loss(recipe.iou_weight)
    model.compile(optimizer_of(recipe), loss)
    model.optimizer.build(model.trainable_variables)
    state = TrainingState(model, name, recipe)
    first = state.resume()
    for epoch in range(first, recipe.epochs):
        started = time.perf_counter()
        size = stage_of(recipe, epoch).size
        losses = run_epoch(model, samples, recipe, epoch, state)
        with state.averaged():
            iou = float(np.mean(portrait_ious(model, validation, size)))
            model.save_weights(weights_file(name))
        line = {
            "epoch": epoch + 1,
            "size": size,
            "loss": round(float(np.mean(losses)), 5),
            "validation_iou": round(iou, 5),
            "seconds": round(time.perf_counter() - started, 1),
        }
        state.save(epoch + 1, line)
        tqdm.write(json.dumps(line))


def optimizer_of(recipe: Recipe) -> keras.optimizers.Optimizer:
    """AdamW (Loshchilov & Hutter 2019) with the recipe's settings."""
    return keras.optimizers.AdamW(
        recipe.learning_rate,
        weight_decay=recipe.weight_decay,
        beta_2=0.99,
        global_clipnorm=recipe.clip_norm,
    )


def run_epoch(model, samples, recipe, epoch, state):
    """One pass over the portraits; returns the loss of each step."""
    steps = samples.steps
    total = steps * recipe.epochs
    warm_up = min(steps, total // 10)
    losses = []
    progress = tqdm(samples.epoch(epoch), total=steps, desc=f"epoch {epoch + 1}", mininterval=10)
    for step, (inputs, truth) in enumerate(progress):
        done = epoch * steps + step
        model.optimizer.learning_rate.assign(learning_rate(recipe, done, warm_up, total))
        losses.append(float(model.train_on_batch(inputs, truth)))
        if done % AVERAGE_EVERY == 0:
            state.average(average_decay(recipe.average, done // AVERAGE_EVERY))
        progress.set_postfix(loss=f"{np.mean(losses[-20:]):.4f}", refresh=False)
    return losses


def learning_rate(recipe: Recipe | RefinementStage, step: int, warm_up: int, total: int) -> float:
    """Linear warm-up, then half a cosine from the peak to zero (Loshchilov & Hutter 2017)."""
    cosine = 0.5 * (1 + math.cos(math.pi * step / total))
    return recipe.learning_rate * min(1.0, (step + 1) / warm_up) * cosine


def stage_of(recipe: Recipe | RefinementRecipe, epoch: int):
    """The stage that an epoch, counted from 0, belongs to."""
    for stage in recipe.stages:
        if epoch < stage.epochs:
            return stage
        epoch -= stage.epochs
    raise IndexError("the recipe has fewer epochs")


def portrait_ious(model, portraits, size) -> list[float]:
    """Foreground IoU of each photo at its own size, one pass at the network's size."""
    channels = model.input_shape[channel_axis()]

    def logit_of(inputs):
        logit = model(to_layout(inputs[None, ..., :channels]), training=False)
        return keras.ops.convert_to_numpy(keras.ops.squeeze(logit)).astype(np.float32)

    return [
        foreground_iou(one_pass(portrait, size, logit_of) > 0, portrait.mask > 127)
        for portrait in portraits
    ]


class Samples:
    """Augmented batches; sample k of epoch e is the same whatever the threads do."""

    WORKERS = 2
    AHEAD = 3  # batches

    def __init__(self, portraits, scenes, backgrounds, recipe: Recipe):
        self.portraits, self.scenes, self.backgrounds = portraits, scenes, backgrounds
        self.recipe = recipe
        self.channels = NETWORKS[recipe.network]
        self.steps = len(portraits) // recipe.batch

    def epoch(self, epoch: int):
        """Yield (inputs, truth) batches of the epoch."""
        order = np.random.default_rng((self.recipe.seed, epoch)).permutation(len(self.portraits))
        batches = order[: self.steps * self.recipe.batch].reshape(self.steps, -1)
        with ThreadPoolExecutor(self.WORKERS) as pool:
            pending = [
                [pool.submit(self._sample, epoch, index) for index in batch]
                for batch in batches[: self.AHEAD]
            ]
            for step in range(self.steps):
                inputs, truth = zip(*(job.result() for job in pending.pop(0)), strict=True)
                if step + self.AHEAD < self.steps:
                    ahead = batches[step + self.AHEAD]
                    pending.append([pool.submit(self._sample, epoch, index) for index in ahead])
                yield to_layout(np.stack(inputs)[..., : self.channels]), np.stack(truth)

    def _sample(self, epoch, index):
        rng = np.random.default_rng((self.recipe.seed, epoch, index))
        portrait = self.portraits[index]
        kind = rng.random()
        if kind < self.recipe.scene_share:
            portrait = self.scenes[rng.integers(len(self.scenes))]
            if self.recipe.close_scenes and rng.random() < self.recipe.close_scenes:
                portrait = about_someone(portrait, rng)
        elif kind < self.recipe.scene_share + self.recipe.empty_share:
            portrait = _nobody(self.backgrounds[rng.integers(len(self.backgrounds))])
        size = stage_of(self.recipe, epoch).size
        return sample(portrait, size, self.backgrounds, self.recipe.augmentation, rng)


def _nobody(scene):
    """A photo without a person, so that the network learns to find none."""
    empty = np.zeros(scene.shape[:2], np.uint8)
    return Portrait("", scene, mask=empty, known=empty + 255, face=None)


if __name__ == "__main__":
    main()

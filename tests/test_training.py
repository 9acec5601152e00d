"""How a network is trained: losses, rates, stages, and going on after a break."""

import os

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
keras = pytest.importorskip("keras", reason="networks are trained with requirements-dev.txt")
pytest.importorskip("tensorflow", reason="it is the backend here")

from models.drop import DropTogether  # noqa: E402
from models.losses import boundary_iou_loss, squared_error  # noqa: E402
from models.recipe import RECIPES, Recipe, Stage  # noqa: E402
from models.train import TrainingState, learning_rate, optimizer_of, stage_of  # noqa: E402


def test_cross_entropy_and_iou_of_a_hand_made_case():
    """Two pixels, one person, logits 0: entropy is ln 2, soft IoU (0.5 + 1) / (1.5 + 1) = 0.6."""
    truth = np.array([[[[1.0, 1.0], [0.0, 1.0]]]], np.float32)
    logit = np.zeros((1, 1, 2, 1), np.float32)
    loss = float(boundary_iou_loss(0.5)(truth, logit))
    assert loss == pytest.approx(np.log(2) + 0.5 * (1 - 0.6), rel=1e-5)


def test_squared_error_of_a_hand_made_case():
    """Probabilities 1/2 and 3/4 of pixels that are and are not a person; a third is not known."""
    truth = np.array([[[[1.0, 1.0], [0.0, 3.0], [1.0, 0.0]]]], np.float32)
    logit = np.array([0.0, np.log(3), -5.0], np.float32).reshape(1, 1, 3, 1)
    assert float(squared_error(truth, logit)) == pytest.approx((1 / 4 + 9 / 16) / 2, rel=1e-5)


def test_pixels_of_weight_zero_do_not_count():
    rng = np.random.default_rng(1)
    truth = np.stack([rng.integers(0, 2, (1, 6, 6)), np.ones((1, 6, 6))], axis=-1).astype("f4")
    logit = rng.standard_normal((1, 6, 6, 1)).astype("f4")
    truth[0, :2, :, 1] = 0
    other = logit.copy()
    other[0, :2] = 50
    loss = boundary_iou_loss(0.5)
    assert float(loss(truth, logit)) == pytest.approx(float(loss(truth, other)), rel=1e-5)


def test_the_rate_warms_up_and_ends_at_zero():
    recipe = RECIPES["portrait_fcn_plus_portraits"]
    rates = [learning_rate(recipe, step, 10, 100) for step in range(100)]
    assert rates[0] == pytest.approx(recipe.learning_rate / 10, rel=0.01)
    assert max(rates) <= recipe.learning_rate
    assert rates[-1] < 0.001 * recipe.learning_rate


def test_training_that_was_broken_off_goes_on_as_if_it_had_not_been(tmp_path):
    rng = np.random.default_rng(3)
    inputs = rng.normal(size=(8, 4, 4, 2)).astype("f4")
    truth = rng.normal(size=(8, 4, 4, 1)).astype("f4")

    def fresh(seed, file):
        keras.utils.set_random_seed(seed)
        photo = keras.Input((4, 4, 2))
        (kept,) = DropTogether(0.5)([keras.layers.Conv2D(3, 3, padding="same")(photo)])
        model = keras.Model(photo, keras.layers.Conv2D(1, 3, padding="same")(kept))
        model.compile(optimizer_of(RECIPES["portrait_fcn_plus_portraits"]), "mse")
        model.optimizer.build(model.trainable_variables)
        return model, TrainingState(model, tmp_path / file)

    def two_steps(model, state, first):
        for step in (first, first + 1):
            model.train_on_batch(inputs, truth)
            state.average(0.9, step)

    straight, state = fresh(0, "straight.npz")
    for first in (0, 2):
        two_steps(straight, state, first)
    before, broken = fresh(0, "broken.npz")
    two_steps(before, broken, 0)
    broken.save(1)
    after, resumed = fresh(1, "broken.npz")
    assert resumed.resume() == 1
    two_steps(after, resumed, 2)
    for found, wanted in zip(after.get_weights(), straight.get_weights(), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-7)
    with state.averaged(), resumed.averaged():
        for found, wanted in zip(after.get_weights(), straight.get_weights(), strict=True):
            np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-7)


def test_a_mean_of_trainings_has_the_mean_of_their_weights(tmp_path, monkeypatch):
    from models import export

    monkeypatch.setattr(export, "CHECKPOINTS", tmp_path)
    inputs = keras.Input((2,))
    model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    for name, value in (("first", 1.0), ("second", 4.0)):
        model.set_weights([np.full((2, 1), value, "f4"), np.full(1, -value, "f4")])
        (tmp_path / name).mkdir()
        model.save_weights(tmp_path / name / f"{name}.weights.h5")
    kernel, bias = export.mean_weights(model, ("first", "second"))
    assert kernel.tolist() == [[2.5], [2.5]] and bias.tolist() == [-2.5]


def test_epochs_belong_to_their_stage():
    recipe = Recipe(stages=(Stage((32, 32), 2), Stage((64, 64), 1)), input_size=(64, 64))
    assert [stage_of(recipe, epoch).size for epoch in range(3)] == [(32, 32), (32, 32), (64, 64)]
    with pytest.raises(IndexError):
        stage_of(recipe, 3)


def test_every_stage_fits_the_strides():
    for recipe in RECIPES.values():
        for size in (recipe.input_size, *(stage.size for stage in recipe.stages)):
            # Attention of the multiclass encoder parts its map of stride 16 into fours.
            multiple = 64 if recipe.encoder == "multiclass" else 32
            assert all(side % multiple == 0 for side in size)

"""How a network is trained: losses, rates, stages, and going on after a break."""

import os
import time
from dataclasses import replace

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
keras = pytest.importorskip("keras", reason="networks are trained with requirements-dev.txt")
pytest.importorskip("tensorflow", reason="it is the backend here")

from models import train as training  # noqa: E402
from models.augment import sample  # noqa: E402
from models.checkpoints import (  # noqa: E402
    STATE,
    CheckpointError,
    TrainingState,
    check_complete,
    log_file,
    weights_file,
)
from models.drop import DropTogether  # noqa: E402
from models.losses import boundary_iou_loss, squared_error  # noqa: E402
from models.photos import Portrait  # noqa: E402
from models.recipe import MEANS, RECIPES, Recipe, Stage, average_decay  # noqa: E402
from models.train import Samples, learning_rate, optimizer_of, stage_of  # noqa: E402

RECIPE = RECIPES["portrait_fcn_plus_portraits"]


@pytest.fixture
def hand_made():
    """Truth and logit of pixels that are, are not and are a person, of weight 1, 3 and 0.

    The first two have the probabilities 1/2 and 3/4.
    """
    truth = np.array([[[[1.0, 1.0], [0.0, 3.0], [1.0, 0.0]]]], np.float32)
    logit = np.array([0.0, np.log(3), -5.0], np.float32).reshape(1, 1, 3, 1)
    return truth, logit


def test_cross_entropy_and_iou_of_a_hand_made_case(hand_made):
    """Entropies are ln 2 and, three times, ln 4; soft IoU is (1/2 + 1) / (1 + 3/4 + 1) = 6/11."""
    loss = float(boundary_iou_loss(0.5)(*hand_made))
    wanted = (np.log(2) + 3 * np.log(4)) / 4 + 0.5 * (1 - 6 / 11)
    assert loss == pytest.approx(wanted, rel=1e-5)


def test_squared_error_of_a_hand_made_case(hand_made):
    """Of what is known, whatever its weight."""
    assert float(squared_error(*hand_made)) == pytest.approx((1 / 4 + 9 / 16) / 2, rel=1e-5)


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
    rates = [learning_rate(RECIPE, step, 10, 100) for step in range(100)]
    assert rates[0] == pytest.approx(RECIPE.learning_rate / 10, rel=0.01)
    assert max(rates) <= RECIPE.learning_rate
    assert rates[-1] < 0.001 * RECIPE.learning_rate


@pytest.mark.parametrize(
    ("update", "stays"),
    # It passes 0.998 to the power of 4, 0.992024, where 9 / (update + 10) < 0.007976: at 1119.
    [(0, 1 / 10), (8, 1 / 2), (90, 91 / 100), (1118, 1119 / 1128), (1119, 0.992024), (9999, 0.992024)],
)
def test_the_average_has_a_ramp_before_its_decay(update, stays):
    assert average_decay(0.998, update) == pytest.approx(stays, abs=1e-7)


def test_the_shipped_trainings_end_on_the_ramp_as_their_card_says():
    """1183 portraits are 73 batches of 16; an update every four steps."""
    for name in MEANS["portrait_fcn_plus"]:
        updates = RECIPES[name].epochs * 73 // 4
        assert average_decay(RECIPES[name].average, updates) < RECIPES[name].average ** 4


@pytest.fixture
def checkpoints(tmp_path, monkeypatch):
    """The folder of all trainings, empty."""
    monkeypatch.setattr("models.checkpoints.CHECKPOINTS", tmp_path)
    return tmp_path


def test_averaged_weights_keep_what_stays_and_take_the_rest(checkpoints):
    photo = keras.Input((1,))
    model = keras.Model(photo, keras.layers.Dense(1, use_bias=False)(photo))
    model.set_weights([np.array([[2.0]], "f4")])
    state = TrainingState(model, "one", RECIPE)
    model.set_weights([np.array([[6.0]], "f4")])
    state.average(0.75)
    with state.averaged():
        assert model.get_weights()[0].item() == pytest.approx(3.0)
    assert model.get_weights()[0].item() == pytest.approx(6.0)


@pytest.fixture
def small_samples():
    """Samples of nine portraits of noise, of two scenes and two backgrounds; four batches."""
    rng = np.random.default_rng(5)

    def portrait(name):
        mask = np.zeros((64, 48), np.uint8)
        mask[16:, 12:36] = 255
        image = rng.integers(0, 256, (64, 48, 3), np.uint8)
        return Portrait(name, image, mask, np.full_like(mask, 255), None)

    portraits, scenes = ([portrait(f"{each}") for each in range(count)] for count in (9, 2))
    grounds = [rng.integers(0, 256, (70, 90, 3), np.uint8) for _ in range(2)]
    recipe = replace(RECIPE, stages=(Stage((64, 64), 2),), batch=2, scene_share=0.4, empty_share=0.2)
    return Samples(portraits, scenes, grounds, recipe)


def test_samples_are_the_same_whatever_the_threads_do(small_samples, monkeypatch):
    def epoch(number):
        batches = small_samples.epoch(number)
        return [np.concatenate([inputs, truth], axis=-1) for inputs, truth in batches]

    def at_odds(*arguments):
        """Takes now long, now not, so that samples overtake each other."""
        time.sleep(delays.uniform(0, 0.02))
        return sample(*arguments)

    monkeypatch.setattr(Samples, "WORKERS", 1)
    alone = epoch(0)
    delays = np.random.default_rng()
    monkeypatch.setattr(training, "sample", at_odds)
    monkeypatch.setattr(Samples, "WORKERS", 4)
    assert len(alone) == 4
    for found, wanted in zip(epoch(0), alone, strict=True):
        np.testing.assert_array_equal(found, wanted)
    assert any((found != wanted).any() for found, wanted in zip(epoch(1), alone, strict=True))


def test_training_that_was_broken_off_goes_on_as_if_it_had_not_been(checkpoints):
    rng = np.random.default_rng(3)
    inputs = rng.normal(size=(8, 4, 4, 2)).astype("f4")
    truth = rng.normal(size=(8, 4, 4, 1)).astype("f4")

    def fresh(seed, name):
        keras.utils.set_random_seed(seed)
        photo = keras.Input((4, 4, 2))
        (kept,) = DropTogether(0.5)([keras.layers.Conv2D(3, 3, padding="same")(photo)])
        model = keras.Model(photo, keras.layers.Conv2D(1, 3, padding="same")(kept))
        model.compile(optimizer_of(RECIPE), "mse")
        model.optimizer.build(model.trainable_variables)
        return model, TrainingState(model, name, RECIPE)

    def two_steps(model, state, first):
        for step in (first, first + 1):
            model.train_on_batch(inputs, truth)
            state.average(average_decay(0.998, step))

    straight, state = fresh(0, "straight")
    for first in (0, 2):
        two_steps(straight, state, first)
    before, broken = fresh(0, "broken")
    two_steps(before, broken, 0)
    broken.save(1, {})
    after, resumed = fresh(1, "broken")
    assert resumed.resume() == 1
    two_steps(after, resumed, 2)
    for found, wanted in zip(after.get_weights(), straight.get_weights(), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-7)
    with state.averaged(), resumed.averaged():
        for found, wanted in zip(after.get_weights(), straight.get_weights(), strict=True):
            np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-7)


def checkpoint(name, recipe, epochs):
    """A training of a network of one weight, after so many epochs; returns the network."""
    photo = keras.Input((1,))
    model = keras.Model(photo, keras.layers.Dense(1)(photo))
    model.compile(optimizer_of(recipe), "mse")
    model.optimizer.build(model.trainable_variables)
    TrainingState(model, name, recipe).save(epochs, {"epoch": epochs})
    return model


def test_a_training_by_another_recipe_is_not_gone_on_with(checkpoints):
    model = checkpoint("one", RECIPE, 2)
    before = model.get_weights()
    assert TrainingState(model, "one", replace(RECIPE)).resume() == 2
    model.set_weights([value + 1 for value in before])
    for change in ({"seed": RECIPE.seed + 1}, {"stages": (Stage((192, 256), 5),)}):
        other = replace(RECIPE, **change)
        with pytest.raises(CheckpointError, match=r"holds a training by another recipe .* move"):
            TrainingState(model, "one", other).resume()
    for value, untouched in zip(model.get_weights(), before, strict=True):
        assert (value == untouched + 1).all()


def test_neither_is_one_that_does_not_say_its_recipe(checkpoints):
    model = checkpoint("one", RECIPE, 2)
    path = checkpoints / "one" / STATE
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored if name != "recipe"}
    np.savez(path, **arrays)
    with pytest.raises(CheckpointError, match="another recipe"):
        TrainingState(model, "one", RECIPE).resume()


def test_nor_one_on_another_backend_which_can_still_be_exported(checkpoints):
    model = checkpoint("one", RECIPE, RECIPE.epochs)
    path = checkpoints / "one" / STATE
    with np.load(path) as stored:
        arrays = dict(stored)
    assert str(arrays["backend"]) == keras.backend.backend()
    np.savez(path, **arrays | {"backend": "abacus"})
    with pytest.raises(CheckpointError, match=r"a training on abacus, .* Set KERAS_BACKEND"):
        TrainingState(model, "one", RECIPE).resume()
    check_complete("one", RECIPE)


def test_a_break_between_log_and_state_writes_no_line_twice(checkpoints):
    for epochs in (1, 2, 2, 3):
        checkpoint("one", RECIPE, epochs)
    lines = log_file("one").read_text().splitlines()
    assert lines == [f'{{"epoch": {epoch}}}' for epoch in (1, 2, 3)]


def test_only_a_complete_training_is_exported(checkpoints, tmp_path, monkeypatch, capsys):
    from models import export

    name = "portrait_fcn_plus_portraits"
    written = tmp_path / "weights"
    written.mkdir()
    monkeypatch.setattr(export, "WEIGHTS", written)
    monkeypatch.setattr("sys.argv", ["export", name])
    for epochs in (0, RECIPE.epochs - 1):
        if epochs:
            checkpoint(name, RECIPE, epochs)
        with pytest.raises(SystemExit):
            export.main()
        said = capsys.readouterr().err
        assert f"{name} is not complete: {epochs} of {RECIPE.epochs} epochs are done." in said
    assert not list(written.iterdir())
    checkpoint(name, RECIPE, RECIPE.epochs)
    check_complete(name, RECIPE)


def test_a_mean_of_trainings_has_the_mean_of_their_weights(checkpoints):
    from models import export

    inputs = keras.Input((2,))
    model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    for name, value in (("first", 1.0), ("second", 4.0)):
        model.set_weights([np.full((2, 1), value, "f4"), np.full(1, -value, "f4")])
        weights_file(name).parent.mkdir()
        model.save_weights(weights_file(name))
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

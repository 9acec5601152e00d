"""The networks' building blocks, against hand-made cases; TensorFlow is the backend here."""

import itertools
import os
import pickle
import struct
from collections import OrderedDict

import cv2
import numpy as np
import pytest
import scipy.special

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
keras = pytest.importorskip("keras", reason="networks are built with requirements-dev.txt")
tf = pytest.importorskip("tensorflow", reason="it is the backend here")

from components.network_drawing import network_drawing  # noqa: E402
from models import multiclass_features, selfie_features, vgg16  # noqa: E402
from models.bilinear import Bilinear  # noqa: E402
from models.deep_image_matting import deep_image_matting  # noqa: E402
from models.drop import DropTogether  # noqa: E402
from models.efficientnet_lite0 import efficientnet_lite0  # noqa: E402
from models.family import ENCODERS, NETWORKS, build  # noqa: E402
from models.heads import corner_head, fcn8s_head, fused_head  # noqa: E402
from models.imagenet import read_state_dict  # noqa: E402
from models.losses import boundary_iou_loss, squared_error  # noqa: E402
from models.published_multiclass import published_mask  # noqa: E402
from models.recipe import RECIPES, Recipe, Stage  # noqa: E402
from models.train import TrainingState, learning_rate, optimizer_of, stage_of  # noqa: E402
from pipeline.image import load_image  # noqa: E402
from pipeline.layers import LATERAL, OWN, network_layers  # noqa: E402
from pipeline.samples import SAMPLES  # noqa: E402
from pipeline.segment import (  # noqa: E402
    NETWORK,
    SECOND_NETWORK,
    network_input,
    network_size,
    whole_frame,
)
from pipeline.selfie import selfie_mask  # noqa: E402
from pipeline.tflite import Network  # noqa: E402


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(0)
    return build("portrait_fcn_plus", "lite0", 128, 96)


def test_the_output_has_one_logit_for_each_input_pixel(network):
    assert network.output_shape == (None, 128, 96, 1)


def test_the_network_is_light(network):
    assert network.count_params() < 3.5e6


MOST_WEIGHTS = {"vgg16": 28e6, "lite0": 3.5e6, "lite0_selfie": 3.5e6, "multiclass": 4.5e6}
ENDING_AT_STRIDE_16 = {("fcn8s", "multiclass"), ("portrait_fcn_plus_corner", "multiclass")}


@pytest.mark.parametrize(
    "name, encoder", sorted(set(itertools.product(NETWORKS, ENCODERS)) - ENDING_AT_STRIDE_16)
)
def test_every_network_of_the_family_has_its_channels_and_one_logit_a_pixel(name, encoder):
    width = 128 if encoder == "multiclass" else 96
    network = build(name, encoder, 64, width)
    assert network.input_shape == (None, 64, width, NETWORKS[name])
    assert network.output_shape == (None, 64, width, 1)
    assert network.count_params() < MOST_WEIGHTS[encoder]


@pytest.mark.parametrize("name, encoder", sorted(ENDING_AT_STRIDE_16))
def test_fcn8s_head_needs_a_map_of_stride_32(name, encoder):
    with pytest.raises(ValueError, match="stride 32"):
        build(name, encoder, 64, 128)


def test_bilinear_weights_continue_a_ramp():
    """Enlarged eightfold, a ramp stays a ramp: pixel j lies at (j + 0.5) / 8 - 0.5."""
    enlarge = keras.layers.Conv2DTranspose(
        1, 16, 8, padding="same", use_bias=False, kernel_initializer=Bilinear()
    )
    ramp = np.broadcast_to(np.arange(6, dtype="f4"), (1, 6, 6))[..., None]
    inner = np.asarray(enlarge(ramp))[0, 20, 4:-4, 0]
    assert inner == pytest.approx((np.arange(4, 44) + 0.5) / 8 - 0.5, abs=1e-5)


@pytest.mark.parametrize(
    "of, beside", [(fcn8s_head, {8: 0, 16: 0, 32: 0}), (corner_head, {8: 4, 16: 12, 32: 28})]
)
def test_fcn8s_puts_a_pixel_of_every_stride_over_its_own_square(of, beside):
    """An impulse in the score of a stride, enlarged, is centred on that square of the photo.

    Cropped at the corner it lies half a stride too far for each enlargement on the way.
    """
    for stride, off in beside.items():
        maps = [keras.Input((256 // s, 256 // s, 1)) for s in (2, 4, 8, 16, 32)]
        head = keras.Model(maps, of(maps))
        score, bias = head.get_layer(f"score{stride}").get_weights()
        head.get_layer(f"score{stride}").set_weights([np.ones_like(score), bias])
        values = [np.zeros((1, *each.shape[1:]), "f4") for each in maps]
        index = (2, 4, 8, 16, 32).index(stride)
        row, column = 96 // stride, 160 // stride
        values[index][0, row, column] = 1
        logit = np.asarray(head(values))[0, ..., 0]
        y, x = np.mgrid[:256, :256] + 0.5
        centre = ((logit * y).sum() / logit.sum(), (logit * x).sum() / logit.sum())
        wanted = ((row + 0.5) * stride + off, (column + 0.5) * stride + off)
        assert centre == pytest.approx(wanted, abs=0.01)


def test_vgg16_takes_our_scaled_rgb_where_its_weights_expect_bgr(monkeypatch):
    """conv1_1 of a plain colour is w (bgr - mean) + b, summed over its 3x3 window."""
    rng = np.random.default_rng(0)
    kernel, bias = rng.normal(size=(3, 3, 3, 64)).astype("f4"), rng.normal(size=64).astype("f4")
    monkeypatch.setattr(vgg16, "vgg16_weights", lambda: {"conv1_1": (kernel, bias)})
    network = build("portrait_fcn_plus", "vgg16", 32, 32)
    vgg16.load_imagenet(network)
    rgb = np.array([200.0, 90.0, 30.0])
    inputs = np.zeros((1, 32, 32, 6), "f4")
    inputs[..., :3] = (rgb - 127) / 128
    inputs[..., 3:] = 0.7  # the portrait channels count for nothing yet
    first = keras.Model(network.input, network.get_layer("conv1_1").output)
    found = np.asarray(first(inputs))[0, 16, 16]
    wanted = np.einsum("hwio,i->o", kernel, rgb[::-1] - vgg16.BGR_MEAN) + bias
    assert found == pytest.approx(np.maximum(wanted, 0), abs=0.05)


def test_the_selfie_maps_lead_to_the_published_networks_own_mask():
    """From the finest map the published network goes on with a 2x2 transposed convolution."""
    image = cv2.resize(load_image(SAMPLES[0].file), (256, 256), interpolation=cv2.INTER_AREA)
    inputs = keras.Input((256, 256, 3))
    finest, *_ = selfie_features.selfie_features(inputs)
    model = keras.Model(inputs, finest)
    selfie_features.load_published(model)
    maps = np.asarray(model((image[None].astype("f4") - 127) / 128))[0]
    weights = selfie_features.published_weights()
    logit = np.einsum("hwc,ijc->hiwj", maps, weights["segment/Kernel"][0]).reshape(256, 256)
    found = scipy.special.expit(logit + weights["segment/Bias"])
    assert found == pytest.approx(selfie_mask(image), abs=1e-3)
    assert 0.2 < found.mean() < 0.9


def test_the_drawing_of_the_network_has_the_maps_of_its_encoder():
    layers = network_layers(load_image(SAMPLES[0].file), None)
    maps = keras.Input(layers.inputs.shape)
    of_stride = {}
    model = keras.Model(maps, multiclass_features.multiclass_features(maps))
    for stride, picked in zip(multiclass_features.STRIDES, model.outputs, strict=True):
        assert layers.by_stride[stride].shape == tuple(picked.shape[1:])
        of_stride[stride] = tuple(model.get_layer(OWN[stride]).output.shape[1:])
        assert model.get_layer(LATERAL[stride]).output is picked
    assert layers.own == of_stride
    drawing = network_drawing(layers)
    for height, width, channels in of_stride.values():
        assert f"{width} x {height} x {channels}" in drawing


def test_the_selfie_maps_are_not_trained():
    network = build("portrait_fcn_plus", "lite0_selfie", 64, 96)
    trained = {id(each) for each in network.trainable_variables}
    fixed = [each for each in network.variables if each.path.startswith("selfie_")]
    assert sum(int(np.prod(each.shape)) for each in fixed) == selfie_features.weight_count()
    assert trained.isdisjoint(id(each) for each in fixed)


def test_attention_averages_the_keys_of_pixels_that_lie_alike_in_their_patches():
    rng = np.random.default_rng(0)
    query, key, value = (rng.normal(size=(2, 8, 12, channels)) for channels in (1, 3, 3))
    found = np.asarray(multiclass_features.PatchAttention()([query, key, value]))
    for y, x in np.ndindex(8, 12):
        alike = np.s_[:, y % 4 :: 4, x % 4 :: 4]
        weight = scipy.special.softmax(query[alike], axis=(1, 2))
        context = (key[alike] * weight).sum((1, 2))
        assert found[:, y, x] == pytest.approx(value[:, y, x] * context, rel=1e-5, abs=1e-6)


@pytest.mark.skipif(
    not multiclass_features.published_file().exists(), reason="make published-weights fetches it"
)
def test_the_multiclass_network_begins_with_the_published_scores():
    """Whatever the portrait channels, as they begin with no weight."""
    published = Network(multiclass_features.published_file())
    image = cv2.resize(load_image(SAMPLES[0].file), (256, 256), interpolation=cv2.INTER_AREA)
    inputs = np.random.default_rng(0).random((256, 256, 6), np.float32)
    inputs[..., :3] = (image.astype("f4") - 127) / 128
    (scores,) = published(inputs[..., :3])
    network = build("portrait_fcn_plus", "multiclass", 256, 256)
    multiclass_features.load_published(network)
    found = np.asarray(network(inputs[None]))[0, ..., 0]
    wanted = scipy.special.logsumexp(scores[..., 1:], axis=-1) - scores[..., 0]
    assert found == pytest.approx(wanted, abs=1e-3)
    assert published_mask(image) == pytest.approx(scipy.special.expit(wanted), abs=0.01)
    assert 0.2 < (found > 0).mean() < 0.9


def test_deep_image_matting_has_the_published_layers_and_gives_one_alpha_a_pixel():
    """130.6 million parameters: Xu et al. 2017, by their layers."""
    with keras.StatelessScope():  # shapes alone: no half a gigabyte of random weights
        model = deep_image_matting(64, 96)
    assert model.output_shape == (None, 64, 96, 1)
    assert model.count_params() == pytest.approx(130.6e6, rel=1e-3)


def test_a_sample_loses_all_its_maps_or_none_and_only_in_training():
    layer = DropTogether(0.25)
    maps = [np.ones((4000, 1, 1, 3), "f4"), np.ones((4000, 2, 2, 1), "f4")]
    small, large = (np.asarray(each)[:, 0, 0, 0] for each in layer(maps, training=True))
    assert np.array_equal(small, large)
    assert set(np.unique(small)) == {0, 1}
    # 4000 throws: the share lies within four standard deviations, 4 * sqrt(.25 * .75 / 4000).
    assert 1 - small.mean() == pytest.approx(0.25, abs=0.028)
    assert np.array_equal(layer(maps, training=False)[0], maps[0])


@pytest.mark.parametrize("factor", [1.0, 0.4])
def test_layers_with_published_weights_step_by_their_share_of_the_rate(factor):
    """Adam's first step has the length of the rate, whatever the gradient."""
    slow = keras.layers.Dense(1, kernel_initializer="zeros", use_bias=False, name="stem")
    fast = keras.layers.Dense(1, kernel_initializer="zeros", use_bias=False, name="head")
    inputs = keras.Input((1,))
    model = keras.Model(inputs, slow(inputs) + fast(inputs))
    optimizer = optimizer_of(
        Recipe((), (96, 128), learning_rate=0.1, pretrained_rate=factor, weight_decay=0.0)
    )
    optimizer.apply([np.full((1, 1), 3.0, "f4")] * 2, model.trainable_variables)
    steps = {each.path: -float(np.asarray(each)[0, 0]) for each in model.trainable_variables}
    assert steps["head/kernel"] == pytest.approx(0.1, rel=1e-4)
    assert steps["stem/kernel"] == pytest.approx(0.1 * factor, rel=1e-4)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("name", ["fcn8s", "portrait_fcn_plus"])
def test_an_output_pixel_lies_where_its_input_pixel_lies_with_vgg16(name, axis):
    keras.utils.set_random_seed(1)
    assert_no_side_is_preferred(build(name, "vgg16", 64, 96), axis)


@pytest.mark.parametrize("axis", [0, 1])
def test_the_light_head_prefers_no_side(axis):
    keras.utils.set_random_seed(1)
    maps = [keras.Input((64 // s, 96 // s, 8)) for s in (2, 4, 8, 16, 32)]
    assert_no_side_is_preferred(keras.Model(maps, fused_head(maps)), axis)


def test_a_poke_at_the_light_networks_input_is_felt_about_there(network):
    """A change in one place of the input changes the output about that place, not beside it."""
    rng = np.random.default_rng(0)
    base = rng.standard_normal((1, 128, 96, 6)).astype(np.float32)
    for row, column in ((40, 30), (71, 50), (90, 66)):
        poked = base.copy()
        poked[:, row : row + 2, column : column + 2] += 3
        change = np.abs(network(poked) - network(base))[0, :, :, 0]
        change = np.where(change > 0.1 * change.max(), change, 0)
        y, x = np.mgrid[:128, :96]
        centre = ((change * y).sum() / change.sum(), (change * x).sum() / change.sum())
        assert centre == pytest.approx((row + 0.5, column + 0.5), abs=4)


def assert_no_side_is_preferred(model, axis):
    """Kernels mirrored along height (0) or width (1) make the mirrored logit of mirrored maps."""
    rng = np.random.default_rng(0)
    # Some kernels are zero at first, and would hide what their layer does.
    weights = [
        rng.normal(0, 0.1, w.shape).astype("f4") if w.ndim == 4 and not w.any() else w
        for w in model.get_weights()
    ]
    maps = [rng.normal(size=(1, *each.shape[1:])).astype("f4") for each in model.inputs]
    model.set_weights(weights)
    logit = model.predict_on_batch(maps if len(maps) > 1 else maps[0])
    model.set_weights([np.flip(w, axis) if w.ndim == 4 else w for w in weights])
    maps = [np.flip(each, axis + 1) for each in maps]
    found = model.predict_on_batch(maps if len(maps) > 1 else maps[0])
    assert np.ptp(logit) > 1e-3
    np.testing.assert_allclose(np.flip(found, axis + 1), logit, atol=1e-4 * np.ptp(logit))


def test_lite0_sees_to_the_lower_right_of_a_pixel_by_what_its_docstring_says():
    """Where a map's pixel looks on average, with nothing but positive kernels."""
    side, middle = 1024, 512
    inputs = keras.Input((side, 64, 3))
    model = keras.Model(inputs, efficientnet_lite0(inputs))
    model.set_weights([np.full_like(w, 1e-2) if w.ndim == 4 else w for w in model.get_weights()])
    for stride, maps in zip((2, 4, 8, 16, 32), model.outputs, strict=True):
        part = keras.Model(inputs, maps)
        photo = tf.fill((1, side, 64, 3), 1e-3)
        with tf.GradientTape() as tape:
            tape.watch(photo)
            seen = tf.reduce_sum(part(photo)[0, middle // stride])
        weight = np.abs(tape.gradient(seen, photo).numpy()).sum(axis=(0, 2, 3))
        centre = (weight * (np.arange(side) + 0.5)).sum() / weight.sum()
        assert centre - (middle + stride / 2) == pytest.approx((stride - 1) / 2, abs=0.1)


@pytest.mark.parametrize("path", [NETWORK, SECOND_NETWORK], ids=lambda path: path.stem)
def test_the_shipped_networks_have_learnt_to_make_up_for_that(path):
    """A photo and its mirror image have their persons in the same place, to half a pixel."""
    image = load_image(SAMPLES[0].file)
    network, size = Network(path), network_size()
    assert network.input_size == (size[1], size[0])
    inputs = network_input(image, whole_frame(image.shape, size), None, size)
    person, mirror = (
        scipy.special.expit(network(each)[0][..., 0].astype("f8"))
        for each in (inputs, inputs[:, ::-1])
    )
    (across, down), _ = cv2.phaseCorrelate(person, mirror[:, ::-1].copy())
    assert 0.2 < person.mean() < 0.9
    assert abs(across) < 0.5 and abs(down) < 0.5


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
    recipe = RECIPES["portrait_fcn_plus"]
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
        model.compile(optimizer_of(RECIPES["portrait_fcn_plus"]), "mse")
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


def test_a_state_dict_is_read_without_pytorch(tmp_path):
    """A file laid out by the description of the format: three pickles, the dict, the storages."""
    values = np.arange(6, dtype="<f4")
    global_reference = b"ctorch._utils\n_rebuild_tensor_v2\n"
    # The dict, pickled by hand: {"w": rebuild(storage "0" of 6 floats, offset 0, (2, 3), (3, 1))}
    dictionary = (
        b"\x80\x02ccollections\nOrderedDict\n)R(X\x01\x00\x00\x00w"
        + global_reference
        + b"((X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000"
        b"X\x03\x00\x00\x00cpuK\x06NtQK\x00K\x02K\x03\x86K\x03K\x01\x86\x89"
        b"ccollections\nOrderedDict\n)RtRu."
    )
    path = tmp_path / "weights.pth"
    with path.open("wb") as file:
        for header in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
            pickle.dump(header, file, protocol=2)
        file.write(dictionary)
        pickle.dump(["0"], file, protocol=2)
        file.write(struct.pack("<q", 6) + values.tobytes())
    state = read_state_dict(path)
    assert np.array_equal(state["w"], values.reshape(2, 3))


def test_a_state_dict_with_other_code_in_it_is_refused(tmp_path):
    path = tmp_path / "evil.pth"
    with path.open("wb") as file:
        for header in (0, 1001, {}):
            pickle.dump(header, file, protocol=2)
        pickle.dump(OrderedDict(f=print), file, protocol=2)
    with pytest.raises(pickle.UnpicklingError, match="does not belong"):
        read_state_dict(path)

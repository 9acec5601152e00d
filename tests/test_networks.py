"""The networks' building blocks, against hand-made cases; TensorFlow is the backend here."""

import itertools
import os
import sys
from types import SimpleNamespace

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
from models.normalization import BatchNormalization  # noqa: E402
from models.published_multiclass import published_mask  # noqa: E402
from pipeline.image import load_image  # noqa: E402
from pipeline.layers import LATERAL, OWN, network_layers  # noqa: E402
from pipeline.samples import HOPPER  # noqa: E402
from pipeline.segment import (  # noqa: E402
    NETWORK,
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
    image = cv2.resize(load_image(HOPPER.file), (256, 256), interpolation=cv2.INTER_AREA)
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


class Tensor(np.ndarray):
    """As much of a PyTorch tensor as batch normalisation takes."""

    movedim = np.moveaxis


def test_pytorchs_kernel_moves_the_statistics_as_keras_does(monkeypatch):
    """Its momentum is the share of what is new, where Keras's is of what stays."""
    batch = np.random.default_rng(0).normal(2, 1, (4, 3, 5, 6)).astype("f4").view(Tensor)
    layer = BatchNormalization(3, momentum=0.9)
    layer.build(batch.shape)
    moved = []

    def batch_norm(x, mean, variance, scale, shift, training, momentum, eps):
        """The mean by the formula of torch.nn.BatchNorm2d's documentation."""
        moved.append((1 - momentum) * mean.numpy() + momentum * x.mean(axis=(0, 2, 3)))
        return x

    functional = SimpleNamespace(batch_norm=batch_norm)
    kernel = SimpleNamespace(nn=SimpleNamespace(functional=functional))
    with monkeypatch.context() as pytorch:
        pytorch.setitem(sys.modules, "torch", kernel)
        pytorch.setattr(keras.backend, "backend", lambda: "torch")
        np.testing.assert_array_equal(layer.call(batch, training=True), batch)
    layer(np.asarray(batch), training=True)
    np.testing.assert_allclose(moved[0], layer.moving_mean, rtol=1e-5)


def test_the_drawing_of_the_network_has_the_maps_of_its_encoder():
    layers = network_layers(load_image(HOPPER.file), None)
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
    inputs = keras.Input((64, 96, 3))
    taken_over = keras.Model(inputs, selfie_features.selfie_features(inputs)).count_params()
    assert sum(int(np.prod(each.shape)) for each in fixed) == taken_over
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
    image = cv2.resize(load_image(HOPPER.file), (256, 256), interpolation=cv2.INTER_AREA)
    inputs = np.random.default_rng(0).random((256, 256, 6), np.float32)
    inputs[..., :3] = (image.astype("f4") - 127) / 128
    (scores,) = published(inputs[..., :3])
    network = build("portrait_fcn_plus", "multiclass", 256, 256)
    multiclass_features.load_published(network)
    found = np.asarray(network(inputs[None]))[0, ..., 0]
    wanted = person_logit(scores)
    assert found == pytest.approx(wanted, abs=1e-3)
    assert published_mask(image) == pytest.approx(scipy.special.expit(wanted), abs=0.01)
    assert 0.2 < (found > 0).mean() < 0.9


def test_the_multiclass_network_is_exported_with_the_scores_that_its_logit_is_made_of():
    network = multiclass_features.with_scores(build("portrait_fcn_plus", "multiclass", 64, 64))
    inputs = np.random.default_rng(0).normal(size=(1, 64, 64, 6)).astype("f4")
    logit, scores = (np.asarray(each) for each in network(inputs))
    assert logit.shape == (1, 64, 64, 1) and scores.shape == (1, 64, 64, 6)
    assert logit[..., 0] == pytest.approx(person_logit(scores), abs=1e-5)


def test_the_shipped_network_gives_the_scores_that_its_logit_is_made_of():
    width, height = network_size()
    inputs = np.random.default_rng(0).normal(size=(height, width, 6)).astype("f4")
    logit, scores = Network(NETWORK)(inputs)
    assert logit.shape == (height, width, 1) and scores.shape == (height, width, 6)
    assert logit[..., 0] == pytest.approx(person_logit(scores), abs=1e-4)


def person_logit(scores):
    """Any class against the background, which is the first."""
    return scipy.special.logsumexp(scores[..., 1:], axis=-1) - scores[..., 0]


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


def test_the_shipped_network_has_learnt_to_make_up_for_that():
    """A photo and its mirror image have their persons in the same place, to half a pixel."""
    image = load_image(HOPPER.file)
    network, size = Network(NETWORK), network_size()
    assert network.input_size == (size[1], size[0])
    inputs = network_input(image, whole_frame(image.shape, size), None, size)
    person, mirror = (
        scipy.special.expit(network(each)[0][..., 0].astype("f8"))
        for each in (inputs, inputs[:, ::-1])
    )
    (across, down), _ = cv2.phaseCorrelate(person, mirror[:, ::-1].copy())
    assert 0.2 < person.mean() < 0.9
    assert abs(across) < 0.5 and abs(down) < 0.5

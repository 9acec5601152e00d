"""What the network makes of a photo on the way to its answer, looked at from outside."""

import numpy as np
import pytest

import pipeline.segment
from pipeline import layer_drawings
from pipeline.drawings import DARK, PALE
from pipeline.face import find_faces
from pipeline.image import load_image
from pipeline.layers import DEEPEST, FUSED, Layers, network_layers
from pipeline.samples import HOPPER
from pipeline.segment import NETWORK, network_size, segment
from pipeline.tflite import Network, run_and_keep


@pytest.fixture(scope="module")
def layers() -> Layers:
    image = load_image(HOPPER.file)
    return network_layers(image, find_faces(image)[0])


def test_looking_on_does_not_change_the_answer(layers):
    answer, _ = Network(NETWORK)(layers.inputs)
    np.testing.assert_allclose(layers.logit, answer[..., 0], atol=1e-3)


def test_the_network_is_looked_at_on_what_the_product_shows_it_first(monkeypatch):
    """A photo wider than the network's picture: beyond it, too."""
    image = load_image(HOPPER.file)[:200]
    faces = find_faces(image)
    shown = []
    product = pipeline.segment.loaded_network

    def network_of(path):
        network = product(path)

        def keeping(inputs):
            if path == NETWORK:
                shown.append(inputs)
            return network(inputs)

        keeping.input_size = network.input_size
        return keeping

    monkeypatch.setattr(pipeline.segment, "loaded_network", network_of)
    segment(image, faces)
    face = faces[0] if faces else None
    np.testing.assert_array_equal(network_layers(image, face).inputs, shown[0])


def test_a_map_of_stride_s_has_an_s_th_of_the_pixels(layers):
    width, height = network_size()
    assert [each.stride for each in layers.fusions] == list(FUSED)
    assert layers.deepest.shape[:2] == (height // DEEPEST, width // DEEPEST)
    for each in layers.fusions:
        for part in (each.enlarged, each.encoder, each.fused):
            assert part.shape[:2] == (height // each.stride, width // each.stride)
    assert list(layers.by_stride) == list(layers.own) == [2, 4, 8, 16]


def test_every_level_takes_up_the_one_before_it_enlarged(layers):
    """By repeating its pixels, and adds what the encoder sees."""
    coarser = layers.deepest
    for each in layers.fusions:
        np.testing.assert_allclose(each.enlarged, coarser.repeat(2, 0).repeat(2, 1), atol=1e-5)
        np.testing.assert_allclose(each.fused, each.enlarged + each.encoder, atol=1e-4)
        coarser = each.fused


def test_an_unknown_layer_is_named(layers):
    with pytest.raises(LookupError, match="fuse3"):
        run_and_keep(NETWORK, layers.inputs, ["fuse3"])


def test_a_mosaic_shows_the_liveliest_channel_first_and_leaves_empty_places_dark():
    maps = np.zeros((2, 2, 2), np.float32)
    maps[0, 0] = 1, 3
    picture = layer_drawings.mosaic(maps, 3, 1, 4)
    assert picture.shape == (4, 3 * 4 + 2 * layer_drawings.GAP, 3)
    np.testing.assert_array_equal(picture[0, 0], PALE)
    np.testing.assert_array_equal(picture[3, 3], DARK)
    assert (picture[:, -4:] == DARK).all()


def test_a_map_of_a_mosaic_is_drawn_from_its_least_to_its_greatest_value():
    """Whatever its sign: what lies below zero is not all alike."""
    values = np.float32([[-9, -1], [-8, -5]])[..., None]
    pale, middle, dark = (
        layer_drawings.mosaic(maps, 1, 1, 2) for maps in (values, values + 5, -values)
    )
    np.testing.assert_array_equal(pale, middle)
    np.testing.assert_array_equal(pale[0, 1], PALE)
    np.testing.assert_array_equal(pale[0, 0], DARK)
    np.testing.assert_array_equal(dark[0, 0], PALE)
    assert DARK[0] < pale[1, 0, 0] < pale[1, 1, 0] < PALE[0]


def test_like_pixels_get_like_colours():
    random = np.random.default_rng(5)
    kinds = random.normal(size=(3, 16))
    pattern = np.repeat([[0, 1, 2]], 4, axis=0)
    colours = layer_drawings.in_three_colours(kinds[pattern])
    for column in range(3):
        assert np.ptp(colours[:, column], axis=0).max() <= 1
    assert np.abs(np.diff(colours[0].astype(int), axis=0)).max(axis=1).min() > 50

"""The protocols of the evaluations, against cases worked out by hand."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("keras", reason="networks are evaluated with requirements-dev.txt")

from benchmarks.knn import chosen_without  # noqa: E402
from models import (  # noqa: E402
    ablations,
    evaluate,
    evaluate_framings,
    evaluate_refinement,
    evaluate_scenes,
)
from models.ablations import COMPARISONS, FILE  # noqa: E402
from models.bootstrap import bootstrap_interval, interval_over_trainings  # noqa: E402
from models.evaluate import (  # noqa: E402
    METHODS,
    NEAR,
    PEERS,
    margin,
    pooled_counts,
    summary,
    wrong_near_boundary,
)
from models.evaluate_framings import between_bars, cut  # noqa: E402
from models.evaluate_scenes import pooled_iou  # noqa: E402
from models.photos import Portrait  # noqa: E402
from models.recipe import ABLATIONS, TRAININGS  # noqa: E402

SIDE = 224


def test_both_classes_are_counted_at_224_pixels():
    """Of 224 columns the truth has the left half, the mask a quarter more."""
    truth = np.zeros((2 * SIDE, 2 * SIDE), np.uint8)
    truth[:, :SIDE] = 255
    person = np.zeros(truth.shape, np.float32)
    person[:, : SIDE + SIDE // 2] = 1
    (both, neither), (either, not_both) = pooled_counts(person, truth)
    half = SIDE * SIDE / 2
    assert (both, neither) == (half, half / 2)
    assert (either, not_both) == (1.5 * half, half)


def test_pooled_iou_adds_pixels_before_it_divides():
    pool = np.array([[60.0, 100.0], [120.0, 160.0]])
    scores = np.array([[0.95, 0.9], [0.85, 0.8], [0.9, 0.9]])
    found = summary(scores, pool, ["a", "b", "c"])
    assert found["pooled_two_class_iou_224"] == pytest.approx((0.5 + 0.625) / 2)
    assert found["foreground_iou"] == pytest.approx(0.9)
    assert found["photos_below_0.90"] == 1
    assert next(iter(found["worst"])) == "b"
    assert pooled_iou(np.array([[30, 40], [1, 2]])) == pytest.approx([0.75, 0.5])


def test_wrong_pixels_are_told_by_their_distance_from_the_true_boundary():
    truth = np.zeros((40, 100), bool)
    truth[:, :50] = True
    person = truth.copy()
    person[:, 50:70] = True  # 20 columns too many, at distances 1 to 20
    person[:, 44:50] = False  # 6 too few, at distances 1 to 6
    wrong, *near = wrong_near_boundary(person, truth)
    assert wrong == 26 * 40
    assert near == [40 * (min(pixels, 20) + min(pixels, 6)) for pixels in NEAR]


def test_the_interval_of_a_mean_is_about_two_standard_errors_to_either_side():
    values = np.random.default_rng(1).normal(3, 2, 400)
    low, high = bootstrap_interval(values)
    error = values.std() / 20
    assert low == pytest.approx(values.mean() - 1.96 * error, abs=0.2 * error)
    assert high == pytest.approx(values.mean() + 1.96 * error, abs=0.2 * error)


def test_shapes_are_cut_and_bars_hold_nobody():
    image = np.arange(80 * 60 * 3, dtype=np.uint8).reshape(80, 60, 3)
    assert np.array_equal(cut(image, (1 / 8, 0, 3 / 4, 1)), image[10:70])
    mask = np.full((80, 60), 255, np.uint8)
    framed, empty = between_bars(image, 255), between_bars(mask, 255)
    assert framed.shape == (100, 60, 3) and (framed[:10] == 255).all()
    assert np.array_equal(framed[10:90], image)
    assert not empty[:10].any() and not empty[90:].any() and empty[10:90].all()


def test_trainings_that_differ_make_a_mean_less_sure_than_photos_alone():
    rng = np.random.default_rng(0)
    photos = rng.normal(0.9, 0.02, 100)
    alike = np.stack([photos, photos, photos])
    apart = alike + np.array([[-0.02], [0.0], [0.02]])
    low, high = interval_over_trainings(alike)
    assert (low, high) == pytest.approx(bootstrap_interval(photos), abs=0.001)
    wider_low, wider_high = interval_over_trainings(apart)
    assert wider_high - wider_low > 2 * (high - low)


def test_a_difference_is_taken_photo_by_photo():
    """Photos differ by far more than the two networks, always in the same way."""
    photos = np.random.default_rng(0).normal(0.8, 0.1, (1, 100))
    assert interval_over_trainings(photos + 0.01, photos) == pytest.approx([0.01, 0.01])


def test_so_is_a_margin_over_a_peer():
    photos = np.random.default_rng(0).normal(0.8, 0.1, 100)
    found = margin(photos + 0.003, photos)
    assert found == {"foreground_iou": 0.003, "interval_95": [0.003, 0.003]}


def test_a_peer_stands_beside_a_pass_that_had_the_same_done_to_it():
    assert set(PEERS) | set(PEERS.values()) <= set(METHODS)
    for peer, like in PEERS.items():
        assert peer.endswith("_edges") == like.endswith("_edges")


def test_every_peer_is_measured_in_every_shape(monkeypatch):
    """The mask is ahead of the first by 0.01 and behind the second by 0.02, on each of two photos."""
    masks = iter([0.8, 0.98] * len(evaluate_framings.FRAMINGS))

    def scores(image, truth):
        mask = next(masks)
        return [mask, mask - 0.01, mask + 0.02]

    monkeypatch.setattr(evaluate_framings, "ious", scores)
    portraits = [(np.zeros((80, 60, 3), np.uint8), np.zeros((80, 60), np.uint8))] * 2
    results = evaluate_framings.evaluate(portraits)
    assert list(results) == list(evaluate_framings.FRAMINGS)
    for figures in results.values():
        assert figures == {
            "photos": 2,
            "mask": 0.89,
            "photos_below_0.90": 1,
            "peers": {
                "mediapipe_multiclass": {"iou": 0.88, "margin_95": [0.01, 0.01]},
                "mediapipe_selfie": {"iou": 0.91, "margin_95": [-0.02, -0.02]},
            },
        }


def first(count):
    """A mask of twenty pixels whose first so many are person."""
    return (np.arange(20) < count).astype(np.float32).reshape(4, 5)


def stub(monkeypatch, module, **by_name):
    """Functions of a module that give what they are told, whatever they are asked."""
    for name, result in by_name.items():
        monkeypatch.setattr(module, name, lambda *_, result=result, **__: result)


IMAGE = np.zeros((4, 5, 3), np.uint8)
# Of ten pixels of a person eight are found, nine after matting.
FOUND = SimpleNamespace(mask=first(8), alpha=first(9), trimap=None)


def test_what_matting_adds_is_the_alphas_iou_less_its_masks(monkeypatch):
    """A coarse mask finds seven of the ten; after the same matting it has nine, too."""
    stub(monkeypatch, evaluate, Network=None, median_pass=1.0, matte=FOUND, selfie_mask=first(7))
    stub(monkeypatch, evaluate, published_mask=first(9), rvm_alpha=first(6))
    stub(monkeypatch, evaluate, logit_of=20 * first(5) - 10, follow_edges=first(5))
    truth = np.uint8(255 * first(10))
    portraits = [Portrait(name, IMAGE, truth, truth | 255, None) for name in "ab"]
    results = evaluate.evaluate(portraits)
    for alpha, gain in (("alpha", 0.1), ("mediapipe_selfie_alpha", 0.2)):
        assert results[alpha]["gain_by_matting"] == gain
        assert results[alpha]["gain_by_matting_95"] == [gain, gain]
    behind = {"foreground_iou": -0.1, "interval_95": [-0.1, -0.1]}
    assert results["mediapipe_multiclass"]["margins"]["mask"] == behind


def test_the_void_border_of_a_scene_does_not_count(monkeypatch):
    """Pixels 10 to 13 are void. But there the mask is right; peers find 8 and 5 of the others."""
    void = (first(14) - first(10)) > 0
    scene = Portrait("", IMAGE, np.uint8(255 * first(12)), np.uint8(255 * ~void), None)
    mask = np.where(void, 1 - first(12), first(10))
    stub(monkeypatch, evaluate_scenes, find_faces=[], segment=SimpleNamespace(mask=mask))
    stub(monkeypatch, evaluate_scenes, selfie_mask=first(8), rvm_alpha=first(5))
    assert evaluate_scenes.evaluate([scene] * 2) == {
        "scenes": 2,
        "mask": 1.0,
        "peers": {
            "mediapipe_selfie": {"iou": 0.8, "margin_95": [0.2, 0.2]},
            "robust_video_matting": {"iou": 0.5, "margin_95": [0.5, 0.5]},
        },
    }


def test_what_the_refinement_gains_is_its_iou_less_that_of_knn(monkeypatch):
    stub(monkeypatch, evaluate_refinement, matte=FOUND, refine=first(10))
    stub(monkeypatch, evaluate_refinement, read_portrait=(IMAGE, first(10)))
    figures = evaluate_refinement.portraits("test", ["a", "b"])
    assert [figures[name] for name in ("mask", "knn", "refined")] == [0.8, 0.9, 1.0]
    assert figures["gain_over_knn"] == 0.1 and figures["gain_interval_95"] == [0.1, 0.1]
    assert figures["photos_better"] == 2


def test_an_ablation_gains_what_it_has_with_over_what_it_has_without(monkeypatch):
    what, one, other = COMPARISONS[0]
    stub(monkeypatch, ablations, use_fastest_layout=None)
    stub(monkeypatch, ablations, build=SimpleNamespace(count_params=lambda: 1))
    ious = dict.fromkeys(TRAININGS[one], [0.8, 0.9]) | dict.fromkeys(TRAININGS[other], [0.7, 0.8])
    monkeypatch.setattr(ablations, "_ious", lambda model, training, *_: np.array(ious[training]))
    gains = ablations.measured([one, other], [])["gains"]
    assert list(gains) == [what]
    assert gains[what]["foreground_iou"] == 0.1 and gains[what]["interval_95"] == [0.1, 0.1]


def test_cross_validation_does_not_choose_on_the_photo_that_is_left_out():
    """The first setting is best on the first photo alone, by so much that its mean is best, too."""
    cost = np.array([[-10.0, 1.0, 1.0], [0.0, 0.0, 0.0]])
    folds, chosen = zip(*chosen_without(cost, 1), strict=True)
    assert [fold.tolist() for fold in folds] == [[0], [1], [2]]
    assert chosen == (1, 0, 0)


def test_wrong_colours_count_as_much_as_they_are_seen():
    """Forty steps off at alpha 1/2 and 1/4 are twenty and ten; where all or nothing shows, none."""
    pytest.importorskip("pymatting", reason="the peers are measured with requirements-dev.txt")
    from benchmarks.foreground import visible_error

    alpha = np.array([[0.5, 0.25, 1.0, 0.0]], np.float32)
    truth = np.full((1, 4, 3), 100, np.uint8)
    assert visible_error(truth + 40, truth, alpha) == 15


def test_the_published_ablations_are_those_that_can_be_measured_in_their_order():
    published = json.loads(FILE.read_text())
    assert list(published["networks"]) == list(ABLATIONS)
    assert list(published["gains"]) == [what for what, *_ in COMPARISONS]

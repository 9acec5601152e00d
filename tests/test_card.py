"""The shipped weights are the ones their cards describe, and the figures are theirs."""

import inspect
import json

import pytest

pytest.importorskip("keras", reason="cards are written with requirements-dev.txt")

from benchmarks.knn import RESULTS as ACCURACY  # noqa: E402
from models.card import card, refinement_card  # noqa: E402
from models.data import DATA  # noqa: E402
from models.evaluate_refinement import FILE as REFINEMENT_RESULTS  # noqa: E402
from models.evaluate_refinement import passes  # noqa: E402
from models.metrics import MATTE_ERRORS  # noqa: E402
from models.photos import TRAINING_PORTRAITS, portrait_names  # noqa: E402
from models.record import MASK_WEIGHTS, PROVENANCE, sha256  # noqa: E402
from pipeline import matte  # noqa: E402
from pipeline.weights import WEIGHTS  # noqa: E402


def test_a_card_says_what_the_recipe_the_figures_and_the_file_say():
    assert (WEIGHTS / "portrait_fcn_plus.md").read_text() == card()


def test_so_does_that_of_the_refinement_network():
    assert (WEIGHTS / "refinement.md").read_text() == refinement_card()


def test_make_trains_the_refinement_network_as_its_card_says():
    makefile = (WEIGHTS.parents[1] / "Makefile").read_text()
    for command in (
        "python -m models.refinement_patches synthetic",
        "KERAS_BACKEND=torch python -m models.train_refinement",
        "python -m models.export refinement",
    ):
        assert f"`{command}`" in refinement_card()
        assert f"\t{command.replace('python', '$(VENV)/bin/python')}\n" in makefile


def test_every_file_has_a_card_with_its_hash():
    files = [file for file in WEIGHTS.iterdir() if file.suffix in (".tflite", ".npz")]
    assert len(files) >= 4
    for file in files:
        assert sha256(file.name) in file.with_suffix(".md").read_text()


def test_works_of_others_come_with_their_licence():
    """Of each file whose card names the Apache License, the notice says what it derives from."""
    notice = (WEIGHTS / "NOTICE.md").read_text()
    assert "LICENSE-Apache-2.0.txt" in notice
    text = (WEIGHTS / "LICENSE-Apache-2.0.txt").read_text()
    assert "Version 2.0, January 2004" in text and "END OF TERMS AND CONDITIONS" in text
    for name in ("portrait_fcn_plus.tflite", "face_shape.npz"):
        assert f"| `{name}` |" in notice
        assert "(NOTICE.md)" in (WEIGHTS / name).with_suffix(".md").read_text()


def test_figures_are_of_the_weights_that_are_shipped():
    known = json.loads(PROVENANCE.read_text())
    for file in ("eg1800.json", "framings.json", "scenes.json", "refinement.json"):
        assert set(MASK_WEIGHTS) <= set(known[file])
    assert "refinement.tflite" in known["refinement.json"]
    for weights in known.values():
        for name, digest in weights.items():
            assert digest == sha256(name)


def test_the_refined_mattes_have_the_same_errors_in_both_scripts():
    """`benchmarks.knn`, and `models.evaluate_refinement`, which says of which weights they are."""
    beside = json.loads(ACCURACY.read_text())["accuracy"]
    alone = json.loads(REFINEMENT_RESULTS.read_text())["alphamatting"]
    for trimap, methods in beside.items():
        for error in MATTE_ERRORS:
            assert methods["ours refined"][error] == pytest.approx(
                alone[trimap]["refined"][error], rel=1e-4
            )


def test_weights_are_as_small_as_promised():
    for name in MASK_WEIGHTS:
        assert (WEIGHTS / name).stat().st_size <= 10e6
    assert (WEIGHTS / "refinement.tflite").stat().st_size <= 400e3
    assert sum(file.stat().st_size for file in WEIGHTS.iterdir()) <= 60e6


def test_the_refinement_network_is_switched_on_exactly_if_it_has_earned_its_place():
    results = json.loads(REFINEMENT_RESULTS.read_text())
    earned = passes(results["alphamatting"], results["eg1800_test"])
    assert results["passes"] and earned
    assert "`pipeline.matte` runs it after KNN matting." in (WEIGHTS / "refinement.md").read_text()
    assert inspect.signature(matte).parameters["refine"].default == earned


def test_the_products_mattes_have_lower_errors_than_every_method_of_pymatting():
    for methods in json.loads(ACCURACY.read_text())["accuracy"].values():
        peers = [errors for name, errors in methods.items() if name.startswith("pymatting")]
        assert len(peers) == 6
        for name, error in methods["ours refined"].items():
            assert error < min(peer[name] for peer in peers)


def test_the_cards_count_the_portraits_that_there_are():
    if not (DATA / "eg1800" / "train").is_dir():
        pytest.skip("EG1800 is not here: DEEPMASQUE_DATA names its folder")
    assert len(portrait_names("train")) == TRAINING_PORTRAITS

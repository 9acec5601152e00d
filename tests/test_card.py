"""The shipped weights are the ones their card describes."""

import hashlib
import json

from models.card import NAME, framing_lines, portrait_line, refinement_rows, row
from models.evaluate import RESULTS, time_and_margins
from models.evaluate_refinement import FILE as REFINEMENT_RESULTS
from models.evaluate_scenes import FILE as SCENE_RESULTS
from models.evaluate_scenes import summary as scene_summary
from pipeline.weights import WEIGHTS


def test_the_card_names_the_file_that_is_shipped():
    content = (WEIGHTS / f"{NAME}.tflite").read_bytes()
    assert hashlib.sha256(content).hexdigest() in (WEIGHTS / f"{NAME}.md").read_text()
    assert len(content) <= 10e6


def test_the_card_states_the_measured_figures():
    text = (WEIGHTS / f"{NAME}.md").read_text()
    results = json.loads((RESULTS / "eg1800.json").read_text())
    for name, figures in results.items():
        assert row(name, figures) in text
    assert time_and_margins(results) in text
    for line in framing_lines():
        assert line in text
    assert scene_summary(json.loads(SCENE_RESULTS.read_text())) in text


def test_the_refinement_networks_card_names_the_file_that_is_shipped():
    content = (WEIGHTS / "refinement.tflite").read_bytes()
    assert hashlib.sha256(content).hexdigest() in (WEIGHTS / "refinement.md").read_text()
    assert len(content) <= 400e3


def test_the_refinement_networks_card_states_the_measured_figures():
    text = (WEIGHTS / "refinement.md").read_text()
    results = json.loads(REFINEMENT_RESULTS.read_text())
    for line in refinement_rows(results["alphamatting"]):
        assert line in text
    assert portrait_line(results["eg1800_test"]) in text


def test_the_refinement_network_is_switched_on_exactly_if_it_has_earned_its_place():
    results = json.loads(REFINEMENT_RESULTS.read_text())
    assert results["passes"]
    assert "`pipeline.matte` runs it after KNN matting." in (WEIGHTS / "refinement.md").read_text()

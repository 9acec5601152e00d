"""The shipped weights are the ones their card describes."""

import hashlib
import json

from models.card import NAME, row
from models.evaluate import RESULTS
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

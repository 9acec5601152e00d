"""The results page: its figures are those of the measured files."""

import json

import numpy as np
import pytest

from components.results_charts import label_sides
from pipeline.face import find_faces
from pipeline.image import load_image
from pipeline.samples import HOPPER
from pipeline.segment import segment
from pipeline.selfie import selfie_mask
from tests.studio import ROOT, app_test, opened


def read(name):
    return json.loads((ROOT / name).read_text())


@app_test
def test_tables_hold_what_was_measured():
    app = opened("results")
    assert not app.exception
    words = "\n".join(each.value for each in app.markdown)
    for method, figures in read("models/results/eg1800.json").items():
        assert f"{figures['foreground_iou']:.4f}" in words
        for each in figures.get("margins", {}).values() if "multiclass" in method else ():
            low, high = each["interval_95"]
            assert f"{each['foreground_iou']:+.4f} (95 %: {low:+.4f} to {high:+.4f})" in words
    under_tables = "\n".join(each.value for each in app.caption)
    for framing, figures in read("models/results/framings.json").items():
        peers = figures["peers"]
        said = " | ".join(f"{each['iou']:.3f}" for each in peers.values())
        assert f"{figures['mask']:.3f} | {said}" in words
        low, high = peers["mediapipe_multiclass"]["margin_95"]
        assert f"{framing} {low:+.3f} to {high:+.3f}" in under_tables
    ablations = read("models/results/ablations.json")
    for figures in ablations["networks"].values():
        low, high = figures["interval_95"]
        assert f"{figures['foreground_iou']:.3f} | {low:.3f} to {high:.3f}" in words
    for figures in ablations["gains"].values():
        low, high = figures["interval_95"]
        assert f"{figures['foreground_iou']:+.3f} | {low:+.3f} to {high:+.3f}" in words
    for errors in read("benchmarks/results/knn.json")["accuracy"]["band10"].values():
        assert f"{errors['SAD']:.2f} | {errors['MSE']:.4f}" in words


@app_test
@pytest.mark.parametrize(
    ("address", "tab", "said"),
    [
        ({}, "Masks", None),
        ({"tab": "Memory"}, "Memory", ["Memory"]),
        ({"tab": "a hat"}, "Masks", None),
    ],
)
def test_the_address_names_the_tab(address, tab, said):
    app = opened("results", **address)
    assert not app.exception
    assert app.session_state["results_left"] == tab
    assert app.query_params.get("tab") == said
    app.query_params.clear()
    app.switch_page("pages/about.py").run()
    app.switch_page("pages/results.py").run()
    assert app.session_state["results_left"] == tab


def test_memory_is_that_of_the_work_on_the_picture():
    """Not of loading libraries or of making weights."""
    for rows in read("models/results/memory.json").values():
        assert rows["deep_image_matting"]["parameters"] == pytest.approx(130.6e6, rel=1e-3)
        assert rows["deep_image_matting"]["peak_bytes"] > rows["knn_matting"]["peak_bytes"]
        assert all(row["peak_bytes"] > 1.2 * row["before_bytes"] for row in rows.values())


def test_both_networks_find_the_person_of_a_sample():
    photo = load_image(HOPPER.file)
    ours, theirs = segment(photo, find_faces(photo)).mask >= 0.5, selfie_mask(photo) >= 0.5
    assert ours.shape == theirs.shape == photo.shape[:2]
    assert (ours & theirs).sum() / (ours | theirs).sum() > 0.9
    assert 0.3 < np.mean(theirs) < 0.9


def test_labels_stand_above_their_marks_unless_another_is_there():
    far_apart = [(0.1, 0.01, "fast"), (10, 0.1, "slow")]
    assert label_sides(far_apart) == ["above", "above"]
    # Two marks in one place, and a third just above them.
    close = [*far_apart, (0.1, 0.0101, "second"), (0.1, 0.0115, "third")]
    sides = label_sides(close)
    assert sides[0] != sides[2] and "above" not in (sides[0], sides[2])
    assert label_sides([(1.0, 1.0, "alone")]) == ["above"]

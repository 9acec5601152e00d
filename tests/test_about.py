"""The About page, its figures, and the promise about photos."""

import json

import pytest

from components import figures, privacy
from tests.studio import ROOT, app_test, opened


@app_test
def test_about_says_promise_credits_and_every_figure():
    app = opened("about")
    assert not app.exception
    words = "\n".join(each.value for each in app.markdown)
    assert privacy.PROMISE in words
    for figure in figures.figures():
        assert figure.value in words and figure.command in words
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        if not line.startswith("#"):
            assert line.split("==")[0] in words


@app_test
@pytest.mark.parametrize("page", ["studio", "steps", "face3d", "hardware", "results"])
def test_pages_that_take_photos_say_the_promise(page):
    app = opened(page)
    assert privacy.PROMISE in [caption.value for caption in app.caption]


def test_figures_are_those_of_the_measured_files():
    shown = {figure.what: figure.value for figure in figures.figures()}
    mask = json.loads((ROOT / "models/results/eg1800.json").read_text())["mask"]
    assert shown["Mask"] == f"IoU {mask['foreground_iou']:.3f}"
    band = json.loads((ROOT / "benchmarks/results/knn.json").read_text())["accuracy"]["band10"]
    best_peer = min(row["SAD"] for name, row in band.items() if name.startswith("pymatting"))
    (matte,) = (figure for figure in figures.figures() if figure.what == "Matte")
    assert f"PyMatting's best has {best_peer:.2f} " in matte.how
    assert {"3D face, Face mesh", "3D face, Surrey model"} <= set(shown)

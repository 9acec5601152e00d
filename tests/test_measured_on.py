"""Figures are kept with the day they were measured on, and never without the photos they are of."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from benchmarks import face3d, foreground, knn
from models import alphamatting, photos
from models.alphamatting import Scene
from models.data import NoPhotos
from models.measured_on import NOTES, keep_figures

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (ROOT / "benchmarks" / "results", ROOT / "models" / "results")


@pytest.fixture
def no_photos(tmp_path, monkeypatch):
    for module in (alphamatting, photos):
        monkeypatch.setattr(module, "DATA", tmp_path / "nowhere")


def test_a_part_leaves_the_others_and_is_dated(tmp_path):
    file = tmp_path / "figures.json"
    keep_figures(file, {"wall_s": 2.0}, "speed", "ours")
    keep_figures(file, {"error": 0.5}, "quality", photos=18)
    keep_figures(file, {"wall_s": 1.0}, "speed", "ours")
    assert json.loads(file.read_text()) == {
        "speed": {"ours": {"wall_s": 1.0}},
        "quality": {"error": 0.5},
    }
    today = datetime.now(UTC).date().isoformat()
    assert json.loads((tmp_path / NOTES).read_text()) == {
        "figures.json, quality": {"measured": today, "photos": 18},
        "figures.json, speed, ours": {"measured": today},
    }


def test_a_file_written_whole_is_dated_as_one(tmp_path):
    keep_figures(tmp_path / "figures.json", [1, 2])
    assert json.loads((tmp_path / "figures.json").read_text()) == [1, 2]
    assert list(json.loads((tmp_path / NOTES).read_text())) == ["figures.json"]


def test_the_other_parts_of_a_file_written_whole_keep_their_day(tmp_path):
    (tmp_path / "figures.json").write_text('{"speed": 1, "error": 2}')
    (tmp_path / NOTES).write_text('{"figures.json": {"measured": "2026-11-01", "photos": 3}}')
    keep_figures(tmp_path / "figures.json", 5, "speed")
    assert json.loads((tmp_path / "figures.json").read_text()) == {"speed": 5, "error": 2}
    assert json.loads((tmp_path / NOTES).read_text()) == {
        "figures.json, error": {"measured": "2026-11-01", "photos": 3},
        "figures.json, speed": {"measured": datetime.now(UTC).date().isoformat()},
    }


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_figure_of_the_repository_has_a_day(folder):
    """All of a file, or each of its parts; a network's training log is no measurement of it."""
    noted = json.loads((folder / NOTES).read_text())
    beside = {NOTES, "weights.json"}
    files = {file.name for file in folder.glob("*.json") if not file.name.startswith("training_")}
    assert {entry.split(", ")[0] for entry in noted} == files - beside
    for name in files - beside - set(noted):
        parts = {entry.split(", ")[1] for entry in noted if entry.startswith(f"{name}, ")}
        assert parts == set(json.loads((folder / name).read_text())), name
    assert all({"measured", "committed"} & set(note) for note in noted.values())


@pytest.mark.parametrize(
    ("options", "count", "kept"),
    [([], 20, True), ([], 19, False), (["--photos", "elsewhere"], 20, False)],
)
def test_figures_of_3d_faces_are_kept_of_all_photos_by_the_models_that_are_there(
    options, count, kept, tmp_path, monkeypatch
):
    file = tmp_path / "face3d.json"
    file.write_text('{"DeepMasque": "before", "Surrey": "before"}')
    record = dict.fromkeys(("error", "fit", "texture", "processor", "sockets"), 1.0)
    monkeypatch.setattr(face3d, "RESULTS", file)
    monkeypatch.setattr(face3d, "read_portraits", lambda folder: [None] * count)
    monkeypatch.setattr(face3d, "measure", lambda model, portraits: ([record], []))
    monkeypatch.setattr(face3d, "surrey_folder", lambda: tmp_path / "nowhere")
    monkeypatch.setattr(sys, "argv", ["face3d", *options])
    face3d.main()
    found = json.loads(file.read_text())
    assert found == {"DeepMasque": [record] if kept else "before", "Surrey": "before"}


def test_accuracy_without_photos_is_refused_and_stores_nothing(no_photos, tmp_path, monkeypatch):
    monkeypatch.setattr(knn, "RESULTS", tmp_path / "knn.json")
    monkeypatch.setattr(knn, "CACHE", tmp_path / "cache")
    for part in ("accuracy", "choose", "large"):
        monkeypatch.setattr(sys, "argv", ["knn", part])
        with pytest.raises(SystemExit, match="No photos in .*nowhere.* Set DEEPMASQUE_DATA"):
            knn.main()
    assert list(tmp_path.iterdir()) == []


def test_foreground_quality_without_photos_is_refused_and_stores_nothing(
    no_photos, tmp_path, monkeypatch
):
    monkeypatch.setattr(foreground, "RESULTS", tmp_path / "foreground.json")
    monkeypatch.setattr(sys, "argv", ["foreground", "quality"])
    with pytest.raises(SystemExit, match="No photos"):
        foreground.main()
    assert list(tmp_path.iterdir()) == []


def test_an_evaluation_without_photos_is_refused(no_photos):
    for read in (photos.voc_people, lambda: photos.portrait_names("test")):
        with pytest.raises(NoPhotos):
            read()


def test_errors_in_the_cache_are_of_these_photos_by_this_peer(tmp_path, monkeypatch):
    """Those of fewer or other photos, or by another PyMatting, are measured anew; ours always are."""
    grey = np.full((4, 4), 128, np.uint8)
    photos = {name: Scene(name, np.full((4, 4, 3), i), grey, grey) for i, name in enumerate("abc")}
    names, version, solved = ["a", "b"], "1.1", []

    def errors_after(method):
        solved.clear()
        assert knn.method_errors(method, "trimap1", False).shape == (len(names), 4)
        return solved

    monkeypatch.setattr(knn, "CACHE", tmp_path)
    monkeypatch.setattr(knn, "alphamatting_names", lambda: names)
    monkeypatch.setattr(knn, "alphamatting_scene", lambda name, trimap: photos[name])
    monkeypatch.setattr(knn, "errors_of", lambda alpha, scene: [1.0, 2.0, 3.0, 4.0])
    monkeypatch.setattr(knn, "solve", lambda method, scene: solved.append(scene.name))
    monkeypatch.setattr("importlib.metadata.version", lambda package: version)
    assert errors_after("pymatting sm") == ["a", "b"]
    assert errors_after("pymatting sm") == []
    names = ["a"]
    assert errors_after("pymatting sm") == ["a"]
    names = ["a", "c"]
    assert errors_after("pymatting sm") == ["a", "c"]
    version = "1.2"
    assert errors_after("pymatting sm") == ["a", "c"]
    assert errors_after("ours best") == errors_after("ours best") == ["a", "c"]

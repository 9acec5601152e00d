"""What the app offers without importing the package, which takes time, is what the package has."""

import tomllib
from inspect import signature

from components import background_picker, downloads
from components.steps_walk import STEPS_ON_THE_WAY
from components.table import STAGES, USUAL_EDGE
from pipeline import matte, matting, walk
from pipeline.formats import FORMATS_IN_WORDS
from pipeline.scene_files import PICTURE_FORMATS
from pipeline.studio_sets import SETS
from tests.studio import ROOT


def test_the_usual_edge_is_the_package_s():
    usual = signature(matte).parameters
    assert USUAL_EDGE == (usual["band"].default, usual["hair_reach"].default)


def test_sets_and_formats_are_the_package_s():
    assert set(background_picker.SETS) == set(SETS)
    assert set(downloads.FORMATS) == set(PICTURE_FORMATS)


def test_the_walk_ends_on_the_gold_of_the_studio():
    gold = [tuple(bytes.fromhex(end[1:])) for end in background_picker.GRADIENTS["Gold"]]
    assert list(walk.Settings().background) == gold


def test_every_stage_has_its_words():
    assert STAGES.keys() == {"waiting", "reading"} | matting.STAGES.keys()
    assert STEPS_ON_THE_WAY.keys() == STAGES.keys() | walk.STAGES.keys()


def test_uploaders_name_the_formats_and_the_size_that_the_server_takes():
    most = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["server"]["maxUploadSize"]
    assert f"Up to {most} MB each: {FORMATS_IN_WORDS}" in (ROOT / "static/style.css").read_text()

"""Shared places for the tests."""

from pathlib import Path

import hypothesis
import pytest
from PIL import Image

from models.data import DATA
from pipeline.samples import HOPPER

# How long an example takes says more of the machine's other work than of the code.
hypothesis.settings.register_profile("busy machine", deadline=None)
hypothesis.settings.load_profile("busy machine")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The evaluation photos, which are not part of the project; tests that need them skip."""
    if not DATA.is_dir():
        pytest.skip("no evaluation photos: set DEEPMASQUE_DATA to their folder")
    return DATA


@pytest.fixture
def photo(tmp_path):
    """A sample at half its width and height, called anna.jpg."""
    with Image.open(HOPPER.file) as image:
        image.convert("RGB").resize((image.width // 2, image.height // 2)).save(
            tmp_path / "anna.jpg", quality=95
        )
    return tmp_path / "anna.jpg"

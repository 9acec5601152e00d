"""Shared places for the tests."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The evaluation photos, which are not part of the project; tests that need them skip."""
    folder = Path(os.environ.get("DEEPMASQUE_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("no evaluation photos: set DEEPMASQUE_DATA to their folder")
    return folder

"""The app without a browser: what its tests do and look at."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from components.taken import file_stems
from pipeline.samples import HOPPER

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 180


# AppTest has no browser to name the host of its server.
app_test = pytest.mark.filterwarnings("ignore::ResourceWarning")


def opened(page: str = "studio", seconds: float = SECONDS, **address: str) -> AppTest:
    """The app at a page's address. seconds: how long a run of it may take."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=seconds)
    if page != "studio":
        app.run()
        app.switch_page(f"pages/{page}.py")
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def given(*files: tuple[str, bytes]) -> AppTest:
    """The app after the files, (name, bytes), were uploaded together."""
    app = opened()
    app.file_uploader(key="uploaded_0").set_value([(*file, "image/png") for file in files])
    return app.run()


def plain(shape: tuple[int, ...]) -> np.ndarray:
    return np.full(shape, 90, np.uint8)


def sample_bytes() -> bytes:
    """A sample at half its width and height."""
    with Image.open(HOPPER.file) as image:
        file = io.BytesIO()
        image.convert("RGB").reduce(2).save(file, "PNG")
    return file.getvalue()


def pieces(app: AppTest) -> list:
    return app.session_state["pieces"]


def named(app: AppTest) -> dict:
    return dict(zip(file_stems(pieces(app)), pieces(app), strict=True))


def errors(app: AppTest) -> str:
    assert not app.exception
    return " ".join(error.value for error in app.error)

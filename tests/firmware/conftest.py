"""A compiled core, a simulated board, and columns to try them on."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from firmware.host.core import Core, compile_core
from pipeline.launchpad import Launchpad
from pipeline.trimap import make_trimap

sys.path.insert(0, str(Path(__file__).parent))  # for what lies beside this file


@pytest.fixture(scope="session")
def core(tmp_path_factory) -> Core:
    """The portable core, compiled for this machine."""
    if not shutil.which("gcc"):
        pytest.skip("no C compiler: apt install gcc")
    return Core(compile_core(tmp_path_factory.mktemp("core")))


@pytest.fixture(scope="module")
def board():
    """A simulated board, one for the tests of a module."""
    with Launchpad("sim://") as board:
        yield board


@pytest.fixture
def llvm() -> None:
    """Skips where the firmware's compiler is not installed."""
    for tool in ("clang-19", "ld.lld-19", "llvm-objcopy-19", "llvm-size-19", "llvm-nm-19", "make"):
        if not shutil.which(tool):
            pytest.skip(f"no {tool}: apt install clang-19 lld-19 llvm-19 make")


@pytest.fixture(scope="session")
def photo_columns(data_folder):
    """Columns of portraits, 800 pixels each: a list of (pixels (800, 3), trimap (800,))."""
    columns = []
    for path in sorted((data_folder / "eg1800" / "train").glob("0*.png"))[:20:4]:
        image = np.asarray(Image.open(path.with_suffix(".jpg")).convert("RGB"))
        if image.shape != (800, 600, 3):
            continue
        trimap = make_trimap(np.asarray(Image.open(path).convert("L")) / np.float32(255))
        unknown = (trimap == 128).sum(0)
        x = np.flatnonzero((unknown >= 20) & (unknown <= 165))
        columns += [(image[:, i], trimap[:, i]) for i in x[::max(1, len(x) // 4)][:4]]
    return columns

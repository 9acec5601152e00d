"""Where the photos for training and measuring lie; they are not part of the project."""

import os
from pathlib import Path

DATA = Path(
    os.environ.get("DEEPMASQUE_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")
)

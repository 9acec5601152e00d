"""The networks that come in the mediapipe wheel."""

import importlib.util
from pathlib import Path

from pipeline.tflite import Network, loaded_network


def wheel_network(name: str) -> Network:
    """One of the networks in the mediapipe wheel; name is a path below its "modules"."""
    return loaded_network(wheel_file(name))


def wheel_file(name: str) -> Path:
    """Where a file of the mediapipe wheel lies. ModuleNotFoundError without the wheel."""
    wheel = importlib.util.find_spec("mediapipe")
    if wheel is None:
        raise ModuleNotFoundError(
            "The mediapipe package is missing; install it with: pip install -r requirements.txt"
        )
    return Path(wheel.origin).parent / "modules" / name

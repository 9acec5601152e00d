"""Where the trained files lie."""

from pathlib import Path

WEIGHTS = Path(__file__).resolve().parent.parent / "models" / "weights"

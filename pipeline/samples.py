"""The photographs that come with DeepMasque, in the public domain (static/samples/CREDITS.md)."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "static" / "samples"


@dataclass(frozen=True)
class Sample:
    """A photograph to try DeepMasque with: its file, the person's name and the source."""

    file: Path
    person: str
    credit: str


COLLINS = Sample(FOLDER / "eileen_collins.jpg", "Eileen Collins", "NASA")
HOPPER = Sample(FOLDER / "grace_hopper.jpg", "Grace Hopper", "James S. Davis, US Navy, 1984")
# In this order: a white hat before a flag, and what a matte makes of it, is not what to see first.
SAMPLES = (COLLINS, HOPPER)

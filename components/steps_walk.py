"""The walk of one photo as the step-by-step page keeps it: taken, gone on with, told in steps."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from components.places import a_place
from components.table import STAGES
from pipeline.samples import SAMPLES

if TYPE_CHECKING:  # what takes time to import is imported where a photo needs it
    from streamlit.delta_generator import DeltaGenerator

    from pipeline.links import Links
    from pipeline.step import Step
    from pipeline.walk import Settings, Walk

SAMPLE_OF = {sample.file.stem: sample for sample in SAMPLES}
STEPS_ON_THE_WAY = STAGES | {
    "pose": "Fitting the canonical pose",
    "channels": "Drawing the channels",
    "layers": "Looking into the network",
    "early": "Solving again, stopping early",
    "composite": "Mixing the result",
}


@dataclass(frozen=True)
class Walked:
    """A walk as the page keeps it: packed, told in steps, and with the links between pixels."""

    photo: bytes
    walk: "Walk"
    steps: "list[Step]"
    links: "Links"


def walk_of(name: str, photo: bytes, settings: "Settings") -> Walked:
    """The photo's walk with these settings; goes on from one that is there.

    The samples' walks with the usual settings are shared by everybody, all others are the
    person's own.

    Raises ImageError for a photo or a setting that cannot be walked.
    """
    from pipeline.walk import Settings

    # There whether it is needed or not: what follows keeps its place, and with it the focus.
    bar = st.empty()
    if name in SAMPLE_OF and settings == Settings():
        return walked_sample(name)
    kept = st.session_state.get("walked")
    if kept is None or kept.photo != photo:
        kept = walked_sample(name) if name in SAMPLE_OF else None
    if kept is None or kept.walk.settings != settings:
        kept = walk_under_a_bar(photo, settings, kept, bar)
        st.session_state["walked"] = kept
    return kept


@st.cache_resource(show_spinner="Walking through the photo")
def walked_sample(name: str) -> Walked:
    """The walk of a sample with the usual settings, once per server."""
    from pipeline.walk import Settings

    with a_place():
        return take_the_walk(SAMPLE_OF[name].file.read_bytes(), Settings(), None, None)


def walk_under_a_bar(
    photo: bytes, settings: "Settings", before: Walked | None, place: "DeltaGenerator"
) -> Walked:
    """Walks while a bar, in an empty place, shows how far."""
    place.progress(0.0, "Reading the photo")

    def say(stage: str, share: float) -> None:
        place.progress(share, STEPS_ON_THE_WAY[stage])

    try:
        with a_place(say):
            return take_the_walk(photo, settings, before, say)
    finally:
        place.empty()


def take_the_walk(photo, settings, before, progress) -> Walked:
    """Takes a photo through every stage, or goes on where the settings change something."""
    from pipeline.image import load_image
    from pipeline.links import Links
    from pipeline.steps import steps
    from pipeline.walk import walk, walk_on

    if before is None:
        road = walk(load_image(photo), settings, progress=progress)
        told = steps(road)
    else:
        road = walk_on(before.walk, settings, progress=progress)
        told = steps(road, before.steps, before.walk.settings.first_change(settings))
    return Walked(photo, road.packed(), told, Links.of(road))

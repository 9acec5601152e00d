"""A walk in words, formulas and pictures: one step for every stage, with the photo's numbers."""

from pipeline.step import Step
from pipeline.steps_to_composite import (
    alpha,
    composite,
    foreground,
    neighbours,
    solution,
    system,
)
from pipeline.steps_to_trimap import channels, landmarks, mask, photo, pose, trimap
from pipeline.walk import Walk


def steps(walk: Walk) -> list[Step]:
    """Every step of a walk; those about the face are left out where none was found."""
    about_face = [landmarks, pose, channels] if walk.face else []
    rest = [mask, trimap, neighbours, system, solution, alpha, foreground, composite]
    return [describe(walk) for describe in (photo, *about_face, *rest)]

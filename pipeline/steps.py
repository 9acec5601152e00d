"""A walk in words, formulas and pictures: one step for every stage, with the photo's numbers."""

from collections.abc import Sequence

from pipeline.step import Step
from pipeline.steps_of_network import features, fusion
from pipeline.steps_to_composite import (
    alpha,
    composite,
    foreground,
    neighbours,
    refinement,
    solution,
    system,
)
from pipeline.steps_to_trimap import channels, landmarks, mask, photo, pose, trimap
from pipeline.walk import Walk

ABOUT_FACE = (landmarks, pose, channels)
# In the order of the walk; a step is named as the function that describes it.
DESCRIPTIONS = (photo, *ABOUT_FACE, features, fusion, mask, trimap)
DESCRIPTIONS += (neighbours, system, solution, refinement, alpha, foreground, composite)


def steps(walk: Walk, before: Sequence[Step] = (), first: str | None = None) -> list[Step]:
    """Every step of a walk; those about the face are left out where none was found.

    before: the steps of the walk that this one goes on from; those before the one called `first`
    are taken over, all of them if nothing has changed.
    """
    names = [each.__name__ for each in DESCRIPTIONS]
    taken = {step.name: step for step in before}
    changed = 0 if not before else names.index(first) if first else len(names)
    told = [each for each in DESCRIPTIONS if walk.face or each not in ABOUT_FACE]
    return [
        taken[each.__name__] if names.index(each.__name__) < changed else each(walk)
        for each in told
    ]

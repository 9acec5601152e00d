"""What trainings keep on the disk, each in a folder of its name: state, averaged weights, log."""

import json
from pathlib import Path

import keras
import numpy as np

from models.recipe import Recipe, RefinementRecipe
from pipeline.whole_file import whole_file, write_text

CHECKPOINTS = Path(__file__).resolve().parent / "checkpoints"
STATE = "state.npz"


class CheckpointError(ValueError):
    """A training that cannot be gone on with, or used, as it is; says why."""


def weights_file(name: str) -> Path:
    """The averaged weights of a training after its last epoch."""
    return CHECKPOINTS / name / f"{name}.weights.h5"


def log_file(name: str) -> Path:
    """The log of a training, a line of JSON an epoch."""
    return CHECKPOINTS / name / "log.jsonl"


def epochs_done(name: str, recipe: Recipe | RefinementRecipe) -> int:
    """How many epochs of a network's training by this recipe are finished.

    Raises CheckpointError if the checkpoint is another recipe's.
    """
    return _stored_epochs(CHECKPOINTS / name / STATE, recipe)


def check_complete(name: str, recipe: Recipe | RefinementRecipe) -> None:
    """Raises CheckpointError if a network's training by this recipe has not come to its end."""
    done = epochs_done(name, recipe)
    if done < recipe.epochs:
        raise CheckpointError(
            f"The training {name} is not complete: {done} of {recipe.epochs} epochs are done. "
            "Train it to its end first."
        )


def _stored_epochs(path, recipe):
    if not path.exists():
        return 0
    with np.load(path) as stored:
        if "recipe" not in stored or str(stored["recipe"]) != repr(recipe):
            raise CheckpointError(
                f"{path.parent} holds a training by another recipe than that of models/recipe.py. "
                "Put its recipe back to go on with it, or move the folder away to begin anew."
            )
        return int(stored["epoch"])


class TrainingState:
    """What training needs to go on after a break as if there had been none.

    Weights, optimizer, averaged weights, where the layers' own chance stands, by which recipe and
    on which backend, each of which has a chance and a rounding of its own.
    """

    def __init__(self, model, name: str, recipe: Recipe | RefinementRecipe):
        self._model, self._name, self._recipe = model, name, recipe
        self._path = CHECKPOINTS / name / STATE
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._average = [np.array(value) for value in model.get_weights()]
        # Keras does not count these among the weights.
        self._seeds = [each for each in model.variables if each.path.endswith("generator_state")]

    def average(self, decay: float) -> None:
        """Move the averaged weights towards the current ones, of which 1 - decay is taken."""
        for average, value in zip(self._average, self._model.get_weights(), strict=True):
            average *= decay
            average += (1 - decay) * value

    def averaged(self):
        """Context in which the model has the averaged weights."""
        return _Swapped(self._model, self._average)

    def save(self, epoch: int, line: dict) -> None:
        """Writes the state after so many epochs, and the last one's line in the log; a break in
        between leaves what was there before, or has that epoch trained and its line written again.
        """
        log = log_file(self._name)
        lines = log.read_text().splitlines()[: epoch - 1] if log.exists() else []
        write_text(log, "\n".join([*lines, json.dumps(line)]) + "\n")
        arrays = {f"weight{i}": value for i, value in enumerate(self._model.get_weights())}
        arrays |= {f"average{i}": value for i, value in enumerate(self._average)}
        for kind, variables in self._others().items():
            arrays |= {
                f"{kind}{i}": keras.ops.convert_to_numpy(each) for i, each in enumerate(variables)
            }
        with whole_file(self._path) as file:
            about = {"recipe": repr(self._recipe), "backend": keras.backend.backend()}
            np.savez(file, epoch=epoch, **about, **arrays)

    def resume(self) -> int:
        """Load the last state if there is one; return the epoch to go on with.

        Raises CheckpointError if it is another recipe's or another backend's.
        """
        epoch = _stored_epochs(self._path, self._recipe)
        if not epoch:
            return 0
        with np.load(self._path) as stored:
            backend = str(stored["backend"]) if "backend" in stored else "another backend"
            if backend != keras.backend.backend():
                raise CheckpointError(
                    f"{self._path.parent} holds a training on {backend}, and this is "
                    f"{keras.backend.backend()}. Set KERAS_BACKEND to go on with it, or move the "
                    "folder away to begin anew."
                )
            count = len(self._average)
            self._model.set_weights([stored[f"weight{i}"] for i in range(count)])
            self._average = [stored[f"average{i}"] for i in range(count)]
            for kind, variables in self._others().items():
                for i, variable in enumerate(variables):
                    variable.assign(stored[f"{kind}{i}"])
        return epoch

    def _others(self):
        return {"optimizer": self._model.optimizer.variables, "seed": self._seeds}


class _Swapped:
    def __init__(self, model, weights):
        self._model, self._weights = model, weights

    def __enter__(self):
        self._own = [np.array(value) for value in self._model.get_weights()]
        self._model.set_weights(self._weights)

    def __exit__(self, *_):
        self._model.set_weights(self._own)

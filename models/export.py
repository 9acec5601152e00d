"""Turn trained weights into the .tflite file that the app runs.

    python -m models.export portrait_fcn_plus
    python -m models.export refinement

Weights are stored as float16, which halves the file; arithmetic stays float32. What the app runs is
the mean of several trainings (models.recipe.MEANS). The log of each goes to
models/results/training_NAME.json. A training that has not come to the end of its recipe is refused.
The multi-class network's file also gives the scores of its classes, of which the app takes hair.
"""

import argparse
import os
from collections.abc import Sequence

# Conversion is TensorFlow's; its log would bury ours.
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from models.checkpoints import CheckpointError, check_complete, log_file, weights_file
from models.family import ENCODERS, build
from models.recipe import MEANS, RECIPES, REFINEMENT
from models.record import sha256, training_log
from models.refinement import refinement
from pipeline.refine import TILE
from pipeline.weights import WEIGHTS
from pipeline.whole_file import whole_file, write_text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network", choices=(*sorted([*RECIPES, *MEANS]), "refinement"))
    name = parser.parse_args().network
    trainings = MEANS.get(name, (name,))
    try:
        for training in trainings:
            check_complete(training, (RECIPES | {"refinement": REFINEMENT})[training])
    except CheckpointError as error:
        parser.error(str(error))
    if name == "refinement":
        model = refinement(TILE, TILE)
    else:
        recipe = RECIPES[trainings[0]]
        width, height = recipe.input_size
        model = build(recipe.network, recipe.encoder, height, width)
    model.set_weights(mean_weights(model, trainings))
    if name != "refinement":
        model = ENCODERS[recipe.encoder].exported(model)
    content = to_tflite(model)
    path = WEIGHTS / f"{name}.tflite"
    with whole_file(path) as file:
        file.write(content)
    for training in trainings:
        epochs = ",\n ".join(log_file(training).read_text().splitlines())
        write_text(training_log(training), f"[{epochs}]\n")
    print(f"{path.name}: {len(content) / 1e6:.2f} MB, sha256 {sha256(path.name)}")


def mean_weights(model, trainings: Sequence[str]) -> list[np.ndarray]:
    """The weights of `model` as each training left them, averaged in float64."""
    found = []
    for training in trainings:
        model.load_weights(weights_file(training))
        found.append([value.astype(np.float64) for value in model.get_weights()])
    return [np.mean(values, axis=0) for values in zip(*found, strict=True)]


def to_tflite(model) -> bytes:
    """Convert a Keras model with fixed input size; float16 weights, float32 arithmetic."""
    # The converter reads Keras 3 models only by way of files; a frozen function needs none.
    function = tf.function(lambda inputs: model(inputs, training=False))
    concrete = function.get_concrete_function(tf.TensorSpec((1, *model.input_shape[1:])))
    frozen = convert_variables_to_constants_v2(concrete)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    return converter.convert()


if __name__ == "__main__":
    main()

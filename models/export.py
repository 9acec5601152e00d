"""Turn trained weights into the .tflite file that the app runs.

    python -m models.export portrait_fcn_plus
    python -m models.export refinement

Weights are stored as float16, which halves the file; arithmetic stays float32. The log of the
training goes to models/results/training_NAME.json. The multi-class network's file also gives the
scores of its classes, of which the app takes hair.
"""

import argparse
import os

# Conversion is TensorFlow's; its log would bury ours.
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from models.family import ENCODERS, build
from models.recipe import RECIPES
from models.record import sha256, training_log
from models.refinement import refinement
from models.train import CHECKPOINTS
from pipeline.refine import TILE
from pipeline.weights import WEIGHTS


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network", choices=(*sorted(RECIPES), "refinement"))
    name = parser.parse_args().network
    if name == "refinement":
        model = refinement(TILE, TILE)
    else:
        recipe = RECIPES[name]
        width, height = recipe.input_size
        model = build(recipe.network, recipe.encoder, height, width)
    model.load_weights(CHECKPOINTS / name / f"{name}.weights.h5")
    if name != "refinement":
        model = ENCODERS[recipe.encoder].exported(model)
    content = to_tflite(model)
    path = WEIGHTS / f"{name}.tflite"
    path.write_bytes(content)
    epochs = ",\n ".join((CHECKPOINTS / name / "log.jsonl").read_text().splitlines())
    training_log(name).write_text(f"[{epochs}]\n")
    print(f"{path.name}: {len(content) / 1e6:.2f} MB, sha256 {sha256(path.name)}")


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

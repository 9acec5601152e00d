"""Peak memory of Deep Image Matting beside our mask and our matting, on the same picture.

    python -m benchmarks.memory

Each runs in a process of its own, on a picture of a head with loose hair and its trimap. Prints
the process's peak resident memory while it works on the picture, what was resident just before
(libraries and weights), and the number of
parameters; writes models/results/memory.json.
"""

import argparse
import json
import os
from pathlib import Path

import numpy as np

from benchmarks.process_memory import forget_peak, in_own_process, memory_bytes
from benchmarks.scenes import head_with_hair
from models.alphamatting import Scene
from models.measured_on import keep_figures

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "models" / "results" / "memory.json"
SIZES = ((608, 800), (1024, 1024))  # height, width; multiples of 32, as five poolings need


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("method", nargs="?", choices=METHODS, help=argparse.SUPPRESS)
    parser.add_argument("size", nargs="*", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.method:
        print(json.dumps(measured_here(arguments.method, *arguments.size)))
        return
    counts = parameters()
    results = {
        f"{width}x{height}": {
            method: in_own_process("benchmarks.memory", method, str(height), str(width))
            | {"parameters": counts[method]}
            for method in METHODS
        }
        for height, width in SIZES
    }
    for size, rows in results.items():
        for method, row in rows.items():
            print(
                f"{size:10}{method:20}{row['peak_bytes'] / 1e6:8.0f} MB, before the picture "
                f"{row['before_bytes'] / 1e6:.0f} MB, {row['parameters']} parameters"
            )
    keep_figures(RESULTS, results)


def measured_here(method: str, height: int, width: int) -> dict[str, int]:
    """Figures of this process."""
    scene = head_with_hair(height, width)
    run = METHODS[method](height, width)
    forget_peak()
    before = memory_bytes("VmRSS")
    result = run(scene)
    if result.shape != (height, width):
        raise RuntimeError(f"{method} gave {result.shape}")
    return {"before_bytes": before, "peak_bytes": memory_bytes("VmHWM")}


def parameters() -> dict[str, int]:
    """How many numbers each method has learned."""
    use_tensorflow()
    from models.deep_image_matting import deep_image_matting
    from models.family import build
    from models.recipe import MEANS, RECIPES

    return {
        "deep_image_matting": deep_image_matting(64, 64).count_params(),
        "portrait_fcn_plus": build(
            encoder=RECIPES[MEANS["portrait_fcn_plus"][0]].encoder
        ).count_params(),
        "knn_matting": 0,
    }


def use_tensorflow() -> None:
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def deep_image_matting(height, width):
    use_tensorflow()
    from models import deep_image_matting as xu

    model = xu.deep_image_matting(height, width)

    def run(scene: Scene):
        inputs = np.dstack([scene.image, scene.trimap]).astype(np.float32)[None] / 255
        return model.predict(inputs, verbose=0)[0, ..., 0]

    return run


def portrait_fcn_plus(height, width):
    from pipeline.segment import segment

    return lambda scene: segment(scene.image, []).mask


def knn_matting(height, width):
    from pipeline import knn

    return lambda scene: knn.knn_matting(scene.image, scene.trimap)


METHODS = {
    "deep_image_matting": deep_image_matting,
    "portrait_fcn_plus": portrait_fcn_plus,
    "knn_matting": knn_matting,
}


if __name__ == "__main__":
    main()

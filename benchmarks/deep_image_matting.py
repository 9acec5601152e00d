"""Peak memory of Deep Image Matting at 800 x 600, for the comparison of the 4 KB page.

    python -m benchmarks.deep_image_matting

Builds the encoder-decoder stage of Xu, Price, Cohen, Huang, "Deep Image Matting" (CVPR 2017),
section 4.1: VGG-16's 13 convolutions and 5 poolings on four channels (RGB and trimap), its first
fully connected layer as a convolution, then unpooling and convolutions of 5 x 5 back to full size.
Memory does not depend on the values of the weights, so they are random. Prints the process's peak resident memory over one
prediction and writes benchmarks/results/deep_image_matting.json.
"""

import json
import resource
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).resolve().parent / "results" / "deep_image_matting.json"
HEIGHT, WIDTH = 608, 800  # multiples of 32, as the five poolings need
ENCODER = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
DECODER = (512, 256, 128, 64, 64)


def network():
    """The untrained network. Doubling stands in for unpooling at saved positions: its output is as
    large, and it has no positions to save, so the figure errs on the low side."""
    from keras import Input, Model, layers

    pixels = Input((HEIGHT, WIDTH, 4))
    x = pixels
    for widths in ENCODER:
        for width in widths:
            x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(4096, 7, padding="same", activation="relu")(x)
    x = layers.Conv2D(512, 1, activation="relu")(x)
    for width in DECODER:
        x = layers.UpSampling2D()(x)
        x = layers.Conv2D(width, 5, padding="same", activation="relu")(x)
    return Model(pixels, layers.Conv2D(1, 5, padding="same", activation="sigmoid")(x))


def main() -> None:
    model = network()
    alpha = model.predict(np.zeros((1, HEIGHT, WIDTH, 4), np.float32), verbose=0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    result = {"height": HEIGHT, "width": WIDTH, "parameters": model.count_params(),
              "alpha": list(alpha.shape[1:3]), "peak_bytes": peak}
    print(json.dumps(result))
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()

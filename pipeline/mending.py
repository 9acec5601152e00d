"""Mend what the networks say: stray patches, holes before a face, a boundary beside the edge."""

import cv2
import numpy as np

from pipeline.face import Face

# From this probability on a person is sure.
SURE = 0.8
# A patch of "person" smaller than this share of the largest one, and without a face, is a mistake.
SMALLEST_PATCH = 0.02
# Patches are told apart where the probability falls below this.
PATCH_EDGE = 0.25
# A hole with less on average is plainly ground. Of those in the training portraits that touch a face
# and lie mostly beside it 3 of 15 have less, and two of these are ground by the label; nearly all
# others are person (models/EXPERIMENTS.md).
PLAINLY_GROUND = 0.1
# Guided filter (He et al. 2010): radius where the longer side is 800, and epsilon for values in 0..1.
GUIDED_RADIUS, GUIDED_EPSILON = 8, 1e-3
# Each further round moves the boundary a little more; after the third it stays
# (models/EXPERIMENTS.md).
GUIDED_ROUNDS = 3
# The last round counts fully on the boundary, not at all where it is this far from one half.
BOUNDARY_REACH = 0.25


def without_patches(
    probability: np.ndarray, faces: list[Face], shape: tuple[int, ...]
) -> np.ndarray:
    """Take away patches that are too small to be one more person and hold no face.

    Shapes as for `with_whole_faces`.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        (probability > PATCH_EDGE).astype(np.uint8)
    )
    areas = stats[:, cv2.CC_STAT_AREA]
    if count <= 2:
        return probability
    keep = areas >= SMALLEST_PATCH * areas[1:].max()
    keep[0] = True
    scale = _scale(probability, shape)
    for face in faces:
        left, top, right, bottom = face.box
        middle = np.array([left + right, top + bottom]) / 2 * scale
        column, row = np.clip(middle.astype(int), 0, np.subtract(labels.shape[::-1], 1))
        keep[labels[row, column]] = True
    return np.where(keep[labels], probability, 0).astype(np.float32)


def with_whole_faces(
    probability: np.ndarray, faces: list[Face], shape: tuple[int, ...]
) -> np.ndarray:
    """Fill holes that reach before a face: a camera, a hand, a glass held up, dark hair.

    probability: (h, w) float32, of a photo of height and width `shape`; holes elsewhere, as
    between an arm and the body, stay, and so does what is plainly ground beside a face, as within
    arms around the head. Returns the same shape and type.
    """
    if not faces:
        return probability
    scale = _scale(probability, shape)
    face_area = np.zeros(probability.shape, np.uint8)
    for face in faces:
        outline = cv2.convexHull((face.landmarks[:, :2] * scale).astype(np.float32))
        cv2.fillConvexPoly(face_area, np.rint(outline).astype(np.int32), 1)
    labels, sizes, before_face = _holes(probability < 0.5, face_area)
    sums = np.bincount(labels.ravel(), weights=probability.ravel())
    means = sums / np.maximum(sizes, 1)
    wanted = (before_face >= sizes / 2) | ((before_face > 0) & (means >= PLAINLY_GROUND))
    probability = np.where(wanted[labels], np.float32(1), probability)
    # Then the unsure rim around what was filled.
    labels, _, before_face = _holes(probability < SURE, face_area)
    wanted = before_face > 0
    wanted[labels[probability < 0.5]] = False
    return np.where(wanted[labels], np.float32(1), probability)


def _holes(low, face_area):
    """The enclosed parts of `low`, as labels; their sizes, and how much of each lies before a face:
    nothing of what reaches the photo's edge, nor of label 0, which is all that is not low.
    """
    count, labels = cv2.connectedComponents(low.view(np.uint8), connectivity=4)
    before_face = np.bincount(labels[face_area > 0], minlength=count)
    before_face[np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1], [0]])] = 0
    return labels, np.bincount(labels.ravel(), minlength=count), before_face


def _scale(probability, shape):
    """Of x and y, from the photo; on long strips they differ, as both sides are whole pixels."""
    return np.divide(probability.shape[::-1], shape[1::-1])


def follow_edges(probability: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Move a boundary onto the photo's own edges (guided filter, He et al. 2010, eq. 5 to 8).

    Away from it the first round's probability stays: further ones would blur small people away, and
    hair, whose probability says how far it reaches.

    probability: (H, W) float32 in 0..1. image: (H, W, 3) uint8 RGB. Returns (H, W) float32, which
    may overshoot 0..1 a little.
    """
    radius = max(1, round(GUIDED_RADIUS * max(probability.shape) / 800))
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    rounds = [probability]
    for _ in range(GUIDED_ROUNDS):
        rounds.append(cv2.ximgproc.guidedFilter(grey, rounds[-1], radius, GUIDED_EPSILON))
    first, last = rounds[1], rounds[-1]
    # On the last round's side everywhere, and without a step where the two change places.
    first = np.where(last >= 0.5, np.maximum(first, 0.5), np.minimum(first, 0.5))
    away = np.minimum(np.abs(last - 0.5) / BOUNDARY_REACH, 1)
    return last + away * (first - last)

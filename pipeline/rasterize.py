"""Which triangle of a mesh covers a pixel, and how its corners mix there.

Serves both ways a face is drawn: over its photo, and spread out as a texture.
"""

import cv2
import numpy as np
from scipy.sparse import csr_matrix

# OpenCV takes corners in whole 1/2**SHIFT pixels.
SHIFT = 6


def triangle_map(
    points: np.ndarray,
    triangles: np.ndarray,
    shape: tuple[int, int],
    depth: np.ndarray | None = None,
) -> np.ndarray:
    """Index of the triangle that shows at each pixel: (H, W) int32, -1 where there is none.

    points: (N, 2) x, y in pixels, whole numbers at pixel centres. triangles: (M, 3). shape: (H, W).
    depth: (N,), larger is nearer to the viewer; nearer triangles are drawn over farther ones
    (painter's algorithm), which is exact for a surface that folds as little as a face. Pixels that
    a triangle only touches count as covered, so that no gaps open between neighbours.
    """
    order = np.arange(len(triangles))
    if depth is not None:
        order = np.argsort(depth[triangles].sum(axis=1), kind="stable")
    corners = np.rint(points[triangles] * 2**SHIFT).clip(-(2**26), 2**26).astype(np.int32)
    result = np.full(shape, -1, np.int32)
    for index in order.tolist():
        cv2.fillConvexPoly(result, corners[index], index, cv2.LINE_8, SHIFT)
    return result


def interpolation(
    points: np.ndarray, triangles: np.ndarray, covering: np.ndarray
) -> tuple[np.ndarray, csr_matrix]:
    """The covered pixels and the matrix that carries vertex values to them.

    covering: the (H, W) result of `triangle_map`. Returns the flat positions (P,) of its covered
    pixels and a sparse (P, N) float32 matrix of barycentric coordinates: times any (N, ...) values
    at the vertices it gives those values at the pixels.
    """
    pixels = np.flatnonzero(covering >= 0)
    chosen = covering.reshape(-1)[pixels]
    first, second, third = (points[triangles[:, corner]] for corner in range(3))
    edges = np.stack([second - first, third - first], axis=2)
    # A triangle seen edge-on has no inverse; its few pixels take the first corner's value.
    flat = np.abs(np.linalg.det(edges)) < 1e-9
    edges[flat] = np.eye(2)
    inverse = np.linalg.inv(edges).astype(np.float32)
    inverse[flat] = 0
    row, column = np.divmod(pixels, covering.shape[1])
    x = column.astype(np.float32) - first[:, 0].astype(np.float32)[chosen]
    y = row.astype(np.float32) - first[:, 1].astype(np.float32)[chosen]
    weights = np.empty((len(pixels), 3), np.float32)
    weights[:, 1] = inverse[chosen, 0, 0] * x + inverse[chosen, 0, 1] * y
    weights[:, 2] = inverse[chosen, 1, 0] * x + inverse[chosen, 1, 1] * y
    weights[:, 0] = 1 - weights[:, 1] - weights[:, 2]
    matrix = csr_matrix(
        (
            weights.reshape(-1),
            triangles[chosen].reshape(-1),
            np.arange(0, 3 * len(pixels) + 1, 3),
        ),
        shape=(len(pixels), len(points)),
    )
    return pixels, matrix

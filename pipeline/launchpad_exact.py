"""The board's problem in float64, to hold its answers against: solved at once, without tiles.

`exact_alpha` rounds nothing; `exact_column` solves the very system a board solves for a column,
whose features are whole numbers, so that what remains is the error of its fixed-point arithmetic.
"""

import numpy as np
import scipy.sparse as sparse
from scipy.sparse.linalg import spsolve
from scipy.spatial import cKDTree

from pipeline.launchpad_bytes import Parameters
from pipeline.trimap import FOREGROUND, UNKNOWN, unknown_pixels

# A pull towards 1/2 so weak that it only shows where no chain of edges leads to a known pixel:
# there the board answers 1/2.
REGULARIZATION = 1e-9


def exact_alpha(photo: np.ndarray, trimap: np.ndarray, parameters: Parameters) -> np.ndarray:
    """KNN matting of a small photo or one column of it by a direct sparse solve.

    photo: (H, W, 3) uint8. trimap: (H, W) uint8 0/128/255. Returns (H, W) float64 in 0..1.

    Features are two principal components of the photo's colours and the position, distances L1,
    the graph A = W + W' of the unknown pixels' neighbours (Chen, Li, Tang, CVPR 2012), as on the
    board, which rounds components and weights to 8 bits and the solution to 1/254.
    """
    height, width = trimap.shape
    unknown = np.flatnonzero(trimap.ravel() == UNKNOWN)
    known = np.flatnonzero(trimap.ravel() != UNKNOWN)
    alpha = (trimap.ravel() == FOREGROUND).astype(float)
    if len(unknown):
        laplacian = _laplacian(_features(photo, parameters), unknown, parameters)
        alpha[unknown] = _solved(laplacian, unknown, known, alpha)
    return np.clip(alpha, 0, 1).reshape(height, width)


def root_mean_square(alpha: np.ndarray, exact: np.ndarray, trimap: np.ndarray) -> float:
    """The difference of two mattes of one shape over the trimap's unknown pixels; 0 without any."""
    unknown = unknown_pixels(trimap)
    return float(np.sqrt(np.mean((alpha - exact)[unknown] ** 2))) if unknown.any() else 0.0


def exact_column(
    pixels: np.ndarray, trimap: np.ndarray, projection, parameters: Parameters
) -> np.ndarray:
    """Alpha of one column, (n,) float64 in 0..1, with the features and neighbours of the board.

    pixels: (n, 3) uint8. trimap: (n,) uint8 0/128/255. projection: (mean, axes) as in
    `Solution.projection`.
    """
    points = _whole_features(pixels, *projection)
    unknown = np.flatnonzero(trimap == UNKNOWN)
    known = np.flatnonzero(trimap != UNKNOWN)
    alpha = (trimap == FOREGROUND).astype(float)
    if len(unknown):
        laplacian = _column_laplacian(points, unknown, parameters)
        alpha[unknown] = _solved(laplacian, unknown, known, alpha)
    return np.clip(alpha, 0, 1)


def _whole_features(pixels: np.ndarray, mean, axes) -> np.ndarray:
    """(n, 2) whole numbers as firmware/core/projection.c makes them: the first halved, Q15 axes."""
    centred = pixels.astype(np.int64) - np.asarray(mean, np.int64)
    projected = (2 * centred @ np.asarray(axes, np.int64).T) >> 16
    projected[:, 0] >>= 1
    return np.clip(projected + 128, 0, 255)


def _column_laplacian(features: np.ndarray, unknown: np.ndarray, parameters: Parameters):
    """Among neighbours equally far, the board keeps the nearer pixel, and before it behind."""
    pixels = np.arange(len(features))
    count = min(parameters.neighbours, len(features) - 1)
    index = np.empty((len(unknown), count), int)
    distance = np.empty((len(unknown), count), int)
    for row, pixel in enumerate(unknown):
        step = pixels - pixel
        far = np.abs(features - features[pixel]) @ (8, 4) + parameters.spatial * np.abs(step)
        order = np.lexsort((step > 0, np.abs(step), far))
        index[row] = order[order != pixel][:count]
        distance[row] = far[index[row]]
    weight = np.maximum(127 - distance // 16, 1).astype(float)
    return _laplacian_of(np.repeat(unknown, count), index.ravel(), weight.ravel(), len(features))


def _features(photo: np.ndarray, parameters: Parameters) -> np.ndarray:
    """(H W, 4): two principal components, 4 a colour level, and the weighted position."""
    pixels = photo.reshape(-1, 3).astype(float)
    centred = pixels - pixels.mean(0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    y, x = np.indices(photo.shape[:2]).reshape(2, -1) * parameters.spatial
    return np.c_[4 * centred @ vectors[:, :0:-1], y, x]


def _laplacian(points: np.ndarray, unknown: np.ndarray, parameters: Parameters):
    count = min(parameters.neighbours + 1, len(points))
    distance, index = cKDTree(points).query(points[unknown], count, p=1)
    row = np.repeat(unknown, count)
    others = index.ravel() != row
    weight = np.maximum(127 - distance.ravel() / 16, 1)
    return _laplacian_of(row[others], index.ravel()[others], weight[others], len(points))


def _solved(laplacian, unknown: np.ndarray, known: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Alpha of the unknown pixels: their rows of the system, what is known on the right."""
    rows = laplacian[unknown]
    right = REGULARIZATION / 2 - rows[:, known] @ alpha[known]
    return spsolve(rows[:, unknown].tocsc(), right)


def _laplacian_of(rows: np.ndarray, columns: np.ndarray, weights: np.ndarray, size: int):
    """D - A with A = W + W', W directed edges."""
    directed = sparse.csr_matrix((weights, (rows, columns)), shape=(size, size))
    adjacency = directed + directed.T
    degree = np.asarray(adjacency.sum(1)).ravel()
    return (sparse.diags(degree + REGULARIZATION) - adjacency).tocsr()

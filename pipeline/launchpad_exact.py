"""The board's problem in float64, to hold its answers against: nothing rounded, no tiles."""

import numpy as np
import scipy.sparse as sparse
from scipy.sparse.linalg import spsolve
from scipy.spatial import cKDTree

from pipeline.launchpad import Parameters

# A pull towards 0 so weak that it only shows where no chain of edges leads to a known pixel.
REGULARIZATION = 1e-9


def exact_alpha(
    photo: np.ndarray, trimap: np.ndarray, parameters: Parameters = Parameters()
) -> np.ndarray:
    """KNN matting of a small photo or one column of it by a direct sparse solve.

    photo: (H, W, 3) uint8. trimap: (H, W) uint8 0/128/255. Returns (H, W) float64 in 0..1.

    Features are two principal components of the photo's colours and the position, distances L1,
    the graph A = W + W' of the unknown pixels' neighbours (Chen, Li, Tang, CVPR 2012), as on the
    board, which rounds components and weights to 8 bits and the solution to 1/254.
    """
    height, width = trimap.shape
    unknown = np.flatnonzero(trimap.ravel() == 128)
    known = np.flatnonzero(trimap.ravel() != 128)
    alpha = (trimap.ravel() == 255).astype(float)
    if len(unknown):
        laplacian = _laplacian(_features(photo, parameters), unknown, parameters)[unknown]
        right = -laplacian[:, known] @ alpha[known]
        alpha[unknown] = spsolve(laplacian[:, unknown].tocsc(), right)
    return np.clip(alpha, 0, 1).reshape(height, width)


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
    size = (len(points), len(points))
    directed = sparse.csr_matrix(
        (weight[others], (row[others], index.ravel()[others])), shape=size
    )
    adjacency = directed + directed.T
    degree = np.asarray(adjacency.sum(1)).ravel()
    return (sparse.diags(degree + REGULARIZATION) - adjacency).tocsr()

"""The same KNN matting system in float64, written from the description alone and solved exactly."""

import numpy as np
import scipy.sparse as sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import spsolve

UNKNOWN = 255


def features(rgb: np.ndarray, mean: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Two components a pixel, (n, 2) integers 0..255: the first halved, both about 128."""
    centred = rgb.reshape(-1, 3).astype(np.int64) - np.asarray(mean, np.int64)
    projected = (2 * centred @ np.asarray(axes, np.int64).T) >> 16
    projected[:, 0] >>= 1
    return np.clip(projected + 128, 0, 255)


def neighbours(feature: np.ndarray, width: int, count: int, spatial: int, asking: np.ndarray):
    """Indices and L1 distances of the neighbours of the pixels `asking`, each (len(asking), count).
    Ties go to the row, then column, walked first: nearer before farther, up before down, left
    before right."""
    y, x = np.divmod(np.arange(len(feature)), width)
    count = min(count, len(feature) - 1)
    index = np.zeros((len(asking), count), int)
    distance = np.zeros((len(asking), count), int)
    for row, i in enumerate(asking):
        down, right = y - y[i], x - x[i]
        cost = (8 * abs(feature[:, 0] - feature[i, 0]) + 4 * abs(feature[:, 1] - feature[i, 1])
                + spatial * (abs(down) + abs(right)))
        order = np.lexsort((2 * abs(right) + (right > 0), 2 * abs(down) + (down > 0), cost))
        index[row] = order[order != i][:count]
        distance[row] = cost[index[row]]
    return index, distance


def solve(feature: np.ndarray, codes: np.ndarray, width: int, count: int, spatial: int):
    """Alpha (n,) float64 in 0..1 by a direct sparse solve. Unknown pixels that no chain of edges
    ties to a pixel of given alpha are 1/2."""
    pixels = len(codes)
    asking = np.flatnonzero((codes != 0) & (codes != 254))
    index, distance = neighbours(feature, width, count, spatial, asking)
    weight = np.maximum(127 - distance // 16, 1).astype(float)
    row = np.repeat(asking, index.shape[1])
    directed = sparse.csr_matrix((weight.ravel(), (row, index.ravel())), (pixels, pixels))
    adjacency = (directed + directed.T).tocsr()
    unknown = np.flatnonzero(codes == UNKNOWN)
    known = np.flatnonzero(codes != UNKNOWN)
    alpha = np.where(codes == UNKNOWN, 0.5, codes / 254)
    inner = adjacency[unknown][:, unknown]
    anchor = np.asarray(adjacency[unknown][:, known].sum(1)).ravel()
    _, component = connected_components(inner, directed=False)
    tied = np.bincount(component, anchor)[component] > 0
    free = unknown[tied]
    if len(free):
        degree = np.asarray(adjacency[free].sum(1)).ravel()
        laplacian = sparse.diags(degree) - adjacency[free][:, free]
        # rows of untied unknowns never touch tied ones, so fixing them at 1/2 changes nothing
        alpha[free] = spsolve(laplacian.tocsc(), adjacency[free][:, known] @ alpha[known])
    return alpha

"""Matting Laplacians over the unknown band, as quadratic forms in the unknown alphas.

Every term is an energy ``alpha' A alpha - 2 b' alpha + constant`` with A symmetric and positive
semi-definite; the pixels with a known alpha are eliminated into b.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import scipy.sparse
from scipy.spatial import cKDTree

from pipeline.band import Band

FEATURES = ("lab", "rgb", "hsv")

# A neighbour found may be up to 1 + SLACK times as far away as the true one: the search takes
# half the time and the mattes are as good.
SLACK = 1.0

# Windows computed at once: keeps their colours within the processor's cache.
WINDOWS_AT_ONCE = 16384


@dataclass(frozen=True, eq=False)
class Energy:
    """A quadratic form in the alphas of n unknown pixels."""

    matrix: scipy.sparse.csr_matrix  # (n, n) float32
    right_side: np.ndarray  # (n,) float32
    held: np.ndarray  # (n,) bool: pixels that the energy links to a known alpha

    def __add__(self, other: "Energy") -> "Energy":
        return Energy(
            self.matrix + other.matrix,
            self.right_side + other.right_side,
            self.held | other.held,
        )

    def __rmul__(self, weight: float) -> "Energy":
        weight = np.float32(weight)
        return Energy(self.matrix * weight, self.right_side * weight, self.held)

    def arrays(self) -> list[np.ndarray]:
        """What the energy keeps in memory."""
        return [self.matrix.data, self.matrix.indices, self.matrix.indptr, self.right_side]


def data_energy(weight: np.ndarray, alpha: np.ndarray) -> Energy:
    """The pull ``sum of weight * (alpha_i - alpha)^2`` towards given values, both (n,)."""
    weight = weight.astype(np.float32)
    matrix = scipy.sparse.diags(weight, format="csr")
    return Energy(matrix, weight * alpha.astype(np.float32), weight > 0)


def color_features(rgb: np.ndarray, features: str) -> np.ndarray:
    """(n, 3 or 4) float32 colours as the nearest neighbours are compared in, of (n, 3) in [0, 1].

    "lab" is CIE L*a*b* / 100, "rgb" is [0, 1], "hsv" is the paper's (cos h, sin h, s, v).
    """
    if features == "rgb":
        return rgb
    if features == "lab":
        return cv2.cvtColor(rgb[None], cv2.COLOR_RGB2LAB)[0] * np.float32(0.01)
    hsv = cv2.cvtColor(rgb[None], cv2.COLOR_RGB2HSV)[0]
    hue = np.deg2rad(hsv[:, 0])
    return np.stack([np.cos(hue), np.sin(hue), hsv[:, 1], hsv[:, 2]], 1)


def nearest_neighbours(
    references: np.ndarray, queries: np.ndarray, count: int, workers: int
) -> tuple[np.ndarray, np.ndarray]:
    """Distances and positions in `references`, both (len(queries), k).

    k is `count`, or the number of references if there are fewer.
    """
    count = min(count, len(references))
    tree = cKDTree(references, balanced_tree=False)
    distances, positions = tree.query(queries, count, eps=SLACK, workers=workers)
    shape = len(queries), count
    return distances.reshape(shape), positions.reshape(shape).astype(np.int32)


def knn_links(
    band: Band, levels: tuple[tuple[int, float], ...], features: str, workers: int
) -> tuple[np.ndarray, np.ndarray]:
    """Neighbours and affinities of the unknown pixels, Chen, Li & Tang, TPAMI 2013, section 3.1.

    ``X(i) = (colour, weight * position)`` and ``k(i, j) = 1 - |X(i) - X(j)| / C`` for the nearest
    neighbours j of i. C is ``sqrt(channels + 2 weight^2)``, the greatest distance there is in RGB;
    what lies further apart in Lab or HSV has affinity 0. `levels` are (neighbours, weight of
    position) pairs: near and far neighbours.

    Returns (n, sum of k) int32 pixels and float32 affinities in [0, 1], 0 for a pixel itself.
    """
    neighbours, affinities = [], []
    color = color_features(band.rgb(band.nearby), features)
    position = band.position(band.nearby)
    queries = np.flatnonzero(band.row[band.nearby] >= 0)
    for count, weight in levels:
        space = np.concatenate([color, np.float32(weight) * position], 1)
        # One more than asked for: the nearest neighbour of a pixel is itself.
        distance, found = nearest_neighbours(space, space[queries], count + 1, workers)
        greatest = np.sqrt(color.shape[1] + 2 * weight**2)
        affinity = np.maximum(0, 1 - distance / greatest).astype(np.float32)
        found = band.nearby[found]
        affinity[found == band.unknown[:, None]] = 0
        neighbours.append(found)
        affinities.append(affinity)
    return np.concatenate(neighbours, 1), np.concatenate(affinities, 1)


def knn_energy(band: Band, neighbours: np.ndarray, affinities: np.ndarray) -> Energy:
    """The KNN Laplacian ``L = D - A``, the same paper, section 3.3.

    The affinities are made symmetric, ``A = (K + K') / 2``, so that L is positive semi-definite
    and conjugate gradients are sure to converge.
    """
    n = len(band)
    rows = band.row[neighbours]
    to_known = np.where(rows < 0, affinities, 0)
    right_side = np.where(band.foreground[neighbours], to_known, 0).sum(1)
    linked = (rows >= 0) & (affinities > 0)
    ends = np.concatenate([[0], np.cumsum(linked.sum(1))])
    one_way = scipy.sparse.csr_matrix((affinities[linked], rows[linked], ends), (n, n))
    affinity = (one_way + one_way.T.tocsr()) * np.float32(0.5)
    # Known pixels do not ask for neighbours of their own; their link counts in full.
    degree = np.asarray(affinity.sum(1)).ravel() + to_known.sum(1)
    laplacian = scipy.sparse.diags(degree.astype(np.float32), format="csr") - affinity
    held = to_known.any(1)
    return Energy(laplacian.tocsr(), right_side.astype(np.float32), held)


def color_line_energy(band: Band, regularization: float) -> Energy:
    """The closed-form Laplacian on 3x3 windows: Levin et al., *A Closed-Form Solution to Natural
    Image Matting*, TPAMI 2008, equation 12.

    Within a window alpha is a linear function of colour; `regularization` is the paper's epsilon,
    in squared colour units of [0, 1]. Windows that touch an unknown pixel count.
    """
    w = band.shape[1]
    offsets = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    # The column after the last collects what belongs to known pixels, whose row is -1.
    stencil = np.zeros((25, len(band) + 1), np.float32)
    centers = _window_centers(band)
    for begin in range(0, len(centers), WINDOWS_AT_ONCE):
        part = centers[begin : begin + WINDOWS_AT_ONCE]
        pixels = np.stack([part + (dy * w + dx) for dy, dx in offsets])
        centered, solved = _window_colors(planes(band.rgb(pixels)), regularization)
        rows = band.row[pixels]
        for a, (ay, ax) in enumerate(offsets):
            # A pixel is at place `a` of at most one window, so no row occurs twice here.
            stencil[12, rows[a]] += 1
            for b, (by, bx) in enumerate(offsets[a:], a):
                affinity = (solved[:, a] * centered[:, b]).sum(0)
                affinity += 1
                affinity *= np.float32(1 / 9)
                there = (by - ay) * 5 + bx - ax
                stencil[12 + there, rows[a]] -= affinity
                if b > a:
                    stencil[12 - there, rows[b]] -= affinity
    return _stencil_energy(band, stencil[:, :-1])


def _window_centers(band: Band) -> np.ndarray:
    h, w = band.shape
    if h < 3 or w < 3:
        return np.empty(0, np.int32)
    unknown = (band.row >= 0).reshape(h, w).view(np.uint8)
    touching = cv2.dilate(unknown, np.ones((3, 3), np.uint8))
    touching[[0, -1]] = 0
    touching[:, [0, -1]] = 0
    return np.flatnonzero(touching).astype(np.int32)


def _window_colors(colors: np.ndarray, regularization: float) -> tuple[np.ndarray, np.ndarray]:
    """``I - mu`` and ``(cov + eps / 9)^-1 (I - mu)`` of the windows' colours, all (3, 9, m)."""
    centered = colors - colors.mean(1, keepdims=True)
    return centered, solve_symmetric(scatter(centered, regularization, 1 / 9), centered)


def planes(colors: np.ndarray) -> np.ndarray:
    """(..., 3) colours as (3, ...): sums over whole planes are several times faster."""
    return np.ascontiguousarray(np.moveaxis(colors, -1, 0))


def scatter(
    centered: np.ndarray, regularization: float, scale: float = 1.0
) -> tuple[np.ndarray, ...]:
    """The six entries (xx, xy, xz, yy, yz, zz) of ``(sum of c c' + regularization) * scale``.

    `centered` is (3, k, m) float32, k colours of m windows; the entries are (m,) float64, because
    inverting a nearly flat window's matrix in single precision loses every digit.
    """
    entries = []
    for first in range(3):
        for second in range(first, 3):
            entry = np.einsum("km,km->m", centered[first], centered[second]).astype(np.float64)
            entries.append((entry + (regularization if first == second else 0)) * scale)
    return tuple(entries)


def solve_symmetric(matrix: tuple[np.ndarray, ...], vectors: np.ndarray) -> np.ndarray:
    """``S^-1 v`` for m symmetric 3x3 matrices by cofactors.

    `matrix` holds the six (m,) entries of `scatter`; the vectors are (3, m) or (3, k, m) float32.

    Returns float32 of the vectors' shape. Only the result is rounded: the inverse of a grey window's
    matrix has entries of 1e6 and more, which cancel in the product.
    """
    xx, xy, xz, yy, yz, zz = matrix
    cxx, cxy, cxz = yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy
    cyy, cyz, czz = xx * zz - xz * xz, xy * xz - xx * yz, xx * yy - xy * xy
    scale = 1 / (xx * cxx + xy * cxy + xz * cxz)
    ixx, ixy, ixz, iyy, iyz, izz = (
        entry * scale for entry in (cxx, cxy, cxz, cyy, cyz, czz)
    )
    x, y, z = vectors
    rows = (ixx, ixy, ixz), (ixy, iyy, iyz), (ixz, iyz, izz)
    return np.stack([(a * x + b * y + c * z).astype(np.float32) for a, b, c in rows])


def _stencil_energy(band: Band, stencil: np.ndarray) -> Energy:
    """The energy of a 5x5 stencil (25, n) with its entries towards known pixels eliminated."""
    h, w = band.shape
    n = len(band)
    # What every pixel is, with a frame of two pixels that belong to nobody; -1 is background.
    foreground, outside = -2, -3
    kind = np.pad(band.row.reshape(h, w), 2, constant_values=outside)
    kind[2:-2, 2:-2][band.foreground.reshape(h, w)] = foreground
    kind = kind.ravel()
    y, x = np.divmod(band.unknown, np.int32(w))
    middle = (y + 2) * np.int32(w + 4) + x + 2
    columns = np.empty((n, 25), np.int32)
    right_side, held = np.zeros(n, np.float32), np.zeros(n, bool)
    for place, values in enumerate(stencil):
        there = kind.take(middle + ((place // 5 - 2) * (w + 4) + place % 5 - 2))
        columns[:, place] = there
        right_side -= (there == foreground) * values
        held |= (there < 0) & (values != 0)
    linked = columns >= 0
    ends = np.concatenate([[0], np.cumsum(linked.sum(1))])
    values = np.ascontiguousarray(stencil.T)[linked]
    matrix = scipy.sparse.csr_matrix((values, columns[linked], ends), (n, n))
    return Energy(matrix, right_side, held)

"""The six basic expressions as displacements of MediaPipe's face mesh.

Drawn by us, not measured: each expression moves a few points of the face the way the action units
do that Ekman and Friesen (1978, Facial Action Coding System; EMFACS) list for it. Between these
points and others that stay, the bi-Laplacian carries the movement over the mesh (Botsch and
Sorkine 2008, On Linear Variational Surface Deformation Methods, section III), so that it ends
smoothly and the lips can part.
"""

import numpy as np

from pipeline.morphable_model import EXPRESSIONS

# Points on the person's right side and in the middle; mm to the photo's right, up, and forwards.
# The left side mirrors the right.
MOVES = {
    # Brow lowerer (4), lid tightener (7), lip tightener (23).
    "anger": {
        107: (2.5, -5, 1), 55: (2.5, -5, 1), 105: (1.5, -4, 0.5), 52: (1.5, -4, 0.5),
        70: (0, -1, 0), 159: (0, -1.5, 0), 145: (0, 1, 0), 61: (2, 0, 0),
        0: (0, -1.5, -1), 17: (0, 1.5, -1), 13: (0, 0, 0), 14: (0, 0, 0),
    },
    # Nose wrinkler (9), lip corner depressor (15), upper lip raiser (10).
    "disgust": {
        107: (1, -3, 0.5), 55: (1, -3, 0.5), 105: (0.5, -2, 0), 145: (0, 1.5, 0), 129: (-1, 4, 0),
        50: (0, 2, 1), 205: (0, 3, 1.5), 61: (-1, -2, 0),
        0: (0, 4, 1), 37: (0, 4, 1), 13: (0, 3.5, 0), 17: (0, 1, 1), 14: (0, 0.5, 0.5),
    },
    # Brow raisers and lowerer (1, 2, 4), upper lid raiser (5), lip stretcher (20), jaw drop (26).
    "fear": {
        107: (2, 6, 0), 55: (2, 6, 0), 105: (1, 5, 0), 52: (1, 5, 0), 70: (0, 2, 0),
        159: (0, 2, 0), 61: (-5, -3, -3), 13: (0, 0, -0.5), 14: (0, -5, -1), 17: (0, -5, -1),
        152: (0, -5, -1), 172: (0, -2, 0),
    },
    # Cheek raiser (6), lip corner puller (12).
    "happiness": {
        61: (-6, 5, -3), 50: (0, 3, 2), 205: (-2, 4, 2), 145: (0, 1.2, 0),
        0: (0, 1, -1), 13: (0, 1.5, -1), 14: (0, -1, -1), 17: (0, 0, -1),
    },
    # Inner brow raiser (1), brow lowerer (4), lip corner depressor (15), chin raiser (17).
    "sadness": {
        107: (1.5, 5, 0), 55: (1.5, 5, 0), 105: (0.5, 2, 0), 70: (0, -1, 0), 159: (0, -1.5, 0),
        61: (1, -5, -1), 13: (0, 0, 0), 14: (0, 0.5, 0.5), 17: (0, 1.5, 1.5), 199: (0, 1, 1),
    },
    # Brow raisers (1, 2), upper lid raiser (5), jaw drop (26).
    "surprise": {
        107: (0, 6, 0), 55: (0, 6, 0), 105: (0, 8, 0), 52: (0, 8, 0), 70: (0, 6, 0),
        159: (0, 2, 0), 61: (2.5, -5, -1), 13: (0, 0.5, 0), 14: (0, -12, -1), 17: (0, -12, -1),
        152: (0, -14, -3), 172: (0, -6, -1),
    },
}  # fmt: skip

# Nose, eye corners and the rim of the face above the jaw stay where they are.
RESTING = (168, 6, 4, 1, 94, 33, 133, 10, 67, 109, 103, 54, 21, 127, 234, 93, 132)
# Lids and cheeks stay, too, in expressions that do not name them.
RESTING_UNLESS_MOVED = (159, 145, 70, 105, 107, 50, 152, 58)
HOLD = 100.0


def expression_basis(
    vertices: np.ndarray, open_triangles: np.ndarray, mirror: np.ndarray
) -> np.ndarray:
    """Displacements (6, N, 3) in mm at full strength, in the order of EXPRESSIONS.

    vertices: (N, 3) a symmetric face in mm. open_triangles: (M, 3), without those that close
    mouth and eyes. mirror: (N,) index of each vertex's mirror image.
    """
    count = len(vertices)
    laplacian = np.zeros((count, count))
    for first, second in ((0, 1), (1, 2), (2, 0)):
        laplacian[open_triangles[:, first], open_triangles[:, second]] = -1
        laplacian[open_triangles[:, second], open_triangles[:, first]] = -1
    laplacian /= -laplacian.sum(axis=1, keepdims=True)
    np.fill_diagonal(laplacian, 1)

    basis = []
    for name in EXPRESSIONS:
        held = {vertex: (0, 0, 0) for vertex in (*RESTING, *RESTING_UNLESS_MOVED)} | MOVES[name]
        held |= {int(mirror[at]): (-x, y, z) for at, (x, y, z) in held.items() if mirror[at] != at}
        rows = np.zeros((len(held), count))
        rows[np.arange(len(held)), list(held)] = HOLD
        system = np.vstack([laplacian, rows])
        target = np.vstack([np.zeros((count, 3)), HOLD * np.array(list(held.values()), float)])
        basis.append(np.linalg.lstsq(system, target, rcond=None)[0])
    return np.array(basis)

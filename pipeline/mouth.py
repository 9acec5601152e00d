"""A patch that closes a mouth which a face model leaves open.

The Surrey model's lips end at an open rim, which its texture coordinates press into a line. The
patch spans the rim with vertices of its own and has its own place in a corner of the texture that
the face leaves free, so that it can show the teeth of the photo.
"""

from dataclasses import dataclass

import numpy as np

# Place of the patch in the texture (left, top, right, bottom): the Surrey face ends above it, and
# it has about as many texels a millimetre as the lips.
PLACE = (0.01, 0.945, 0.23, 0.995)


@dataclass(frozen=True, eq=False)
class Patch:
    """rim: (R,) the vertices that the patch's own R vertices lie on, in its order.

    triangles: (R - 2, 3) int32 of numbers into rim, counter-clockwise from outside.
    texture_coordinates: (R, 2) in 0..1.
    """

    rim: np.ndarray
    triangles: np.ndarray
    texture_coordinates: np.ndarray


def mouth_patch(mean: np.ndarray, triangles: np.ndarray) -> Patch:
    """The patch for a mesh whose mouth is the smaller of its two rims.

    mean: (N, 3), x to the right, y up, z out of the face. triangles: (M, 3), counter-clockwise from
    outside. Raises ValueError if the mesh has not exactly two rims.
    """
    loops = boundary_loops(triangles)
    if len(loops) != 2:
        raise ValueError(f"a face with a mouth has two rims, this one has {len(loops)}")
    loop = min(loops, key=len)
    across = mean[loop, 0]
    loop = np.roll(loop, -across.argmin())
    right = mean[loop, 0].argmax()
    upper, lower = loop[: right + 1], np.append(loop[right:], loop[0])[::-1]
    if mean[upper, 1].mean() < mean[lower, 1].mean():
        upper, lower = lower, upper
    return Patch(loop, _strip(mean, loop, upper, lower), _places(mean, loop, upper))


def boundary_loops(triangles: np.ndarray) -> list[np.ndarray]:
    """The rims of a mesh, each as its vertices in order along the triangles' edges."""
    edges = set(map(tuple, triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2).tolist()))
    following = {start: end for start, end in edges if (end, start) not in edges}
    loops = []
    while following:
        start, vertex = following.popitem()
        loop = [start]
        while vertex != start:
            loop.append(vertex)
            vertex = following.pop(vertex)
        loops.append(np.array(loop))
    return loops


def _strip(mean, loop, upper, lower):
    """Triangles between two chains from corner to corner, going on where less has been covered."""
    number = {vertex: place for place, vertex in enumerate(loop.tolist())}
    triangles, above, below = [], 0, 0
    while above + 1 < len(upper) or below + 1 < len(lower):
        start = [number[upper[above]], number[lower[below]]]
        ahead = [
            mean[chain[at + 1], 0] if at + 1 < len(chain) else np.inf
            for chain, at in ((upper, above), (lower, below))
        ]
        if ahead[0] < ahead[1]:
            above += 1
            triangles.append([*start, number[upper[above]]])
        else:
            below += 1
            triangles.append([*start, number[lower[below]]])
    # At the corners the chains share a vertex, where a triangle has no area.
    return np.array([each for each in triangles if len(set(each)) == 3], np.int32)


def _places(mean, loop, upper):
    """An ellipse in the texture: the upper lip along its top, the lower one along its bottom."""
    left, top, right, bottom = PLACE
    across = mean[loop, 0]
    share = (across - across.min()) / np.ptp(across)
    sign = np.where(np.isin(loop, upper), -1, 1)
    height = sign * np.sqrt(np.maximum(share * (1 - share), 0))
    return np.column_stack(
        [left + share * (right - left), (top + bottom) / 2 + height * (bottom - top)]
    )

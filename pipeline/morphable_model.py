"""A morphable face model: every face is the mean plus a little of each way faces vary.

    v(a, b) = mean + S a + E b

(Blanz and Vetter 1999, section 3; with separate expressions as in Huber et al. 2016, section 2.1):
S holds the principal components of shape, each times its standard deviation, so that a ~ N(0, 1);
E holds expression blendshapes with weights b >= 0.
"""

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from pipeline.weights import WEIGHTS

# Expressions rarely exceed this strength.
EXPRESSION_DEVIATION = 0.5
EXPRESSIONS = ("anger", "disgust", "fear", "happiness", "sadness", "surprise")


@dataclass(frozen=True, eq=False)
class MorphableModel:
    """Shape and expression spaces over one triangle mesh.

    mean: (N, 3) float64 in mm; x to the photo's right of a frontal face, y up, z out of the face.
    shape_basis: (K, N, 3), mm for one standard deviation. expression_basis: (6, N, 3), mm at full
    strength, in the order of EXPRESSIONS. triangles: (M, 3) int32, counter-clockwise from
    outside. texture_coordinates: (N, 2) in 0..1, u to the right and v down the texture.
    hairline: (N,) bool, where hair may hang into the face. mouth: (N,) bool, vertices of a patch
    between the lips with a place of its own in the texture.
    """

    name: str
    mean: np.ndarray
    shape_basis: np.ndarray
    expression_basis: np.ndarray
    triangles: np.ndarray
    texture_coordinates: np.ndarray
    hairline: np.ndarray = field(repr=False)
    mouth: np.ndarray = field(repr=False)

    def vertices(
        self, shape: np.ndarray | None = None, expression: np.ndarray | None = None
    ) -> np.ndarray:
        """The face (N, 3) in mm with these coefficients; the mean where none are given.

        shape: up to K numbers in standard deviations. expression: up to six strengths.
        """
        result = self.mean.copy()
        for coefficients, basis in (
            (shape, self.shape_basis),
            (expression, self.expression_basis),
        ):
            if coefficients is not None:
                result += np.tensordot(coefficients, basis[: len(coefficients)], axes=1)
        return result

    @property
    def shape_count(self) -> int:
        """Number of shape components, K."""
        return len(self.shape_basis)


@dataclass(frozen=True, eq=False)
class EmbeddedModel(MorphableModel):
    """The model that comes with DeepMasque, on the vertices of MediaPipe's face mesh.

    Vertex i is landmark i of `pipeline.face.Face`. alignment_weights: (468,), how much each counts
    when a face is turned to the front. See models/weights/face_shape.md for where it comes from.
    """

    alignment_weights: np.ndarray = field(repr=False, default=None)


@cache
def embedded_model() -> EmbeddedModel:
    """Read the model that `python -m models.face_shape` built."""
    with np.load(WEIGHTS / "face_shape.npz") as stored:
        mean = stored["mean"].astype(np.float64)
        return EmbeddedModel(
            name="DeepMasque",
            mean=mean,
            shape_basis=stored["shape_basis"].astype(np.float64),
            expression_basis=stored["expression_basis"].astype(np.float64),
            triangles=stored["triangles"].astype(np.int32),
            texture_coordinates=stored["texture_coordinates"].astype(np.float64),
            hairline=hairline(mean, brows=(70, 300), eyes=(33, 263), mouth=(61, 291)),
            # Its mouth is closed by triangles between the lips' own vertices.
            mouth=np.zeros(len(mean), bool),
            alignment_weights=stored["alignment_weights"].astype(np.float64),
        )


def hairline(
    mean: np.ndarray, *, brows: tuple[int, int], eyes: tuple[int, int], mouth: tuple[int, int]
) -> np.ndarray:
    """Vertices (N,) bool above the brows, and beside the eyes down to the mouth.

    mean: (N, 3). brows, eyes, mouth: vertices at the outer ends of each. Below the mouth, what is
    not skin is a beard.
    """
    across, up = np.abs(mean[:, 0]), mean[:, 1]
    beside = (across > across[list(eyes)].mean()) & (up > up[list(mouth)].mean())
    return (up > up[list(brows)].mean()) | beside


def coefficient_precision(shapes: int, expressions: int) -> np.ndarray:
    """(D,) how strongly each coefficient is held to zero, its inverse variance: shapes first."""
    return np.concatenate([np.ones(shapes), np.full(expressions, EXPRESSION_DEVIATION**-2)])


def solve_coefficients(normal: np.ndarray, right: np.ndarray, shape_count: int) -> np.ndarray:
    """Solve normal x = right (D,) with x[shape_count:], the expressions, not negative.

    Those that come out negative are held at zero and the rest is solved again; with six nearly
    independent expressions this active set is right in practice without ever being loosened.
    """
    free = np.ones(len(right), bool)
    while True:
        solution = np.zeros(len(right))
        solution[free] = np.linalg.solve(normal[np.ix_(free, free)], right[free])
        negative = solution < 0
        negative[:shape_count] = False
        if not negative.any():
            return solution
        free &= ~negative


def vertex_normals(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Unit normals (N, 3) of a mesh, each the area-weighted mean of its triangles' normals."""
    corners = vertices[triangles]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(normals, triangles[:, corner], across)
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)

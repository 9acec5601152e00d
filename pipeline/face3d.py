"""From a portrait to a textured three-dimensional face.

    from pipeline.face3d import fit_face
    model = fit_face(image, find_faces(image)[0])

On the command line: python -m pipeline.face3d PHOTO... -o face.glb
"""

import sys
import time
from dataclasses import dataclass, field

import numpy as np

from pipeline.arrays import ALPHA_ROUNDING, check_picture, check_shares
from pipeline.camera import Camera, to_the_front
from pipeline.face import Face
from pipeline.face_checks import SUNGLASSES, check_pose, wears_sunglasses
from pipeline.image_error import ImageError
from pipeline.isomap import extract_view, fill, merge_views
from pipeline.model_fitting import eye_distance, fit_surrey
from pipeline.morphable_model import (
    EmbeddedModel,
    MorphableModel,
    coefficient_precision,
    embedded_model,
    solve_coefficients,
    vertex_normals,
)
from pipeline.surrey import SurreyModel

TEXTURE_SIZE = 1024
# How strongly likely faces are preferred when a mesh is described by coefficients, in mm: the
# accuracy of the face mesh itself.
MESH_DEVIATION = 1.0


@dataclass(frozen=True, eq=False)
class FaceModel:
    """One person's face in three dimensions.

    model: the morphable model it is a member of; gives triangles and texture coordinates.
    shape: (K,) coefficients in standard deviations. expression: (6,) strengths.
    detail: (N, 3) mm, what the coefficients leave unexplained; zero for the Surrey model.
    camera: pose, scale and position in the first photo. cameras: those of all photos.
    isomap: (S, S, 4) uint8 RGBA texture. seen: (S, S) float32 in 0..1, how well some photo
    shows each texel; the rest is mirrored or filled in.
    fitted_vertices: (L,), and landmarks: (L, 2) pixels of the first photo, the pairs that were
    fitted. interocular: pixels between the outer eye corners. notes: sentences for the person.
    timings: seconds for "fit" and "texture".
    """

    model: MorphableModel
    shape: np.ndarray
    expression: np.ndarray
    detail: np.ndarray
    camera: Camera
    cameras: list[Camera]
    isomap: np.ndarray
    seen: np.ndarray
    fitted_vertices: np.ndarray
    landmarks: np.ndarray
    interocular: float
    notes: list[str] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)

    @property
    def vertices(self) -> np.ndarray:
        """(N, 3) float64 in mm, frontal: x to the photo's right, y up, z out of the face."""
        return self.deformed(self.shape, self.expression)

    @property
    def triangles(self) -> np.ndarray:
        """(M, 3) int32, counter-clockwise from outside."""
        return self.model.triangles

    @property
    def texture_coordinates(self) -> np.ndarray:
        """(N, 2) in 0..1, u to the right and v down the isomap."""
        return self.model.texture_coordinates

    @property
    def reprojected(self) -> np.ndarray:
        """(L, 2) pixels where the fitted vertices appear in the first photo."""
        return self.camera.project(self.vertices[self.fitted_vertices])

    @property
    def errors(self) -> np.ndarray:
        """(L,) pixels between the landmarks and the fitted vertices."""
        return np.linalg.norm(self.reprojected - self.landmarks, axis=1)

    @property
    def error(self) -> float:
        """Median of the errors in pixels."""
        return float(np.median(self.errors))

    def deformed(self, shape: np.ndarray, expression: np.ndarray) -> np.ndarray:
        """The face (N, 3) in mm with other coefficients and this person's detail."""
        return self.model.vertices(shape, expression) + self.detail


def fit_face(
    image: np.ndarray,
    face: Face,
    model: MorphableModel | None = None,
    *,
    alpha: np.ndarray | None = None,
    texture_size: int = TEXTURE_SIZE,
) -> FaceModel:
    """Fit a morphable model to a face and take its texture.

    image: (H, W, 3) uint8 RGB. model: None for the embedded one, or `surrey_model()`.
    alpha: (H, W) float32 in 0..1, the person's alpha matte: keeps the background out of the
    texture. texture_size: side of the isomap in pixels.

    Raises ImageError if the head is turned beyond 60 degrees, and for other arrays.
    """
    return fit_person([(image, face, alpha)], model, texture_size=texture_size)


def fit_person(
    photos: list[tuple[np.ndarray, Face, np.ndarray | None]],
    model: MorphableModel | None = None,
    *,
    texture_size: int = TEXTURE_SIZE,
) -> FaceModel:
    """Fit one person's face to several photos: one shape, one texture of the best views.

    photos: (image, face, alpha) as for `fit_face`. Expression, pose and colours of the result are
    those of the first photo.

    Raises ImageError if there is no photo or a head is turned beyond 60 degrees, and for other
    arrays.
    """
    if not photos:
        raise ImageError("Give at least one photo.")
    for image, _, alpha in photos:
        check_picture("photo", image)
        if alpha is not None:
            check_shares("alpha matte", alpha, image.shape[:2], rounding=ALPHA_ROUNDING)
    model = embedded_model() if model is None else model
    faces = [face for _, face, _ in photos]
    start = time.perf_counter()
    if isinstance(model, SurreyModel):
        shape, expressions, cameras, pairs = fit_surrey(model, faces, photos[0][0].shape[:2])
        surfaces = [model.vertices(shape, expression) for expression in expressions]
        expression, (vertices, landmarks) = expressions[0], pairs[0]
    else:
        surfaces, cameras = _fit_embedded(model, faces)
        shape, expression = describe(model, surfaces[0])
        vertices = np.arange(len(model.mean))
        landmarks = faces[0].landmarks[:, :2].astype(float)
    for camera in cameras:
        check_pose(camera)
    fitted = time.perf_counter()

    views = [
        extract_view(image, alpha, model, surface, camera, texture_size)
        for (image, _, alpha), surface, camera in zip(photos, surfaces, cameras, strict=True)
    ]
    merged = merge_views(views) if len(views) > 1 else views[0]
    isomap = fill(merged, model)
    hidden = any(wears_sunglasses(image, face) for image, face, _ in photos)
    return FaceModel(
        model=model,
        shape=shape,
        expression=expression,
        detail=surfaces[0] - model.vertices(shape, expression),
        camera=cameras[0],
        cameras=cameras,
        isomap=isomap,
        seen=merged.weights,
        fitted_vertices=vertices,
        landmarks=landmarks,
        interocular=eye_distance(faces[0]),
        notes=[SUNGLASSES] if hidden else [],
        timings={"fit": fitted - start, "texture": time.perf_counter() - fitted},
    )


def describe(model: MorphableModel, vertices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Most likely shape (K,) and expression (6,) coefficients of a frontal mesh (N, 3) in mm.

    Ridge regression with standard normal shape coefficients; expressions are not negative.
    """
    bases = np.concatenate([model.shape_basis, model.expression_basis]).reshape(
        -1, model.mean.size
    )
    count = model.shape_count
    precision = MESH_DEVIATION**-2
    normal = precision * bases @ bases.T + np.diag(coefficient_precision(count, len(bases) - count))
    right = precision * bases @ (vertices - model.mean).reshape(-1)
    solution = solve_coefficients(normal, right, count)
    return solution[:count], solution[count:]


def _fit_embedded(
    model: EmbeddedModel, faces: list[Face]
) -> tuple[list[np.ndarray], list[Camera]]:
    """Surfaces in mm and cameras of a person's photos from the face mesh's own depth.

    Each mesh is turned to the front by a similarity. What the person's meshes have in common,
    each place weighted by how well its photo shows it, replaces what is each photo's own.
    """
    surfaces, cameras, weights = [], [], []
    for face in faces:
        surface, camera = to_the_front(face.landmarks, model.mean, model.alignment_weights)
        surfaces.append(surface)
        cameras.append(camera)
        facing = camera.turned(vertex_normals(surface, model.triangles))[:, 2]
        weights.append(facing.clip(0.05, 1) ** 2)
    if len(faces) == 1:
        return surfaces, cameras
    movements = [
        np.tensordot(describe(model, surface)[1], model.expression_basis, axes=1)
        for surface in surfaces
    ]
    rest = [surface - movement for surface, movement in zip(surfaces, movements, strict=True)]
    common = np.average(rest, axis=0, weights=np.repeat(np.array(weights)[..., None], 3, axis=2))
    surfaces = [common + movement for movement in movements]
    return surfaces, cameras


if __name__ == "__main__":
    from pipeline.face3d_command import main

    sys.exit(main())

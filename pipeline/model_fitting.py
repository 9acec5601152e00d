"""Fit the Surrey model's shape, expressions and cameras to the landmarks of one or more photos.

Each photo starts from eos: pose, shape, blendshapes, contour and edges (Huber et al. 2016, section
2.2 to 2.4). Then one shape is sought for all of them. With the cameras C_i known, the landmarks
are linear in the coefficients, and the most likely ones (Aldrian and Smith 2013, section 4.2)

    minimise  sum_i || C_i (mean + S a + E b_i) - y_i ||^2 / sigma^2 + ||a||^2 + sum_i ||b_i / t||^2

which is one small system of equations. Cameras, outlines and coefficients take turns.
"""

import numpy as np

from pipeline.camera import FLIP, Camera, estimate_camera
from pipeline.face import LEFT_EYE, RIGHT_EYE, Face
from pipeline.morphable_model import coefficient_precision, solve_coefficients
from pipeline.surrey import IBUG_POINTS, LEFT_JAW, RIGHT_JAW, SurreyModel

# Pose and shape trade off slowly: on synthetic faces 3 rounds leave 3 degrees of pitch, 20 leave 2.
ROUNDS = 20
# How far landmarks are off, as a share of the distance between the outer eye corners. Smaller
# values fit closer with less likely faces; benchmarks/face3d.py prints how close this one fits.
LANDMARK_DEVIATION = 0.02
# Past this yaw the jaw's far half is hidden by the cheek, and its outline is no jaw any more.
CONTOUR_YAW = 7.5


def fit_surrey(
    model: SurreyModel, faces: list[Face], shape: tuple[int, int]
) -> tuple[np.ndarray, list[np.ndarray], list[Camera], list[tuple[np.ndarray, np.ndarray]]]:
    """Fit one person's shape to one or more photos.

    faces: that person in each photo. shape: (H, W) of the first photo; eos wants some frame.

    Returns the shape coefficients (K,), each photo's expression coefficients (6,) and camera, and
    for each photo the pairs that were fitted: model vertices (L,) and landmarks (L, 2) in pixels.
    """
    surfaces = [_fit_alone(model, face, shape) for face in faces]
    scales = [LANDMARK_DEVIATION * eye_distance(face) for face in faces]
    pairs, cameras = [], []
    for face, surface in zip(faces, surfaces, strict=True):
        inner = face.landmarks[model.inner_points, :2].astype(float)
        cameras.append(estimate_camera(surface[model.inner_vertices], inner))
    for _ in range(ROUNDS):
        pairs = [
            _correspondences(model, *each)
            for each in zip(faces, surfaces, cameras, strict=True)
        ]
        cameras = _cameras(surfaces, pairs)
        coefficients, expressions = _most_likely(model, cameras, pairs, scales)
        surfaces = [model.vertices(coefficients, each) for each in expressions]
    return coefficients, expressions, _cameras(surfaces, pairs), pairs


def _cameras(surfaces, pairs):
    return [
        estimate_camera(surface[vertices], points)
        for surface, (vertices, points) in zip(surfaces, pairs, strict=True)
    ]


def eye_distance(face: Face) -> float:
    """Distance between the outer eye corners in pixels."""
    return float(np.linalg.norm((face.landmarks[LEFT_EYE] - face.landmarks[RIGHT_EYE])[:2]))


def _fit_alone(model, face, shape):
    """What eos makes of one photo: vertices (N, 3)."""
    import eos

    height, width = shape
    landmarks = [
        eos.core.Landmark(str(number), face.landmarks[point, :2].tolist())
        for number, point in enumerate(IBUG_POINTS, 1)
    ]
    mesh, *_ = eos.fitting.fit_shape_and_pose(
        landmarks=landmarks, image_width=width, image_height=height, **model.library
    )
    return np.array(mesh.vertices, float)[:, :3]


def _correspondences(model, face, surface, camera):
    """Vertices (L,) and the landmarks (L, 2) they should meet; the jaw's lie on its outline."""
    projected = camera.project(surface)
    vertices = model.inner_vertices.tolist()
    points = face.landmarks[model.inner_points, :2].astype(float).tolist()
    yaw = camera.angles["yaw"]
    for jaw, contour, turned in (
        (RIGHT_JAW, model.right_contour, yaw),
        (LEFT_JAW, model.left_contour, -yaw),
    ):
        if turned < -CONTOUR_YAW:
            continue
        for place in jaw:
            point = face.landmarks[IBUG_POINTS[place], :2].astype(float)
            distances = np.linalg.norm(projected[contour] - point, axis=1)
            vertices.append(contour[distances.argmin()])
            points.append(point)
    return np.array(vertices), np.array(points)


def _most_likely(model, cameras, pairs, scales):
    """The ridge regression above: shape (K,) and one (6,) a photo, expressions not negative."""
    count, kinds = model.shape_count, len(model.expression_basis)
    size = count + kinds * len(cameras)
    normal = np.diag(coefficient_precision(count, size - count))
    right = np.zeros(size)
    for index, (camera, (vertices, points), scale) in enumerate(
        zip(cameras, pairs, scales, strict=True)
    ):
        projection = camera.scale * FLIP @ camera.rotation / scale
        first = count + kinds * index
        columns = np.r_[0:count, first : first + kinds]
        bases = np.concatenate(
            [model.shape_basis[:, vertices], model.expression_basis[:, vertices]]
        )
        system = (bases @ projection.T).reshape(len(columns), -1)
        offset = (points - camera.offset) / scale - model.mean[vertices] @ projection.T
        normal[np.ix_(columns, columns)] += system @ system.T
        right[columns] += system @ offset.reshape(-1)
    solution = solve_coefficients(normal, right, count)
    return solution[:count], list(solution[count:].reshape(-1, kinds))

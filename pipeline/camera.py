"""The scaled orthographic camera that ties a face model to its photo.

A point v of the model appears at

    [x, y] = offset + scale * F R v,    F = [[1, 0, 0], [0, -1, 0]]

(Hartley and Zisserman 2004, section 6.3.1): rotate, drop the depth, scale. F turns the model's y,
which points up, into the photo's, which points down. The camera stands for a portrait lens a
metre or more away, where the depth of a face hardly changes its scale.
"""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.sampling import moved

FLIP = np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
# Rounds of depth completion; the error changes by less than 1e-6 after about eight.
ROUNDS = 10


@dataclass(frozen=True, eq=False)
class Camera:
    """Pose of a face and the place where the photo shows it.

    rotation: (3, 3) float64, from model axes (x to the photo's right, y up, z out of the face) to
    the viewer's (x right, y up, z towards the viewer). scale: pixels a millimetre. offset: (2,)
    float64, the pixel of the model's origin.
    """

    rotation: np.ndarray
    scale: float
    offset: np.ndarray

    def project(self, vertices: np.ndarray) -> np.ndarray:
        """Pixels (N, 2) float64 of model points (N, 3)."""
        return vertices @ (self.scale * FLIP @ self.rotation).T + self.offset

    def of_part(self, to_part: np.ndarray) -> "Camera":
        """The camera of a part of the photo, cut out and enlarged by a (2, 3) map: it turns nothing."""
        scale = self.scale * float(to_part[0, 0])
        return replace(self, scale=scale, offset=moved(self.offset, to_part))

    def turned(self, directions: np.ndarray) -> np.ndarray:
        """Model vectors (N, 3) along the viewer's axes; the last column points at the viewer."""
        return directions @ self.rotation.T

    @property
    def angles(self) -> dict[str, float]:
        """Yaw, pitch and roll in degrees, with rotation = Rz(-roll) Ry(yaw) Rx(-pitch).

        Yaw is positive where the face looks to the photo's right, pitch where it looks up, roll
        where it is tilted clockwise as seen by the viewer.
        """
        across = self.rotation
        yaw = np.arctan2(-across[2, 0], np.hypot(across[2, 1], across[2, 2]))
        pitch = -np.arctan2(across[2, 1], across[2, 2])
        roll = -np.arctan2(across[1, 0], across[0, 0])
        return {
            name: float(np.degrees(angle))
            for name, angle in (("yaw", yaw), ("pitch", pitch), ("roll", roll))
        }


def rotation_from_angles(yaw: float = 0, pitch: float = 0, roll: float = 0) -> np.ndarray:
    """Rotation (3, 3) with the given angles in degrees, the inverse of `Camera.angles`."""
    yaw, pitch, roll = np.radians([yaw, -pitch, -roll])
    about_x = [
        [1, 0, 0],
        [0, np.cos(pitch), -np.sin(pitch)],
        [0, np.sin(pitch), np.cos(pitch)],
    ]
    about_y = [[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]]
    about_z = [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
    return np.array(about_z) @ np.array(about_y) @ np.array(about_x)


def similarity(
    source: np.ndarray, target: np.ndarray, weights: np.ndarray | None = None
) -> tuple[np.ndarray, float, np.ndarray]:
    """Rotation, scale and shift with target ~ scale * rotation source + shift, least squares.

    Weighted Procrustes analysis without reflection (Umeyama 1991, equations 38 to 42).
    source, target: (N, 3); weights: (N,), not negative. Returns (3, 3), a number, (3,).
    """
    weights = np.ones(len(source)) if weights is None else np.asarray(weights, float)
    weights = weights / weights.sum()
    middle, target_middle = weights @ source, weights @ target
    source, target = source - middle, target - target_middle
    left, values, right = np.linalg.svd((target * weights[:, None]).T @ source)
    signs = np.array([1, 1, np.sign(np.linalg.det(left @ right))])
    rotation = left @ (signs[:, None] * right)
    scale = float((values * signs).sum() / (weights @ (source**2).sum(axis=1)))
    return rotation, scale, target_middle - scale * rotation @ middle


def to_the_front(
    landmarks: np.ndarray, front: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, Camera]:
    """Landmarks of a turned face as they lie on one that looks ahead, (N, 3), and the camera under
    which these appear at the pixels of the landmarks.

    landmarks: (N, 3) as `pipeline.face` finds them: y points down, z away from the viewer. front:
    (N, 3) the same points of a face that looks ahead, y up, z to the viewer. weights: (N,) of the
    points in the similarity between them.
    """
    upright = landmarks * (1.0, -1.0, -1.0)
    rotation, scale, shift = similarity(upright, front, weights)
    offset = -(rotation.T @ shift) / scale
    return scale * upright @ rotation.T + shift, Camera(rotation.T, 1 / scale, offset[:2] * (1, -1))


def estimate_camera(vertices: np.ndarray, points: np.ndarray) -> Camera:
    """The camera under which model points appear at given pixels, in the least squares sense.

    vertices: (N, 3) model points that do not lie in one plane, N >= 4. points: (N, 2) pixels.

    The affine camera that fits best (Hartley and Zisserman 2004, algorithm 7.2) gives the start.
    Then, in turns, the missing depths are taken from the present rotation and the rotation from
    the completed points, which lowers the error in every turn.
    """
    system = np.hstack([vertices, np.ones((len(vertices), 1))])
    affine = np.linalg.lstsq(system, points * (1, -1), rcond=None)[0][:3].T
    left, values, right = np.linalg.svd(affine, full_matrices=False)
    first = left @ right
    rotation, scale = np.vstack([first, np.cross(*first)]), float(values.mean())
    middle = vertices.mean(axis=0)
    for _ in range(ROUNDS):
        depth = scale * (vertices - middle) @ rotation[2]
        rotation, scale, shift = similarity(vertices, np.column_stack([points * (1, -1), depth]))
    return Camera(rotation, scale, shift[:2] * (1, -1))

"""Draw a textured face from any side, for pictures on paper and pages without a viewer."""

import cv2
import numpy as np

from pipeline.camera import Camera, rotation_from_angles
from pipeline.drawings import GOLD, enlarged_part
from pipeline.morphable_model import MorphableModel, vertex_normals
from pipeline.rasterize import interpolation, triangle_map
from pipeline.sampling import sample_at, scaling

# Share of the picture's height that the mean face takes.
FILLING = 0.85
# Brightness of skin turned away from the light by 90 degrees.
AMBIENT = 0.55
SUPERSAMPLING = 2
FACE_SIDE = 640  # pixels of a picture of a face alone
FACE_MARGIN = 0.3  # of the longer side of its box


def portrait_camera(
    model: MorphableModel, side: int, yaw: float = 0, pitch: float = 0
) -> Camera:
    """A camera that shows the model's mean in the middle of a square picture."""
    rotation = rotation_from_angles(yaw, pitch)
    low, high = model.mean.min(axis=0), model.mean.max(axis=0)
    scale = FILLING * side / (high[1] - low[1])
    centred = Camera(rotation, scale, np.zeros(2))
    middle = centred.project((low + high)[None] / 2)[0]
    return Camera(rotation, scale, np.array([side / 2, side / 2]) - middle)


def render(
    model: MorphableModel,
    vertices: np.ndarray,
    camera: Camera,
    shape: tuple[int, int],
    texture: np.ndarray | None = None,
    *,
    shaded: bool = False,
) -> np.ndarray:
    """Picture of a face on nothing: (H, W, 4) uint8 RGBA.

    vertices: (N, 3) in mm. shape: (H, W). texture: (S, S, 3 or 4) uint8 isomap, or None for plain
    clay. shaded: light it from the camera, as clay always is.
    """
    fine = camera.of_part(scaling(SUPERSAMPLING, SUPERSAMPLING))
    size = (shape[0] * SUPERSAMPLING, shape[1] * SUPERSAMPLING)
    points, depth = fine.project(vertices), fine.turned(vertices)[:, 2]
    covering = triangle_map(points, model.triangles, size, depth)
    pixels, mix = interpolation(points, model.triangles, covering)
    picture = np.zeros((*size, 4), np.float32)
    if texture is None:
        colours = np.full((len(pixels), 3), 205, np.float32)
    else:
        at = (mix @ (model.texture_coordinates * len(texture) - 0.5)).astype(np.float32)
        colours = sample_at(texture[..., :3].copy(), *at.T).astype(np.float32)
    if shaded or texture is None:
        facing = fine.turned(vertex_normals(vertices, model.triangles))[:, 2]
        light = AMBIENT + (1 - AMBIENT) * (mix @ facing).clip(0, 1)
        colours *= light[:, None]
    picture.reshape(-1, 4)[pixels] = np.column_stack([colours, np.full(len(pixels), 255)])
    # Averaged with alpha as weight, so that the empty surround does not darken the outline.
    picture[..., :3] *= picture[..., 3:] / 255
    picture = cv2.resize(picture, shape[::-1], interpolation=cv2.INTER_AREA)
    picture[..., :3] *= 255 / np.maximum(picture[..., 3:], 1e-3)
    return picture.clip(0, 255).round().astype(np.uint8)


def over(image: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Lay an RGBA picture over an RGB one of the same size: (H, W, 3) uint8."""
    opacity = drawn[..., 3:].astype(np.float32) / 255
    return (image * (1 - opacity) + drawn[..., :3] * opacity).round().astype(np.uint8)


def draw_wireframe(
    image: np.ndarray,
    model: MorphableModel,
    vertices: np.ndarray,
    camera: Camera,
) -> np.ndarray:
    """The photo with the mesh's front side drawn over it: (H, W, 3) uint8."""
    points = np.rint(camera.project(vertices) * 16).astype(np.int32)
    corners = points[model.triangles].astype(np.int64)
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    # The photo's y points down, so triangles that face the viewer run clockwise there.
    front = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0] < 0
    lines = np.zeros_like(image)
    cv2.polylines(
        lines, list(points[model.triangles[front]]), True, (255, 255, 255), 1, cv2.LINE_AA, 4
    )
    opacity = lines.astype(np.float32) * (0.6 / 255)
    return (image * (1 - opacity) + np.array(GOLD) * opacity).round().astype(np.uint8)


def draw_landmarks(
    image: np.ndarray, landmarks: np.ndarray, reprojected: np.ndarray, size: float
) -> np.ndarray:
    """The photo with landmarks as blue dots and the model's points as gold rings.

    landmarks, reprojected: (L, 2) pixels. size: radius of a ring in pixels.
    """
    drawn = image.copy()
    for point, other in zip(landmarks, reprojected, strict=True):
        start, end = (np.rint(each * 16).astype(int).tolist() for each in (point, other))
        cv2.line(drawn, start, end, (229, 115, 92), 1, cv2.LINE_AA, 4)
        cv2.circle(drawn, start, round(size * 8), (127, 179, 230), -1, cv2.LINE_AA, 4)
        cv2.circle(drawn, end, round(size * 16), GOLD, 1, cv2.LINE_AA, 4)
    return drawn


def crop_face(
    image: np.ndarray, points: np.ndarray, side: int = FACE_SIDE
) -> tuple[np.ndarray, np.ndarray]:
    """The part of a picture around points (L, 2), with FACE_MARGIN of their box to every side of it.

    Returns it with `side` pixels along its longer side, (h, w, 3) uint8, and the (2, 3) map to its
    pixels: what is drawn on it then is as fine in a small photo as in a large one.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    reach = FACE_MARGIN * (high - low).max()
    return enlarged_part(image, (*(low - reach), *(high + reach)), side)

"""Find faces and their 468 landmarks with MediaPipe's networks.

The networks are the ones in the mediapipe wheel (BlazeFace full range, Bazarevsky et al. 2019;
Face Mesh, Kartynnik et al. 2019), run by LiteRT. The package itself is never imported: that would
cost half a second and 120 MB.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.arrays import check_picture
from pipeline.sampling import moved, square_crop
from pipeline.wheel import wheel_network

LANDMARK_COUNT = 468
DETECTOR_SIZE = 192
DETECTOR_STRIDE = 4
DETECTION_SCORE = 0.6
# Face Mesh says how sure it is that its crop holds a face; below this it is a false alarm.
PRESENCE_SCORE = 0.5
MESH_SIZE = 192
# Face Mesh expects the face box enlarged by half, turned so that the eyes are level.
MESH_MARGIN = 1.5
OVERLAP = 0.3
# Of a face's box that is another one found twice, more than this lies within the other's.
REPEATED = 0.6
# Outer corners of the person's right and left eye in the mesh.
RIGHT_EYE, LEFT_EYE = 33, 263


@dataclass(frozen=True, eq=False)
class Face:
    """A face in a photo.

    landmarks: (468, 3) float32; x right and y down in pixels of the photo, z towards the viewer
    negative, in the same unit. score: 0..1, certainty of the mesh that this is a face.
    """

    landmarks: np.ndarray
    score: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the landmarks in pixels."""
        left, top = self.landmarks[:, :2].min(axis=0)
        right, bottom = self.landmarks[:, :2].max(axis=0)
        return float(left), float(top), float(right), float(bottom)

    @property
    def height(self) -> float:
        """Height of the landmarks' box in pixels."""
        return self.box[3] - self.box[1]

    @property
    def roll(self) -> float:
        """Angle of the line between the eyes in radians, clockwise positive."""
        dx, dy = (self.landmarks[LEFT_EYE] - self.landmarks[RIGHT_EYE])[:2]
        return float(np.arctan2(dy, dx))

    @property
    def yaw(self) -> float:
        """How far the line between the eyes is turned out of the picture in radians: positive where
        the person's left eye is the farther one.
        """
        across, down, away = self.landmarks[LEFT_EYE] - self.landmarks[RIGHT_EYE]
        return float(np.arctan2(away, np.hypot(across, down)))


def find_faces(image: np.ndarray) -> list[Face]:
    """Return the faces of a photo, largest first; an empty list if there is none.

    image: (H, W, 3) uint8 RGB. The search looks at the whole photo first, where a face
    needs some 5 % of the longer side; only if that shows nothing does it tilt the photo or look
    closer, for faces of some 2 %, in a panorama less.

    Raises ImageError for another array.
    """
    check_picture("photo", image)
    for regions in _searches(image.shape[:2]):
        faces = []
        for region in regions:
            for box, eyes in _detect(image, region):
                face = _landmarks(image, box, eyes)
                if face is not None:
                    faces.append(face)
        if faces:
            return _without_repeats(faces)
    return []


def _searches(shape):
    """Yield ever more costly lists of square regions (centre x, centre y, side, angle)."""
    height, width = shape
    centre, side = (width / 2, height / 2), max(height, width)
    yield [(*centre, side, 0.0)]
    yield [(*centre, side, angle) for angle in np.radians((-40, 40))]
    for parts in (2, 4, 8, 16):
        tile = side / parts
        if parts > 4 and tile < min(height, width):
            return  # only a panorama is worth that many
        yield [(x, y, tile, 0.0) for y in _centres(height, tile) for x in _centres(width, tile)]


def _centres(length, tile):
    """Centres of tiles that cover a length and overlap by half, so that one holds each face."""
    if length <= tile:
        return [length / 2]
    count = int(np.ceil((length - tile) / (tile / 2))) + 1
    return np.linspace(tile / 2, length - tile / 2, count)


def _detect(image, region):
    """Run the detector on a square region; yield (box, eyes) in photo pixels.

    box is (centre x, centre y, side), eyes a (2, 2) array: right eye, left eye.
    """
    crop, to_photo = square_crop(image, region, DETECTOR_SIZE)
    regressors, scores = wheel_network("face_detection/face_detection_full_range_sparse.tflite")(
        crop.astype(np.float32) / 127.5 - 1
    )
    scores = 1 / (1 + np.exp(-np.clip(scores[:, 0], -50, 50)))
    chosen = np.flatnonzero(scores > DETECTION_SCORE)
    if not len(chosen):
        return
    cells = DETECTOR_SIZE // DETECTOR_STRIDE
    anchors = (np.stack([chosen % cells, chosen // cells], axis=1) + 0.5) * DETECTOR_STRIDE
    # Per anchor: box centre, box size, then six key points, the first two being the eyes.
    values = regressors[chosen].reshape(len(chosen), 8, 2)
    centres, sizes = anchors + values[:, 0], values[:, 1]
    boxes = np.hstack([centres - sizes / 2, sizes])
    scale = region[2] / DETECTOR_SIZE
    for index in cv2.dnn.NMSBoxes(
        boxes.tolist(), scores[chosen].tolist(), DETECTION_SCORE, OVERLAP
    ):
        points = np.vstack([centres[index], anchors[index] + values[index, 2:4]])
        centre, *eyes = moved(points, to_photo)
        yield (*centre, float(sizes[index].max()) * scale), np.array(eyes)


def _landmarks(image, box, eyes):
    """Run Face Mesh on a detected face; return a Face, or None if there is none after all."""
    x, y, side = box
    (right, left) = eyes
    # A second look, placed by the landmarks of the first, steadies tilted and off-centre faces.
    for _ in range(2):
        angle = float(np.arctan2(left[1] - right[1], left[0] - right[0]))
        crop, to_photo = square_crop(image, (x, y, side * MESH_MARGIN, angle), MESH_SIZE)
        outputs = wheel_network("face_landmark/face_landmark.tflite")(crop.astype(np.float32) / 255)
        mesh, presence = sorted(outputs, key=np.size, reverse=True)
        score = 1 / (1 + np.exp(-float(presence.item())))
        if score < PRESENCE_SCORE:
            return None
        points = mesh.reshape(LANDMARK_COUNT, 3)
        scale = side * MESH_MARGIN / MESH_SIZE
        landmarks = np.empty((LANDMARK_COUNT, 3), np.float32)
        landmarks[:, :2] = moved(points[:, :2], to_photo)
        landmarks[:, 2] = points[:, 2] * scale
        right, left = landmarks[RIGHT_EYE, :2], landmarks[LEFT_EYE, :2]
        low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
        x, y = moved((low + high) / 2, to_photo)
        side = float((high - low).max()) * scale
    return Face(landmarks, score)


def _without_repeats(faces):
    """Largest first, dropping any whose box mostly lies in a larger one's."""
    kept = []
    for face in sorted(faces, key=lambda face: -face.height):
        left, top, right, bottom = face.box
        area = (right - left) * (bottom - top)
        covered = 0.0
        for other in kept:
            width = min(right, other.box[2]) - max(left, other.box[0])
            height = min(bottom, other.box[3]) - max(top, other.box[1])
            covered = max(covered, max(width, 0) * max(height, 0) / max(area, 1e-6))
        if covered <= REPEATED:
            kept.append(face)
    return kept

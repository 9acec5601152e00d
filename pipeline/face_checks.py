"""Whether a photo's face can be made three-dimensional, and a plain sentence where it cannot."""

import numpy as np

from pipeline.camera import Camera
from pipeline.face import Face
from pipeline.image_error import ImageError

SMALLEST_FACE = 60
LARGEST_YAW = 60

NO_FACE = (
    "No face was found in this photo. Give one where a face looks roughly at the camera and is "
    "not covered."
)
SEVERAL = "There are {count} faces in this photo; the largest was taken."
SUNGLASSES = (
    "These look like sunglasses: the eyes are hidden, so the texture shows the glasses instead."
)

# Skin that any pair of sunglasses covers: between brow and lid, and right under the eye.
SOCKETS = ((222, 223, 224, 229, 230, 231), (442, 443, 444, 449, 450, 451))
# Skin that none covers: the cheeks beside the nose's tip.
CHEEKS = ((205, 187, 207, 50), (425, 411, 427, 280))
# Sunglasses leave less than this share of the cheeks' light, in both sockets. Deep shadows and
# make-up darken one place or one side; benchmarks/face3d.py prints the shares of real portraits.
SUNGLASSES_SHARE = 0.15
# Half-width of the patch looked at around a landmark, as a share of the face's height.
PATCH = 0.012


def choose_face(faces: list[Face]) -> tuple[Face, list[str]]:
    """The face to fit and sentences about the choice.

    faces: largest first, as `pipeline.face.find_faces` gives them.
    Raises ImageError if there is none or the largest is less than 60 pixels high.
    """
    if not faces:
        raise ImageError(NO_FACE)
    face = faces[0]
    if face.height < SMALLEST_FACE:
        raise ImageError(
            f"The face is too small: {face.height:.0f} pixels high, and at least {SMALLEST_FACE} "
            "are needed. Give a closer photo."
        )
    return face, [SEVERAL.format(count=len(faces))] if len(faces) > 1 else []


def check_pose(camera: Camera) -> None:
    """Raise ImageError if the head is turned beyond 60 degrees."""
    yaw = abs(camera.angles["yaw"])
    if yaw > LARGEST_YAW:
        raise ImageError(
            f"The head is turned {yaw:.0f} degrees to the side; beyond {LARGEST_YAW} half of the "
            "face is hidden. Give a photo that shows both eyes."
        )


def socket_shares(image: np.ndarray, face: Face) -> tuple[float, float]:
    """Light of the right and left eye socket as a share of the cheeks', in linear light.

    image: (H, W, 3) uint8 RGB.
    """
    cheeks = max(_light(image, face, cheek) for cheek in CHEEKS)
    right, left = (_light(image, face, socket) / max(cheeks, 1e-4) for socket in SOCKETS)
    return right, left


def wears_sunglasses(image: np.ndarray, face: Face) -> bool:
    """Whether both eye sockets are far darker than the cheeks."""
    return max(socket_shares(image, face)) < SUNGLASSES_SHARE


def _light(image, face, points):
    """Median linear luminance (0..1) of the skin around landmarks."""
    reach = max(1, round(PATCH * face.height))
    height, width = image.shape[:2]
    patches = []
    for x, y in np.rint(face.landmarks[list(points), :2]).astype(int):
        if 0 <= x < width and 0 <= y < height:
            patch = image[max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1]
            patches.append(np.median((patch / 255.0) ** 2.2 @ (0.2126, 0.7152, 0.0722)))
    return float(np.median(patches)) if patches else 0.0

"""What part of a photo is shown: crops placed by the face, and their pixels.

A crop may reach beyond the photo; there nothing of the person is, and the background goes on.
"""

import cv2
import numpy as np

from pipeline.face import Face
from pipeline.frame import Frame
from pipeline.id_formats import DOTS_PER_INCH, IdFormat

# Points of the face mesh: the chin, and both corners of both eyes.
CHIN = 152
EYE_CORNERS = (33, 133, 362, 263)
# A head-and-shoulders portrait is 4 wide and 5 high; of its height, the head takes so much, and
# so much is left above the crown.
PORTRAIT_PROPORTION = 4 / 5
PORTRAIT_HEAD = 0.42
PORTRAIT_ABOVE = 0.14
# In a square, the eyes lie this far down.
SQUARE_EYES = 0.42
# An edge of the photo cuts the person off if more than this share of it is person.
CUT_OFF = 0.02
# Degrees by which a head may be tilted and turned before it is said; offices want about 5, and the
# face mesh is not that sure.
MOST_TILT, MOST_TURN = 8, 15
# A side of a crop cuts the head if it is person on more than this share of the head's height.
HALF_OF_HEAD = 0.5


def whole(shape: tuple[int, int]) -> Frame:
    """The whole photo of `shape` (H, W)."""
    return Frame(0, 0, shape[1], shape[0])


def head(face: Face) -> tuple[np.ndarray, float]:
    """The middle between the eyes, (x, y) in pixels, and the height from chin to crown.

    Measured along the head's own axis, so that a tilt does not shorten it.
    """
    eyes = face.landmarks[list(EYE_CORNERS), :2].mean(axis=0)
    to_chin = face.landmarks[CHIN, :2] - eyes
    return eyes.astype(float), 2 * float(np.hypot(*to_chin))


def head_and_shoulders(shape: tuple[int, int], face: Face) -> Frame:
    """A portrait around a face that stays within the photo at its sides and its lower edge."""
    eyes, head_height = head(face)
    crown = eyes[1] - head_height / 2
    height = head_height / PORTRAIT_HEAD
    height = min(height, (shape[0] - crown) / (1 - PORTRAIT_ABOVE), shape[1] / PORTRAIT_PROPORTION)
    width = PORTRAIT_PROPORTION * height
    left = np.clip(eyes[0] - width / 2, 0, shape[1] - width)
    return _rounded(left, crown - PORTRAIT_ABOVE * height, width, height)


def square(shape: tuple[int, int], alpha: np.ndarray, face: Face | None) -> Frame:
    """The largest square of the photo that has the face, or else the person, well placed.

    shape: (H, W) of the photo. alpha: (h, w) float matte at any scale.
    """
    side = min(shape)
    if face is not None:
        x, y = head(face)[0]
        y += (0.5 - SQUARE_EYES) * side
    else:
        weight = np.maximum(alpha, 1e-6)
        y = (weight.sum(1) @ np.arange(len(alpha)) / weight.sum() + 0.5) * shape[0] / len(alpha)
        x = weight.sum(0) @ np.arange(alpha.shape[1]) / weight.sum() + 0.5
        x *= shape[1] / alpha.shape[1]
    left = np.clip(x - side / 2, 0, shape[1] - side)
    top = np.clip(y - side / 2, 0, shape[0] - side)
    return _rounded(left, top, side, side)


def for_document(id_format: IdFormat, face: Face) -> Frame:
    """The crop in which the head has the height and the place that a document asks for."""
    eyes, head_height = head(face)
    pixels = head_height / id_format.head_aim
    width, height = (pixels * side for side in id_format.size)
    bottom = eyes[1] + pixels * id_format.eyes_aim
    return Frame(eyes[0] - width / 2, bottom - height, width, height)


def document_problems(
    frame: Frame, alpha: np.ndarray, shape: tuple[int, int], face: Face
) -> list[str]:
    """Sentences about what keeps a crop for a document from being accepted.

    alpha: (h, w) float matte of the whole photo at any scale. shape: (H, W) of the photo.
    """
    problems = []
    tilt, turn = (abs(float(np.degrees(angle))) for angle in (face.roll, face.yaw))
    if tilt > MOST_TILT:
        problems.append(f"The head is tilted by {tilt:.0f} degrees; it should be upright.")
    if turn > MOST_TURN:
        problems.append(
            f"The head is turned by {turn:.0f} degrees; it should face the camera straight."
        )
    problems += _cut_by_crop(frame, alpha, shape, face)
    if frame.top + frame.height > shape[0] + 1:
        problems.append("The photo ends too close below the chin: the shoulders are cut off.")
    beyond = _beyond(frame, shape)
    seen = {edge for edge in _cutting_edges(alpha) if beyond[edge] >= 1}
    if "top" in seen:
        problems.append("The photo ends too close above the head: the top of it is cut off.")
    if seen & {"left", "right"}:
        problems.append("The photo ends too close beside the face: a shoulder is cut off.")
    return problems


def _cut_by_crop(frame, alpha, shape, face):
    """Sentences about what of the head lies outside the crop, though the photo shows it."""
    scale = np.divide(alpha.shape[::-1], shape[::-1])
    (_, eyes), height = head(face)
    left, right = (int(x * scale[0]) for x in (frame.left, frame.left + frame.width - 1))
    top, crown, chin = (
        int(y * scale[1]) for y in (frame.top, eyes - height / 2, eyes + height / 2)
    )
    problems = []
    upper = alpha[top, max(left, 0) : right + 1] if frame.top >= 0 else np.zeros(1)
    if (upper > 0.5).mean() > CUT_OFF:
        problems.append("The hair reaches beyond the upper edge of the crop.")
    beside = [alpha[max(crown, 0) : chin, x] for x in (left, right) if 0 <= x < alpha.shape[1]]
    if any((line > 0.5).mean() > HALF_OF_HEAD for line in beside if line.size):
        problems.append("The head or its hair reaches beyond the side of the crop.")
    return problems


def print_problems(frame: Frame, id_format: IdFormat) -> list[str]:
    """A sentence if a crop has too few pixels to be printed sharply at the document's size."""
    across = id_format.dots_per_inch(frame.width)
    if across >= DOTS_PER_INCH:
        return []
    return [
        f"In print this crop has {across:.0f} pixels to the inch and looks blurred; {DOTS_PER_INCH} "
        "are usual. A larger photo, or one from nearer, has more."
    ]


def with_margin(
    frame: Frame,
    margin: float,
    alpha: np.ndarray,
    shape: tuple[int, int],
    *,
    keep_shape: bool = False,
) -> Frame:
    """Room on every side of a crop, as a share of its longer side, or, where it keeps its shape, of
    its width at the sides and its height above and below.

    It ends at an edge of the photo that cuts the person off: beyond it would be a cut.

    alpha: (h, w) float matte of the whole photo at any scale. shape: (H, W) of the photo.
    keep_shape: the crop grows in proportion; what finds no room at one side goes to the other.
    """
    cutting = _cutting_edges(alpha)
    room = {
        edge: max(0, -distance) if edge in cutting else np.inf
        for edge, distance in _beyond(frame, shape).items()
    }
    sides = (("left", "right", frame.width), ("top", "bottom", frame.height))
    if keep_shape:
        growth = 2 * margin
        growth = min(growth, *((room[one] + room[other]) / side for one, other, side in sides))
        grows = {}
        for one, other, side in sides:
            half = growth * side / 2
            grows[one] = min(room[one], max(half, 2 * half - room[other]))
            grows[other] = 2 * half - grows[one]
    else:
        even = margin * max(frame.width, frame.height)
        grows = {edge: min(even, there) for edge, there in room.items()}
    return _rounded(
        frame.left - grows["left"],
        frame.top - grows["top"],
        frame.width + grows["left"] + grows["right"],
        frame.height + grows["top"] + grows["bottom"],
    )


def _cutting_edges(alpha):
    """Names of the photo's edges that cut the person off."""
    lines = {"left": alpha[:, 0], "top": alpha[0], "right": alpha[:, -1], "bottom": alpha[-1]}
    return {edge for edge, line in lines.items() if (line > 0.5).mean() > CUT_OFF}


def _beyond(frame, shape):
    """By how many pixels a frame reaches beyond each edge of a photo; negative within it."""
    return {
        "left": -frame.left,
        "top": -frame.top,
        "right": frame.left + frame.width - shape[1],
        "bottom": frame.top + frame.height - shape[0],
    }


def scaled(frame: Frame, scale: float) -> Frame:
    """The same crop of the photo at another size; whole pixels, at least one."""
    return _rounded(*(scale * side for side in (frame.left, frame.top, frame.width, frame.height)))


def cropped(pixels: np.ndarray, frame: Frame, beyond: int | None = 0) -> np.ndarray:
    """The pixels of a frame with whole numbers.

    pixels: (H, W) or (H, W, C) of any type. beyond: the value outside the photo; None goes on
    with the photo's mirror image, beside the photo altogether with the nearest pixel.
    """
    left, top, width, height = (
        int(side) for side in (frame.left, frame.top, frame.width, frame.height)
    )
    rows, columns = pixels.shape[:2]
    inside = pixels[max(top, 0) : max(top + height, 0), max(left, 0) : max(left + width, 0)]
    if inside.shape[:2] == (height, width):
        return inside
    if not inside.size:  # beside the photo altogether
        row, column = np.clip(top, 0, rows - 1), np.clip(left, 0, columns - 1)
        inside = pixels[row : row + 1, column : column + 1]
        if beyond is not None:
            inside = np.full_like(inside, beyond)
        return np.broadcast_to(inside, (height, width, *pixels.shape[2:])).copy()
    border = (
        max(-top, 0),
        max(top + height - rows, 0),
        max(-left, 0),
        max(left + width - columns, 0),
    )
    if beyond is None:
        return cv2.copyMakeBorder(inside, *border, cv2.BORDER_REFLECT)
    return cv2.copyMakeBorder(inside, *border, cv2.BORDER_CONSTANT, value=[beyond] * 4)


def _rounded(left, top, width, height):
    return Frame(round(left), round(top), max(1, round(width)), max(1, round(height)))

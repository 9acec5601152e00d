"""Find the people of a photo with PortraitFCN+.

The network has seen mostly portraits cropped to head and shoulders. A photo that is framed
differently is looked at twice: once whole, and once closer, in a frame around each face (placed
as in the training portraits) and around each person that the first look found.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from pipeline.align import align, portrait_channels, portrait_prior
from pipeline.arrays import check_picture
from pipeline.bars import picture_area
from pipeline.face import Face
from pipeline.frame import Frame
from pipeline.mending import SURE, follow_edges, with_whole_faces, without_patches
from pipeline.person import person_score
from pipeline.sampling import inverse, sample_affine, scaled_size, then
from pipeline.tflite import loaded_network
from pipeline.weights import WEIGHTS

NETWORK = WEIGHTS / "portrait_fcn_plus.tflite"

# The logits are multiplied by this much: what counts as unsure in a trimap, and as surely a person,
# was chosen on larger ones (models/EXPERIMENTS.md).
SHARPNESS = 1.25
# Place of hair among the network's classes (models/multiclass_features.py).
HAIR_CLASS = 1

# Longer side of the canvas that the looks are joined on, at most; the network sees less than that.
CANVAS_SIDE = 1024
# The same for hair, of which less is asked: how far from it the trimap is to be wide.
HAIR_SIDE = 512
# A closer look pays off when it magnifies by at least this much.
LEAST_MAGNIFICATION = 1.3
MOST_FRAMES = 6
# Space around a person found by the first look, as a share of the person's size.
MARGIN = 0.15
# A frame's inner edges fade over this share of its width, so that no seam shows.
FEATHER = 0.12
# Two frames this alike (intersection over union) would show the same.
SAME_FRAME = 0.7
# A person must be this large a share of the photo to be looked at more closely.
SMALLEST_PERSON = 0.004
# Of the photos of PASCAL VOC without a visible face 66 of 73 pass both of these: the mean
# probability within the mask, and the second opinion. Most animals, cups and clocks fail one.
MEAN_OF_PEOPLE, SECOND_OPINION = 0.895, 0.15


@dataclass(frozen=True, eq=False)
class Segmentation:
    """mask: (H, W) float32, probability of "person". hair: (h, w) float32, that of "hair" in the
    same photo, reduced until the picture within its bars is HAIR_SIDE long or less. frames: what
    was looked at, whole first. found: whether there is a person at all; if not, the mask is zero.
    area: rows and columns of the picture within its bars (see `pipeline.bars`).
    """

    mask: np.ndarray
    hair: np.ndarray
    frames: tuple[Frame, ...]
    found: bool
    area: tuple[slice, slice]


def segment(image: np.ndarray, faces: list[Face]) -> Segmentation:
    """Find the people in a photo.

    image: (H, W, 3) uint8 RGB. faces: as find_faces gives them; the first one places the
    portrait channels of the whole photo. With no face these channels are zero. Where a bar of one
    colour lies around the picture, nobody is.

    Raises ImageError for another array.
    """
    check_picture("photo", image)
    area = rows, columns = picture_area(image)
    inside, moved = within(area, image, faces)
    mask, hair, frames, found = _segment(inside, moved)
    if inside.shape != image.shape:
        beyond = rows.start, image.shape[0] - rows.stop, columns.start, image.shape[1] - columns.stop
        scales = np.repeat(np.divide(hair.shape, inside.shape[:2]), 2)
        reduced = np.rint(scales * beyond).astype(int).tolist()
        mask, hair = (
            cv2.copyMakeBorder(part, *widths, cv2.BORDER_CONSTANT, value=0)
            for part, widths in ((mask, beyond), (hair, reduced))
        )
    frames = (
        replace(each, left=each.left + columns.start, top=each.top + rows.start) for each in frames
    )
    return Segmentation(mask, hair, tuple(frames), found, area)


def within(
    area: tuple[slice, slice], image: np.ndarray, faces: list[Face]
) -> tuple[np.ndarray, list[Face]]:
    """A photo's area, rows and columns, as a photo of its own, and the faces where they lie in it."""
    rows, columns = area
    corner = np.float32([columns.start, rows.start, 0])
    moved = [replace(face, landmarks=face.landmarks - corner) for face in faces]
    return np.ascontiguousarray(image[area]), moved


def _segment(image, faces):
    """Mask, hair, frames and whether there is a person, of a photo without bars."""
    height, width = image.shape[:2]
    frames = [whole_frame(image.shape, network_size())]
    of_person, of_hair = _Canvas(image.shape, CANVAS_SIDE), _Canvas(image.shape, HAIR_SIDE)

    def draw(frame, face):
        person, hair = look(image, frame, face)
        of_person.add(frame, person)
        of_hair.add(frame, hair)

    draw(frames[0], faces[0] if faces else None)
    for frame in _closer_frames(of_person.probability(), faces, frames[0], image.shape):
        draw(frame, _face_of(frame, faces))
        frames.append(frame)
    probability = without_patches(of_person.probability(), faces, image.shape)
    probability = with_whole_faces(probability, faces, image.shape)
    small = cv2.resize(image, probability.shape[::-1], interpolation=cv2.INTER_AREA)
    probability = follow_edges(probability, small)
    found = bool((probability >= 0.5).any()) and (bool(faces) or _someone(probability, small))
    hair = of_hair.probability()
    if not found:
        return np.zeros((height, width), np.float32), np.zeros_like(hair), tuple(frames), False
    mask = cv2.resize(probability, (width, height), interpolation=cv2.INTER_LINEAR)
    return mask.clip(0, 1, out=mask), hair, tuple(frames), True


def network_size() -> tuple[int, int]:
    """Width and height of the network's input."""
    height, width = loaded_network(NETWORK).input_size
    return width, height


def whole_frame(shape: tuple[int, ...], size: tuple[int, int]) -> Frame:
    """The smallest frame of the network's aspect ratio that holds a photo, centred on it."""
    height, width = shape[:2]
    scale = max(width / size[0], height / size[1])
    frame_width, frame_height = scale * size[0], scale * size[1]
    return Frame((width - frame_width) / 2, (height - frame_height) / 2, frame_width, frame_height)


def look(image: np.ndarray, frame: Frame, face: Face | None) -> tuple[np.ndarray, np.ndarray]:
    """Logits of "person" and of "hair" in a frame, each (h, w) float32 at the network's size.

    They are means of two looks, of which one is at the mirror image: in whole scenes that mends
    mistakes (models/EXPERIMENTS.md), in portraits it changes little. Outside the photo
    the first sees its edge pixels repeated, the second grey. The network began as one that tells
    hair from skin and clothes, and has not forgotten it.
    """
    size = network_size()
    inputs = network_input(image, frame, face, size)
    mirrored = network_input(image, frame, face, size, cv2.BORDER_CONSTANT)[:, ::-1].copy()
    mirrored[..., 3] *= -1  # the x channel changes sides
    network = loaded_network(NETWORK)
    (logit, scores), (mirrored_logit, mirrored_scores) = network(inputs), network(mirrored)
    person = (logit + mirrored_logit[:, ::-1])[..., 0] / 2
    hair = sum(_against_others(each, HAIR_CLASS) for each in (scores, mirrored_scores[:, ::-1])) / 2
    return SHARPNESS * person, hair


def _against_others(scores, number):
    """The logit of one class, (h, w), from the scores of all, (h, w, classes)."""
    others = np.delete(scores, number, axis=2)
    largest = others.max(axis=2)
    shifted = np.exp(others - largest[..., None])
    return scores[..., number] - largest - np.log(shifted.sum(axis=2))


def network_input(
    image: np.ndarray,
    frame: Frame,
    face: Face | None,
    size: tuple[int, int],
    border: int = cv2.BORDER_REPLICATE,
) -> np.ndarray:
    """The six channels of a frame, (h, w, 6) float32: RGB, x, y, mean mask.

    border: OpenCV's mode beyond the photo, whose edge is drawn out there if it is not given; with
    BORDER_CONSTANT it is grey.
    """
    to_photo = frame.to_photo(size)
    rgb = sample_affine(image, to_photo, size, border, (127, 127, 127))
    to_canonical = None if face is None else then(to_photo, align(face))
    return np.dstack([normalised_rgb(rgb), portrait_channels(to_canonical, size[::-1])])


def normalised_rgb(image: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 -> float32 in about -1..1, as the networks of models/ were taught."""
    return (image.astype(np.float32) - 127) / 128


class _Canvas:
    """Joins the looks at one photo: a mean of their logits, closer looks counting for more."""

    def __init__(self, shape, longest_side):
        height, width = shape[:2]
        size = scaled_size((height, width), min(1.0, longest_side / max(height, width)))
        self._to_photo = Frame(0, 0, width, height).to_photo(size)
        self._sum = np.zeros(size[::-1], np.float32)
        self._weight = np.zeros(size[::-1], np.float32)
        self._first_width = None

    def add(self, frame, logit):
        size = self._sum.shape[::-1]
        to_network = then(self._to_photo, frame.from_photo(logit.shape[::-1]))
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        if self._first_width is None:
            self._first_width = frame.width
            weight_here = np.ones_like(self._weight)
        else:
            weight = self._feather(frame, logit.shape)
            # Squared, because the number of pixels on the person grows so.
            weight *= (self._first_width / frame.width) ** 2
            weight_here = cv2.warpAffine(weight, to_network, size, flags=flags)
        values = cv2.warpAffine(
            logit, to_network, size, flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
        self._sum += values * weight_here
        self._weight += weight_here

    def probability(self):
        return 1 / (1 + np.exp(-self._sum / self._weight))

    def _feather(self, frame, shape):
        """1 inside, falling to 0 at edges that lie within the photo."""
        height, width = shape
        photo_width = self._to_photo[0, 0] * self._sum.shape[1]
        photo_height = self._to_photo[1, 1] * self._sum.shape[0]
        across = _ramp(width, frame.left > 0, frame.left + frame.width < photo_width)
        down = _ramp(height, frame.top > 0, frame.top + frame.height < photo_height)
        return np.minimum(across[None, :], down[:, None])


def _ramp(length, fade_start, fade_end):
    position = (np.arange(length, dtype=np.float32) + 0.5) / (FEATHER * length)
    ramp = np.ones(length, np.float32)
    if fade_start:
        ramp = np.minimum(ramp, position)
    if fade_end:
        ramp = np.minimum(ramp, position[::-1])
    return ramp


def _closer_frames(probability, faces, whole, shape):
    """Frames worth a second look: around people and faces that are small in the whole."""
    # On long strips the two differ, as the canvas has whole pixels.
    scale = np.divide(shape[1::-1], probability.shape[::-1])
    frames = [_person_frame(box, scale) for box in _boxes(probability > 0.5)]
    frames += [_portrait_frame(face) for face in faces]
    chosen = []
    for frame in frames:
        if whole.width / frame.width < LEAST_MAGNIFICATION:
            continue
        if all(_overlap(frame, other) < SAME_FRAME for other in chosen):
            chosen.append(frame)
    return chosen[:MOST_FRAMES]


def _boxes(person):
    """Boxes (left, top, width, height) of the connected areas of a mask, largest first."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(person.astype(np.uint8))
    rows = sorted(stats[1:count], key=lambda row: -row[cv2.CC_STAT_AREA])
    return [row[:4] for row in rows if row[cv2.CC_STAT_AREA] >= SMALLEST_PERSON * person.size]


def _person_frame(box, scale):
    (left, top), (width, height) = box[:2] * scale, box[2:] * scale
    return _fitted(left + width / 2, top + height / 2, width, height, 1 + 2 * MARGIN)


def _portrait_frame(face):
    """The frame that a training portrait would have around this face."""
    to_canonical = align(face)
    to_photo = inverse(to_canonical)
    left, top, right, bottom = portrait_prior().frame
    # The upright frame, also for a tilted head: people's shoulders stay below them.
    unit = float(np.sqrt(abs(np.linalg.det(to_photo[:, :2]))))
    x, y = to_photo[:, 2]
    middle = ((left + right) / 2 * unit, (top + bottom) / 2 * unit)
    return _fitted(
        x + middle[0], y + middle[1], (right - left) * unit, (bottom - top) * unit, 1.0
    )


def _fitted(x, y, width, height, enlarge):
    """The frame of the network's aspect ratio, centred, that holds width x height enlarged."""
    network_width, network_height = network_size()
    scale = enlarge * max(width / network_width, height / network_height)
    width, height = scale * network_width, scale * network_height
    return Frame(x - width / 2, y - height / 2, width, height)


def _overlap(a, b):
    width = min(a.left + a.width, b.left + b.width) - max(a.left, b.left)
    height = min(a.top + a.height, b.top + b.height) - max(a.top, b.top)
    common = max(width, 0.0) * max(height, 0.0)
    return common / (a.width * a.height + b.width * b.height - common)


def _face_of(frame, faces):
    """The largest face whose middle lies in the frame, or None."""
    for face in faces:
        left, top, right, bottom = face.box
        x, y = (left + right) / 2 - frame.left, (top + bottom) / 2 - frame.top
        if 0 <= x < frame.width and 0 <= y < frame.height:
            return face
    return None


def _someone(probability, image):
    """Whether a mask that no face vouches for shows a person."""
    boxes = _boxes(probability > SURE)
    if not boxes or probability[probability > 0.5].mean() < MEAN_OF_PEOPLE:
        return False
    return person_score(image, boxes) >= SECOND_OPINION

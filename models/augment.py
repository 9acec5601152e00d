"""Turn a portrait into a training sample: another pose, light, camera and background each time."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from models.photos import Portrait
from pipeline.align import align, portrait_channels
from pipeline.sampling import sample_affine, then
from pipeline.segment import normalised_rgb, within

# A pixel this close to the boundary, at 256 rows, counts BOUNDARY_WEIGHT times in the loss.
BOUNDARY_RADIUS = 4
BOUNDARY_WEIGHT = 3.0
# Of a scene a part is shown around a person of at least this share of its pixels, from so many to so
# many times as large as the person.
LEAST_PERSON, ROOM = 0.01, (1.2, 1.8)


@dataclass(frozen=True)
class Augmentation:
    """How often and how much; probabilities are per sample."""

    scale: tuple[float, float] = (0.75, 1.45)
    wide_scale: tuple[float, float] = (0.4, 0.75)  # half and whole bodies seen from afar
    wide: float = 0.12
    rotation: float = 20.0  # degrees
    strong_rotation: float = 45.0
    background: float = 0.3
    no_face: float = 0.15  # portrait channels zero, as when no face is found
    channel_noise: float = 0.04


def sample(portrait: Portrait, size, scenes, settings: Augmentation, rng):
    """Return (inputs (H, W, 6) float32, truth (H, W, 2) float32: mask 0..1 and loss weight)."""
    width, height = size
    to_photo, mirrored = _random_pose(portrait.image.shape[:2], size, settings, rng)
    border = cv2.BORDER_REPLICATE if rng.random() < 0.5 else cv2.BORDER_CONSTANT
    image = sample_affine(portrait.image, to_photo, size, border, (127, 127, 127))
    mask = sample_affine(portrait.mask, to_photo, size).astype(np.float32) / 255
    known = sample_affine(portrait.known, to_photo, size) > 250
    if rng.random() < settings.background and portrait.known.min() == 255:
        image = _replace_background(image, mask, scenes[rng.integers(len(scenes))], rng)
    image = _other_camera(image, rng)
    to_canonical = None
    if portrait.face is not None and rng.random() >= settings.no_face:
        to_canonical = _jittered_alignment(portrait, to_photo, mirrored, settings, rng)
    inputs = np.dstack([normalised_rgb(image), portrait_channels(to_canonical, (height, width))])
    return inputs, np.dstack([mask, known * _boundary_weight(mask)]).astype(np.float32)


def about_someone(scene: Portrait, rng) -> Portrait:
    """The part of a scene around one of its people, as the app looks at it again."""
    count, _, stats, _ = cv2.connectedComponentsWithStats((scene.mask > 127).astype(np.uint8))
    people = [box for *box, pixels in stats[1:count] if pixels >= LEAST_PERSON * scene.mask.size]
    if not people:
        return scene
    left, top, width, height = people[rng.integers(len(people))]
    # Three wide and four high, as portraits are.
    unit = max(width / 3, height / 4) * rng.uniform(*ROOM)
    x, y = left + width / 2, top + height / 2
    rows = slice(max(0, int(y - 2 * unit)), int(y + 2 * unit) + 1)
    columns = slice(max(0, int(x - 1.5 * unit)), int(x + 1.5 * unit) + 1)
    image, faces = within((rows, columns), scene.image, [scene.face] if scene.face else [])
    mask, known = (np.ascontiguousarray(each[rows, columns]) for each in (scene.mask, scene.known))
    face = faces[0] if faces and _middle_within(faces[0], mask.shape) else None
    return Portrait(scene.name, image, mask, known, face)


def _middle_within(face, shape):
    (across, down), (height, width) = face.landmarks[:, :2].mean(axis=0), shape
    return 0 <= across < width and 0 <= down < height


def _random_pose(shape, size, settings, rng):
    """The 2x3 map from sample pixels to the photo, and whether it mirrors."""
    (height, width), (out_width, out_height) = shape, size
    low, high = settings.wide_scale if rng.random() < settings.wide else settings.scale
    fit = min(out_width / width, out_height / height)
    scale = fit * math.exp(rng.uniform(math.log(low), math.log(high)))
    kind = rng.random()
    limit = settings.strong_rotation if kind < 0.1 else settings.rotation if kind < 0.65 else 4.0
    angle = math.radians(rng.uniform(-limit, limit))
    aspect = math.exp(rng.uniform(-0.06, 0.06))
    mirrored = bool(rng.random() < 0.5)
    cosine, sine = math.cos(angle) * scale, math.sin(angle) * scale
    linear = np.array([[cosine * aspect, -sine], [sine, cosine / aspect]])
    if mirrored:
        linear = linear @ np.diag([-1.0, 1.0])
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    target = np.array([(out_width - 1) / 2, (out_height - 1) / 2])
    slack = np.abs(scale * np.array([width, height]) - size) / 2
    target = target + rng.uniform(-1, 1, 2) * (0.9 * slack + 0.04 * np.array(size))
    inverse = np.linalg.inv(linear)
    return np.hstack([inverse, (centre - inverse @ target)[:, None]]), mirrored


def _replace_background(image, mask, scene, rng):
    """Lay the person over a random part of another photograph."""
    height, width = mask.shape
    part = rng.uniform(0.55, 1.0)
    crop_height = int(min(scene.shape[0], scene.shape[1] * height / width) * part)
    crop_width = int(crop_height * width / height)
    top = rng.integers(scene.shape[0] - crop_height + 1)
    left = rng.integers(scene.shape[1] - crop_width + 1)
    scene = cv2.resize(scene[top : top + crop_height, left : left + crop_width], (width, height))
    if rng.random() < 0.5:
        scene = scene[:, ::-1]
    if rng.random() < 0.5:
        scene = cv2.GaussianBlur(scene, (0, 0), rng.uniform(0.5, 4))
    # A hard paste would teach the network to look for the seam.
    alpha = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.4, 1.1))[..., None]
    return (image * alpha + scene * (1 - alpha)).astype(np.uint8)


def _other_camera(image, rng):
    """Exposure, white balance, contrast, saturation, gamma, blur, noise and compression."""
    image = image.astype(np.float32)
    if rng.random() < 0.8:
        image = image * (rng.uniform(0.75, 1.25) * rng.uniform(0.93, 1.07, 3)) + rng.uniform(-18, 18)
        if rng.random() < 0.5:
            mean = image.mean()
            image = (image - mean) * rng.uniform(0.7, 1.3) + mean
        if rng.random() < 0.6:
            grey = (image @ np.array([0.299, 0.587, 0.114]))[..., None]
            saturation = rng.uniform(0, 1.5) if rng.random() < 0.8 else 0.0
            image = grey + (image - grey) * saturation
    image = image.clip(0, 255)
    if rng.random() < 0.3:
        image = 255 * (image / 255) ** math.exp(rng.uniform(-0.5, 0.6))
    image = image.astype(np.uint8)
    kind = rng.random()
    if kind < 0.12:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.3))
    elif kind < 0.22:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(35, 90))]
        image = cv2.imdecode(cv2.imencode(".jpg", image, quality)[1], cv2.IMREAD_COLOR)
    elif kind < 0.3:
        noise = rng.standard_normal(image.shape, np.float32) * rng.uniform(2, 10)
        image = (image + noise).clip(0, 255).astype(np.uint8)
    return image


def _jittered_alignment(portrait, to_photo, mirrored, settings, rng):
    """The map from sample pixels to canonical coordinates, a little off as landmarks are."""
    to_canonical = then(to_photo, align(portrait.face))
    if mirrored:
        to_canonical = np.diag([-1.0, 1.0]) @ to_canonical
    noise = rng.standard_normal(6) * settings.channel_noise
    stretch, turn, shift = np.exp(noise[:2]), noise[2], 1.5 * noise[4:]
    wobble = np.array(
        [
            [stretch[0] * math.cos(turn), -math.sin(turn), shift[0]],
            [math.sin(turn), stretch[1] * math.cos(turn), shift[1]],
        ]
    )
    return then(to_canonical, wobble)


def _boundary_weight(mask):
    radius = max(1, round(BOUNDARY_RADIUS * mask.shape[0] / 256))
    window = np.ones((2 * radius + 1, 2 * radius + 1), np.uint8)
    near_boundary = cv2.dilate(mask, window) - cv2.erode(mask, window)
    return 1 + (BOUNDARY_WEIGHT - 1) * near_boundary

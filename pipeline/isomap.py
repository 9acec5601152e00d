"""The isomap: a face's texture spread out flat, the same place of the face at the same texel.

Each texel is looked up in the photo through the fitted mesh and camera (Huber et al. 2016, section
2.5). How far it is to be trusted is its visibility: facing the camera, not hidden by another part
of the face, within the photo, and the person's own skin. What no photo shows is taken from the
other half of the face, and what that does not show either is filled in smoothly.
"""

from dataclasses import dataclass
from functools import wraps
from weakref import WeakKeyDictionary

import cv2
import numpy as np
from scipy.sparse import csr_matrix

from pipeline.camera import Camera
from pipeline.morphable_model import MorphableModel, vertex_normals
from pipeline.rasterize import interpolation, triangle_map
from pipeline.sampling import sample_at, scaling, then

# Cosine of the angle between skin and view: below the first a texel is not used, as the photo
# shows it too slantwise to be sharp (75 degrees); from the second on it counts in full.
SLANT, FACING = 0.26, 0.64
# A place this far behind the nearest surface on its ray is hidden.
HIDDEN_MM = 5.0
DEPTH_SIDE = 256
# Skin along the hairline this many deviations away from the cheeks' colour is hair (or a hat).
HAIR_DEVIATIONS = 4.0
# Lighting changes slowly over a face: colours are matched on a grid of this many cells.
COLOUR_CELLS = 8
# Where photos overlap, the better view takes nearly everything, or pores and lashes would blur.
SHARPNESS = 4


@dataclass(frozen=True, eq=False)
class View:
    """What one photo shows of the face, texel by texel.

    colours: (S, S, 3) float32, 0..255; weights: (S, S) float32 in 0..1, the visibility.
    """

    colours: np.ndarray
    weights: np.ndarray


def _kept_with_model(function):
    """Computes function(model, size) once, and forgets it with the model: some are a visitor's."""
    kept = WeakKeyDictionary()

    @wraps(function)
    def once(model, size):
        sizes = kept.setdefault(model, {})
        if size not in sizes:
            sizes[size] = function(model, size)
        return sizes[size]

    return once


@_kept_with_model
def texels(model: MorphableModel, size: int) -> tuple[np.ndarray, csr_matrix]:
    """The texels that a model's mesh covers and their mix of its vertices; see `interpolation`."""
    points = model.texture_coordinates * size - 0.5
    return interpolation(
        points, model.triangles, triangle_map(points, model.triangles, (size, size))
    )


def extract_view(
    image: np.ndarray,
    alpha: np.ndarray | None,
    model: MorphableModel,
    vertices: np.ndarray,
    camera: Camera,
    size: int,
) -> View:
    """Take the texture that one photo shows.

    image: (H, W, 3) uint8 RGB. alpha: (H, W) float32 in 0..1, or None to trust the whole photo.
    vertices: (N, 3) of the fitted mesh. size: side of the texture, S.
    """
    photo, alpha, camera = _at_texture_scale(image, alpha, vertices, camera, size)
    pixels, mix = texels(model, size)
    facing = camera.turned(vertex_normals(vertices, model.triangles))[:, 2]
    at_vertices = np.column_stack(
        [camera.project(vertices), camera.turned(vertices)[:, 2], facing]
    ).astype(np.float32)
    x, y, depth, facing = (mix @ at_vertices).T

    trust = _smooth_step(facing, SLANT, FACING)
    trust *= depth > _nearest(model, vertices, camera)(x, y) - HIDDEN_MM
    # Between closed lips the patch is a line seen from nowhere; the line's colour is the right one.
    trust[mix @ model.mouth.astype(np.float32) > 0.5] = 1
    height, width = photo.shape[:2]
    trust *= (x >= 0) & (y >= 0) & (x <= width - 1) & (y <= height - 1)
    colours = np.zeros((size, size, 3), np.float32)
    colours.reshape(-1, 3)[pixels] = sample_at(photo, x, y)
    if alpha is not None:
        # Half-covered pixels mix skin and background.
        trust *= _smooth_step(sample_at(alpha, x, y), 0.8, 0.99)
    weights = np.zeros((size, size), np.float32)
    weights.reshape(-1)[pixels] = trust
    weights *= _skin(colours, weights, _hairline(model, size))
    # A soft edge inwards, so that what is filled in does not show a seam. The mesh's own border
    # gets none.
    reach = max(1, size // 40)
    edged = np.ones((size, size), np.float32)
    edged.reshape(-1)[pixels] = weights.reshape(-1)[pixels]
    soft = cv2.blur(cv2.erode(edged, np.ones((3, 3))), (reach, reach))
    return View(colours, np.minimum(weights, soft * soft))


def merge_views(views: list[View]) -> View:
    """Texture of one person from several photos, each place from the photo that shows it best.

    All are matched in colour to the first.
    """
    first = views[0]
    total = first.colours * (first.weights**SHARPNESS)[..., None]
    sharp = first.weights**SHARPNESS
    best = first.weights.copy()
    for view in views[1:]:
        shared = np.minimum(view.weights, first.weights)
        matched = view.colours + _slow_difference(first.colours, view.colours, shared)
        total += matched * (view.weights**SHARPNESS)[..., None]
        sharp += view.weights**SHARPNESS
        best = np.maximum(best, view.weights)
    return View(total / np.maximum(sharp, 1e-9)[..., None], best)


def fill(view: View, model: MorphableModel) -> np.ndarray:
    """Complete a texture: (S, S, 4) uint8 RGBA, opaque where the mesh has texels.

    First from the mirrored half, matched in colour; then smoothly from what surrounds the gap.
    Both models' texture coordinates are symmetric about u = 1/2.
    """
    colours, weights = view.colours, view.weights
    mirrored, other = cv2.flip(colours, 1), cv2.flip(weights, 1)
    mirrored = mirrored + _slow_difference(colours, mirrored, np.minimum(weights, other))
    covered = np.zeros(weights.shape, bool)
    covered.reshape(-1)[texels(model, len(weights))[0]] = True
    other = np.where(covered, other * (1 - weights), 0)
    total = colours * weights[..., None] + mirrored * other[..., None]
    known = weights + other
    # What is filled in is smooth, so a quarter of the resolution does.
    quarter = (len(known) // 4, len(known) // 4)
    share = cv2.resize(known, quarter, interpolation=cv2.INTER_AREA)
    around = cv2.resize(total, quarter, interpolation=cv2.INTER_AREA)
    around /= np.maximum(share, 1e-6)[..., None]
    # The patch between the lips is no neighbour of the skin around its place in the texture.
    around = _inpaint(around, share * (cv2.resize(_mouth(model, len(known)), quarter) < 0.01))
    around = cv2.resize(around, known.shape[::-1], interpolation=cv2.INTER_LINEAR)
    complete = total + (1 - known)[..., None] * around
    result = np.zeros((*weights.shape, 4), np.uint8)
    result[..., :3] = cv2.convertScaleAbs(np.maximum(complete, 0, out=complete))
    result[..., 3] = np.where(covered, 255, 0)
    return result


def _at_texture_scale(image, alpha, vertices, camera, size):
    """Cut the face out and shrink it to the texture's resolution, against aliasing."""
    points = camera.project(vertices)
    low = np.floor(points.min(axis=0)).astype(int).clip(0, None)
    high = (np.ceil(points.max(axis=0)).astype(int) + 1).clip(None, image.shape[1::-1])
    high = np.maximum(high, low + 2)
    low = np.minimum(low, np.array(image.shape[1::-1]) - 2).clip(0, None)
    inside = np.s_[low[1] : high[1], low[0] : high[0]]
    photo = image[inside]
    alpha = None if alpha is None else np.ascontiguousarray(alpha[inside], np.float32)
    shrink = min(1.0, size / np.ptp(points, axis=0).max())
    if shrink < 1:
        width, height = (max(2, round(side * shrink)) for side in photo.shape[1::-1])
        scale = np.array([width / photo.shape[1], height / photo.shape[0]]).mean()
        photo = cv2.resize(photo, (width, height), interpolation=cv2.INTER_AREA)
        if alpha is not None:
            alpha = cv2.resize(alpha, (width, height), interpolation=cv2.INTER_AREA)
    else:
        scale, photo = 1.0, np.ascontiguousarray(photo)
    to_part = then(np.column_stack([np.eye(2), -low]), scaling(scale, scale))
    return photo, alpha, camera.of_part(to_part)


def _nearest(model, vertices, camera):
    """A function from pixels to the depth of the surface that shows there."""
    points, depth = camera.project(vertices), camera.turned(vertices)[:, 2]
    low = points.min(axis=0)
    shrink = (DEPTH_SIDE - 1) / np.ptp(points, axis=0).max()
    small = (points - low) * shrink
    covering = triangle_map(small, model.triangles, (DEPTH_SIDE, DEPTH_SIDE), depth)
    pixels, mix = interpolation(small, model.triangles, covering)
    buffer = np.full((DEPTH_SIDE, DEPTH_SIDE), -1e6, np.float32)
    # Edge-on triangles extrapolate wildly at pixels they only touch.
    buffer.reshape(-1)[pixels] = (mix @ depth.astype(np.float32)).clip(depth.min(), depth.max())
    buffer = cv2.erode(buffer, np.ones((3, 3)))

    def look_up(x, y):
        column = ((x - low[0]) * shrink).round().clip(0, DEPTH_SIDE - 1).astype(np.int32)
        row = ((y - low[1]) * shrink).round().clip(0, DEPTH_SIDE - 1).astype(np.int32)
        return buffer[row, column]

    return look_up


@_kept_with_model
def _hairline(model, size):
    """Where hair may hang in, (S, S) float32 in 0..1."""
    return _spread(model, size, model.hairline)


@_kept_with_model
def _mouth(model, size):
    """Where the patch between the lips is, (S, S) float32 in 0..1."""
    return _spread(model, size, model.mouth)


def _spread(model, size, vertices):
    pixels, mix = texels(model, size)
    result = np.zeros((size, size), np.float32)
    result.reshape(-1)[pixels] = mix @ vertices.astype(np.float32)
    return result


def _skin(colours, weights, hairline):
    """1 for skin, 0 for what hangs into the hairline, (S, S) float32.

    The colour of skin is that of the well-seen face below the brows: the median of Lab values and
    their median deviation, which eyes and lips do not sway.
    """
    small = cv2.resize(colours, (128, 128), interpolation=cv2.INTER_AREA) / 255
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2Lab)
    size = lab.shape[1::-1]
    seen = cv2.resize(weights, size, interpolation=cv2.INTER_AREA) > 0.5
    below = seen & (cv2.resize(hairline, size) < 0.5)
    if below.sum() < 50:
        return np.ones_like(weights)
    middle = np.median(lab[below], axis=0)
    # The floors keep a very even face from calling its own highlights hair.
    deviation = np.maximum(1.48 * np.median(np.abs(lab[below] - middle), axis=0), (6, 3, 3))
    away = np.sqrt((((lab - middle) / deviation) ** 2 * (1, 0.5, 0.5)).sum(axis=2))
    # Highlights are skin; hair that is lighter than skin differs by its hue.
    away[(lab[..., 0] > middle[0]) & (away < 2 * HAIR_DEVIATIONS)] = 0
    hair = cv2.dilate((away > HAIR_DEVIATIONS).astype(np.uint8), np.ones((3, 3)))
    hair = cv2.GaussianBlur(hair.astype(np.float32), (0, 0), 1.5)
    return 1 - cv2.resize(hair, weights.shape[::-1]) * (hairline > 0.5)


def _slow_difference(wanted, given, weights):
    """Slowly varying difference of two textures, known where both are seen, everywhere."""
    cells = (COLOUR_CELLS, COLOUR_CELLS)
    size = weights.shape[::-1]
    wanted, given, weights = (
        cv2.resize(each, (128, 128), interpolation=cv2.INTER_AREA)
        for each in (wanted, given, weights)
    )
    share = cv2.resize(weights, cells, interpolation=cv2.INTER_AREA)
    sums = cv2.resize((wanted - given) * weights[..., None], cells, interpolation=cv2.INTER_AREA)
    coarse = _inpaint(sums / np.maximum(share, 1e-6)[..., None], np.minimum(share * 4, 1))
    return cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC)


def _inpaint(colours, weights):
    """Colours where weights are 1, and around them their smooth continuation.

    Pull-push on an image pyramid (Gortler et al. 1996, The Lumigraph, section 3.4).
    """
    if min(weights.shape) <= 2:
        total = max(float(weights.sum()), 1e-6)
        mean = (colours * weights[..., None]).sum(axis=(0, 1)) / total
        return weights[..., None] * colours + (1 - weights[..., None]) * mean
    down = cv2.pyrDown(weights)
    coarse = cv2.pyrDown(colours * weights[..., None]) / np.maximum(down, 1e-6)[..., None]
    coarse = _inpaint(coarse, np.minimum(down * 2, 1))
    around = cv2.pyrUp(coarse, dstsize=weights.shape[::-1])
    return weights[..., None] * colours + (1 - weights[..., None]) * around


def _smooth_step(values, low, high):
    """0 below low, 1 above high, smooth between."""
    share = ((values - low) / (high - low)).clip(0, 1)
    return (share * share * (3 - 2 * share)).astype(np.float32)

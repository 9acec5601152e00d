"""Build the face model that comes with DeepMasque from MediaPipe's mesh and the portraits.

    python -m models.face_shape face_mesh_solution_packed_assets.data

writes models/weights/face_shape.npz (see pipeline.morphable_model.EmbeddedModel). The file named
is in the npm package @mediapipe/face_mesh 0.4.1657299874 (Apache-2.0). The Python wheel has the
mesh's connections but neither its canonical positions nor its texture coordinates.
"""

import argparse
import struct
from pathlib import Path

import numpy as np

from models.face_expressions import expression_basis
from models.photos import eg1800
from pipeline.camera import to_the_front
from pipeline.weights import WEIGHTS
from pipeline.whole_file import whole_file

COMPONENTS = 20
# Portraits turned further than this hide one side, where the mesh is a guess.
FRONTAL_DEGREES = 20
MM_PER_CM = 10

# The metadata in the packed file: field 1, the mesh of 19050 bytes, its two enumerations both 0.
MESH_START = bytes.fromhex("0aea940108001000")
# Inner rims of the mouth and the eyes; triangles with all corners on one rim close it.
MOUTH = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 191, 80, 81, 82, 13, 312, 311, 310, 415)
RIGHT_LIDS = (33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173)
LEFT_LIDS = (263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("packed_assets", type=Path, help="face_mesh_solution_packed_assets.data")
    packed_assets = parser.parse_args().packed_assets
    positions, texture_coordinates, triangles, weights = read_geometry(packed_assets.read_bytes())
    mirror = mirror_images(positions)
    shapes = frontal_shapes(positions, weights)
    # The mesh of a person's two halves differs by pose and light more than by anatomy.
    shapes = (shapes + shapes[:, mirror] * (-1, 1, 1)) / 2
    mean = shapes.mean(axis=0)
    closing = [np.isin(triangles, rim).all(axis=1) for rim in (MOUTH, RIGHT_LIDS, LEFT_LIDS)]
    expressions = expression_basis(mean, triangles[~np.any(closing, axis=0)], mirror)
    deviations = (shapes - mean).reshape(len(shapes), -1)
    # People smile at cameras: what the expressions can say is no part of their shape.
    spanned, _ = np.linalg.qr(expressions.reshape(len(expressions), -1).T)
    deviations -= deviations @ spanned @ spanned.T
    _, values, components = np.linalg.svd(deviations, full_matrices=False)
    deviation = values[:COMPONENTS, None] / np.sqrt(len(shapes) - 1)
    basis = (components[:COMPONENTS] * deviation).reshape(COMPONENTS, -1, 3)
    with whole_file(WEIGHTS / "face_shape.npz") as file:
        np.savez_compressed(
            file,
            mean=mean.astype(np.float32),
            shape_basis=basis.astype(np.float16),
            expression_basis=expressions.astype(np.float16),
            triangles=triangles.astype(np.uint16),
            texture_coordinates=texture_coordinates.astype(np.float32),
            alignment_weights=weights.astype(np.float32),
        )
    explained = (values[:COMPONENTS] ** 2).sum() / (values**2).sum()
    print(f"{len(shapes)} portraits; {COMPONENTS} components explain {explained:.1%} of variance")


def read_geometry(data: bytes) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Canonical mesh in MediaPipe's GeometryPipelineMetadata (a protocol buffer message).

    Returns positions (468, 3) in mm, texture coordinates (468, 2) with v down, triangles (898, 3),
    and the Procrustes weights (468,).
    """
    metadata = data[data.index(MESH_START) :]
    fields = _fields(metadata)
    _, mesh = next(fields)
    numbers = list(_fields(mesh))
    vertices = np.array([value for key, value in numbers if key == 3]).reshape(-1, 5)
    triangles = np.array([value for key, value in numbers if key == 4]).reshape(-1, 3)
    weights = np.zeros(len(vertices))
    for key, value in fields:
        if key != 2:
            break
        landmark = dict(_fields(value))
        weights[landmark[1]] = landmark[2]
    return vertices[:, :3] * MM_PER_CM, vertices[:, 3:], triangles, weights


def _fields(message):
    """Yield (field number, value) of a protocol buffer message."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(message, at)
        elif kind == 2:
            size, at = _varint(message, at)
            value, at = message[at : at + size], at + size
        elif kind == 5:
            value, at = struct.unpack_from("<f", message, at)[0], at + 4
        else:
            return
        yield key >> 3, value


def _varint(message, at):
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def mirror_images(positions: np.ndarray) -> np.ndarray:
    """Index (N,) of the vertex opposite to each in a mesh symmetric about x = 0."""
    opposite = positions * (-1, 1, 1)
    return np.linalg.norm(positions[None] - opposite[:, None], axis=2).argmin(axis=1)


def frontal_shapes(positions: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Meshes (P, 468, 3) of the training portraits, aligned to the canonical one."""
    shapes = []
    for portrait in eg1800("train"):
        if portrait.face is None:
            continue
        shape, camera = to_the_front(portrait.face.landmarks, positions, weights)
        angles = camera.angles
        if max(abs(angles["yaw"]), abs(angles["pitch"])) < FRONTAL_DEGREES:
            shapes.append(shape)
    return np.array(shapes)


if __name__ == "__main__":
    main()

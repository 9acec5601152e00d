"""A textured face as a file: GLB, OBJ with its material and texture, PLY, and the isomap."""

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import trimesh
from PIL import Image

from pipeline.encode import (
    COMMANDS_MAKER,
    MAKER,
    encode_png,
    is_commands_png,
    with_commands_mark,
)

if TYPE_CHECKING:
    from pipeline.face3d import FaceModel

METRES_PER_MM = 0.001
# What a face's skin is to a renderer: no metal, little gloss.
ROUGHNESS = 0.8
FORMATS = ("glb", "obj", "ply", "png")
# Within so many of its first bytes a GLB or PLY says who made it.
_HEADER = 1024


def textured_mesh(
    face: "FaceModel", vertices: np.ndarray | None = None, *, scale: float = 1.0
) -> trimesh.Trimesh:
    """The face as a trimesh mesh with its isomap; one vertex for each of the model's.

    vertices: (N, 3) in mm, the fitted face by default. scale: the file's units to a millimetre.
    """
    vertices = face.vertices if vertices is None else vertices
    # trimesh's v points up, ours down.
    upward = face.texture_coordinates * (1, -1) + (0, 1)
    material = trimesh.visual.material.PBRMaterial(
        baseColorTexture=Image.fromarray(face.isomap[..., :3]),
        metallicFactor=0.0,
        roughnessFactor=ROUGHNESS,
        doubleSided=True,
        name="face",
    )
    return trimesh.Trimesh(
        vertices * scale,
        face.triangles,
        visual=trimesh.visual.TextureVisuals(uv=upward, material=material),
        process=False,
    )


def _glb(face, vertices, maker) -> bytes:
    """Binary glTF 2.0, in metres as the standard asks, with the isomap inside."""

    def sign(tree: dict) -> None:
        tree["asset"]["generator"] = maker

    mesh = textured_mesh(face, vertices, scale=METRES_PER_MM)
    return mesh.export(file_type="glb", include_normals=True, tree_postprocessor=sign)


def _obj(face, vertices, maker) -> bytes:
    """ZIP of Wavefront face.obj in millimetres, face.mtl and face.png.

    They are not called after the photo: where one file names another, readers split at spaces.
    """
    mesh = textured_mesh(face, vertices)
    normals = mesh.vertex_normals
    corners = face.triangles + 1
    lines = ["mtllib face.mtl", "o face", "usemtl face"]
    lines += ["v {:.4f} {:.4f} {:.4f}".format(*vertex) for vertex in mesh.vertices]
    lines += ["vt {:.6f} {:.6f}".format(*place) for place in mesh.visual.uv]
    lines += ["vn {:.4f} {:.4f} {:.4f}".format(*normal) for normal in normals]
    lines += ["f {0}/{0}/{0} {1}/{1}/{1} {2}/{2}/{2}".format(*triangle) for triangle in corners]
    material = "newmtl face\nKa 0 0 0\nKd 1 1 1\nKs 0 0 0\nillum 1\nmap_Kd face.png\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr("face.obj", "\n".join(lines) + "\n")
        files.writestr("face.mtl", material)
        files.writestr("face.png", encode_png(face.isomap[..., :3]))
        files.comment = _seal(files, maker)
    return packed.getvalue()


def _seal(files: zipfile.ZipFile, maker: str) -> bytes:
    """What a ZIP's comment says of who made it and of what is in it: programs that change a file
    within leave the comment as it was.
    """
    held = [f"{each.filename} {each.CRC:08x}" for each in files.infolist()]
    return "\n".join([maker, *held]).encode()


def _ply(face, vertices, maker) -> bytes:
    """Binary PLY in millimetres; the format has no texture, so each vertex has its colour."""
    size = len(face.isomap)
    column, row = (face.texture_coordinates * size).astype(int).clip(0, size - 1).T
    mesh = trimesh.Trimesh(
        face.vertices if vertices is None else vertices,
        face.triangles,
        vertex_colors=np.column_stack(
            [face.isomap[row, column, :3], np.full(len(row), 255, np.uint8)]
        ),
        process=False,
    )
    sign, encoding, rest = mesh.export(file_type="ply").split(b"\n", 2)
    return b"\n".join([sign, encoding, b"comment " + maker.encode(), rest])


def is_commands(file: Path, file_format: str) -> bool:
    """Whether a file of one of the FORMATS is what a command wrote, and no other program saved anew
    since.
    """
    if file_format == "png":
        return is_commands_png(file)
    try:
        if file_format == "obj":
            with zipfile.ZipFile(file) as packed:
                return packed.comment == _seal(packed, COMMANDS_MAKER)
        with file.open("rb") as opened:
            return COMMANDS_MAKER.encode() in opened.read(_HEADER)
    except (OSError, zipfile.BadZipFile):
        return False


def encode(
    face: "FaceModel",
    file_format: str,
    vertices: np.ndarray | None = None,
    *,
    maker: str = MAKER,
) -> bytes:
    """The file in one of the FORMATS: "glb", "obj" (a ZIP), "ply", or "png" (the isomap).

    vertices: (N, 3) in mm, the fitted face by default. maker: what the file says of its origin,
    MAKER or COMMANDS_MAKER of `pipeline.encode`.

    Raises ValueError for another format.
    """
    if file_format == "png":
        data = encode_png(face.isomap)
        return with_commands_mark(data) if maker == COMMANDS_MAKER else data
    makers = {"glb": _glb, "obj": _obj, "ply": _ply}
    if file_format not in makers:
        raise ValueError(f"{file_format} is none of {', '.join(FORMATS)}")
    return makers[file_format](face, vertices, maker)

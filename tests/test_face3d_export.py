"""Exported faces read back by trimesh, with their texture."""

import io
import zipfile

import numpy as np
import pytest
import trimesh
from PIL import Image

from pipeline.face import find_faces
from pipeline.face3d import fit_face
from pipeline.image import load_image
from pipeline.mesh_export import encode
from pipeline.samples import COLLINS


@pytest.fixture(scope="module")
def face():
    image = load_image(COLLINS.file)
    return fit_face(image, find_faces(image)[0], texture_size=256)


def assert_same_colour_at_every_vertex(face, mesh, texture):
    """The file's texture at its coordinates is the isomap at ours."""
    size = len(face.isomap)
    column, row = (face.texture_coordinates * (size - 1)).round().astype(int).T
    expected = face.isomap[row, column, :3]
    u, v = mesh.visual.uv.T
    pixels = np.asarray(texture.convert("RGB"))
    found = pixels[((1 - v) * (size - 1)).round().astype(int), (u * (size - 1)).round().astype(int)]
    assert (np.abs(found.astype(int) - expected).max(axis=1) <= 2).mean() > 0.95


def test_glb_reloads_in_metres_with_its_texture(face):
    scene = trimesh.load(io.BytesIO(encode(face, "glb")), file_type="glb", process=False)
    (mesh,) = scene.geometry.values()
    np.testing.assert_allclose(mesh.vertices, face.vertices / 1000, atol=1e-6)
    np.testing.assert_array_equal(mesh.faces, face.triangles)
    texture = mesh.visual.material.baseColorTexture
    assert texture.size == (256, 256)
    assert_same_colour_at_every_vertex(face, mesh, texture)


def test_obj_reloads_with_its_material_and_texture(face, tmp_path):
    with zipfile.ZipFile(io.BytesIO(encode(face, "obj"))) as packed:
        assert set(packed.namelist()) == {"face.obj", "face.mtl", "face.png"}
        packed.extractall(tmp_path)
    mesh = trimesh.load(tmp_path / "face.obj", process=False, maintain_order=True)
    np.testing.assert_allclose(mesh.vertices, face.vertices, atol=1e-3)
    assert len(mesh.faces) == len(face.triangles)
    assert_same_colour_at_every_vertex(face, mesh, mesh.visual.material.image)


def test_ply_reloads_with_a_colour_at_each_vertex(face):
    mesh = trimesh.load(io.BytesIO(encode(face, "ply")), file_type="ply", process=False)
    np.testing.assert_allclose(mesh.vertices, face.vertices, atol=1e-3)
    assert mesh.visual.vertex_colors[:, :3].std() > 5


def test_isomap_is_a_png_that_is_opaque_on_the_face(face):
    with Image.open(io.BytesIO(encode(face, "png"))) as picture:
        np.testing.assert_array_equal(np.asarray(picture), face.isomap)
    assert set(np.unique(face.isomap[..., 3])) == {0, 255}


def test_changed_expression_is_exported(face):
    smiling = face.deformed(face.shape, face.expression + np.eye(6)[3])
    scene = trimesh.load(io.BytesIO(encode(face, "glb", smiling)), file_type="glb", process=False)
    (mesh,) = scene.geometry.values()
    np.testing.assert_allclose(mesh.vertices, smiling / 1000, atol=1e-6)


def test_other_formats_are_refused(face):
    with pytest.raises(ValueError, match="stl is none of"):
        encode(face, "stl")

"""The Surrey model, for those who have its files, and sentences for those who do not."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import scipy.ndimage

from pipeline.camera import Camera, rotation_from_angles
from pipeline.face import Face, find_faces
from pipeline.face3d import fit_face, fit_person
from pipeline.image import ImageError, load_image
from pipeline.isomap import extract_view, fill, texels
from pipeline.morphable_model import EXPRESSIONS, embedded_model, vertex_normals
from pipeline.rasterize import triangle_map
from pipeline.render import portrait_camera, render
from pipeline.samples import HOPPER
from pipeline.surrey import (
    IBUG_POINTS,
    LEFT_JAW,
    RIGHT_JAW,
    SHA256,
    SHAPE,
    VARIABLE,
    check_files,
    surrey_folder,
    surrey_model,
    surrey_model_from_files,
)

GREY = np.full((600, 640, 3), 128, np.uint8)


@pytest.fixture(scope="module")
def folder(data_folder):
    folder = surrey_folder() or data_folder / "sfm"
    if not folder.is_dir():
        pytest.skip(f"no Surrey Face Model: set {VARIABLE} to its folder")
    return folder


@pytest.fixture(scope="module")
def model(folder):
    return surrey_model(folder)


def surrey_face(model, vertices, camera) -> Face:
    """A face whose landmarks lie on the model: inner points, and a jaw on its contour."""
    projected = camera.project(vertices)
    landmarks = np.zeros((468, 3), np.float32)
    landmarks[:, :2] = projected.mean(axis=0)
    # Eye corners at 33 and 263, which set the scale, are among the inner points.
    for jaw, contour in ((RIGHT_JAW, model.right_contour), (LEFT_JAW, model.left_contour)):
        places = np.linspace(0, len(contour) - 1, len(jaw)).round().astype(int)
        order = contour[places] if jaw is RIGHT_JAW else contour[places][::-1]
        for place, vertex in zip(jaw, order, strict=True):
            landmarks[IBUG_POINTS[place], :2] = projected[vertex]
    landmarks[model.inner_points, :2] = projected[model.inner_vertices]
    return Face(landmarks, 1.0)


def test_missing_and_damaged_files_are_named(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(ImageError, match=f"{VARIABLE} does not name a folder"):
        surrey_model()
    with pytest.raises(ImageError, match="does not exist"):
        surrey_model(tmp_path / "nowhere")
    (tmp_path / SHAPE).write_bytes(b"cut short")
    with pytest.raises(ImageError, match="files are missing: expression_blendshapes_3448.bin"):
        surrey_model(tmp_path)
    with pytest.raises(ImageError, match=f"{SHAPE} is damaged"):
        check_files(dict.fromkeys(SHA256, b"not the model"))


def test_model_is_read_as_published(model):
    """3448 vertices and 6736 triangles, and then the patch between the lips."""
    assert (~model.mouth[:3448]).all() and model.mouth[3448:].all() and model.shape_count == 63
    assert (model.triangles < 3448).all(axis=1).sum() == 6736
    assert model.expression_basis.shape == (len(EXPRESSIONS), *model.mean.shape)
    # ibug point 31, the tip of the nose, points at the viewer.
    tip = model.inner_vertices[model.inner_points == IBUG_POINTS[30]][0]
    assert vertex_normals(model.mean, model.triangles)[tip, 2] > 0.8


def test_uploaded_files_give_the_same_model(folder, model):
    files = {name: (folder / name).read_bytes() for name in SHA256}
    np.testing.assert_array_equal(surrey_model_from_files(files).mean, model.mean)


def test_wide_open_mouth_shows_no_hole(model):
    """From the front every pixel inside the outline is covered; published, the mouth is not."""
    expression = np.eye(6)[EXPRESSIONS.index("surprise")]
    vertices = model.vertices(expression=expression)
    points = portrait_camera(model, 300).project(vertices)

    def holes(triangles):
        covered = (triangle_map(points, triangles, (300, 300)) >= 0).astype(np.uint8)
        return (scipy.ndimage.binary_fill_holes(covered) & (covered == 0)).sum()

    assert holes(model.triangles[(model.triangles < 3448).all(axis=1)]) > 300
    assert holes(model.triangles) == 0
    facing = vertex_normals(vertices, model.triangles)[model.mouth]
    assert (facing[:, 2] > 0).all()


def test_texture_of_a_smile_has_its_teeth_between_the_lips(model):
    """A photo that is white between the lips gives a patch that is white."""
    expression = np.eye(6)[EXPRESSIONS.index("surprise")]
    vertices = model.vertices(expression=expression)
    camera = portrait_camera(model, 400)
    place = np.where(model.mouth[:, None], (0.9, 0.5), (0.1, 0.5))
    halves = np.zeros((64, 64, 3), np.uint8)
    halves[:, 32:] = 255
    marked = replace(model, texture_coordinates=place)
    photo = render(marked, vertices, camera, (400, 400), halves)[..., :3]
    isomap = fill(extract_view(photo, None, model, vertices, camera, 512), model)
    # Within the patch's texels; its edge is mixed with the lips.
    pixels, mix = texels(model, 512)
    inside = np.zeros((512, 512), np.uint8)
    inside.reshape(-1)[pixels] = mix @ model.mouth.astype(np.float32) > 0.5
    middle = cv2.erode(inside, np.ones((9, 9))) > 0
    assert middle.sum() > 500
    assert np.median(isomap[middle][:, 0]) > 200
    face = (isomap[..., 3] > 0) & (inside == 0)
    assert np.median(isomap[face][:, 0]) < 30


def test_known_face_is_recovered(model):
    """Exact landmarks: pose within 2.5 degrees, surface within 2 mm, happiness within 0.3.

    Fifty points cannot tell 63 components apart, so the surface is compared, not each of them;
    its place in depth cannot be seen at all, so it is left out.
    """
    shape = np.zeros(model.shape_count)
    shape[:3] = (0.8, -0.6, 0.5)
    expression = np.zeros(6)
    expression[EXPRESSIONS.index("happiness")] = 0.7
    truth = model.vertices(shape, expression)
    camera = Camera(rotation_from_angles(12, -6, 4), 2.2, np.array([320.0, 300.0]))
    found = fit_face(GREY, surrey_face(model, truth, camera), model, texture_size=64)
    assert tuple(found.camera.angles.values()) == pytest.approx((12, -6, 4), abs=2.5)
    assert found.expression[EXPRESSIONS.index("happiness")] == pytest.approx(0.7, abs=0.3)
    away = found.vertices - truth
    away -= away.mean(axis=0)
    assert np.linalg.norm(away, axis=1).mean() < 2
    assert found.error < 0.01 * found.interocular


def test_sample_is_fitted_within_two_percent_of_the_eye_distance(model):
    image = load_image(HOPPER.file)
    found = fit_face(image, find_faces(image)[0], model, texture_size=64)
    assert found.error < 0.02 * found.interocular
    embedded = fit_face(image, find_faces(image)[0], embedded_model(), texture_size=64)
    for name, angle in found.camera.angles.items():
        assert angle == pytest.approx(embedded.camera.angles[name], abs=8), name


def test_two_photos_share_one_shape(model):
    """A turned view sees depth that a frontal one cannot."""
    shape = np.zeros(model.shape_count)
    shape[:4] = (0.6, -1.2, 1.0, 1.2)
    truth = model.vertices(shape)
    photos = []
    for yaw in (0, 30):
        camera = Camera(rotation_from_angles(yaw), 2.2, np.array([320.0, 300.0]))
        photos.append((GREY, surrey_face(model, truth, camera), None))
    one, both = (fit_person(photos[:count], model, texture_size=64) for count in (1, 2))
    assert len(both.cameras) == 2
    assert both.cameras[1].angles["yaw"] == pytest.approx(30, abs=4)

    def away(found):
        difference = found.vertices - truth
        return np.linalg.norm(difference - difference.mean(axis=0), axis=1).mean()

    assert away(both) < away(one)

"""The Surrey model, for those who have its files, and sentences for those who do not."""

import numpy as np
import pytest

from pipeline.camera import Camera, rotation_from_angles
from pipeline.face import Face, find_faces
from pipeline.face3d import fit_face, fit_person
from pipeline.image import ImageError, load_image
from pipeline.morphable_model import EXPRESSIONS, embedded_model, vertex_normals
from pipeline.samples import SAMPLES
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
    assert model.mean.shape == (3448, 3) and model.shape_count == 63
    assert len(model.triangles) == 6736
    assert model.expression_basis.shape == (len(EXPRESSIONS), 3448, 3)
    # ibug point 31, the tip of the nose, points at the viewer.
    tip = model.inner_vertices[model.inner_points == IBUG_POINTS[30]][0]
    assert vertex_normals(model.mean, model.triangles)[tip, 2] > 0.8


def test_uploaded_files_give_the_same_model(folder, model):
    files = {name: (folder / name).read_bytes() for name in SHA256}
    np.testing.assert_array_equal(surrey_model_from_files(files).mean, model.mean)


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
    image = load_image(SAMPLES[0].file)
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

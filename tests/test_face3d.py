"""The 3D face: cameras and coefficients recovered, textures that agree, sentences for people."""

import os
import subprocess
import sys
import zipfile

import cv2
import numpy as np
import pytest
import trimesh

from models.face_shape import MOUTH
from pipeline.camera import Camera, estimate_camera, rotation_from_angles, similarity
from pipeline.face import Face, find_faces
from pipeline.face3d import describe, fit_face, fit_person
from pipeline.face3d_command import ENDINGS, main
from pipeline.face_checks import NO_FACE, choose_face, wears_sunglasses
from pipeline.image import ImageError, load_image
from pipeline.isomap import View, extract_view, fill, texels
from pipeline.mesh_export import encode
from pipeline.morphable_model import EXPRESSIONS, embedded_model, vertex_normals
from pipeline.mouth import boundary_loops, mouth_patch
from pipeline.rasterize import interpolation, triangle_map
from pipeline.render import crop_face, portrait_camera, render
from pipeline.samples import COLLINS, HOPPER

SIZE = 256
CENTRE = np.array([320.0, 300.0])


def mesh_face(vertices, camera) -> Face:
    """What Face Mesh would give for a known face under a known camera."""
    depth = -camera.scale * camera.turned(vertices)[:, 2]
    landmarks = np.column_stack([camera.project(vertices), depth])
    return Face(landmarks.astype(np.float32), 1.0)


def grain(size=SIZE):
    """A texture with detail everywhere, and the same in both halves at no place."""
    noise = np.random.default_rng(3).uniform(0, 255, (32, 32, 3)).astype(np.float32)
    return cv2.resize(noise, (size, size), interpolation=cv2.INTER_CUBIC).clip(0, 255).astype("u1")


def drawn(texture, yaw, side=640):
    """A picture of the mean face with a texture on grey, and its camera."""
    model = embedded_model()
    camera = portrait_camera(model, side, yaw)
    picture = render(model, model.mean, camera, (side, side), texture)
    image = np.where(picture[..., 3:] > 127, picture[..., :3], 128).astype(np.uint8)
    return image, camera


@pytest.fixture(scope="module")
def sample():
    image = load_image(HOPPER.file)
    return image, find_faces(image)[0]


@pytest.mark.parametrize("angles", [(0, 0, 0), (35, 10, -20), (-50, -25, 40)])
def test_camera_is_recovered_from_points(angles):
    """Exact projections: rotation within a thousandth of a degree, scale and place likewise."""
    vertices = embedded_model().mean[::9]
    camera = Camera(rotation_from_angles(*angles), 2.5, CENTRE)
    found = estimate_camera(vertices, camera.project(vertices))
    assert tuple(found.angles.values()) == pytest.approx(angles, abs=1e-3)
    assert found.scale == pytest.approx(2.5, rel=1e-5)
    np.testing.assert_allclose(found.offset, CENTRE, atol=1e-3)


def test_angles_say_where_the_face_looks():
    """The nose tip moves right with positive yaw and up with positive pitch."""
    nose = np.array([[0.0, 0.0, 1.0]])
    for name, place, sign in (("yaw", 0, 1), ("pitch", 1, -1)):
        camera = Camera(rotation_from_angles(**{name: 30}), 1.0, np.zeros(2))
        assert camera.project(nose)[0, place] == pytest.approx(sign * 0.5)
        assert camera.angles[name] == pytest.approx(30)
    tilted = Camera(rotation_from_angles(roll=30), 1.0, np.zeros(2))
    # Clockwise: the crown of the head goes to the right.
    assert tilted.project(np.array([[0.0, 1.0, 0.0]]))[0, 0] == pytest.approx(0.5)


def test_a_part_of_a_photo_has_a_camera_that_fits_it():
    vertices = embedded_model().mean[::9]
    camera = Camera(rotation_from_angles(20, 10, 5), 2.5, CENTRE)
    points = camera.project(vertices)
    part, to_part = crop_face(np.zeros((900, 900, 3), np.uint8), points, 300)
    there = camera.of_part(to_part).project(vertices)
    np.testing.assert_allclose(there, points @ to_part[:, :2].T + to_part[:, 2])
    # Three tenths of the longer side of their box lie to every side of them.
    assert max(part.shape) == 300
    reach = np.ptp(there, axis=0)
    assert there.min() == pytest.approx(0.3 / 1.6 * 300, abs=0.5)
    assert reach.max() == pytest.approx(300 / 1.6, abs=0.5)


def test_similarity_is_recovered_without_reflection():
    source = np.random.default_rng(0).normal(size=(20, 3))
    rotation = rotation_from_angles(20, -70, 130)
    found, scale, shift = similarity(source, 3 * source @ rotation.T + (1, 2, 3))
    np.testing.assert_allclose(found, rotation, atol=1e-12)
    assert scale == pytest.approx(3)
    np.testing.assert_allclose(shift, (1, 2, 3), atol=1e-12)


def test_embedded_model_is_closed_and_faces_outwards():
    model = embedded_model()
    edges = np.sort(model.triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    _, counts = np.unique(edges, axis=0, return_counts=True)
    assert set(counts) == {1, 2}
    # A closed patch with one rim: vertices - edges + triangles = 1 (Euler). Holes would lower it.
    assert len(model.mean) - len(counts) + len(model.triangles) == 1
    assert vertex_normals(model.mean, model.triangles)[4] @ (0, 0, 1) > 0.9
    assert len(model.expression_basis) == len(EXPRESSIONS) == 6


def test_open_mouth_is_closed_by_a_patch():
    """The face mesh without the triangles between its lips has two rims, and with the patch one."""
    model = embedded_model()
    opened = model.triangles[~np.isin(model.triangles, MOUTH).all(axis=1)]
    assert sorted(map(len, boundary_loops(opened)))[0] == len(MOUTH)
    patch = mouth_patch(model.mean, opened)
    closing = patch.rim[patch.triangles]
    assert len(boundary_loops(np.concatenate([opened, closing]))) == 1
    across = model.mean[closing]
    normals = np.cross(across[:, 1] - across[:, 0], across[:, 2] - across[:, 0])
    # Closed lips nearly touch, so a triangle may stand on edge; none looks back.
    assert (normals[:, 2] > -1e-6).mean() > 0.9
    with pytest.raises(ValueError, match="has 1"):
        mouth_patch(model.mean, model.triangles)


def test_hair_beside_the_face_is_left_out_and_a_beard_is_not():
    """Black beside the chin stays; on the cheekbone beside the eye it is filled with skin."""
    model = embedded_model()
    texture = np.full((SIZE, SIZE, 3), (200, 150, 120), np.uint8)
    u, v = (model.texture_coordinates * SIZE).astype(int).clip(0, SIZE - 1).T
    cheekbone, chin = 117, 194
    for place in (cheekbone, chin):
        texture[v[place] - 8 : v[place] + 8, u[place] - 8 : u[place] + 8] = 10
    image, camera = drawn(texture, 0)
    filled = fill(extract_view(image, None, model, model.mean, camera, SIZE), model)
    assert filled[v[cheekbone], u[cheekbone], 0] > 150
    assert filled[v[chin], u[chin], 0] < 60


def test_known_shape_expression_and_pose_are_recovered():
    """From exact landmarks: leading coefficients within 0.2, angles within 1.5 degrees.

    They do not come back exactly: the prior pulls them towards the mean, and turning the mesh to
    the front absorbs a little of the shape, which the last components (a tenth of a millimetre
    each) then try to make up for.
    """
    model = embedded_model()
    shape = np.zeros(model.shape_count)
    shape[:4] = (1.0, -0.8, 0.6, 0.5)
    expression = np.zeros(6)
    expression[EXPRESSIONS.index("happiness")] = 0.6
    camera = Camera(rotation_from_angles(20, -8, 5), 2.0, CENTRE)
    face = mesh_face(model.vertices(shape, expression), camera)
    found = fit_face(np.full((600, 640, 3), 128, np.uint8), face, texture_size=64)
    np.testing.assert_allclose(found.expression, expression, atol=0.15)
    np.testing.assert_allclose(found.shape[:6], shape[:6], atol=0.2)
    assert tuple(found.camera.angles.values()) == pytest.approx((20, -8, 5), abs=1.5)
    assert found.error < 0.01


def test_describing_a_member_of_the_model_gives_its_coefficients():
    model = embedded_model()
    shape = np.linspace(1, -1, model.shape_count)
    found, expression = describe(model, model.vertices(shape, [0, 0, 0, 0.8, 0, 0]))
    assert np.corrcoef(found[:8], shape[:8])[0, 1] > 0.95
    assert expression[3] == pytest.approx(0.8, abs=0.15)


def test_mesh_meets_its_landmarks_and_detail_follows_the_sliders(sample):
    image, face = sample
    found = fit_face(image, face, texture_size=64)
    np.testing.assert_allclose(found.reprojected, face.landmarks[:, :2], atol=0.01)
    smiling = found.expression + np.eye(6)[EXPRESSIONS.index("happiness")]
    moved = found.deformed(found.shape, smiling) - found.vertices
    np.testing.assert_allclose(
        moved, found.model.expression_basis[EXPRESSIONS.index("happiness")], atol=1e-9
    )
    # Mouth corners go outwards and up.
    assert moved[61, 0] < -3 and moved[291, 0] > 3 and (moved[[61, 291], 1] > 3).all()


def test_rasterizer_interpolates_linear_functions_exactly():
    points = np.array([[1.5, 2.0], [50.25, 8.0], [20.0, 55.0], [60.0, 60.0]])
    triangles = np.array([[0, 1, 2], [1, 3, 2]])
    pixels, mix = interpolation(points, triangles, triangle_map(points, triangles, (64, 64)))
    row, column = np.divmod(pixels, 64)
    # Corners are given in 1/64 pixel, sums in single precision.
    np.testing.assert_allclose(mix @ points, np.column_stack([column, row]), atol=1e-3)
    np.testing.assert_allclose(mix.sum(axis=1), 1, atol=1e-6)


def test_nearer_triangle_covers_the_farther():
    points = np.array([[0.0, 0], [9, 0], [0, 9], [0, 0], [9, 0], [0, 9]])
    triangles = np.array([[0, 1, 2], [3, 4, 5]])
    for depth, front in (((1, 1, 1, 0, 0, 0), 0), ((0, 0, 0, 1, 1, 1), 1)):
        shown = triangle_map(points, triangles, (10, 10), np.array(depth))
        assert set(np.unique(shown)) == {-1, front}


@pytest.mark.parametrize("yaw", [0, 25])
def test_isomap_gives_back_the_texture_that_was_drawn(yaw):
    """Of 255 levels, half the well-seen texels are within 6: two resamplings of random detail."""
    model, texture = embedded_model(), grain()
    image, camera = drawn(texture, yaw)
    view = extract_view(image, None, model, model.mean, camera, SIZE)
    seen = view.weights > 0.9
    assert seen.mean() > 0.2
    assert np.median(np.abs(view.colours[seen] - texture[seen])) < 6


def test_isomaps_of_two_poses_agree_where_both_see():
    model, texture = embedded_model(), grain()
    views = []
    for yaw in (-25, 25):
        image, camera = drawn(texture, yaw)
        views.append(extract_view(image, None, model, model.mean, camera, SIZE))
    common = np.minimum(views[0].weights, views[1].weights) > 0.5
    assert common.sum() > 2000
    first, second = (view.colours[common].ravel() for view in views)
    assert np.corrcoef(first, second)[0, 1] >= 0.9


def test_hidden_and_background_texels_do_not_count():
    model = embedded_model()
    image, camera = drawn(grain(), 50)
    view = extract_view(image, None, model, model.mean, camera, SIZE)
    halves = view.weights[:, : SIZE // 2].mean(), view.weights[:, SIZE // 2 :].mean()
    # The face looks to the right, so its left half as seen (small u) faces the camera.
    assert halves[0] > 2 * halves[1]
    nobody = extract_view(image, np.zeros(image.shape[:2]), model, model.mean, camera, SIZE)
    assert not nobody.weights.any()


def test_gaps_are_mirrored_in_matching_colours_and_then_filled():
    model = embedded_model()
    pixels, _ = texels(model, SIZE)
    colours = np.full((SIZE, SIZE, 3), 100, np.float32)
    colours[:, : SIZE // 2] += 30 * (np.arange(SIZE) % 2)[:, None, None]
    weights = np.zeros((SIZE, SIZE), np.float32)
    weights[:, : SIZE // 2 + 20] = 1
    weights[SIZE // 2 :, :] *= 0
    filled = fill(View(colours, weights), model)
    assert (filled.reshape(-1, 4)[pixels, 3] == 255).all()
    stripes = filled[40:80, SIZE - 60 : SIZE - 30, 0].astype(float)
    assert np.abs(np.diff(stripes, axis=0)).mean() > 20  # detail came across
    below = filled[SIZE - 60 : SIZE - 30, 40:-40, :3].astype(float)
    assert below.std() < 12 and 80 < below.mean() < 140  # nothing was seen there: smooth


def test_second_photo_shows_what_the_first_hides():
    model, texture = embedded_model(), grain()
    photos = []
    for yaw in (-40, 40):
        image, camera = drawn(texture, yaw)
        photos.append((image, mesh_face(model.mean, camera), None))
    one = fit_person(photos[:1], texture_size=SIZE)
    both = fit_person(photos, texture_size=SIZE)
    assert len(both.cameras) == 2
    assert both.seen.mean() > 1.3 * one.seen.mean()
    hidden = (one.seen < 0.1) & (both.seen > 0.8)
    assert hidden.any()

    def away(result):
        return np.abs(result.isomap[hidden][:, :3].astype(float) - texture[hidden]).mean()

    assert away(both) < away(one) / 2


def test_shape_of_two_photos_is_nearer_the_truth_than_of_one():
    """Landmarks off by 2 mm at random. Equal weights would take 0.71 of the error; each photo
    counts less on its far side, and the first one's expression, noise and all, is kept."""
    model = embedded_model()
    noise = np.random.default_rng(5)
    photos = []
    for yaw in (-20, 20):
        camera = Camera(rotation_from_angles(yaw), 2.0, CENTRE)
        shaken = model.mean + noise.normal(0, 2, model.mean.shape)
        photos.append((np.full((600, 640, 3), 128, "u1"), mesh_face(shaken, camera), None))
    one, both = (fit_person(photos[:count], texture_size=64) for count in (1, 2))
    errors = [np.linalg.norm(each.vertices - model.mean, axis=1).mean() for each in (one, both)]
    assert errors[1] < 0.9 * errors[0]


def test_faces_that_cannot_be_fitted_are_refused_in_words(sample):
    image, face = sample
    with pytest.raises(ImageError, match=NO_FACE[:20]):
        choose_face([])
    with pytest.raises(ImageError, match="too small: 40 pixels high"):
        choose_face([Face(face.landmarks * np.float32(40 / face.height), 1.0)])
    assert choose_face([face, face])[1] == [
        "There are 2 faces in this photo; the largest was taken."
    ]
    profile = mesh_face(
        embedded_model().mean, Camera(rotation_from_angles(75), 2.0, CENTRE)
    )
    with pytest.raises(ImageError, match="turned 75 degrees to the side"):
        fit_face(image, profile)


def test_sunglasses_are_noticed_and_glasses_are_not(sample):
    image, face = sample
    assert not wears_sunglasses(image, face)  # Grace Hopper wears clear glasses
    dark, radius = image.copy(), round(face.height / 6)
    for eye in ((33, 133), (362, 263)):
        middle = face.landmarks[list(eye), :2].mean(axis=0)
        cv2.circle(dark, np.rint(middle).astype(int).tolist(), radius, (15,) * 3, -1)
    assert wears_sunglasses(dark, face)
    assert "sunglasses" in fit_face(dark, face, texture_size=64).notes[0]


@pytest.mark.parametrize("ending, kind", ENDINGS.items())
def test_command_replaces_its_own_files_and_none_of_the_app(
    sample, tmp_path, capsys, ending, kind
):
    image, face = sample
    own, of_app = (tmp_path / f"{name}{ending}" for name in ("own", "of-app"))
    empty = tmp_path / "empty.png"
    of_app.write_bytes(encode(fit_face(image, face, texture_size=64), kind))
    cv2.imwrite(str(empty), np.full((100, 100, 3), 200, np.uint8))
    assert main([str(COLLINS.file), "-o", str(own), "--no-matte"]) == 0
    assert main([str(empty), "-o", str(own), "--no-matte"]) == 1
    assert "No face was found" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([str(empty), "-o", str(of_app), "--no-matte"])
    assert "would replace your file" in capsys.readouterr().err


@pytest.mark.parametrize("end", ["| true", "> /dev/full", "> names"])
def test_command_has_written_its_file_whatever_becomes_of_its_words(tmp_path, end):
    command = f"{sys.executable} -m pipeline.face3d {COLLINS.file} --no-matte"
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": os.getcwd()}
    done = subprocess.run(
        f"set -o pipefail; {command} -o fäce.ply {end}",
        shell=True,
        executable="/bin/bash",
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (tmp_path / "fäce.ply").exists()
    assert done.returncode == 0 and "Traceback" not in done.stderr
    if end == "> names":
        assert r"f\xe4ce.ply: 898 triangles" in (tmp_path / "names").read_text()


def test_command_writes_a_model_and_says_what_is_wrong(tmp_path, capsys):
    target = tmp_path / "made" / "face.glb"
    assert main([str(COLLINS.file), "-o", str(target), "--no-matte"]) == 0
    assert target.read_bytes()[:4] == b"glTF"
    assert "898 triangles" in capsys.readouterr().out
    empty = tmp_path / "empty.png"
    cv2.imwrite(str(empty), np.full((100, 100, 3), 200, np.uint8))
    assert main([str(empty), "-o", str(target), "--no-matte"]) == 1
    assert f"{empty}: No face was found" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([str(empty), "-o", str(empty), "--no-matte"])
    assert "would replace your file" in capsys.readouterr().err


def test_command_replaces_no_file_of_another_program(tmp_path, capsys):
    """Nor one that was made by the same library, or has the same name in it."""
    of_library, packed = tmp_path / "box.glb", tmp_path / "scan.zip"
    edited = tmp_path / "edited.zip"
    assert main([str(COLLINS.file), "-o", str(edited), "--no-matte"]) == 0
    with zipfile.ZipFile(edited) as before:
        comment = before.comment
    with zipfile.ZipFile(edited, "w") as files:  # as programs do that change a file in it
        files.writestr("face.obj", "v 0 0 0\n")
        files.comment = comment
    trimesh.creation.box().export(of_library)
    with zipfile.ZipFile(packed, "w") as files:
        files.writestr("face.obj", "v 0 0 0\n")
    for theirs in (of_library, packed, edited):
        before = theirs.read_bytes()
        with pytest.raises(SystemExit):
            main([str(COLLINS.file), "-o", str(theirs), "--no-matte"])
        assert "would replace your file" in capsys.readouterr().err
        assert theirs.read_bytes() == before


def test_command_refuses_what_cannot_be_written_before_it_works(tmp_path, capsys):
    file = tmp_path / "file"
    file.write_text("no folder")
    wrong = {"": "argument is empty", f"{file}/x.glb": "cannot write to", "x.stl": "must end in"}
    for output, words in wrong.items():
        with pytest.raises(SystemExit):
            main(["absent.jpg", "-o", output])
        assert words in capsys.readouterr().err

"""The training photos: how they are parted, what is kept of them, and what is made of them."""

import cv2
import numpy as np
import pytest

pytest.importorskip("keras", reason="photos are read for training, with requirements-dev.txt")

from models import alphamatting, photos, refinement_patches  # noqa: E402
from models.photos import (  # noqa: E402
    HELD_OUT_SCENES,
    TRAINING_PORTRAITS,
    VALIDATION_PHOTOS,
    Portrait,
    scene_split,
    validation_split,
)
from models.prior import (  # noqa: E402
    LEFT,
    MIRROR,
    RESOLUTION,
    TOP,
    canonical_pose,
    mean_mask,
    same_but_for_rounding,
)
from models.synthetic_mattes import SyntheticMatte  # noqa: E402
from pipeline.align import POINTS  # noqa: E402
from pipeline.morphable_model import embedded_model  # noqa: E402


@pytest.mark.parametrize(
    ("split", "count", "held_out"),
    [(validation_split, TRAINING_PORTRAITS, VALIDATION_PHOTOS), (scene_split, 700, HELD_OUT_SCENES)],
)
def test_no_photo_that_choices_are_made_on_is_trained_on(split, count, held_out):
    everything = [f"{number:05d}" for number in range(count)]
    training, others = split(everything)
    assert len(others) == held_out
    assert not set(training) & set(others)
    assert sorted(training + others) == everything
    assert split(everything) == (training, others)


def test_faces_that_were_half_written_are_looked_for_again(tmp_path, monkeypatch):
    def broken_off(file, **arrays):
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(photos, "CACHE", tmp_path)
    monkeypatch.setattr(photos, "find_faces", lambda image: [])
    images = [np.zeros((32, 32, 3), np.uint8)]
    with monkeypatch.context() as disk, pytest.raises(KeyboardInterrupt):
        disk.setattr(np, "savez", broken_off)
        photos._faces("some", images)
    assert not list(tmp_path.iterdir())
    assert photos._faces("some", images) == [None]
    assert len(list(tmp_path.iterdir())) == 1


def test_photos_of_validation_patches_serve_no_training_patch(tmp_path, monkeypatch):
    """Neither kind's validation photos serve any kind's training patches."""
    names = [f"{number:05d}" for number in range(TRAINING_PORTRAITS)]
    for folder in ("voc_person", "backgrounds"):
        (tmp_path / folder).mkdir()
        for number in range(40):
            (tmp_path / folder / f"{number:03d}.jpg").touch()
    portraits = tmp_path / "eg1800" / "train"
    portraits.mkdir(parents=True)
    for ending in ("jpg", "png"):
        (portraits / f"00000.{ending}").touch()
    used = {"train": set(), "validation": set()}
    part = None
    shape = (refinement_patches.PATCH,) * 2

    def read(path):
        used[part].add(path.relative_to(tmp_path).with_suffix("").as_posix())
        return np.zeros((*shape, 3), np.uint8)

    def unsolvable(foreground, background, size, rng):
        nothing = np.zeros(shape, np.uint8)
        return SyntheticMatte(foreground, nothing, foreground, background, nothing)

    def every_photo(kind, counts, files, patches_of):
        nonlocal part
        for part, count in zip(("train", "validation"), counts, strict=True):
            for number in range(count):
                patches_of(part, number, np.random.default_rng(number))

    training, validation = validation_split(names)
    monkeypatch.setattr(refinement_patches, "DATA", tmp_path)
    monkeypatch.setattr(refinement_patches, "training_names", lambda: training)
    monkeypatch.setattr(refinement_patches, "validation_names", lambda: validation)
    monkeypatch.setattr(refinement_patches, "read_rgb", read)
    monkeypatch.setattr(
        refinement_patches,
        "read_portrait",
        lambda split, name: (read(tmp_path / "eg1800" / split / f"{name}.jpg"), None),
    )
    monkeypatch.setattr(refinement_patches, "synthetic_matte", unsolvable)
    monkeypatch.setattr(refinement_patches, "matte_of_bent_mask", lambda *_: (None, None))
    monkeypatch.setattr(refinement_patches, "_cut", lambda *_: [])
    monkeypatch.setattr(refinement_patches, "_make", every_photo)
    refinement_patches.make_synthetic()
    refinement_patches.make_portraits()
    assert not used["train"] & used["validation"]
    folders = {each.split("/")[0] for each in used["validation"]}
    assert folders == {"eg1800", "voc_person", "backgrounds"}
    assert len(used["train"]) > len(used["validation"]) > 60


def test_patches_are_made_anew_where_their_code_or_their_photos_have_changed(
    tmp_path, monkeypatch
):
    code, photo, patches = (tmp_path / name for name in ("knn.py", "photo.jpg", "patches"))
    code.write_text("first")
    photo.write_bytes(b"first")
    patches.mkdir()
    (patches / "train_synthetic_00000.npz").touch()  # as they were called before
    made = []

    def of_photo(part, number, rng):
        made.append((part, number))
        return [{"image": np.zeros((2, 2))}]

    monkeypatch.setattr(refinement_patches, "FOLDER", patches)
    monkeypatch.setattr(refinement_patches, "code_of", lambda module: [code])
    for change in (lambda: None, lambda: code.write_text("next"), lambda: photo.write_bytes(b"next")):
        change()
        made.clear()
        for _ in range(2):
            for kind in ("synthetic", "portraits"):
                refinement_patches._make(kind, (2, 1), [photo], of_photo)
        assert made == [("validation", 0), ("train", 0), ("train", 1)] * 2
        assert len(list(patches.iterdir())) == 4


def write(path, picture):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), picture)


def test_what_voc_calls_void_is_nobody_and_is_not_to_be_trusted(tmp_path, monkeypatch):
    monkeypatch.setattr(photos, "DATA", tmp_path)
    monkeypatch.setattr(photos, "_faces", lambda folder, images: [None for _ in images])
    label = np.repeat(np.uint8([[0, 128, 255]]), 8, axis=0)
    write(tmp_path / "voc_person" / "a.png", label)
    write(tmp_path / "voc_person" / "a.jpg", label)
    (scene,) = photos.voc_people()
    assert scene.mask[0].tolist() == [0, 0, 255]
    assert scene.known[0].tolist() == [255, 0, 255]


@pytest.mark.parametrize(
    ("trimap", "counts"),
    [("trimap1", (10, 15, 55)), ("trimap2", (5, 40, 35)), ("band10", (30, 20, 30))],
)
def test_alphamatting_has_its_trimaps_and_ours(tmp_path, monkeypatch, trimap, counts):
    """Forty columns of nothing, forty of a person; ours is ten to either side of their border."""
    monkeypatch.setattr(alphamatting, "DATA", tmp_path)
    folder = tmp_path / "alphamatting"
    drawn = {"alpha": (40, 0, 40), "trimap1": (10, 15, 55), "trimap2": (5, 40, 35)}
    labels = np.uint8([[0, 128, 255]])
    for name, columns in drawn.items():
        write(folder / name / "a.png", labels.repeat(columns, axis=1).repeat(6, axis=0))
    write(folder / "image" / "a.png", np.full((6, 80, 3), (1, 2, 3), np.uint8))
    scene = alphamatting.alphamatting_scene("a", trimap)
    np.testing.assert_array_equal(scene.trimap[:1], labels.repeat(counts, axis=1))
    assert scene.image[0, 0].tolist() == [3, 2, 1]
    assert not scene.alpha[:, :40].any() and (scene.alpha[:, 40:] == 1).all()


def test_left_and_right_of_the_face_are_each_others_mirror_images():
    """On the mesh of a symmetric face, from whose x = 0 both lie equally far."""
    points = embedded_model().mean[list(POINTS)]
    np.testing.assert_allclose(points[list(MIRROR)] * (-1, 1, 1), points, atol=0.5)


def test_the_canonical_pose_is_symmetric_whatever_the_portraits_are():
    rng = np.random.default_rng(0)
    face = embedded_model().mean[list(POINTS), :2] * (1, -1)
    faces = [face * rng.uniform(0.5, 2) + rng.normal(0, 8, face.shape) for _ in range(5)]
    pose = canonical_pose(faces)
    np.testing.assert_allclose(pose[list(MIRROR)] * (-1, 1), pose, atol=1e-9)
    # Its unit is that of pipeline.align.PortraitPrior.
    assert (pose**2).sum(axis=1).mean() == pytest.approx(1)
    np.testing.assert_allclose(pose.mean(axis=0), 0, atol=1e-9)


def test_turned_shapes_are_turned_back_before_they_are_averaged():
    """An upright face, and one half as long again that lies on its side; both are symmetric."""

    def unit(shape):
        shape = shape - shape.mean(axis=0)
        return shape / np.sqrt((shape**2).sum(axis=1).mean())

    face = embedded_model().mean[list(POINTS), :2] * (1, -1)
    face = unit(face + face[list(MIRROR)] * (-1, 1))
    longer = unit(face * (1, 1.5))
    quarter = np.array([[0, 1], [-1, 0]])
    pose = canonical_pose([face, longer @ quarter])
    np.testing.assert_allclose(pose, unit(face + longer), atol=1e-9)


def mean_of(count, mask, top):
    """The mean mask of so many alike portraits that begin in this row of it, at its left edge."""
    image = np.zeros((*mask.shape, 3), np.uint8)
    portrait = Portrait("", image, mask, np.full_like(mask, 255), None)
    to_canonical = [[1 / RESOLUTION, 0, LEFT], [0, 1 / RESOLUTION, TOP + top / RESOLUTION]]
    return mean_mask([portrait] * count, [np.array(to_canonical)] * count)


def test_the_mean_mask_is_symmetric_and_knows_both_halves():
    """Ten portraits of a person on the left alone: half of them are so on either side."""
    rows, columns = int(8 * RESOLUTION), int(4 * RESOLUTION)
    mask = np.zeros((rows, 2 * columns + 1), np.uint8)
    mask[:, :columns] = 255
    mean = mean_of(10, mask, 0)
    np.testing.assert_array_equal(mean, mean[:, ::-1])
    assert mean[:rows, :columns] == pytest.approx(0.5)


@pytest.mark.parametrize(("count", "width"), [(3, 161), (6, 80)])
def test_three_portraits_tell_of_a_place_and_its_mirror_image_six_of_one_alone(count, width):
    """They show rows 40 to 159, of all 161 columns or of the left 80: the lower rows are copies."""
    mask = np.full((120, width), 255, np.uint8)
    mean = mean_of(count, mask, 40)
    assert not mean[:40].any() and (mean[40:, :80] == 1).all() and (mean[40:, 81:] == 1).all()
    assert not mean_of(count - 1, mask, 40)[:, :80].any()


def test_above_the_middle_nothing_is_copied():
    mask = np.full((20, 161), 255, np.uint8)
    mean = mean_of(3, mask, 40)
    assert (mean[40:60] == 1).all() and not mean[60:].any()


@pytest.mark.parametrize(
    "name, change, same",
    [
        ("pose", lambda pose: pose + 1e-7, True),
        ("pose", lambda pose: pose + 1e-3, False),
        ("mean_mask", lambda mask: mask + np.uint8(1), True),
        ("mean_mask", lambda mask: mask - np.uint8(2), False),
        ("mean_mask", lambda mask: mask[:5], False),
    ],
)
def test_priors_that_differ_by_rounding_are_the_same(name, change, same):
    prior = {"pose": np.ones((49, 2), np.float32), "mean_mask": np.full((9, 7), 100, np.uint8)}
    assert same_but_for_rounding(prior, prior | {name: change(prior[name])}) == same
    assert not same_but_for_rounding(prior, {"pose": prior["pose"]})

"""Whose files are whose: what the command takes for its results, replaces, and leaves alone."""

import resource

import numpy as np
import pytest
from PIL import Image

from pipeline.__main__ import main
from pipeline.encode import encode_png
from pipeline.image import load_image


def test_your_own_trimap_is_not_overwritten(photo, tmp_path, capsys):
    trimap = tmp_path / "anna.trimap.png"
    trimap.write_bytes(b"precious")
    with pytest.raises(SystemExit) as stopped:
        main([str(photo), str(trimap), "-o", str(tmp_path)])
    assert stopped.value.code == 2
    assert "would replace your file" in capsys.readouterr().err
    assert trimap.read_bytes() == b"precious"


def test_a_trimap_that_was_corrected_by_hand_is_used_and_kept(photo, tmp_path, capsys):
    folder = [str(tmp_path), "-o", str(tmp_path), "--save"]
    assert main([*folder, "trimap"]) == 0
    with Image.open(tmp_path / "anna.trimap.png") as trimap:
        corrected = np.array(trimap)
    corrected[:30] = 0
    Image.fromarray(corrected).save(tmp_path / "anna.trimap.png")
    with pytest.raises(SystemExit):
        main([*folder, "trimap"])
    assert "would replace your file" in capsys.readouterr().err
    assert main([*folder, "alpha"]) == 0
    alpha = load_image(tmp_path / "anna.alpha.png")[..., 0]
    assert (alpha[corrected == 0] == 0).all() and (alpha[corrected == 255] == 255).all()
    np.testing.assert_array_equal(load_image(tmp_path / "anna.trimap.png")[..., 0], corrected)


def test_a_trimap_that_was_corrected_in_the_app_is_used_and_kept(photo, tmp_path, capsys):
    trimap = np.full(load_image(photo).shape[:2], 128, np.uint8)
    trimap[:30], trimap[-30:] = 0, 255
    cutout = np.zeros((*trimap.shape, 4), np.uint8)
    for name, pixels in (("trimap", trimap), ("cutout", cutout)):
        (tmp_path / f"anna.{name}.png").write_bytes(encode_png(pixels))
    folder = [str(photo), str(tmp_path / "anna.trimap.png"), "-o", str(tmp_path), "--save"]
    for name in ("trimap", "cutout"):
        with pytest.raises(SystemExit):
            main([*folder, name])
        assert "would replace your file" in capsys.readouterr().err
    # And the cut-out is no photo.
    assert main([str(tmp_path), "-o", str(tmp_path), "--save", "alpha"]) == 0
    assert {file.name for file in tmp_path.glob("*.alpha.png")} == {"anna.alpha.png"}
    alpha = load_image(tmp_path / "anna.alpha.png")[..., 0]
    assert (alpha[:30] == 0).all() and (alpha[-30:] == 255).all()


def test_results_in_a_folder_are_left_out_wherever_the_next_ones_go(photo, tmp_path, capsys):
    assert main([str(tmp_path), "-o", str(tmp_path), "--save", "mask,trimap"]) == 0
    again = [str(tmp_path), "-o", str(tmp_path / "again"), "--save", "trimap"]
    capsys.readouterr()
    assert main([*again, "--band", "25"]) == 0
    assert [file.name for file in (tmp_path / "again").iterdir()] == ["anna.trimap.png"]
    unknown = [
        (load_image(folder / "anna.trimap.png") == 128).sum()
        for folder in (tmp_path, tmp_path / "again")
    ]
    assert unknown[1] > 1.5 * unknown[0]
    assert "trimap.png" not in capsys.readouterr().out


def test_a_file_that_is_no_result_of_ours_is_not_overwritten(photo, tmp_path, capsys):
    theirs = tmp_path / "anna.alpha.png"
    theirs.write_bytes(photo.read_bytes())
    with pytest.raises(SystemExit):
        main([str(photo), "-o", str(tmp_path)])
    assert "would replace your file" in capsys.readouterr().err
    assert theirs.read_bytes() == photo.read_bytes()


def test_photos_called_alike_in_two_folders_keep_apart(photo, tmp_path):
    folders = [tmp_path / "monday", tmp_path / "tuesday"]
    for folder in folders:
        folder.mkdir()
        (folder / "IMG_0001.jpg").write_bytes(photo.read_bytes())
    results = tmp_path / "results"
    assert main([*map(str, folders), "-o", str(results), "--save", "mask"]) == 0
    assert {file.name for file in results.iterdir()} == {
        "monday-IMG_0001.mask.png",
        "tuesday-IMG_0001.mask.png",
    }


def test_a_folder_done_into_itself_twice_does_its_photos_twice(photo, tmp_path):
    (tmp_path / "._anna.jpg").write_bytes(b"what a Mac leaves on a stick")
    for _ in range(2):
        assert main([str(tmp_path), "-o", str(tmp_path), "--save", "trimap,alpha"]) == 0
    assert {file.name for file in tmp_path.iterdir()} == {
        "._anna.jpg",
        "anna.jpg",
        "anna.trimap.png",
        "anna.alpha.png",
    }


def test_photos_of_the_same_name_keep_apart(photo, tmp_path):
    Image.open(photo).save(tmp_path / "anna.png")
    results = tmp_path / "results"
    arguments = [str(photo), str(tmp_path / "anna.png"), "-o", str(results), "--save", "mask"]
    assert main(arguments) == 0
    assert {file.name for file in results.iterdir()} == {
        "anna.jpg.mask.png",
        "anna.png.mask.png",
    }


@pytest.mark.parametrize(
    ("names", "results"),
    [
        (("Anna.jpg", "anna.png"), ("Anna.jpg", "anna.png")),
        (("Zo\u00eb.jpg", "Zoe\u0308.png"), ("Zo\u00eb.jpg", "Zoe\u0308.png")),
        (("Anna.jpg", "anna.jpg"), ("1-Anna", "2-anna")),
        (("a/Anna.jpg", "b/anna.jpg"), ("a-Anna", "b-anna")),
        (("a/anna.jpg", "A/Anna.jpg", "eve.jpg"), ("1-anna", "2-Anna", "eve")),
    ],
)
def test_results_are_files_of_their_own_where_capitals_are_no_difference(names, results, tmp_path):
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (64, 48)).save(tmp_path / name)
    out = tmp_path / "out"
    photos = [str(tmp_path / name) for name in names]
    assert main([*photos, "-o", str(out), "--save", "mask"]) == 0
    assert {file.name for file in out.iterdir()} == {f"{name}.mask.png" for name in results}


def test_a_file_that_cannot_be_ended_leaves_no_half_of_itself(photo, tmp_path, capsys):
    folder = tmp_path / "results"
    command = [str(photo), "-o", str(folder), "--save", "mask"]
    assert main(command) == 0
    (result,) = folder.iterdir()
    before = result.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        assert main(command) == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "File too large" in capsys.readouterr().err
    assert [each.read_bytes() for each in folder.iterdir()] == [before]


def test_results_of_photos_named_alike_are_called_after_their_folders(
    photo, tmp_path, monkeypatch
):
    """However the folders are named on the command line."""
    here = tmp_path / "here"
    here.mkdir()
    (here / photo.name).write_bytes(photo.read_bytes())
    monkeypatch.chdir(here)
    assert main([photo.name, f"../{photo.name}", "-o", "out", "--save", "mask"]) == 0
    names = {file.name for file in (here / "out").iterdir()}
    assert names == {"here-anna.mask.png", f"{tmp_path.name}-anna.mask.png"}

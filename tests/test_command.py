"""The command, run as a person runs it."""

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline.__main__ import main
from pipeline.image import ImageError, load_image
from pipeline.matting import matte

OUTPUTS = ("mask", "trimap", "alpha", "cutout", "composite")


def test_all_results_have_their_names_and_the_photos_size(photo, tmp_path, capsys):
    folder = tmp_path / "new" / "results"
    assert main([str(photo), "-o", str(folder)]) == 0
    assert {file.name for file in folder.iterdir()} == {f"anna.{each}.png" for each in OUTPUTS}
    with Image.open(photo) as original:
        size = original.size
    modes = {"mask": "L", "trimap": "L", "alpha": "L", "cutout": "RGBA", "composite": "RGBA"}
    for name, mode in modes.items():
        with Image.open(folder / f"anna.{name}.png") as image:
            assert (image.size, image.mode) == (size, mode)
    with Image.open(folder / "anna.trimap.png") as trimap:
        assert set(np.unique(trimap)) <= {0, 128, 255}
    (line,) = capsys.readouterr().out.splitlines()
    assert "anna.jpg" in line
    assert f"{size[0]} x {size[1]}" in line
    assert " s (" in line


def test_one_bad_photo_is_named_and_the_others_are_done(photo, tmp_path, capsys):
    empty = tmp_path / "empty.jpg"
    empty.touch()
    arguments = [str(tmp_path / "absent.jpg"), str(empty), str(photo)]
    assert main([*arguments, "-o", str(tmp_path), "--save", "alpha"]) == 1
    assert (tmp_path / "anna.alpha.png").exists()
    errors = capsys.readouterr().err
    assert "absent.jpg: There is no such file." in errors
    assert "empty.jpg: This file is empty." in errors
    assert "2 of 3 failed" in errors


def test_what_opencv_cannot_do_is_said_and_the_rest_done(photo, tmp_path, capsys, monkeypatch):
    other = tmp_path / "wall.png"
    Image.new("RGB", (64, 48)).save(other)
    def fails_on_the_wall(image, **options):
        if image.shape == (48, 64, 3):
            cv2.resize(np.zeros((0, 0), np.uint8), (1, 1))
        return matte(image, **options)

    monkeypatch.setattr("pipeline.matting.matte", fails_on_the_wall)
    assert main([str(other), str(photo), "-o", str(tmp_path), "--save", "alpha"]) == 1
    assert (tmp_path / "anna.alpha.png").exists()
    assert "wall.png: This photo cannot be worked on" in capsys.readouterr().err


def test_a_name_that_the_terminal_cannot_show_stops_nothing(photo, tmp_path):
    named = [tmp_path / "写真.jpg", tmp_path / "髪.jpg"]
    for each in named:
        each.write_bytes(photo.read_bytes())
    run = subprocess.run(
        [sys.executable, "-m", "pipeline", *map(str, named), "-o", str(tmp_path), "--save", "mask"],
        env=os.environ | {"PYTHONIOENCODING": "cp1252"},
        capture_output=True,
    )
    assert run.returncode == 0, run.stderr
    assert all((tmp_path / f"{each.stem}.mask.png").exists() for each in named)


def test_the_line_says_which_trimap_was_used(photo, tmp_path, capsys):
    own = tmp_path / "anna.trimap.png"
    assert main([str(photo), "-o", str(tmp_path), "--save", "trimap"]) == 0
    assert "was used" not in capsys.readouterr().out
    Image.open(own).save(own)  # as an editor saves it
    assert main([str(tmp_path), "-o", str(tmp_path), "--save", "alpha"]) == 0
    assert f"The trimap {own} was used." in capsys.readouterr().out


def test_a_folder_without_a_photo_is_named_and_the_others_are_done(photo, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    arguments = [str(photo), str(tmp_path / "empty"), "-o", str(tmp_path / "out")]
    assert main([*arguments, "--save", "mask"]) == 1
    assert (tmp_path / "out" / "anna.mask.png").exists()
    assert "There is no photo in the folder" in capsys.readouterr().err


def test_only_what_is_asked_for_is_saved(photo, tmp_path):
    folder = tmp_path / "results"
    assert main([str(photo), "-o", str(folder), "--save", "trimap,cutout"]) == 0
    assert {file.name for file in folder.iterdir()} == {"anna.trimap.png", "anna.cutout.png"}


def test_colour_shows_behind_the_person(photo, tmp_path):
    arguments = [str(photo), "-o", str(tmp_path), "--save", "alpha,composite"]
    assert main([*arguments, "--background", "#12ab34"]) == 0
    picture = load_image(tmp_path / "anna.composite.png")
    alpha = load_image(tmp_path / "anna.alpha.png")[..., 0]
    assert (alpha == 0).any()
    assert (picture[alpha == 0] == (0x12, 0xAB, 0x34)).all()


def test_gradient_and_picture_show_behind_the_person(photo, tmp_path):
    arguments = [str(photo), "-o", str(tmp_path), "--save", "alpha,composite", "--background"]
    assert main([*arguments, "#ff0000-#0000ff"]) == 0
    behind = load_image(tmp_path / "anna.alpha.png")[..., 0] == 0
    red, _, blue = load_image(tmp_path / "anna.composite.png").astype(int).transpose(2, 0, 1)
    assert np.abs(red + blue - 255)[behind].max() <= 1
    picture = tmp_path / "beach.png"
    Image.new("RGB", (40, 40), (9, 90, 190)).save(picture)
    assert main([*arguments, str(picture)]) == 0
    assert (load_image(tmp_path / "anna.composite.png")[behind] == (9, 90, 190)).all()


def test_own_trimap_decides_what_is_known(photo, tmp_path):
    with Image.open(photo) as image:
        trimap = np.full(image.size[::-1], 128, np.uint8)
    trimap[:, :20] = 0
    trimap[-30:, 40:-40] = 255
    Image.fromarray(trimap).save(tmp_path / "mine.png")
    arguments = [str(photo), "-o", str(tmp_path), "--save", "trimap,alpha"]
    assert main([*arguments, "--trimap", str(tmp_path / "mine.png")]) == 0
    alpha = load_image(tmp_path / "anna.alpha.png")[..., 0]
    assert (alpha[trimap == 0] == 0).all()
    assert (alpha[trimap == 255] == 255).all()
    np.testing.assert_array_equal(load_image(tmp_path / "anna.trimap.png")[..., 0], trimap)


def test_image_and_trimap_pair_up_and_a_stray_trimap_is_named(photo, tmp_path, capsys):
    with Image.open(photo) as image:
        trimap = np.zeros(image.size[::-1], np.uint8)
    trimap[20:] = 255
    paired = photo.rename(tmp_path / "Image1.jpg")
    for number in (1, 2):
        Image.fromarray(trimap).save(tmp_path / f"Trimap{number}.png")
    files = [str(tmp_path / name) for name in ("Trimap1.png", "Image1.jpg", "Trimap2.png")]
    assert main([*files, "-o", str(tmp_path), "--save", "alpha"]) == 1
    assert "Trimap2.png has no photo" in capsys.readouterr().err
    np.testing.assert_array_equal(load_image(tmp_path / f"{paired.stem}.alpha.png")[..., 0], trimap)


def test_unfit_trimap_is_blamed_and_not_the_photo(photo, tmp_path, capsys):
    Image.new("L", (50, 50), 128).save(tmp_path / "mine.png")
    assert main([str(photo), "-o", str(tmp_path), "--trimap", str(tmp_path / "mine.png")]) == 1
    assert "Its trimap" in capsys.readouterr().err


def test_folder_stands_for_its_photos(photo, tmp_path):
    (tmp_path / "notes.txt").write_text("not a photo")
    (tmp_path / "album.jpg").mkdir()
    results = tmp_path / "results"
    assert main([str(tmp_path), "-o", str(results), "--save", "mask"]) == 0
    assert [file.name for file in results.iterdir()] == ["anna.mask.png"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--background", "#12"], "no colour"),
        (["--background", "absent.jpg"], "no such file"),
        (["--save", "mask,hat"], "hat cannot be saved"),
        (["--band", "0"], "1 to 60"),
        (["--band", "²"], "1 to 60"),
        (["--hair", "4"], "from 0 to 3"),
        (["--hair", "much"], "from 0 to 3"),
        (["b.jpg", "--trimap", "t.png"], "one photo, not 2"),
        (["anna.jpg"], "called anna.jpg"),
        ([""], "PHOTO: nothing is named"),
        (["-o", ""], "output: nothing is named"),
        (["--background", ""], "background: nothing is named"),
        (["--trimap", ""], "trimap: nothing is named"),
    ],
)
def test_what_is_not_understood_is_said_before_any_work(options, words, tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["anna.jpg", *options, "-o", str(tmp_path)])
    assert stop.value.code == 2
    assert words in capsys.readouterr().err


def test_stopping_says_so_and_nothing_more(photo, tmp_path, capsys, monkeypatch):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.matting.matte", stopped)
    assert main([str(photo), "-o", str(tmp_path / "results")]) == 130
    assert capsys.readouterr().err.strip() == "Stopped. What is written already is whole."


def test_stopping_before_the_first_photo_says_so_too(photo, tmp_path, capsys, monkeypatch):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.__main__.load_image", stopped)
    arguments = [str(photo), "-o", str(tmp_path / "results"), "--background", "beach.jpg"]
    assert main(arguments) == 130
    assert "Stopped." in capsys.readouterr().err


def test_who_reads_no_further_stops_nothing(photo, tmp_path):
    photos = [tmp_path / f"{name}.jpg" for name in "ab"]
    for each in photos:
        each.write_bytes(photo.read_bytes())
    command = f"{sys.executable} -m pipeline {photos[0]} {photos[1]} -o {tmp_path} --save mask"
    done = subprocess.run(f"{command} | true", shell=True, capture_output=True, text=True)
    assert "Traceback" not in done.stderr and "BrokenPipe" not in done.stderr
    assert (tmp_path / "a.mask.png").exists() and (tmp_path / "b.mask.png").exists()


def test_a_file_for_the_output_that_is_full_stops_nothing(photo, tmp_path):
    command = f"{sys.executable} -m pipeline {photo} -o {tmp_path} --save mask > /dev/full"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert done.returncode == 0 and "Traceback" not in done.stderr
    assert (tmp_path / "anna.mask.png").exists()


@pytest.mark.parametrize("wrong", ["loop", "long"])
def test_a_photo_that_cannot_be_there_fails_alone(photo, tmp_path, capsys, wrong):
    path = tmp_path / f"{'a' * 300 if wrong == 'long' else wrong}.jpg"
    if wrong == "loop":
        path.symlink_to(path)
    out = tmp_path / "out"
    assert main([str(photo), str(path), "-o", str(out), "--save", "mask"]) == 1
    assert f"{path}: This file cannot be opened" in capsys.readouterr().err
    assert (out / "anna.mask.png").exists()


def test_a_name_too_long_for_results_fails_alone(photo, tmp_path, capsys):
    long = tmp_path / f"{'a' * 248}.jpg"
    long.write_bytes(photo.read_bytes())
    for _ in range(2):
        assert main([str(long), str(photo), "-o", str(tmp_path / "results")]) == 1
        assert "too long" in capsys.readouterr().err
        assert (tmp_path / "results" / "anna.mask.png").exists()


def test_a_device_without_end_is_refused():
    with pytest.raises(ImageError, match="too large"):
        load_image("/dev/zero")


def test_a_folder_that_cannot_be_read_is_named(tmp_path, capsys, monkeypatch):
    def refused(folder):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "photos").mkdir()
    monkeypatch.setattr(Path, "iterdir", refused)
    assert main([str(tmp_path / "photos"), "-o", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert "photos cannot be read: Permission denied" in said and "cannot write" not in said


def test_help_teaches_by_examples(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert "examples:" in text
    assert text.count("python -m pipeline") >= 5


def test_a_photo_of_16_bits_is_said_to_come_back_with_8(photo, tmp_path, capsys):
    options = ["-o", str(tmp_path / "results"), "--save", "mask"]
    main([str(photo), *options])
    assert "given back with 8" not in capsys.readouterr().out
    deep = tmp_path / "deep.png"
    cv2.imwrite(str(deep), 257 * cv2.imread(str(photo)).astype(np.uint16))
    main([str(deep), *options])
    assert "more than 8 bits a channel and are given back with 8" in capsys.readouterr().out


def test_a_trimap_for_an_empty_folder_is_no_matter_of_numbers(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main([str(tmp_path), "--trimap", "mine.png", "-o", str(tmp_path / "out")])
    assert "There is no photo in the folder" in capsys.readouterr().err


@pytest.mark.parametrize("own", [False, True])
def test_nothing_is_solved_for_a_mask_and_a_trimap(photo, tmp_path, capsys, monkeypatch, own):
    given = [str(photo)]
    if own:
        trimap = np.full(load_image(photo).shape[:2], 128, np.uint8)
        trimap[:30], trimap[-30:] = 0, 255
        Image.fromarray(trimap).save(tmp_path / "mine.png")
        given += ["--trimap", str(tmp_path / "mine.png")]
    assert main([*given, "-o", str(tmp_path / "all")]) == 0
    monkeypatch.setattr("pipeline.matting.matte", lambda *_, **__: pytest.fail("it was"))
    assert main([*given, "-o", str(tmp_path / "two"), "--save", "mask,trimap"]) == 0
    assert "()" not in capsys.readouterr().out
    for name in ("anna.mask.png", "anna.trimap.png"):
        assert (tmp_path / "two" / name).read_bytes() == (tmp_path / "all" / name).read_bytes()

"""The command behind `python -m pipeline.face3d`: photos of one person in, a 3D face out."""

import argparse
import os
import sys
from pathlib import Path

from pipeline import command
from pipeline.encode import COMMANDS_MAKER
from pipeline.face3d import TEXTURE_SIZE, fit_person
from pipeline.head import head_of
from pipeline.image import load_image
from pipeline.image_error import ImageError, failures_in_words
from pipeline.matting import matte
from pipeline.mesh_export import encode, is_commands
from pipeline.surrey import surrey_model
from pipeline.whole_file import whole_file

ENDINGS = {".glb": "glb", ".zip": "obj", ".ply": "ply", ".png": "png"}

EPILOG = """\
examples:
  python -m pipeline.face3d anna.jpg -o anna.glb
  python -m pipeline.face3d front.jpg side.jpg -o anna.glb
      several photos of one person: one shape, and the texture from the best views
  DEEPMASQUE_SFM=~/eos/share python -m pipeline.face3d anna.jpg -o anna.zip --model surrey
      with the Surrey Face Model, as a textured OBJ

The ending says what is written: .glb, .zip (textured OBJ), .ply or .png (the isomap).
Exit status: 0 done, 1 the face could not be made, 2 the command itself was not understood, 130
stopped by Ctrl-C.
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command with the given arguments; returns the exit status."""
    return command.run(lambda: _run(arguments), "Stopped; nothing was written.")


def _run(arguments: list[str] | None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.face3d",
        description="Makes a textured 3D face from photos of one person.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("photos", metavar="PHOTO", nargs="+", type=command.path)
    parser.add_argument("-o", "--output", metavar="FILE", type=command.path, required=True)
    parser.add_argument(
        "--model", choices=("embedded", "surrey"), default="embedded", help="(default: embedded)"
    )
    parser.add_argument(
        "--no-matte",
        dest="matte",
        action="store_false",
        help="do not cut the person out first: faster, but background may get into the texture",
    )
    options = parser.parse_args(arguments)
    if options.output.suffix.lower() not in ENDINGS:
        parser.error(f"{options.output} must end in {', '.join(ENDINGS)}")
    if _replaces_a_file_of_theirs(options.output, options.photos):
        parser.error(f"The result {options.output} would replace your file: choose another -o.")
    folder = options.output.parent
    there = next(each for each in (folder, *folder.parents) if os.path.exists(each))
    if not (os.path.isdir(there) and os.access(there, os.W_OK)):
        parser.error(f"cannot write to {folder}: {there} is no folder that can be written to.")
    return _make(options)


def _replaces_a_file_of_theirs(output: Path, photos: list[Path]) -> bool:
    """Whether the output is one of the photos, or there and no earlier result of this command."""
    if os.path.realpath(output) in map(os.path.realpath, photos):
        return True
    return os.path.isfile(output) and not is_commands(output, ENDINGS[output.suffix.lower()])


def _make(options) -> int:
    """Fits the face, writes the file and says so; returns the exit status."""
    photos, notes = [], []
    photo = None
    try:
        with failures_in_words():
            model = surrey_model() if options.model == "surrey" else None
            for photo in options.photos:
                head = head_of(load_image(photo))
                alpha = matte(head.image).alpha if options.matte else None
                notes += [f"{photo}: {remark}" for remark in head.remarks]
                photos.append((head.image, head.face, alpha))
            photo = None
            result = fit_person(photos, model, texture_size=TEXTURE_SIZE)
            kind = ENDINGS[options.output.suffix.lower()]
            encoded = encode(result, kind, maker=COMMANDS_MAKER)
    except ImageError as error:
        print(f"{photo}: {error}" if photo else str(error), file=sys.stderr)
        return 1
    try:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(options.output) as file:
            file.write(encoded)
    except OSError as error:
        print(f"{options.output} cannot be written: {error.strerror}.", file=sys.stderr)
        return 1
    angles = ", ".join(f"{name} {angle:.0f}" for name, angle in result.camera.angles.items())
    times = ", ".join(f"{stage} {seconds:.2f} s" for stage, seconds in result.timings.items())
    share = 100 * result.error / result.interocular
    command.say(
        f"{options.output}: {len(result.triangles)} triangles; {angles} degrees; landmarks off by "
        f"{result.error:.1f} pixels ({share:.1f} % of the distance between the eyes); {times}"
    )
    for note in [*notes, *result.notes]:
        command.say(note)
    return 0

"""The command: photos in, masks, trimaps, alpha mattes, cut-outs and composites out."""

import argparse
import os
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pipeline import command, composite
from pipeline.encode import is_apps_png, is_commands_png, with_commands_mark, with_print_size
from pipeline.formats import FORMATS_IN_WORDS, PHOTO_ENDINGS
from pipeline.image import (
    SEE_THROUGH,
    dots_per_inch,
    is_deep,
    load_and_tell,
    load_image,
    read_photo,
)
from pipeline.image_error import ImageError, failures_in_words
from pipeline.outputs import OUTPUTS, BackgroundMaker, files, of_any_system, result_name
from pipeline.pairs import load_trimap, pair_by_name
from pipeline.trimap import BAND, HAIR_REACH
from pipeline.whole_file import whole_file

BEFORE_ALPHA = {"mask", "trimap"}  # outputs for which nothing has to be solved
MOST_HAIR = 3  # widths of the band beyond hair
DESCRIPTION = "Cuts people out of photos: a mask, a trimap, an alpha matte and clean colours."

EPILOG = """\
examples:
  python -m pipeline anna.jpg -o results
      everything about one photo: results/anna.mask.png, anna.trimap.png, anna.alpha.png,
      anna.cutout.png (transparent background) and anna.composite.png
  python -m pipeline photos/ -o results --save cutout
      only the cut-outs of all photos in a folder
  python -m pipeline anna.jpg -o results --background blur --save composite
      the background out of focus; '#202020' gives one colour, '#402010-#101010' a gradient
      from top to bottom, beach.jpg a picture cropped to fill
  python -m pipeline anna.jpg -o results --trimap mine.png
      a trimap of your own: black background, white person, grey where unknown
  python -m pipeline Image1.jpg Trimap1.png Image2.jpg Trimap2.png -o results
      several; files named Image and Trimap belong together where the rest of the name is the same

All results have the photo's own size. Exit status: 0 all photos done (one in which nobody is found,
too: its line says so), 1 a photo failed (named on the error output; the others are done), 2 the
command itself was not understood, 130 stopped by Ctrl-C.
"""


@dataclass(frozen=True)
class Job:
    """One photo to do: its file, its own trimap's file if any, and the name of its results."""

    photo: Path
    trimap: Path | None
    name: str


def main(arguments: list[str] | None = None) -> int:
    """Runs the command with the given arguments (those of the process by default).

    Returns the exit status: 0 all photos done, 1 at least one failed, 130 stopped by Ctrl-C.

    Raises SystemExit with status 2 if the arguments are not understood, 0 after --help.
    """
    return command.run(lambda: _run(arguments), "Stopped. What is written already is whole.")


def _run(arguments: list[str] | None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        jobs, problems = _jobs(options.photos, options.trimap)
        _check_nothing_is_overwritten(jobs, options)
        make_background = _background_maker(options.background)
    except ImageError as error:
        parser.error(str(error))
    try:
        options.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"cannot write to {options.output}: {error.strerror}.")

    for problem in problems:
        print(problem, file=sys.stderr)
    failed = _do_all(jobs, options, make_background)
    if failed:
        names = ", ".join(str(photo) for photo in failed)
        print(f"{len(failed)} of {len(jobs)} failed: {names}", file=sys.stderr)
    return 1 if failed or problems else 0


def _do_all(jobs, options, make_background) -> list[Path]:
    """Does one photo after the other; returns those that failed."""
    failed = []
    bar = _Bar(len(jobs))
    for job in jobs:
        bar.show(job.photo.name)
        try:
            with failures_in_words():
                line = _do(job, options, make_background)
        except ImageError as error:
            reason = str(error)
        except OSError as error:
            reason = f"The results cannot be written: {error.strerror}."
        else:
            bar.hide()
            command.say(line)
            continue
        failed.append(job.photo)
        bar.hide()
        print(f"{job.photo}: {reason}", file=sys.stderr)
    return failed


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "photos",
        metavar="PHOTO",
        nargs="+",
        type=command.path,
        help=f"{FORMATS_IN_WORDS} files up to 50 megapixels, or folders",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FOLDER",
        type=command.path,
        required=True,
        help="where results go",
    )
    parser.add_argument(
        "--trimap", metavar="FILE", type=command.path, help="your own trimap for a single photo"
    )
    parser.add_argument(
        "--background",
        metavar="WHAT",
        type=command.named,
        default="transparent",
        help="of the composite: transparent (default), blur, #rrggbb, #rrggbb-#rrggbb or a FILE",
    )
    parser.add_argument(
        "--save",
        metavar="LIST",
        type=_output_list,
        default=OUTPUTS,
        help="which results, separated by commas: " + ",".join(OUTPUTS) + " (default: all)",
    )
    parser.add_argument(
        "--band",
        metavar="PIXELS",
        type=_band,
        default=BAND,
        help="how far around the person's outline alpha is unknown, in pixels of a portrait of "
        f"600x800: 1 to 60 (default {BAND}); wider for loose hair",
    )
    parser.add_argument(
        "--hair",
        metavar="TIMES",
        type=_hair_reach,
        default=HAIR_REACH,
        help="how many of its widths the band goes on beyond the hair that is seen: 0 (no loose "
        f"strands) to {MOST_HAIR} (strands that fly far; takes longer), default {HAIR_REACH:g}",
    )
    return parser


def _output_list(text: str) -> tuple[str, ...]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in OUTPUTS]
    if unknown or not names:
        raise argparse.ArgumentTypeError(
            f"{', '.join(unknown) or 'nothing'} cannot be saved; choose from {', '.join(OUTPUTS)}"
        )
    return tuple(name for name in OUTPUTS if name in names)


def _band(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 60:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1 to 60")
    return int(text)


def _hair_reach(text: str) -> float:
    try:
        reach = float(text)
    except ValueError:
        reach = -1.0
    if not 0 <= reach <= MOST_HAIR:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 to {MOST_HAIR}")
    return reach


def _jobs(arguments: list[Path], trimap: Path | None) -> tuple[list[Job], list[str]]:
    """Expands folders, pairs photos with trimaps, and gives every result a name of its own.

    Returns what to do, and a sentence for every folder without a photo and every trimap that
    belongs to none.
    """
    files, problems = [], []
    for path in arguments:
        try:
            files.extend(_photos_in(path) if os.path.isdir(path) else [path])
        except ImageError as error:
            problems.append(str(error))
    if trimap is not None:
        if not files:
            raise ImageError(problems[0])
        if len(files) != 1:
            raise ImageError(
                f"--trimap goes with one photo, not {len(files)}; name several Image1, Trimap1 "
                "and so on instead."
            )
        pairs = [(files[0], trimap)]
    else:
        pairing = pair_by_name([str(path) for path in files])
        problems += pairing.problems
        pairs = [
            (files[photo], None if own is None else files[own]) for photo, own in pairing.pairs
        ]
    names = _result_names([photo for photo, _ in pairs])
    jobs = [Job(photo, own, name) for (photo, own), name in zip(pairs, names, strict=True)]
    count = Counter(map(of_any_system, names))
    for name in names:
        if count[of_any_system(name)] > 1:
            raise ImageError(f"Two photos are called {name}: one result would replace the other.")
    return jobs, problems


def _result_names(photos: list[Path]) -> list[str]:
    """What the results of each photo are called: its name in the shortest way that is its own."""
    given = Counter(photo.name for photo in photos)
    ways = [
        [photo.stem for photo in photos],
        [photo.name for photo in photos],
        [f"{_folder(photo)}{photo.stem}" for photo in photos],
        # Anna.jpg and anna.jpg; where both are called the same to the letter, nothing is made up.
        [
            f"{number}-{photo.stem}" if given[photo.name] == 1 else photo.name
            for number, photo in enumerate(photos, 1)
        ],
    ]
    counts = [Counter(map(of_any_system, way)) for way in ways]
    return [
        next(
            (name for name, count in zip(names, counts) if count[of_any_system(name)] == 1),
            names[1],
        )
        for names in zip(*ways, strict=True)
    ]


def _folder(photo: Path) -> str:
    """The name of the folder that a photo lies in, however it was named, and a hyphen."""
    name = os.path.basename(os.path.dirname(os.path.abspath(photo)))
    return f"{name}-" if name else ""


def _photos_in(folder: Path) -> list[Path]:
    """The photos and trimaps of a folder, without hidden files and without earlier results."""
    try:
        paths = [path for path in sorted(folder.iterdir()) if not path.name.startswith(".")]
    except OSError as error:
        raise ImageError(f"The folder {folder} cannot be read: {error.strerror}.") from None
    photos = [
        path
        for path in paths
        if path.suffix.lower().removeprefix(".") in PHOTO_ENDINGS
        and not path.is_dir()
        and not _is_result(path)
    ]
    if not photos:
        raise ImageError(f"There is no photo in the folder {folder}.")
    return photos


def _is_result(path: Path) -> bool:
    """Whether a file is a result of the command, or of the app but for a trimap, which somebody may
    have painted there.
    """
    if not path.name.endswith(tuple(f".{name}.png" for name in OUTPUTS)):
        return False
    return is_commands_png(path) or (is_apps_png(path) and not path.name.endswith(".trimap.png"))


def _check_nothing_is_overwritten(jobs: list[Job], options: argparse.Namespace) -> None:
    """Refuses to write a result over a file that was given, or that is no earlier result."""
    # Of the functions that ask for a file's place or being, those of `os.path` take any name.
    given = {os.path.realpath(path) for job in jobs for path in (job.photo, job.trimap) if path}
    given.add(os.path.realpath(options.background))
    for job in jobs:
        for name in options.save:
            result = options.output / result_name(job.name, name)
            there = os.path.exists(result)
            if os.path.realpath(result) in given or (there and not is_commands_png(result)):
                raise ImageError(f"The result {result} would replace your file: choose another -o.")


def _background_maker(choice: str) -> BackgroundMaker:
    """What makes the background from (image, alpha); None where it stays transparent."""
    if choice == "transparent":
        return None
    if choice == "blur":
        return composite.blurred
    colours = re.fullmatch(r"#([0-9a-fA-F]{6})(?:-#([0-9a-fA-F]{6}))?", choice)
    if colours:
        first, second = (tuple(bytes.fromhex(each)) if each else None for each in colours.groups())
        if second is None:
            return lambda image, alpha: composite.plain(alpha.shape, first)
        return lambda image, alpha: composite.gradient(alpha.shape, first, second)
    if choice.startswith("#"):
        raise ImageError(f"{choice} is no colour: write # and six digits 0-9 a-f, as in #1a2b3c.")
    try:
        picture = load_image(choice)
    except ImageError as error:
        raise ImageError(f"The background {choice}: {error}") from error
    return lambda image, alpha: composite.cropped_to_fill(picture, alpha.shape)


def _do(job: Job, options: argparse.Namespace, make_background: BackgroundMaker) -> str:
    """Does one photo, writes its results and returns the line that says so."""
    from pipeline.matting import matte, trimapped

    start = time.perf_counter()
    file = read_photo(job.photo)  # once, as a pipe can be read no more often
    (image, see_through), density, deep = load_and_tell(file), dots_per_inch(file), is_deep(file)
    del file
    trimap = None
    if job.trimap is not None:
        try:
            trimap = load_trimap(job.trimap, image.shape[:2])
        except ImageError as error:
            raise ImageError(f"Its trimap {job.trimap}: {error}") from error
    work = trimapped if set(options.save) <= BEFORE_ALPHA else matte
    result = work(image, trimap=trimap, band=options.band, hair_reach=options.hair)

    for file, data in files(job.name, options.save, image, result, make_background).items():
        with whole_file(options.output / file) as written:
            written.write(with_commands_mark(with_print_size(data, density)))
    seconds = time.perf_counter() - start
    stages = ", ".join(f"{stage} {taken:.2f}" for stage, taken in result.timings.items())
    height, width = image.shape[:2]
    line = f"{job.photo}: {width} x {height}, {seconds:.2f} s" + (f" ({stages})" if stages else "")
    own = [f"The trimap {job.trimap} was used."] if job.trimap else []
    if deep:
        own.append("Its colours have more than 8 bits a channel and are given back with 8.")
    if see_through:
        own.append(SEE_THROUGH)
    return " ".join([line, *own, *result.notes])


class _Bar:
    """A progress bar on the error output, for many photos and a person who watches."""

    WIDTH = 30

    def __init__(self, total: int):
        self.total = total
        self.done = 0
        self.start = time.perf_counter()
        self.visible = total > 1 and sys.stderr.isatty()

    def show(self, name: str) -> None:
        """Draws the bar with the photo that is being done."""
        if self.visible:
            filled = self.WIDTH * self.done // self.total
            bar = "#" * filled + "." * (self.WIDTH - filled)
            left = ""
            if self.done:
                each = (time.perf_counter() - self.start) / self.done
                left = f", {each * (self.total - self.done):.0f} s left"
            text = f"[{bar}] {self.done}/{self.total}{left}, {name}"[:78]
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)

    def hide(self) -> None:
        """Counts a photo as done and clears the line for its result."""
        self.done += 1
        if self.visible:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

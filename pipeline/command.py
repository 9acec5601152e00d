"""How the commands behave on a terminal: empty arguments, names it cannot show, nobody who reads
on, Ctrl-C.
"""

import argparse
import io
import os
import signal
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

from PIL import Image

STOPPED = 128 + signal.SIGINT  # as shells have it


def run(work: Callable[[], int], stopped: str) -> int:
    """Does the work of a command and returns its exit status.

    work: returns the status. stopped: what to say after Ctrl-C, whose status is STOPPED.
    """
    # Of a large photo Pillow says in its own words what `pipeline.image` says in ours.
    warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
    # A photo's name may have signs that the terminal's, or a file's, encoding lacks.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return work()
    except KeyboardInterrupt:
        print(f"\n{stopped}", file=sys.stderr)
        return STOPPED


def say(line: str) -> None:
    """Prints a line; where nobody reads on, as after `| head`, or where its file has no more room,
    the work goes on unsaid.
    """
    try:
        print(line, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def named(text: str) -> str:
    """Refuses an empty argument, as from an unset variable: a path of it is the current folder."""
    if not text:
        raise argparse.ArgumentTypeError("nothing is named here: the argument is empty")
    return text


def path(text: str) -> Path:
    """The path that an argument names; refuses an empty one."""
    return Path(named(text))

"""How the commands behave on a terminal: names it cannot show, nobody who reads on, Ctrl-C."""

import io
import os
import signal
import sys
from collections.abc import Callable

STOPPED = 128 + signal.SIGINT  # as shells have it


def run(work: Callable[[], int], stopped: str) -> int:
    """Does the work of a command and returns its exit status.

    work: returns the status. stopped: what to say after Ctrl-C, whose status is STOPPED.
    """
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

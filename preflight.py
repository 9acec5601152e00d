"""Says in one sentence what keeps DeepMasque from starting on this machine, and the remedy.

Runs before anything is installed, so it needs nothing but Python's own library and must be
readable by any Python 3: it is also what tells the owner of an old Python that it is too old.

    python preflight.py python libraries port=8501
"""

import ctypes
import importlib.util
import socket
import sys

# mediapipe 0.10.21, the last wheel that carries its face models, exists for no later Python.
OLDEST_PYTHON = (3, 11)
NEWEST_PYTHON = (3, 12)

# What OpenCV loads from the system, and the Debian package that brings it (see packages.txt).
SYSTEM_LIBRARIES = {"libGL.so.1": "libgl1", "libgthread-2.0.so.0": "libglib2.0-0"}


def python_problem(version=None):
    """Tells whether this Python (or `version`, a tuple) can run DeepMasque: a sentence or None."""
    version = tuple(version or sys.version_info)[:2]
    if OLDEST_PYTHON <= version <= NEWEST_PYTHON:
        return None
    return (
        "DeepMasque needs Python 3.11 or 3.12 and this is Python {}.{}: install one of them "
        "(Debian 12: apt install python3 python3-venv) and name it, as in "
        "'make run PYTHON=python3.11'.".format(*version)
    )


def environment_problem():
    """Tells whether this Python can create a virtual environment: a sentence or None."""
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return None
    return (
        "This Python cannot create a virtual environment: install the package that brings it "
        "(Debian: apt install python3-venv)."
    )


def libraries_problem(libraries=None):
    """Tells whether the system libraries (name -> Debian package) load: a sentence or None."""
    if not sys.platform.startswith("linux"):
        return None
    missing = {}
    for library, package in (libraries or SYSTEM_LIBRARIES).items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing[library] = package
    if not missing:
        return None
    return "OpenCV needs {} from the system: install it (Debian, as root: apt install {}).".format(
        " and ".join(missing), " ".join(missing.values())
    )


def port_problem(port):
    """Tells whether a server can listen on TCP `port` of this machine: a sentence or None."""
    remedy = "choose another one, as in 'make run PORT={}'.".format(8602 if port == 8601 else 8601)
    if not 1 <= port <= 65535:
        return "There is no port {}: {}".format(port, remedy)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the server does, so that a port that has just been let go counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except PermissionError:
            return "Port {} is reserved for the administrator: {}".format(port, remedy)
        except OSError:
            return (
                "Port {} is busy, perhaps with another DeepMasque: stop that one or {}".format(
                    port, remedy
                )
            )
    return None


def main(questions):
    """Answers the questions in order; prints the first problem and returns 1, or returns 0."""
    for question in questions:
        name, _, value = question.partition("=")
        if name == "python":
            problem = python_problem()
        elif name == "environment":
            problem = environment_problem()
        elif name == "libraries":
            problem = libraries_problem()
        elif name == "port" and value.isdecimal():
            problem = port_problem(int(value))
        else:
            problem = (
                "preflight.py answers: python, environment, libraries, port=NUMBER; "
                "not '{}'.".format(question)
            )
        if problem:
            print(problem, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The files for containers and hosts say what the app needs and where it answers."""

import posixpath
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

import preflight

ROOT = Path(__file__).resolve().parent.parent
HEALTH = ROOT / "deploy" / "health.py"
# What the app reads and runs: files, and folders with all that is in them.
NEEDED = (
    ".streamlit",
    "app.py",
    "benchmarks/results",
    "components",
    "deploy/health.py",
    "firmware/release",
    "models/results",
    "models/weights",
    "packages.txt",
    "pages",
    "pipeline",
    "preflight.py",
    "requirements.txt",
    "static",
)


class Server(BaseHTTPRequestHandler):
    """Answers at Streamlit's health address below /masque and nowhere else."""

    def do_GET(self):
        self.send_response(200 if self.path == "/masque/_stcore/health" else 404)
        self.end_headers()

    def log_message(self, *_):
        """Says nothing."""


@pytest.fixture
def port():
    with HTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize(("base", "status"), [("masque", 0), ("/masque/", 0), ("", 1)])
def test_health_check_asks_below_the_base_path(port, base, status):
    environment = {"STREAMLIT_SERVER_BASE_URL_PATH": base, "http_proxy": "http://127.0.0.1:9"}
    command = [sys.executable, str(HEALTH), str(port)]
    assert subprocess.run(command, env=environment, capture_output=True).returncode == status


def test_dockerfile_has_a_python_that_the_app_runs_on_and_an_ordinary_user():
    words = (ROOT / "Dockerfile").read_text()
    version = re.search(r"FROM python:(\d+)\.(\d+)\.\d+-slim", words).groups()
    assert preflight.python_problem(tuple(map(int, version))) is None
    assert re.search(r"^USER (?!root)", words, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK", words, re.MULTILINE)


def patterns_of(text: str) -> list[str]:
    """The lines of a .dockerignore, without what is not judged here or says less than it seems to.

    `*.wasm` is of the second kind: unlike git, Docker means files in the root alone.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]
    for line in lines:
        assert not set(line) & set("!?[\\"), f"{line}: this test does not judge such patterns"
        assert "*" not in line or "/" in line, f"{line}: write **/{line} to mean every folder"
    return lines


def is_left_out(path: str, pattern: str) -> bool:
    """As Docker judges it: the pattern, from the root on, is of the file or of a folder it is in."""
    wildcards = {"**/": "(.*/)?", "**": ".*", "*": "[^/]*"}
    parts = re.split(r"(\*\*/|\*\*|\*)", posixpath.normpath(pattern).lstrip("/"))
    expression = "".join(wildcards.get(part, re.escape(part)) for part in parts)
    return re.fullmatch(f"{expression}(/.*)?", path) is not None


def left_out(text: str) -> list[str]:
    """Of what the app reads and runs, all that a .dockerignore of this text leaves out."""
    files = [file for place in NEEDED for file in (ROOT / place, *(ROOT / place).rglob("*"))]
    paths = [str(file.relative_to(ROOT)) for file in files if "__pycache__" not in file.parts]
    patterns = patterns_of(text)
    return [path for path in paths if any(is_left_out(path, each) for each in patterns)]


def test_image_holds_all_that_the_app_reads():
    assert all((ROOT / place).exists() for place in NEEDED)
    assert left_out((ROOT / ".dockerignore").read_text()) == []


@pytest.mark.parametrize(
    ("line", "lacking"),
    [
        ("**/*.js", "static/three/three.js"),
        ("static/", "static/icon.svg"),
        ("components/*.css", "components/zoom.css"),
        ("/models/weights", "models/weights/portrait_fcn_plus.tflite"),
        ("models/**/*.json", "models/results/eg1800.json"),
        ("./pages/*", "pages/about.py"),
        ("**/release", "firmware/release/simulator.wasm"),
    ],
)
def test_a_line_that_takes_something_from_the_app_is_noticed(line, lacking):
    assert lacking in left_out(line)


@pytest.mark.parametrize("line", ["*.js", "icon.svg", "**/models/cache", "static/*.js", "stat"])
def test_a_line_that_takes_nothing_from_it_may_stand(line):
    for path in ("static/icon.svg", "static/three/three.js", "models/weights/a.tflite"):
        assert not is_left_out(path, line)


@pytest.mark.parametrize("line", ["*.wasm", "static/[a-z]*", "!static", "static/three?"])
def test_a_line_that_is_not_judged_here_is_refused(line):
    with pytest.raises(AssertionError, match=re.escape(line)):
        left_out(line)

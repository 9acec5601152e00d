"""The files for containers and hosts say what the app needs and where it answers."""

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


def test_image_holds_all_that_the_app_reads():
    left_out = [
        line for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] != "#"
    ]
    for needed in (
        "app.py",
        "pages/about.py",
        "models/weights/portrait_fcn_plus.tflite",
        "models/results/eg1800.json",
        "benchmarks/results/app.json",
        "firmware/release/simulator.wasm",
        "static/three/three.js",
    ):
        assert (ROOT / needed).is_file()
        assert not any(needed == each or needed.startswith(f"{each}/") for each in left_out)

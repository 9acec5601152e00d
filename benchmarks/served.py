"""The app as people meet it: a server of its own on a free port, and the Chromium to open it with.

For the benchmarks, the tests in a browser and the pictures in docs.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.process_memory import memory_bytes

ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_START, SECONDS_TO_STOP = 180, 20
SECONDS_BETWEEN_LOOKS = 0.02

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-quic")
CHROMIUM_OPTIONS += ("--disable-background-networking",)

HEADLINE = "We Create Real Masks"


@dataclass(frozen=True)
class ServedApp:
    """A running server: where it answers, and its process."""

    address: str
    process: subprocess.Popen

    def resident_mb(self) -> float:
        """Resident memory now, in megabytes of 10^6 bytes."""
        return memory_bytes("VmRSS", self.process.pid) / 1e6

    def peak_mb(self) -> float:
        """Highest resident memory so far, from the kernel's own count."""
        return memory_bytes("VmHWM", self.process.pid) / 1e6

    def processor_s(self) -> float:
        """Processor seconds that the server has used so far, over all its threads."""
        times = psutil.Process(self.process.pid).cpu_times()
        return times.user + times.system


@contextmanager
def served(base_path: str = "") -> Iterator[ServedApp]:
    """Start the app on a free port and stop it at the end.

    base_path: "/masque" to have it answer below that path.

    Raises RuntimeError if the app ends by itself or does not answer in SECONDS_TO_START.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = os.environ | {"STREAMLIT_SERVER_BASE_URL_PATH": base_path.strip("/")}
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    address = f"http://localhost:{port}{base_path}"
    try:
        _wait_until_up(f"{address}/_stcore/health", process)
        yield ServedApp(address, process)
    finally:
        process.terminate()
        try:
            process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:  # it ends only between two steps of its work
            process.kill()
            process.wait()


def chromium_program() -> str | None:
    """The machine's Chromium, or None."""
    return next((found for found in map(shutil.which, CHROMIUM_NAMES) if found), None)


def _wait_until_up(url: str, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the app stopped while starting (status {process.returncode})")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(SECONDS_BETWEEN_LOOKS)
    raise RuntimeError(f"the app did not start within {SECONDS_TO_START} seconds")

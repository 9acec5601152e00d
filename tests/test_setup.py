"""What keeps DeepMasque from starting is said in one sentence with the remedy."""

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import preflight

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 11, 2, "final", 0)])
def test_python_3_11_and_3_12_are_welcome(version):
    assert preflight.python_problem(version) is None


@pytest.mark.parametrize("version", [(2, 7), (3, 10), (3, 13), (4, 0)])
def test_another_python_is_named_with_the_remedy(version):
    problem = preflight.python_problem(version)
    assert f"this is Python {version[0]}.{version[1]}" in problem
    assert "PYTHON=python3.11" in problem


def test_missing_system_library_is_named_with_its_package():
    problem = preflight.libraries_problem({"libabsent.so.9": "libabsent9"})
    assert "libabsent.so.9" in problem
    assert "apt install libabsent9" in problem


def test_free_port_passes_and_a_busy_one_is_named_with_the_remedy():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        server.listen()
        problem = preflight.port_problem(port)
        assert f"Port {port} is busy" in problem
        assert "make run PORT=" in problem
    assert any(preflight.port_problem(port_just_given_up()) is None for _ in range(5))


def port_just_given_up() -> int:
    """One that is free, unless another program has taken it since."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


@pytest.mark.parametrize("port", [0, 65536])
def test_impossible_port_is_refused_in_words(port):
    assert f"no port {port}" in preflight.port_problem(port)


def test_script_prints_one_sentence_and_fails():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        question = f"port={server.getsockname()[1]}"
        answer = subprocess.run(
            [sys.executable, ROOT / "preflight.py", "python", question],
            capture_output=True,
            text=True,
        )
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert len(answer.stderr.strip().splitlines()) == 1


def test_packages_txt_brings_every_library_that_is_checked():
    packages = (ROOT / "packages.txt").read_text().split()
    assert sorted(packages) == sorted(preflight.SYSTEM_LIBRARIES.values())


@pytest.mark.parametrize("file", sorted(ROOT.glob("requirements*.txt")), ids=lambda file: file.name)
def test_every_requirement_is_pinned(file):
    for line in file.read_text().splitlines():
        requirement = line.partition("#")[0].strip()
        if requirement and not requirement.startswith("-r "):
            assert re.fullmatch(r"[\w.-]+==[\w.]+", requirement), line

"""The Energia sketch, compiled against a stub of its API and asked who it is."""

import shutil
import subprocess

import numpy as np
import pytest

from firmware.host.core import CORE, FIRMWARE
from pipeline.launchpad import Launchpad
from pipeline.launchpad_bytes import BUTTON, frame

# What the stub's microphone hears.
RAMP = 7 * np.arange(1, 801) & 1023
STUB = FIRMWARE.parent / "tests" / "firmware" / "energia_stub"


@pytest.fixture(scope="module")
def sketch(tmp_path_factory):
    """The sketch with the core as a program; C as C and the sketch as C++, as Energia does it."""
    if not shutil.which("g++"):
        pytest.skip("no C++ compiler: apt install g++")
    folder = tmp_path_factory.mktemp("energia")
    includes = [f"-I{FIRMWARE / part}" for part in ("core", "link", "energia/DeepMasque")]
    objects = []
    for source in [*CORE, FIRMWARE / "link" / "link.c"]:
        objects.append(str(folder / f"{source.parent.name}-{source.name}.o"))
        subprocess.run(["gcc", "-std=c11", "-Os", "-Wall", "-Wextra", "-Werror", "-DENERGIA=101",
                        *includes, "-c", str(source), "-o", objects[-1]], check=True)
    program = folder / "sketch"
    subprocess.run(["g++", "-std=c++11", "-Os", "-Wall", "-Wextra", "-Werror", "-DENERGIA=101",
                    *includes, f"-I{STUB}", str(STUB / "main.cpp"), *objects, "-o", str(program)],
                   check=True)
    return program


def test_the_sketch_solves_a_whole_signal(sketch):
    """800 samples, as the page sends them: they fill what its smaller arena has for pixels."""
    samples = 512 + 400 * np.sin(np.arange(800) / 9) * np.repeat([0.05, 1], [150, 650])
    labels = np.repeat([0, 128, 255], [100, 110, 590]).astype(np.uint8)
    with Launchpad("sim://") as board:
        expected = board.solve_signal(samples.astype(int), labels)
        job = board.last_job
    request = frame(job.kind, 9, job.payload)
    answer = subprocess.run([str(sketch)], input=request, capture_output=True, timeout=20).stdout
    features, report = answer[: 8 + 1600], answer[8 + 1600 :]
    assert features[2] == 0xA0 and features[6:-2] == expected.features.tobytes()
    assert report[2:4] == bytes([job.kind | 0x80, 9]) and report[6] == 0
    assert report[-2 - expected.unknown : -2] == expected.codes[0][labels == 128].tobytes()


def test_the_sketch_hears_its_microphone(sketch):
    """The same projections as of its samples sent by wire."""
    labels = np.repeat([0, 128, 255], [100, 20, 680]).astype(np.uint8)
    with Launchpad("sim://") as board:
        expected = board.solve_signal(RAMP, labels)
        header = board.last_job.payload[:-1600]
    request = frame(4, 9, header + (1000).to_bytes(2, "little"))
    answer = subprocess.run([str(sketch)], input=request, capture_output=True, timeout=20).stdout
    assert answer[2:4] == b"\xa0\x09" and answer[6 : 6 + 1600] == expected.features.tobytes()


@pytest.mark.parametrize("pressed", [[], ["pressed"]])
def test_the_sketch_tells_of_one_press(sketch, pressed):
    command, request = [str(sketch), *pressed], frame(1, 9, b"")
    answer = subprocess.run(command, input=request, capture_output=True, timeout=20).stdout
    assert answer[28:] == (frame(BUTTON, 9, b"") if pressed else b"")


def test_the_sketch_answers_with_its_smaller_arena(sketch):
    answer = subprocess.run([str(sketch)], input=frame(1, 9, b""), capture_output=True,
                            timeout=20).stdout
    assert answer[2:4] == bytes([0x81, 9])
    assert answer[7] == 2
    assert int.from_bytes(answer[8:10], "little") == 3200

"""Thousands of damaged and odd requests, under the address and undefined-behaviour sanitizers."""

import shutil
import struct
import subprocess

import numpy as np
import pytest
from jobs import random_job

from firmware.host.core import CORE, FIRMWARE, WARNINGS, pack_map
from pipeline.launchpad_bytes import crc16, frame

FLAGS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-strict-aliasing", "-O1"]


@pytest.fixture(scope="session")
def board_on_host(tmp_path_factory):
    """Core and protocol as a program: request bytes in, answer bytes out."""
    if not shutil.which("gcc"):
        pytest.skip("no C compiler: apt install gcc")
    program = tmp_path_factory.mktemp("host") / "board"
    sources = [*CORE, FIRMWARE / "link" / "link.c", *(FIRMWARE / "host").glob("*.c")]
    subprocess.run(["gcc", *WARNINGS, *FLAGS, f"-I{FIRMWARE / 'core'}", f"-I{FIRMWARE / 'link'}",
                    *map(str, sources), "-o", str(program)], check=True)

    def play(requests: bytes) -> bytes:
        run = subprocess.run([str(program)], input=requests, capture_output=True, timeout=50)
        assert run.returncode == 0, run.stderr.decode()[-2000:]
        return run.stdout
    return play


def job_request(rng, sequence):
    bits = int(rng.choice([2, 8]))
    rgb, codes, width, height, parameters = random_job(rng, bits)
    mutate = rng.random() < 0.3
    values = [width, height, parameters["neighbours"], parameters["spatial"], bits,
              int(rng.integers(1, 60)), int(rng.integers(1, 23)), int(rng.integers(0, 4)),
              int(rng.integers(0, 10))]
    if mutate:
        values[int(rng.integers(2, 9))] = int(rng.integers(0, 256))
    kind = int(rng.choice([2, 3, 4]))
    data = {2: rgb.tobytes(), 3: rng.integers(0, 65536, len(rgb)).astype("<u2").tobytes(),
            4: struct.pack("<H", int(rng.integers(0, 65536)))}[kind]
    header = struct.pack("<HH7B3B6h", *values, *rng.integers(0, 256, 3).tolist(),
                         *rng.integers(-32768, 32768, 6).tolist())
    return frame(kind, sequence, header + pack_map(codes, bits) + data)


def answers(data: bytes) -> list[tuple[int, int, bytes]]:
    """All frames of an answer stream; every byte must belong to a sound one."""
    found = []
    while data:
        assert data[:2] == b"\xa5\x5a"
        length = struct.unpack_from("<H", data, 4)[0]
        assert crc16(data[2:6 + length]) == struct.unpack_from("<H", data, 6 + length)[0]
        found.append((data[2], data[3], data[6:6 + length]))
        data = data[8 + length:]
    return found


def test_two_thousand_random_jobs_are_answered_each(board_on_host):
    rng = np.random.default_rng(1)
    requests = [job_request(rng, i % 256) for i in range(2000)]
    reports = [(kind, sequence) for kind, sequence, _ in answers(board_on_host(b"".join(requests)))
               if kind != 0xA0]
    assert [sequence for _, sequence in reports] == [i % 256 for i in range(2000)]


def test_three_thousand_damaged_frames_neither_hang_nor_write_outside(board_on_host):
    rng = np.random.default_rng(2)
    stream = bytearray()
    for i in range(3000):
        request = bytearray(job_request(rng, i % 256) if i % 5 == 0 else frame(
            int(rng.integers(0, 256)), i % 256, rng.bytes(int(rng.integers(0, 40)))))
        for _ in range(int(rng.integers(0, 4))):
            request[int(rng.integers(len(request)))] ^= 1 << int(rng.integers(8))
        if rng.random() < 0.1:
            del request[int(rng.integers(len(request))):]
        stream += request
    stream += b"\x00" * 70000 + frame(1, 77, b"")
    assert answers(board_on_host(bytes(stream)))[-1][:2] == (0x81, 77)


def test_noise_is_survived(board_on_host):
    stream = np.random.default_rng(3).bytes(200_000) + b"\x00" * 70000 + frame(1, 99, b"")
    assert answers(board_on_host(stream))[-1][:2] == (0x81, 99)

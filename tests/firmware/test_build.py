"""What `make firmware` makes: the committed files, within the chip's memory, safe to flash."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from pipeline.launchpad_simulator import FIRMWARE, RELEASE, read_hex

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def image() -> dict[int, int]:
    """The committed hex file: byte by address."""
    return {start + i: byte for start, data in read_hex(FIRMWARE).items()
            for i, byte in enumerate(data)}


def test_the_committed_files_have_the_committed_hashes():
    for line in (RELEASE / "SHA256SUMS").read_text().splitlines():
        expected, name = line.split()
        assert hashlib.sha256((RELEASE / name).read_bytes()).hexdigest() == expected


def test_building_from_source_gives_the_committed_files(llvm, tmp_path):
    built = tmp_path / "release"
    subprocess.run(["make", "-s", "-f", "firmware/firmware.mk", f"FIRMWARE_OUT={tmp_path / 'out'}",
                    f"FIRMWARE_RELEASE={built}", "firmware"], cwd=ROOT, check=True,
                   capture_output=True)
    for name in ("deepmasque.hex", "simulator.wasm", "SHA256SUMS"):
        assert (built / name).read_bytes() == (RELEASE / name).read_bytes(), name


def test_the_image_lies_in_code_memory_only(image):
    code = [address for address in image if address < 0xFF80]
    assert min(code) >= 0xC400
    assert len(code) <= 15232


def test_signatures_leave_the_chip_unlocked(image):
    assert all(image[address] == 0xFF for address in range(0xFF80, 0xFF90))


def test_every_vector_points_into_the_program(image):
    last = max(address for address in image if address < 0xFF80)
    for address in range(0xFFDA, 0x10000, 2):
        target = image[address] | image[address + 1] << 8
        assert 0xC400 <= target <= last and target % 2 == 0


def test_a_broken_hex_file_is_refused(tmp_path):
    damaged = tmp_path / "damaged.hex"
    damaged.write_text(":10C4000000112233445566778899AABBCCDDEEFF00\n:00000001FF\n")
    with pytest.raises(ValueError, match="line 1"):
        read_hex(damaged)

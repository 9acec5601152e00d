"""The simulated chip against a second simulator, the same core on this machine, and the rules."""

import re
import shutil
import struct
import subprocess
from dataclasses import replace

import numpy as np
import pytest
from jobs import random_job

from firmware.host.core import FIRMWARE
from firmware.stack import full_jobs
from pipeline.launchpad import JobRefused, Launchpad
from pipeline.launchpad_bytes import Parameters
from pipeline.launchpad_simulator import Simulator, SimulatorError, synthesised_voice

COMPILE = ["clang-19", "--target=msp430-none-elf", "-DSOFTWARE_MULTIPLIER"]
LINK = ["ld.lld-19", "-T", str(FIRMWARE / "msp430" / "fr2433.ld"), "--gc-sections"]


def build(folder, sources, flags=()):
    """Compiles sources for the chip and returns the ELF and its hex file."""
    objects = []
    for source in sources:
        objects.append(str(folder / f"{source.name}.o"))
        c_flags = ["-Os", "-std=c11", "-ffreestanding", "-fno-builtin", "-fno-strict-aliasing",
                   "-ffunction-sections", *flags] if source.suffix == ".c" else []
        subprocess.run([*COMPILE, *c_flags, f"-I{FIRMWARE / 'core'}", "-c", str(source), "-o",
                        objects[-1]], check=True)
    elf, image = folder / "program.elf", folder / "program.hex"
    subprocess.run([*LINK, *objects, "-o", str(elf)], check=True)
    subprocess.run(["llvm-objcopy-19", "-O", "ihex", str(elf), str(image)], check=True)
    return elf, image


def symbol(elf, name):
    listing = subprocess.run(["llvm-nm-19", str(elf)], check=True, capture_output=True, text=True)
    return int(re.search(rf"^(\w+) \w {name}$", listing.stdout, re.M)[1], 16)


def test_a_whole_job_runs_alike_in_mspdebug(llvm, tmp_path):
    if not shutil.which("mspdebug"):
        pytest.skip("no second simulator: apt install mspdebug")
    elf, image = build(tmp_path, [*sorted((FIRMWARE / "core").glob("*.c")),
                                  FIRMWARE / "msp430" / "crosscheck.c",
                                  FIRMWARE / "msp430" / "start.S",
                                  FIRMWARE / "msp430" / "runtime.S"])
    stopped = symbol(elf, "stopped")
    other = subprocess.run(
        ["mspdebug", "-n", "-q", "sim", f"prog {elf}", "simio add tracer trace",
         f"setbreak {stopped}", "run", "simio info trace", "md 0x2000 0x1000"],
        check=True, capture_output=True, text=True, timeout=60).stdout
    rows = re.findall(r"^\s+0?(2[0-9a-f]{3}): ((?:[0-9a-f]{2} )+)", other, re.M)
    memory = bytes.fromhex("".join(row for _, row in rows))
    ours = Simulator(image)
    ours.run(100_000_000, breakpoint_address=stopped)
    assert len(memory) == 4096
    assert ours.instructions == int(re.search(r"Instruction count: (\d+)", other)[1])
    used = symbol(elf, "bss_end") - 0x2000
    assert ours.sram()[:used] == memory[:used]
    assert ours.sram()[symbol(elf, "outcome") - 0x2000] == 0


def test_device_and_host_answer_byte_for_byte_alike(core, board):
    rng = np.random.default_rng(11)
    compared = 0
    for _ in range(25):
        rgb, codes, width, height, values = random_job(rng, 8)
        if np.isin(codes, (0, 254, 255)).all():
            values["map_bits"] = 2
        status, solved = core.run(rgb, codes, width, height, **values, residual_bits=9,
                                  max_iterations=250)
        parameters = Parameters(values["neighbours"], values["spatial"])
        shape = (height, width)
        try:
            answer = board.matte_tile(rgb.reshape(*shape, 3), codes.reshape(shape),
                                      parameters=parameters)
        except JobRefused as refusal:
            assert refusal.status == status
            continue
        assert status == 0
        assert answer.codes.ravel()[codes == 255].tobytes() == solved.tobytes()
        assert (answer.unknown, answer.edges) == (core.job.unknown, core.job.edge_count)
        compared += 1
    assert compared > 15


def test_photo_columns_on_the_device(core, board, photo_columns):
    for rgb, trimap in photo_columns[::4]:
        answer = board.matte_column(rgb, trimap)
        codes = np.select([trimap == 0, trimap == 255], [0, 254], 255)
        _, solved = core.run(rgb, codes, 800, 1, residual_bits=9, max_iterations=250)
        assert answer.codes[0][codes == 255].tobytes() == solved.tobytes()
        assert answer.seconds <= 0.8


def test_variables_and_stack_fit_4096_bytes(board):
    """After full jobs: the stack never reached the variables, by the paint the board itself
    counts and by the stack pointer the simulator watched."""
    info = board.info()
    answer = full_jobs(board)[-1]
    machine = board.port.machine
    assert info.static_bytes + machine.stack_used <= 4096
    assert answer.stack_unused > 0
    assert answer.stack_used >= machine.stack_used
    assert machine.call("overruns") == 0


def test_the_signal_is_sampled_at_the_stated_rate():
    labels = np.repeat([0, 128, 255, 128, 0], [120, 60, 440, 60, 120]).astype(np.uint8)
    seconds = {}
    with Launchpad("sim://") as board:
        board.port.machine.listen(synthesised_voice(0.1, 8000), 8000)
        for rate in (8000, 500):
            answer = board.record_signal(labels, rate=rate)
            seconds[rate] = answer.phases[0].seconds
        assert board.port.machine.call("conversions") == 1600
    assert answer.features.shape == (1, 800, 2)
    assert seconds[500] - seconds[8000] == pytest.approx(799 / 500 - 799 / 8000, rel=0.002)
    assert answer.seconds > 799 / 500


def test_the_board_itself_refuses_periods_that_its_timer_cannot_keep():
    labels = np.repeat([0, 128, 255], [40, 20, 40]).astype(np.uint8)
    with Launchpad("sim://") as board:
        board.port.machine.listen(synthesised_voice(0.1, 8000), 8000)
        board.record_signal(labels)
        job = board.last_job
        for period in (399, 16384):
            with pytest.raises(JobRefused, match="contradict"):
                board.run(replace(job, payload=job.payload[:-2] + struct.pack("<H", period)))


def test_a_signal_sent_by_the_host_projects_like_its_delay_embedding(board):
    samples = synthesised_voice(0.1, 8000)
    labels = np.repeat([0, 128, 255, 128, 0], [120, 60, 440, 60, 120]).astype(np.uint8)
    answer = board.solve_signal(samples, labels, delay=4)
    points = np.stack([np.roll(samples.astype(float), shift) for shift in (4, 0, -4)], 1)[4:-4]
    points -= points.mean(0)
    _, vectors = np.linalg.eigh(points.T @ points)
    expected = points @ vectors[:, ::-1][:, :2]
    for component in (0, 1):
        found = answer.features[0, 4:-4, component].astype(float)
        assert abs(np.corrcoef(found, expected[:, component])[0, 1]) > 0.98
    assert answer.alpha[0, :120].max() == 0 and answer.alpha[0, 180:620].min() == 1


def test_lamps_and_button():
    with Launchpad("sim://") as board:
        machine = board.port.machine
        tile = np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4), np.uint8)
        board.matte_tile(*tile)
        machine.run(100_000)
        assert machine.lamps == {"red": False, "green": True}
        assert not board.wait_for_button(0.2)
        machine.press_button(True)
        assert board.wait_for_button(20)
        assert not board.wait_for_button(0.2)
        board.matte_tile(*tile)
        assert not board.wait_for_button(0.2)  # still held down
        machine.press_button(False)
        assert not board.wait_for_button(0.2)
        machine.press_button(True)
        assert board.wait_for_button(20)


def test_a_press_repeats_the_last_job():
    with Launchpad("sim://") as board:
        tile = np.random.default_rng(4).integers(0, 256, (8, 8, 3)).astype(np.uint8)
        codes = np.repeat([0, 255, 254], [24, 16, 24]).astype(np.uint8).reshape(8, 8)
        first = board.matte_tile(tile, codes)
        board.port.machine.press_button(True)
        assert board.wait_for_button(20)
        again = board.run(board.last_job)
    assert (again.codes == first.codes).all() and again.wire.sent == first.wire.sent


FORBIDDEN = {
    "reads where there is no memory": "mov &0x3000, r4",
    "writes where there is no memory": "mov r4, &0x1000",
    "writes to FRAM": "mov r4, &0xC400",
    "accesses a word at an odd address": "mov &0x2001, r4",
    "runs code outside FRAM": "br #0x2000",
    "meets an illegal instruction": ".word 0x0123",
    "resets itself through the watchdog": "mov #0, &0x01CC",
    "runs faster than FRAM without wait states": "mov #487, &0x0184",
    "uses the serial port before setting it up": "mov r4, &0x050E",
}


@pytest.mark.parametrize("sentence", FORBIDDEN)
def test_what_the_chip_forbids_stops_the_simulation(llvm, tmp_path, sentence):
    program = tmp_path / "forbidden.S"
    program.write_text(
        f' .section .start,"ax",@progbits\n .globl reset\nreset: {FORBIDDEN[sentence]}\n'
        ' jmp reset\n .section .vectors,"a",@progbits\n .rept 19\n .word reset\n .endr\n')
    _, image = build(tmp_path, [program])
    with pytest.raises(SimulatorError, match=sentence):
        Simulator(image).run(1000)

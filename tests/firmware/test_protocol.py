"""The bytes on the wire: the documented examples, and a line that damages them."""

import itertools
import os
import re
import time

import numpy as np
import pytest
import serial

from firmware.host.core import FIRMWARE
from pipeline.launchpad import Launchpad, LaunchpadError
from pipeline.launchpad_bytes import BUTTON, FEATURES, MOST_SPATIAL, crc16, frame
from pipeline.launchpad_report import INFO, REPORT
from pipeline.launchpad_simulator import Simulator

DOCUMENT = (FIRMWARE / "PROTOCOL.md").read_text()
EXAMPLES = [(direction, bytes.fromhex(data)) for direction, data in
            re.findall(r"^([<>]) ((?:[0-9A-F]{2} ?)+)$", DOCUMENT, re.M)]
TILE = (np.arange(8 * 8 * 3).reshape(8, 8, 3) % 251).astype(np.uint8)
# A request without pixels is shorter.
LONGEST_QUESTION = 40
CHECKSUM_AT = 107  # of the answer; in the job itself it is a pixel
CODES = np.repeat([0, 255, 254], [24, 16, 24]).astype(np.uint8).reshape(8, 8)


def answer(machine: Simulator, request: bytes) -> bytes:
    machine.send(request)
    machine.run(4_000_000)
    return machine.receive(4096)


def test_crc_is_ccitt_false():
    assert crc16(b"123456789") == 0x29B1        # the check value of the CRC catalogue


def test_the_board_takes_steps_as_wide_as_it_is_given():
    with Launchpad("sim://") as board:
        assert board.info().most_spatial == MOST_SPATIAL


def test_documented_frames_are_sound():
    assert len(EXAMPLES) == 3
    for _, data in EXAMPLES:
        length = int.from_bytes(data[4:6], "little")
        assert data[:2] == b"\xa5\x5a" and len(data) == length + 8
        assert crc16(data[2:-2]) == int.from_bytes(data[-2:], "little")


def test_the_board_gives_the_documented_answers():
    machine = Simulator()
    (_, info_request), (_, info_answer), (_, job_request) = EXAMPLES
    assert answer(machine, info_request) == info_answer
    assert len(info_answer) == INFO.size + 8
    reply = answer(machine, job_request)
    assert reply[2:4] == bytes([0x82, 2])
    assert len(reply) == 8 + REPORT.size + 2
    assert reply[-4:-2] == bytes.fromhex("54 A0")


@pytest.mark.parametrize("request_bytes, error", [
    (frame(2, 5, bytes(26))[:-1] + b"\x00", 0x40),
    (frame(2, 5, bytes(26))[:-6], 0x41),
    (frame(0x66, 5, b""), 0x42),
    (frame(1, 5, b"x"), 0x43)])
def test_what_is_not_understood_is_said(request_bytes, error):
    assert answer(Simulator(), request_bytes) == frame(0xE0, 5, bytes([error]))


@pytest.mark.parametrize("let_go", [False, True])
def test_a_press_amid_a_job_is_told_of_after_it_if_it_lasts(let_go):
    machine, job = Simulator(), EXAMPLES[2][1]
    machine.send(job)
    machine.run(20_000)  # 1.25 ms: some fourteen of its bytes have come
    machine.press_button(True)
    machine.run(20_000)
    assert not machine.receive(1)
    if let_go:
        machine.press_button(False)
    machine.run(4_000_000)
    said = machine.receive(4096)
    report = 8 + REPORT.size + 2
    assert said[2] == 0x82 and said[report:] == (b"" if let_go else frame(BUTTON, 2, b""))


def test_a_stray_byte_before_a_frame_does_not_hide_it():
    request = frame(1, 5, b"")
    assert answer(Simulator(), b"\xa5" + request) == answer(Simulator(), request)


class BadLine:
    """A serial port that lets `damage(direction, bytes)` see and change what passes."""

    def __init__(self, damage):
        self.inner = serial.serial_for_url("sim://")
        self.damage = damage
        self.ahead = b""
        self.name = "a bad line"

    def __getattr__(self, name):
        return getattr(self.inner, name)

    @property
    def timeout(self):
        return self.inner.timeout

    @timeout.setter
    def timeout(self, seconds):
        self.inner.timeout = seconds

    def write(self, data):
        return self.inner.write(self.damage(">", bytes(data)))

    def read(self, size=1):
        data = self.ahead
        if len(data) < size:
            data += self.damage("<", self.inner.read(size - len(data)))
        self.ahead = data[size:]
        return data[:size]


class OfTheFirstJob:
    """Damages a job on its way to the board (">"), or what comes back first ("<").

    change: called with bytes that pass and the position of the first of them in all that passes
    there from the job on; returns what becomes of them.
    """

    def __init__(self, direction, change):
        self.direction, self.change = direction, change
        self.sent, self.came = False, 0

    def __call__(self, passing, data):
        if passing == ">" and len(data) > LONGEST_QUESTION and not self.sent:
            self.sent = True
            return self.change(data, 0) if self.direction == ">" else data
        if passing == self.direction == "<" and self.sent:
            first, self.came = self.came, self.came + len(data)
            return self.change(data, first)
        return data


def flip(position):
    def change(data, first):
        place = position - first
        if 0 <= place < len(data):
            return data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1:]
        return data
    return change


def cut(data, first):
    return data[:50 - first] if first < 50 < first + len(data) else data


def with_noise(data, first):
    return data if first else b"\xa5\x5a\x02\x00\xff\xff" + data


@pytest.mark.parametrize("change", [*map(flip, (0, 1, 2, 3, 4, 5, 30, CHECKSUM_AT)), cut, with_noise],
                         ids=["start", "second", "kind", "sequence", "length", "high-length", "payload",
                              "checksum", "cut", "noise"])
@pytest.mark.parametrize("direction", "<>")
@pytest.mark.parametrize("features", [False, True], ids=["report", "features"])
def test_damage_is_noticed_and_mended_by_repeating(features, direction, change):
    with Launchpad("sim://") as good:
        expected = good.matte_tile(TILE, CODES, features=features)
    board = Launchpad(BadLine(OfTheFirstJob(direction, change)))
    solution = board.matte_tile(TILE, CODES, features=features)
    assert (solution.codes == expected.codes).all()
    if features:  # they come ahead of the report, in a frame of their own
        assert (solution.features == expected.features).all()
    assert solution.wire.failed_attempts >= 1 or change is with_noise


@pytest.mark.parametrize("shorter", [30, 61])
def test_an_answer_of_another_form_is_refused_in_words(monkeypatch, shorter):
    """It has come undamaged, as from a board with another firmware."""
    board = Launchpad("sim://")
    board.info()
    of_the_board = board._read_frame

    def altered(deadline):
        kind, sequence, payload = of_the_board(deadline)
        return kind, sequence, payload[:-shorter]

    monkeypatch.setattr(board, "_read_frame", altered)
    with pytest.raises(LaunchpadError, match="another protocol"):
        board.matte_tile(TILE, CODES)


def test_a_reset_in_the_middle_is_mended():
    line = BadLine(lambda direction, data: data)
    board = Launchpad(line)
    board.info()

    def reset_once(direction, data):
        if direction == ">":
            line.inner.machine.send(data[:60])
            line.inner.machine.run(100_000)
            line.inner.machine.reset(7)
            line.damage = lambda _, rest: rest
            return b""
        return data
    line.damage = reset_once
    solution = board.matte_tile(TILE, CODES)
    assert solution.codes.max() == 254
    assert solution.wire.failed_attempts == 1


def test_a_line_that_never_works_ends_in_a_sentence():
    board = Launchpad(BadLine(lambda direction, data: data if direction == "<" else data[:-1]))
    with pytest.raises(LaunchpadError, match="4 attempts"):
        board.info()


class Talkative:
    """A serial port that sends the same bytes over and over, whatever it is asked."""

    name = "a talkative port"
    timeout = None

    def __init__(self, said):
        self.bytes = itertools.cycle(said)
        self.patience = time.monotonic() + 20

    def write(self, data):
        return len(data)

    def read(self, size=1):
        assert time.monotonic() < self.patience, "it is listened to for ever"
        return bytes(itertools.islice(self.bytes, size))


class Scripted:
    """A serial port that answers each request with the bytes it was given for it, and then is
    silent; `waited` says for how long it was listened to in vain.
    """

    name = "a scripted port"
    timeout = None

    def __init__(self, *answers):
        self.answers = list(answers)
        self.coming, self.unread, self.waited = b"", [], 0.0

    def write(self, data):
        self.unread.append(self.coming)
        self.coming += self.answers.pop(0)
        return len(data)

    def read(self, size=1):
        if len(self.coming) < size:
            self.waited += self.timeout
        said, self.coming = self.coming[:size], self.coming[size:]
        return said


INFO_SAID = EXAMPLES[1][1][6:-2]


def info_answer(sequence, pixels):
    """The documented one, of a board that takes so many pixels."""
    return frame(0x81, sequence, INFO_SAID[:10] + pixels.to_bytes(2, "little") + INFO_SAID[12:])


def test_the_late_answer_to_an_abandoned_attempt_is_not_taken_for_the_next():
    port = Scripted(b"", info_answer(1, 111) + info_answer(2, 222))
    assert Launchpad(port).info().most_pixels == 222


@pytest.mark.parametrize("said", [frame(0xE0, 1, b"\x40"), frame(0xE0, 5, b"\x40"),
                                  b"\xa5\x5a\x81\x01\xff\xff"],
                         ids=["error", "error, the number damaged", "impossible length"])
def test_what_cannot_be_an_answer_is_not_waited_for(said):
    """A board that did not understand is asked again after the silence the protocol asks for."""
    port = Scripted(said, info_answer(2, 222))
    assert Launchpad(port).info().most_pixels == 222
    assert port.waited == pytest.approx(0.25)


def test_a_request_is_repeated_only_into_silence():
    port = Scripted(frame(0xE0, 1, b"\x41") + bytes(5000), info_answer(2, 222))
    assert Launchpad(port).info().most_pixels == 222
    assert port.unread == [b"", b""]


@pytest.mark.parametrize("said", [b"$GPGGA,123519,4807.038,N*47\r\n", b"\xa5",
                                  frame(BUTTON, 0, b""), frame(FEATURES, 1, b"")],
                         ids=["text", "half a start", "presses", "features"])
def test_a_port_that_keeps_talking_ends_in_a_sentence(said, monkeypatch):
    monkeypatch.setattr("pipeline.launchpad.ATTEMPT_SECONDS", 0.05)
    with pytest.raises(LaunchpadError, match="much that is no answer"):
        Launchpad(Talkative(said)).info()


def test_a_press_that_came_before_an_answer_is_told_of_once():
    port = Scripted(frame(BUTTON, 0, b"") + info_answer(1, 222))
    with_press = Launchpad(port)
    assert with_press.info().most_pixels == 222
    assert with_press.wait_for_button(0.01) and not with_press.wait_for_button(0.01)


def test_no_button_is_heard_in_noise():
    assert not Launchpad(Talkative(b"noise")).wait_for_button(0.05)


def test_a_board_of_another_protocol_is_to_be_flashed(monkeypatch):
    monkeypatch.setattr("pipeline.launchpad.PROTOCOL_VERSION", 2)
    with Launchpad("sim://") as board, pytest.raises(LaunchpadError, match="flash it"):
        board.info()


def test_a_pulled_cable_says_what_to_do():
    def pulled(direction, data):
        raise serial.SerialException("device disconnected")
    with pytest.raises(LaunchpadError, match="Plug it in again"):
        Launchpad(BadLine(pulled)).info()


def test_a_simulated_chip_that_cannot_go_on_went_away(tmp_path):
    program = tmp_path / "nothing.hex"
    program.write_text(":00000001FF\n")
    board = Launchpad(f"sim://?firmware={program}")
    with pytest.raises(LaunchpadError, match="went away .*the simulated program"):
        board.info()


def test_a_port_that_does_not_exist_is_named():
    with pytest.raises(LaunchpadError, match="no-such-port"):
        Launchpad("/dev/no-such-port")


def test_a_board_is_for_one_at_a_time():
    ours, board = os.openpty()
    port = os.ttyname(board)
    with Launchpad(port), pytest.raises(LaunchpadError, match=f"{port} cannot be opened"):
        Launchpad(port)
    for end in (ours, board):
        os.close(end)

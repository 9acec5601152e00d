"""KNN matting on a 4 KB microcontroller: the client of an MSP-EXP430FR2433 or of its simulation.

The board (`firmware/`) takes a column of a photo, a small tile or a signal together with what is
known of its alpha, and answers with the alpha of the unknown pixels; `firmware/PROTOCOL.md`
describes the bytes. A request is repeated when its bytes were damaged or the board was reset;
nothing a board does can change a later request, because every job is sent whole.

>>> with Launchpad("sim://") as board:
...     solution = board.matte_column(image[:, 300], trimap[:, 300])
>>> solution.alpha.shape == (1, len(image))
True
"""

import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import serial
from serial.tools import list_ports

from pipeline.image_error import ImageError
from pipeline.launchpad_bytes import (
    BUTTON,
    COLUMN,
    DONE,
    ERROR,
    FEATURES,
    INFO,
    MATTE,
    MOST_BYTES,
    RECORD,
    REPLY,
    SIGNAL,
    SYNC,
    Job,
    Parameters,
    codes_from_trimap,
    crc16,
    frame,
    job_header,
    pack_map,
)
from pipeline.launchpad_report import (
    PROTOCOL_VERSION,
    BoardInfo,
    Solution,
    Wire,
    read_info,
    read_solution,
)

BAUD = 115200
# USB vendors of TI's debug probes: eZ-FET, as on this LaunchPad, and XDS110.
TI_VENDORS = (0x2047, 0x0451)

# The longest a job may take on the slowest board (the 8 MHz sketch), and some.
REPLY_SECONDS = 6.0
# Longer than the board waits for a missing byte (0.1 s): then both ends start anew.
SILENCE_SECONDS = 0.25
# How long an attempt reads what is no answer: a port that is no board's may talk for ever. A reply
# may take REPLY_SECONDS, and the longest job and its answer together half a second on the wire.
ATTEMPT_SECONDS = REPLY_SECONDS + 1
ATTEMPTS = 4

if "pipeline" not in serial.protocol_handler_packages:
    serial.protocol_handler_packages.append("pipeline")


class LaunchpadError(RuntimeError):
    """The board cannot be reached or does not answer; the text says what to do."""


class JobRefused(LaunchpadError):
    """The board understood the job and cannot do it; `status` is its code."""

    REASONS = {
        1: "its parameters contradict each other, or it has fewer than 8 pixels or a side over 800",
        2: "it has more pixels than fit the board's memory",
        3: "it has more unknown pixels than fit the board's memory",
        4: "its neighbour graph has more edges than fit the board's memory",
        5: "too many pixels chose the same neighbour",
        6: "the solver did not settle within the iterations allowed",
        7: "its numbers left the range of the board's fixed-point arithmetic",
    }

    def __init__(self, status: int, solution: Solution):
        self.status, self.solution = status, solution
        super().__init__(f"The board refused this job: {self.REASONS.get(status, status)}.")


# The refusals that a smaller part of a job may pass: unknown pixels, edges.
TOO_MUCH = (3, 4)


class _Damaged(Exception):
    """One attempt at a request failed; the text says how."""


@dataclass(frozen=True)
class Board:
    """A serial port with a TI board behind it."""

    port: str
    description: str


def find_boards() -> list[Board]:
    """The serial ports of TI debug probes that are plugged in; empty if there are none."""
    return [Board(port.device, port.description or port.device)
            for port in sorted(list_ports.comports()) if port.vid in TI_VENDORS]


class Launchpad:
    """A connection to one board. Use it in a `with` statement, or call `close`."""

    def __init__(self, port="sim://"):
        """`port` is a name such as COM5 or /dev/ttyACM1, `sim://`, or an open pyserial port.

        Raises LaunchpadError if the port cannot be opened; whether a board answers there shows
        with the first request.
        """
        self._sequence = 0
        self._info: BoardInfo | None = None
        # What `run` repeats when the board's button asks for it; None before the first job.
        self.last_job: Job | None = None
        self._pressed = False  # and nobody was told yet
        if not isinstance(port, str) and not hasattr(port, "read"):
            raise LaunchpadError(f"A port is a name or an open port, not {port!r}.")
        try:
            # For one at a time: two sessions would read each other's answers.
            self.port = (
                serial.serial_for_url(port, BAUD, exclusive=True) if isinstance(port, str) else port
            )
        except (serial.SerialException, OSError, ValueError) as error:
            raise LaunchpadError(f"The port {port} cannot be opened: {error}") from error

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self) -> None:
        """Gives the port back."""
        self.port.close()

    def info(self) -> BoardInfo:
        """What the board says of itself; asked once. Raises LaunchpadError."""
        if self._info is None:
            replies, _ = self._request(INFO, b"")
            said = replies[INFO | REPLY]
            with self._one_protocol():
                if said[:1] != bytes([PROTOCOL_VERSION]):
                    raise ValueError(f"protocol {said[:1].hex()}")
                self._info = read_info(said)
        return self._info

    def matte_column(self, pixels: np.ndarray, trimap: np.ndarray, *,
                     parameters: Parameters = COLUMN, features: bool = False):
        """Alpha of a line of up to 800 pixels: (n, 3) uint8 and a trimap (n,) uint8 0/128/255.

        Returns a Solution of shape (1, n). Raises JobRefused if it does not fit, LaunchpadError,
        ImageError.
        """
        codes = codes_from_trimap(trimap)
        return self.matte_tile(np.asarray(pixels)[None], codes[None], parameters=parameters,
                               features=features)

    def matte_tile(self, pixels: np.ndarray, codes: np.ndarray, *,
                   parameters: Parameters = Parameters(), axes=None, features: bool = False):
        """Alpha of a tile: (h, w, 3) uint8 and map codes (h, w) uint8.

        Codes 0..254 give a pixel's alpha as code / 254, where 0 and 254 are the trimap's and the
        others are known for the moment; 255 is unknown. `axes` is (mean (3,), vectors (2, 3)) as in
        an earlier Solution, to project onto instead of this tile's own principal axes; `features`
        asks for the projections too. Returns a Solution of shape (h, w).
        """
        pixels, codes = np.asarray(pixels), np.asarray(codes)
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
            raise ImageError("The board takes 8-bit RGB pixels.")
        if codes.shape != pixels.shape[:2]:
            raise ImageError("The trimap has to be as large as the image.")
        if codes.dtype != np.uint8:
            raise ImageError("The codes of a map have 8 bits.")
        bits, packed = pack_map(codes)
        header = job_header(codes.shape, parameters, bits, features, axes=axes)
        return self.run(Job(MATTE, header + packed + pixels.tobytes(), codes))

    def solve_signal(self, samples: np.ndarray, trimap: np.ndarray, *, delay: int = 4,
                     parameters: Parameters = COLUMN):
        """The original demonstration: a signal (n,) of 10-bit samples, n up to 800.

        Samples i - delay, i, i + delay make one point; the points are projected onto two principal
        components and the KNN system is solved along the signal, with `trimap` (n,) uint8 0/128/255
        saying which samples are 0, unknown and 1. The Solution carries the projections.
        """
        samples = np.asarray(samples)
        least, most = samples.min(initial=0), samples.max(initial=0)
        if samples.ndim != 1 or not (least >= 0 and most <= 1023):  # not of NaN either
            raise ImageError("A signal is a row of samples from 0 to 1023.")
        if samples.shape != np.shape(trimap):
            raise ImageError("The signal and its labels have to be of one length.")
        data = samples.astype("<u2").tobytes()
        return self._signal(SIGNAL, trimap, data, delay, parameters)

    def record_signal(self, trimap: np.ndarray, *, rate: int = 8000, delay: int = 4,
                      parameters: Parameters = COLUMN):
        """The same on samples the board takes itself, at P1.3, `rate` (500..20000) a second."""
        # Its timer has 16 bits, and half of them have to reach from one sample to the next.
        if not 500 <= rate <= 20000:
            raise ImageError("The board samples 500 to 20000 times a second.")
        return self._signal(RECORD, trimap, struct.pack("<H", round(8e6 / rate)), delay, parameters)

    def run(self, job: Job) -> Solution:
        """Sends a job as it is, for example `last_job` again. Raises as the job itself did.

        Raises ImageError for a job that is too long for a frame.
        """
        if len(job.payload) > MOST_BYTES:
            raise ImageError(
                f"A job has at most {MOST_BYTES} bytes; this one has {len(job.payload)}."
            )
        self.last_job = job
        info = self.info()
        replies, wire = self._request(job.kind, job.payload, job.wants_features)
        with self._one_protocol():
            solution = read_solution(replies[job.kind | REPLY], replies.get(FEATURES), job.codes,
                                     info, wire)
        if solution.status:
            raise JobRefused(solution.status, solution)
        return solution

    def wait_for_button(self, seconds: float) -> bool:
        """Whether the board's button, "send the last job again", is pressed within so long, or was
        while the last answers were read.

        Answer a press with `board.run(board.last_job)`. Raises LaunchpadError.
        """
        if self._pressed:
            self._pressed = False
            return True
        self.port.timeout = seconds
        try:
            return self._read_frame(time.monotonic() + seconds)[0] == BUTTON
        except _Damaged:
            return False
        except (serial.SerialException, OSError) as error:
            raise self._gone(error) from error

    def _signal(self, kind, trimap, data, delay, parameters):
        codes = codes_from_trimap(trimap)[None]
        bits, packed = pack_map(codes)
        header = job_header(codes.shape, parameters, bits, True, delay)
        return self.run(Job(kind, header + packed + data, codes))

    @contextmanager
    def _one_protocol(self) -> Iterator[None]:
        """While an answer is read, raises LaunchpadError if it has another form than it should."""
        try:
            yield
        except (struct.error, ValueError) as error:
            raise LaunchpadError(
                f"The board at {self.port.name} speaks another protocol than this program: "
                "flash it with firmware/release/deepmasque.hex."
            ) from error

    def _gone(self, error) -> LaunchpadError:
        return LaunchpadError(f"The board at {self.port.name} went away ({error}). Plug it in "
                              "again and continue: nothing that was solved is lost.")

    def _request(
        self, kind: int, payload: bytes, features: bool = False
    ) -> tuple[dict[int, bytes], Wire]:
        """The answers by type, and what it took. features: whether they are asked for."""
        reasons = []
        for _ in range(ATTEMPTS):
            self._sequence = (self._sequence + 1) & 0xFF
            message = frame(kind, self._sequence, payload)
            deadline = time.monotonic() + ATTEMPT_SECONDS
            try:
                self.port.timeout = REPLY_SECONDS
                self.port.write(message)
                replies = self._read_replies(kind, features, deadline)
            except _Damaged as damage:
                reasons.append(str(damage))
                self._wait_for_silence(deadline)
            except (serial.SerialException, OSError) as error:
                raise self._gone(error) from error
            else:
                received = sum(len(part) + 8 for part in replies.values())
                return replies, Wire(len(message), received, len(reasons), BAUD)
        raise LaunchpadError(f"The board at {self.port.name} does not answer as it should, in "
                             f"{ATTEMPTS} attempts: {', '.join(reasons)}. Is it flashed, and does "
                             "no other program use the port?")

    def _read_replies(self, kind: int, features: bool, deadline: float) -> dict[int, bytes]:
        """All frames up to the reply proper, by type."""
        replies = {}
        while kind | REPLY not in replies:
            answer, sequence, payload = self._read_frame(deadline)
            if answer == ERROR:  # its number is the request's, which may be what was damaged
                raise _Damaged(f"the board received the request damaged (0x{payload.hex()})")
            self._pressed |= answer == BUTTON
            if answer == BUTTON or sequence != self._sequence or answer in replies:
                # A press, or the late answer to an abandoned attempt.
                self._give_up_after(deadline)
                continue
            replies[answer] = payload
        if features and FEATURES not in replies and replies[kind | REPLY][:1] == DONE:
            raise _Damaged("an answer without its features")
        return replies

    def _read_frame(self, deadline: float) -> tuple[int, int, bytes]:
        window = b""
        while window != SYNC:
            byte = self.port.read(1)
            if not byte:
                raise _Damaged("silence")
            window = (window + byte)[-2:]
            if not SYNC.startswith(window):
                self._give_up_after(deadline)
        header = self._read_exactly(4)
        kind, sequence, length = struct.unpack("<BBH", header)
        if length > 4096:
            raise _Damaged("an answer of impossible length")
        payload = self._read_exactly(length)
        if crc16(header + payload) != int.from_bytes(self._read_exactly(2), "little"):
            raise _Damaged("an answer with a wrong checksum")
        return kind, sequence, payload

    def _read_exactly(self, count: int) -> bytes:
        data = self.port.read(count)
        if len(data) < count:
            raise _Damaged("an answer that broke off")
        return data

    def _give_up_after(self, deadline: float) -> None:
        """Asked only where something was read in vain: a simulator that is slow does answer."""
        if time.monotonic() > deadline:
            raise _Damaged("much that is no answer")

    def _wait_for_silence(self, deadline: float) -> None:
        try:
            self.port.timeout = SILENCE_SECONDS
            while self.port.read(4096) and time.monotonic() < deadline:
                pass
        except (serial.SerialException, OSError) as error:
            raise self._gone(error) from error

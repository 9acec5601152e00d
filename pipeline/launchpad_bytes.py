"""What goes over the wire to a board: frames, and jobs as bytes (firmware/PROTOCOL.md)."""

import struct
from dataclasses import dataclass

import numpy as np

from pipeline.image_error import ImageError
from pipeline.launchpad_report import FOREGROUND_CODE, UNKNOWN_CODE
from pipeline.trimap import BACKGROUND, FOREGROUND

SYNC = b"\xa5\x5a"
INFO, MATTE, SIGNAL, RECORD = 0x01, 0x02, 0x03, 0x04
DONE = b"\0"  # the status that a report begins with
REPLY, FEATURES, BUTTON, ERROR = 0x80, 0xA0, 0xB0, 0xE0
# Of a job's header: where its flags are, and what they ask for.
FLAGS_AT, USE_AXES, SEND_FEATURES = 9, 1, 2
MOST_BYTES = 0xFFFF  # that a frame can say of its payload
# What the board takes (MAX_SPATIAL in firmware/core/matting.h).
MOST_SPATIAL = 64


@dataclass(frozen=True)
class Parameters:
    """What a job leaves to choose.

    neighbours: K, 1..10. spatial: distance of one pixel step, 1..64; a colour level counts 4.
    residual_bits: the solver stops when all residuals are below 2^residual_bits units of
    weight * alpha / 16256. max_iterations: 1..255.
    """

    neighbours: int = 5
    spatial: int = 8
    residual_bits: int = 9
    max_iterations: int = 250


# For a column of a photo, and for a signal.
COLUMN = Parameters(spatial=4)


@dataclass(frozen=True, eq=False)
class Job:
    """A request as it was sent, to be sent again: its type, payload and map codes."""

    kind: int
    payload: bytes
    codes: np.ndarray

    @property
    def wants_features(self) -> bool:
        """Whether it asks for the projections ahead of the report."""
        return bool(self.payload[FLAGS_AT] & SEND_FEATURES)


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF, no reflection."""
    crc = 0xFFFF
    for byte in data:
        crc = ((crc >> 8) | (crc << 8)) & 0xFFFF
        crc ^= byte
        crc ^= (crc & 0xFF) >> 4
        crc ^= (crc << 12) & 0xFFFF
        crc ^= (crc & 0xFF) << 5
    return crc


def frame(kind: int, sequence: int, payload: bytes) -> bytes:
    """One frame as it travels in either direction."""
    covered = struct.pack("<BBH", kind, sequence, len(payload)) + payload
    return SYNC + covered + struct.pack("<H", crc16(covered))


def codes_from_trimap(trimap: np.ndarray) -> np.ndarray:
    """Map codes of a trimap of any shape: 0 -> 0, 255 -> 254, the rest -> 255 (unknown)."""
    trimap = np.asarray(trimap)
    if trimap.dtype != np.uint8:
        raise ImageError("The trimap has to be an 8-bit image.")
    return np.select([trimap == BACKGROUND, trimap == FOREGROUND], [0, FOREGROUND_CODE],
                     UNKNOWN_CODE).astype(np.uint8)


def pack_map(codes: np.ndarray) -> tuple[int, bytes]:
    """Bits a pixel and bytes of a map: 2 bits where the codes are a plain trimap, else 8."""
    codes = np.ravel(codes)
    if not np.isin(codes, (0, FOREGROUND_CODE, UNKNOWN_CODE)).all():
        return 8, codes.astype(np.uint8).tobytes()
    two = np.select([codes == UNKNOWN_CODE, codes == FOREGROUND_CODE], [3, 1], 0)
    four = np.pad(two, (0, -len(two) % 4)).reshape(-1, 4)
    return 2, (four << np.array([0, 2, 4, 6])).sum(1).astype(np.uint8).tobytes()


def job_header(shape, parameters: Parameters, map_bits, features, delay=0, axes=None) -> bytes:
    mean, vectors = axes if axes is not None else ((0, 0, 0), (0,) * 6)
    flags = USE_AXES * (axes is not None) | SEND_FEATURES * features
    try:
        return struct.pack("<HH7B3B6h", shape[1], shape[0], parameters.neighbours,
                           parameters.spatial, map_bits, parameters.max_iterations,
                           parameters.residual_bits, flags, delay, *(int(v) for v in mean),
                           *(int(v) for v in np.ravel(vectors)))
    except struct.error as error:
        raise ImageError("The board takes at most 65535 pixels a line and settings of 0 to 255."
                         ) from error

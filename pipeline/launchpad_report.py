"""What a board reports of itself and of a job: times, memory, bytes, energy."""

import struct
from dataclasses import dataclass

import numpy as np

SRAM_START, SRAM_END = 0x2000, 0x3000
UNKNOWN_CODE, FOREGROUND_CODE = 255, 254

# Active supply current of the MSP430FR2433, typical: TI SLASE59, section 1 (features).
MICROAMPERES_PER_MEGAHERTZ = 126
SUPPLY_VOLTS = 3.0

# Where its timer does not count the processor's own cycles.
PROCESSOR_HZ = {2: 8_000_000}
PHASES = ("receive", "project", "search", "merge", "solve")
MAP_FIELDS = ("map pixels features ranks residual anchor slots slot_weights slot_rows "
              "unknown_features unknown_positions edges weights rows product pivots direction "
              "alpha end").split()
REPORT = struct.Struct(f"<BBbBHHH5I4B6h{len(MAP_FIELDS)}H")
INFO = struct.Struct("<BBHHHHHBBHI")
PROTOCOL_VERSION = 1


@dataclass(frozen=True)
class Region:
    """A named range of SRAM addresses, end excluded."""

    name: str
    start: int
    end: int


@dataclass(frozen=True)
class Phase:
    """One phase of a job: processor cycles, seconds, and what lies in the 4096 bytes meanwhile."""

    name: str
    cycles: int
    seconds: float
    regions: tuple[Region, ...]


@dataclass(frozen=True)
class Wire:
    """Bytes of the attempt that succeeded, the attempts before it, and the speed."""

    sent: int
    received: int
    failed_attempts: int
    baud: int

    @property
    def seconds(self) -> float:
        """Time on the wire: start bit, 8 bits and stop bit a byte."""
        return 10 * self.sent / self.baud + self.reply_seconds

    @property
    def reply_seconds(self) -> float:
        """The reply's share of it."""
        return 10 * self.received / self.baud


@dataclass(frozen=True)
class BoardInfo:
    """What a board says of itself. Addresses and sizes in bytes."""

    protocol: int
    kind: int
    arena_bytes: int
    arena_address: int
    static_bytes: int
    stack_unused: int
    most_pixels: int
    most_neighbours: int
    most_spatial: int
    most_unknown: int
    ticks_per_second: int

    @property
    def stack_bytes(self) -> int:
        """What SRAM leaves for the stack."""
        return SRAM_END - SRAM_START - self.static_bytes

    def stack_regions(self, unused: int) -> tuple[Region, ...]:
        """The part of SRAM outside the arena, given how much of the stack was never used."""
        arena_end = self.arena_address + self.arena_bytes
        static_end = SRAM_START + self.static_bytes
        return (Region("variables", SRAM_START, self.arena_address),
                Region("variables", arena_end, static_end),
                Region("stack, never used", static_end, static_end + unused),
                Region("stack", static_end + unused, SRAM_END))


@dataclass(frozen=True, eq=False)
class Solution:
    """The answer to one job, in the shape of its map.

    codes uint8 0..254 (alpha * 254), alpha float32 0..1, features (h, w, 2) uint8 or None: the two
    projections; mean (3,) and axes (2, 3, Q15) they were taken with. `receive` among the phases
    lasts from the request's first byte to its last, and for a recorded signal to the last sample.
    """

    status: int
    codes: np.ndarray
    features: np.ndarray | None
    unknown: int
    edges: int
    iterations: int
    residual_exponent: int
    mean: tuple[int, ...]
    axes: np.ndarray
    phases: tuple[Phase, ...]
    stack_unused: int
    stack_used: int
    wire: Wire

    @property
    def alpha(self) -> np.ndarray:
        """Alpha, float32 0..1."""
        return (self.codes / np.float32(FOREGROUND_CODE)).astype(np.float32)

    @property
    def projection(self) -> tuple[tuple[int, ...], np.ndarray]:
        """Mean and axes in the form `Launchpad.matte_tile` takes them."""
        return self.mean, self.axes

    @property
    def seconds(self) -> float:
        """Time on the board including the wire, from the request's first byte to the reply's last."""
        return sum(phase.seconds for phase in self.phases) + self.wire.reply_seconds

    @property
    def energy_joules(self) -> float:
        """Estimate: typical active current times supply voltage times the time on the board."""
        megahertz = self.phases[0].cycles / self.phases[0].seconds / 1e6 if self.phases else 0
        return MICROAMPERES_PER_MEGAHERTZ * 1e-6 * megahertz * SUPPLY_VOLTS * self.seconds


def read_info(payload: bytes) -> BoardInfo:
    """The reply to an info request."""
    return BoardInfo(*INFO.unpack(payload))


def _regions(at: dict[str, int], sizes: dict[str, int], names: dict[str, str], base: int):
    return tuple(Region(label, base + at[key], base + at[key] + sizes[key])
                 for key, label in names.items() if sizes[key])


def memory_by_phase(at: dict[str, int], pixels: int, map_bytes: int, unknown: int, edges: int,
                    neighbours: int, base: int) -> list[tuple[Region, ...]]:
    """What lies where in the arena in each of PHASES; see the table in firmware/core/matting.h."""
    slots = unknown * neighbours
    sizes = {"map": map_bytes, "pixels": 3 * pixels, "features": 2 * pixels,
             "ranks": (pixels + 7) // 8, "residual": 4 * unknown, "anchor": 2 * unknown,
             "slots": slots, "slot_weights": slots, "slot_rows": unknown,
             "unknown_features": 2 * unknown, "unknown_positions": 2 * unknown, "edges": edges,
             "weights": edges, "rows": unknown, "product": 4 * unknown, "pivots": 2 * unknown,
             "direction": 2 * unknown, "alpha": 2 * unknown}
    trimap = {"map": "trimap"}
    system = {"residual": "right-hand side", "anchor": "ties to known pixels"}
    contents = (
        {"pixels": "RGB pixels"} | trimap,
        {"features": "PCA features"} | trimap,
        system | {"slots": "nearest neighbours", "ranks": "index of unknown pixels",
                  "features": "PCA features"} | trimap,
        system | {"slots": "nearest neighbours", "slot_weights": "edge weights",
                  "slot_rows": "row lengths", "unknown_positions": "positions",
                  "unknown_features": "PCA features"} | trimap,
        {"residual": "residual", "anchor": "ties to known pixels", "edges": "edges",
         "weights": "edge weights", "rows": "row lengths", "product": "Laplacian product",
         "pivots": "preconditioner", "direction": "search direction", "alpha": "alpha"},
    )
    return [_regions(at, sizes, names, base) for names in contents]


def read_solution(payload: bytes, features: bytes | None, codes: np.ndarray, info: BoardInfo,
                  wire: Wire) -> Solution:
    """A job's reply, with the alpha it carries put in the places of the unknown."""
    fields = REPORT.unpack_from(payload)
    status, iterations, residual_exponent, neighbours, unknown, edges, stack_unused = fields[:7]
    ticks, mean, axes, offsets = fields[7:12], fields[12:15], fields[16:22], fields[22:]
    at = dict(zip(MAP_FIELDS, offsets))
    solved = codes.copy()
    if status == 0:
        solved[codes == UNKNOWN_CODE] = np.frombuffer(payload, np.uint8, offset=REPORT.size)
    # Of a refused job the offsets may be those of what did not fit.
    memory = memory_by_phase(at, codes.size, info.arena_bytes - at["map"], unknown, edges,
                             neighbours, info.arena_address) if status == 0 else len(PHASES) * [()]
    around = info.stack_regions(stack_unused)
    hertz = PROCESSOR_HZ.get(info.kind, info.ticks_per_second)
    return Solution(
        status=status, codes=solved, unknown=unknown, edges=edges, iterations=iterations,
        features=None if features is None else
        np.frombuffer(features, np.uint8).reshape(*codes.shape, 2),
        residual_exponent=residual_exponent, mean=mean, axes=np.array(axes).reshape(2, 3),
        phases=tuple(Phase(name, round(hertz * count / info.ticks_per_second),
                           count / info.ticks_per_second, regions + around)
                     for name, count, regions in zip(PHASES, ticks, memory)),
        stack_unused=stack_unused, stack_used=info.stack_bytes - stack_unused,
        wire=wire)

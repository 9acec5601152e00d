"""The portable core, compiled for this machine and called through ctypes."""

import ctypes
import subprocess
from pathlib import Path

import numpy as np

from pipeline.launchpad_report import MAP_FIELDS

FIRMWARE = Path(__file__).resolve().parent.parent
CORE = sorted((FIRMWARE / "core").glob("*.c"))
WARNINGS = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-Wconversion", "-Wno-sign-conversion"]


class ArenaMap(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint16) for name in MAP_FIELDS]


class Job(ctypes.Structure):
    _fields_ = ([(name, ctypes.c_uint16) for name in ("width", "height", "pixels")]
                + [(name, ctypes.c_uint8) for name in (
                    "neighbours", "spatial", "map_bits", "max_iterations", "residual_bits",
                    "axes_given")]
                + [("mean", ctypes.c_uint8 * 3), ("axes", ctypes.c_int16 * 6),
                   ("unknown", ctypes.c_uint16), ("edge_count", ctypes.c_uint16),
                   ("iterations", ctypes.c_uint8), ("residual_exponent", ctypes.c_int8),
                   ("at", ArenaMap)])


def compile_core(folder: Path, *flags: str) -> Path:
    """A shared library of the core; `flags` are added to gcc's."""
    library = folder / "libmatting.so"
    subprocess.run(["gcc", *WARNINGS, "-O2", "-fno-strict-aliasing", "-shared", "-fPIC", *flags,
                    f"-I{FIRMWARE / 'core'}", *map(str, CORE), "-o", str(library)], check=True)
    return library


def pack_map(codes: np.ndarray, bits: int) -> bytes:
    """Map codes (n,) uint8 as the arena holds them."""
    if bits == 8:
        return codes.astype(np.uint8).tobytes()
    two = np.select([codes == 255, codes == 254], [3, 1], 0).astype(np.uint8)
    two = np.pad(two, (0, -len(two) % 4)).reshape(-1, 4)
    return (two << np.array([0, 2, 4, 6], np.uint8)).sum(1).astype(np.uint8).tobytes()


class Core:
    """One loaded core. `run` does a whole job and returns (status, alpha codes of the unknown)."""

    def __init__(self, library: Path, arena_bytes: int = 3768):
        self.library = ctypes.CDLL(str(library))
        self.library.solved_code.restype = ctypes.c_uint8
        self.job = Job.in_dll(self.library, "job")
        self.arena = (ctypes.c_uint8 * arena_bytes).in_dll(self.library, "arena")

    def begin(self, width, height, *, neighbours=5, spatial=4, map_bits=2, max_iterations=100,
              residual_bits=8, axes=None, mean=None) -> int:
        job = self.job
        job.width, job.height, job.neighbours, job.spatial = width, height, neighbours, spatial
        job.map_bits, job.max_iterations = map_bits, max_iterations
        job.residual_bits, job.axes_given = residual_bits, axes is not None
        if axes is not None:
            job.axes[:] = [int(v) for v in np.ravel(axes)]
            job.mean[:] = [int(v) for v in mean]
        return self.library.begin_job()

    def run(self, rgb, codes, width, height, **parameters):
        status = self.begin(width, height, **parameters)
        if status:
            return status, None
        at = self.job.at
        packed = pack_map(np.ravel(codes), self.job.map_bits)
        self.arena[at.map:at.map + len(packed)] = list(packed)
        pixels = np.ascontiguousarray(rgb, np.uint8).tobytes()
        self.arena[at.pixels:at.pixels + len(pixels)] = list(pixels)
        return self.finish()

    def finish(self):
        self.library.project_pixels()
        for phase in ("find_neighbours", "merge_edges", "solve_alpha"):
            status = getattr(self.library, phase)()
            if status:
                return status, None
        solved = [self.library.solved_code(rank) for rank in range(self.job.unknown)]
        return 0, np.array(solved, np.uint8)

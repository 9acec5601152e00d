"""Prints how deep the stack was seen to go in three full jobs, on the simulated board.

Other jobs can reach a little deeper: `python -m benchmarks.launchpad columns` prints the deepest
seen in many columns. What the program leaves it at the least is in firmware/sizes.py.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

try:
    import numpy as np

    from pipeline.launchpad import Launchpad
    from pipeline.launchpad_bytes import Parameters
except ImportError as missing:
    print(f"SRAM: the stack was not measured, for want of {missing.name} (make test installs it)")
    sys.exit(0)

SRAM_BYTES = 4096


def full_jobs(board: "Launchpad") -> list:
    """Has a board do a full column, a full tile and a full recording; its solutions."""
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 128, 255], [300, 160, 340]).astype(np.uint8)
    column = rng.integers(0, 256, (800, 3)).astype(np.uint8)
    codes = rng.choice([0, 100, 254, 255], (26, 26), p=[0.3, 0.2, 0.3, 0.2]).astype(np.uint8)
    few = Parameters(neighbours=3)
    return [
        board.matte_column(column, labels, parameters=few, features=True),
        board.matte_tile(column[:676].reshape(26, 26, 3), codes, features=True),
        board.record_signal(labels, rate=20000, parameters=few),
    ]


def main() -> int:
    with Launchpad("sim://") as board:
        static = board.info().static_bytes
        full_jobs(board)
        stack = board.port.machine.stack_used
    used = static + stack
    print(f"SRAM: {static} bytes static + {stack} bytes of stack, the deepest seen here, "
          f"= {used} of {SRAM_BYTES}")
    return int(used > SRAM_BYTES)


if __name__ == "__main__":
    sys.exit(main())

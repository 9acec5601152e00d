"""Measuring in a process of its own, and a process's memory by the kernel's own count."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def memory_bytes(entry: str, process: int | str = "self") -> int:
    """Bytes of an entry of /proc/PROCESS/status (Linux): VmRSS now, VmHWM the highest so far.

    Unlike `getrusage`, VmHWM of a fresh process knows nothing of its parent.
    """
    status = Path(f"/proc/{process}/status").read_text().splitlines()
    (line,) = [line for line in status if line.startswith(f"{entry}:")]
    return int(line.split()[1]) * 1024


def forget_peak() -> None:
    """Let VmHWM of this process begin anew with what is resident now (Linux, proc(5))."""
    Path("/proc/self/clear_refs").write_text("5")


def in_own_process(module: str, *arguments: str) -> dict:
    """What `python -m module arguments` prints in its last line, as JSON; its errors are seen."""
    command = [sys.executable, "-m", module, *arguments]
    output = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(output.splitlines()[-1])

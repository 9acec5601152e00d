"""Prints what the firmware takes of the chip's memory and fails if that is too much."""

import subprocess
import sys

SRAM_BYTES, CODE_BYTES, STACK_BYTES = 4096, 0xFF80 - 0xC400, 192


def sections(elf: str) -> dict[str, int]:
    """Bytes by section name."""
    report = subprocess.run(["llvm-size-19", "-A", elf], check=True, capture_output=True, text=True)
    rows = (line.split() for line in report.stdout.splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) == 3 and row[1].isdigit()}


def main(elf: str) -> int:
    size = sections(elf)
    code, static = size[".text"] + size[".data"], size[".data"] + size[".bss"]
    print(f"FRAM: {code} of {CODE_BYTES} bytes of text and data")
    print(f"SRAM: {static} bytes static, {SRAM_BYTES - static} left for the stack")
    return int(code > CODE_BYTES or static + STACK_BYTES > SRAM_BYTES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

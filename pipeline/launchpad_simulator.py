"""A simulated MSP430FR2433 that runs the very hex file a board is flashed with.

The machine itself (processor, multiplier, serial port, timer, converter) is C in `firmware/sim`,
compiled to WebAssembly and committed, so it runs wherever the wasmtime package does, without a
compiler. Registers and cycle counts follow TI's SLASE59 and SLAU445. `serial.serial_for_url` opens
it like a serial port, see `pipeline.protocol_sim`.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
import wasmtime

from pipeline.launchpad_report import SRAM_END, SRAM_START

RELEASE = Path(__file__).resolve().parent.parent / "firmware" / "release"
FIRMWARE = RELEASE / "deepmasque.hex"
# What the firmware sets the processor to: 16 MHz, short of 0.06 %.
CLOCK_HZ = 488 * 32768
SRAM = range(SRAM_START, SRAM_END)

TRAPS = ("", "reads where there is no memory", "writes where there is no memory",
         "writes to FRAM", "accesses a word at an odd address", "runs code outside FRAM",
         "meets an illegal instruction", "resets itself through the watchdog",
         "reads the multiplier too early", "runs faster than FRAM without wait states",
         "uses the serial port before setting it up")


class SimulatorError(RuntimeError):
    """The simulated program did something the chip forbids; the text says what and where."""


def read_hex(path: Path) -> dict[int, bytes]:
    """The records of an Intel HEX file: bytes by start address.

    Raises ValueError for a record whose checksum or form is wrong.
    """
    records = {}
    for number, line in enumerate(path.read_text(encoding="ascii").split(), 1):
        record = bytes.fromhex(line[1:])
        if line[0] != ":" or sum(record) & 0xFF or len(record) != record[0] + 5:
            raise ValueError(f"{path.name}: line {number} is not a sound Intel HEX record")
        if record[3] == 0:
            records[int.from_bytes(record[1:3], "big")] = record[4:-1]
    return records


@lru_cache(maxsize=1)
def _module() -> tuple[wasmtime.Engine, wasmtime.Module]:
    engine = wasmtime.Engine()
    return engine, wasmtime.Module.from_file(engine, str(RELEASE / "simulator.wasm"))


class Simulator:
    """One simulated board, running from reset.

    >>> board = Simulator()
    >>> board.run(1_000_000)
    >>> board.cycles >= 1_000_000
    True
    """

    def __init__(self, firmware: Path = FIRMWARE, noise: int = 1):
        """`noise` seeds what SRAM holds at power-up."""
        engine, module = _module()
        self._store = wasmtime.Store(engine)
        self._exports = wasmtime.Instance(self._store, module, []).exports(self._store)
        self._memory = self._exports["memory"]
        self._addresses = {name: self.call(f"{name}_address") for name in (
            "memory", "analogue", "to_chip", "from_chip")}
        self._wire = self.call("wire_bytes")
        for start, data in read_hex(firmware).items():
            self._write("memory", start, data)
        self.reset(noise)

    def call(self, name: str, *arguments: int) -> int:
        """Calls one of the exports of `firmware/sim/simulator.c`."""
        return self._exports[name](self._store, *arguments)

    def _write(self, block: str, offset: int, data: bytes) -> None:
        self._memory.write(self._store, data, self._addresses[block] + offset)

    def _read(self, block: str, offset: int, count: int) -> bytes:
        start = self._addresses[block] + offset
        return bytes(self._memory.read(self._store, start, start + count))

    def reset(self, noise: int = 1) -> None:
        """Power off and on: counters at zero, SRAM noise, bytes on the wire lost."""
        self.call("reset", noise)

    def run(self, cycles: int, until_bytes: int = 1 << 30, breakpoint_address: int = 0) -> None:
        """Runs for `cycles`, or until so many bytes wait to be read or the breakpoint is next.

        Raises SimulatorError on anything the chip forbids.
        """
        trap = self.call("run", cycles, until_bytes, breakpoint_address)
        if trap:
            raise SimulatorError(f"the simulated program {TRAPS[trap]} "
                                 f"(address 0x{self.call('trap_address'):04X}, "
                                 f"after 0x{self.call('trap_pc'):04X}, cycle {self.cycles})")

    @property
    def cycles(self) -> int:
        """Processor cycles since reset, FRAM wait states included."""
        return self.call("cycles")

    @property
    def instructions(self) -> int:
        """Instructions since reset."""
        return self.call("instructions")

    @property
    def stack_used(self) -> int:
        """Bytes between the top of SRAM and the lowest the stack pointer has been."""
        return SRAM.stop - self.call("lowest_stack")

    def send(self, data: bytes) -> None:
        """Puts bytes on the wire to the chip; they arrive at its serial port's speed."""
        for start in range(0, len(data), self._wire // 2):
            part = data[start:start + self._wire // 2]
            while self.call("to_chip_waiting") + len(part) > self._wire:
                self.run(100_000)
            head = self.call("to_chip_head") % self._wire
            first = part[:self._wire - head]
            self._write("to_chip", head, first)
            self._write("to_chip", 0, part[len(first):])
            self.call("add_to_chip", len(part))

    def receive(self, most: int) -> bytes:
        """Bytes the chip has sent, at most so many."""
        count = min(most, self.call("from_chip_waiting"))
        tail = self.call("from_chip_tail") % self._wire
        data = self._read("from_chip", tail, min(count, self._wire - tail))
        data += self._read("from_chip", 0, count - len(data))
        self.call("take_from_chip", count)
        return data

    def listen(self, samples: np.ndarray, rate: int) -> None:
        """What the microphone pin carries: (n,) levels 0..1023 at `rate` a second, repeating.

        The sound begins when the converter takes its next sample.
        """
        levels = np.clip(np.asarray(samples), 0, 1023).astype("<u2")[:65536]
        self._write("analogue", 0, levels.tobytes())
        self.call("set_analogue", len(levels), rate)

    def press_button(self, pressed: bool) -> None:
        """Holds button S1 down, or lets it go."""
        self.call("press_button", int(pressed))

    @property
    def lamps(self) -> dict[str, bool]:
        """Which of the two LEDs shine."""
        pins = self._read("memory", 0x0202, 1)[0]
        return {"red": bool(pins & 1), "green": bool(pins & 2)}

    def sram(self) -> bytes:
        """The 4096 bytes of SRAM as they are."""
        return self._read("memory", SRAM.start, len(SRAM))


def synthesised_voice(seconds: float, rate: int) -> np.ndarray:
    """Something like a spoken vowel between two silences, (n,) 10-bit levels.

    A 140 Hz pulse train through the first three formants of an open "a" (Peterson and Barney 1952:
    730, 1090, 2440 Hz), faded in and out, over a little noise.
    """
    count = int(seconds * rate)
    time = np.arange(count) / rate
    phase = (time * 140) % 1.0
    vowel = sum(np.exp(-phase / 140 * 2 * np.pi * width) * np.cos(2 * np.pi * formant * phase / 140)
                for formant, width in ((730, 60), (1090, 90), (2440, 120)))
    where = time / seconds
    loudness = np.clip(np.minimum(where - 0.25, 0.75 - where) * 12, 0, 1)
    noise = np.random.default_rng(1).normal(0, 2, count)
    return np.clip(np.round(512 + 140 * loudness * vowel + noise), 0, 1023).astype(np.uint16)

"""`serial.serial_for_url("sim://")`: the simulated board behind pyserial's own interface.

pyserial looks for a module called `protocol_<scheme>` with a class `Serial` in the packages listed
in `serial.protocol_handler_packages`; `pipeline.launchpad` lists this one. Time-outs are in
simulated seconds: the chip runs only while somebody reads.
"""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from serial import PortNotOpenError, SerialException
from serial.serialutil import SerialBase, to_bytes

from pipeline.launchpad_simulator import CLOCK_HZ, FIRMWARE, Simulator, SimulatorError

POLL_CYCLES = CLOCK_HZ // 100
NO_TIMEOUT_SECONDS = 60


class Serial(SerialBase):
    """A serial port whose other end is a `Simulator`, at `machine`.

    The URL is `sim://`, `sim://?firmware=FILE` or `sim://?noise=SEED`.
    """

    machine: Simulator

    def open(self) -> None:
        """Powers the simulated board up."""
        options = {key: values[0] for key, values in parse_qs(urlsplit(self.portstr).query).items()}
        self.machine = Simulator(Path(options.get("firmware", FIRMWARE)),
                                 int(options.get("noise", 1)))
        self.is_open = True

    def close(self) -> None:
        """Unplugs it."""
        self.is_open = False

    def _reconfigure_port(self) -> None:
        """Settings need nothing done: the chip's own serial port sets the pace."""

    def _update_rts_state(self) -> None:
        """The LaunchPad's back channel has no handshake lines."""

    def _update_dtr_state(self) -> None:
        """The LaunchPad's back channel has no handshake lines."""

    def _check_open(self) -> None:
        if not self.is_open:
            raise PortNotOpenError()

    @property
    def in_waiting(self) -> int:
        """Bytes that can be read at once, after letting the chip run a hundredth of a second."""
        self._check_open()
        self._run(POLL_CYCLES, until_bytes=1)
        return self.machine.call("from_chip_waiting")

    def read(self, size: int = 1) -> bytes:
        """Runs the chip until it has sent `size` bytes or the time-out has passed."""
        self._check_open()
        seconds = NO_TIMEOUT_SECONDS if self.timeout is None else self.timeout
        self._run(int(seconds * CLOCK_HZ), until_bytes=size)
        data = self.machine.receive(size)
        if self.timeout is None and len(data) < size:
            raise SerialException(f"the simulated board stayed silent for {NO_TIMEOUT_SECONDS} s")
        return data

    def write(self, data: bytes) -> int:
        """Puts the bytes on the wire."""
        self._check_open()
        data = to_bytes(data)
        self.machine.send(data)
        return len(data)

    def reset_input_buffer(self) -> None:
        """Drops what the chip has sent."""
        self._check_open()
        self.machine.receive(1 << 30)

    def reset_output_buffer(self) -> None:
        """Bytes on the wire cannot be called back."""
        self._check_open()

    def flush(self) -> None:
        """Runs the chip until all bytes have arrived."""
        self._check_open()
        while self.machine.call("to_chip_waiting"):
            self._run(POLL_CYCLES)

    def _run(self, cycles: int, **until) -> None:
        """What the chip cannot go on from looks from this end as if it had been unplugged."""
        try:
            self.machine.run(cycles, **until)
        except SimulatorError as error:
            raise SerialException(str(error)) from error

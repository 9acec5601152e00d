"""Every command of the benchmarks and the models says how it is used, and then does nothing."""

import os
import runpy
import sys
from pathlib import Path

import pytest

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
pytest.importorskip("keras", reason="networks are trained with requirements-dev.txt")

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = [
    file.relative_to(ROOT)
    for folder in ("benchmarks", "models")
    for file in sorted((ROOT / folder).glob("*.py"))
    if '__name__ == "__main__"' in file.read_text(encoding="utf-8")
]


def refuse(path):
    raise AssertionError(f"asked for help, it writes {path}")


@pytest.mark.parametrize("command", COMMANDS, ids=str)
def test_asked_for_help_a_command_prints_its_usage_and_keeps_nothing(command, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", [str(command), "--help"])
    monkeypatch.setattr("pipeline.whole_file.whole_file", refuse)
    # It compiles for most of a minute when it is imported; a command may do that when it measures.
    monkeypatch.setitem(sys.modules, "pymatting", None)
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(ROOT / command), run_name="__main__")
    assert not end.value.code
    assert capsys.readouterr().out.startswith("usage: ")

"""The README says what was measured."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_figures_are_those_of_the_results():
    specification = importlib.util.spec_from_file_location("figures", ROOT / "docs" / "figures.py")
    figures = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(figures)
    text = (ROOT / "README.md").read_text()
    assert len(figures.SECTION.findall(text)) == len(figures.SECTIONS)
    assert figures.with_figures(text) == text

"""What the measuring scripts wrote, and how it is set as a table."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODELS, BENCHMARKS = ROOT / "models" / "results", ROOT / "benchmarks" / "results"


def read(file: Path) -> dict:
    """The figures of one script."""
    return json.loads(file.read_text(encoding="utf-8"))


def table(head: list[str], rows: list[list[str]]) -> str:
    """Markdown; the first column is left-aligned."""
    lines = [head, [":--", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)

"""What tells kept results from those of other code or other photos: a fingerprint of both."""

import ast
import hashlib
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent


def fingerprint(*parts: Path | np.ndarray | str) -> str:
    """Twelve digits that another file's content, another array or another word would change."""
    told = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            content = part.read_bytes()
        elif isinstance(part, np.ndarray):
            content = repr((part.shape, part.dtype.str)).encode() + part.tobytes()
        else:
            content = part.encode()
        # The hash of each, so that what ends one part does not pass for the next one's beginning.
        told.update(hashlib.sha256(content).digest())
    return told.hexdigest()[:12]


def code_of(module: str) -> list[Path]:
    """The file of a module, and those of all modules of ours that it imports, directly or not."""
    found, waiting = set(), [module]
    while waiting:
        path = ROOT / f"{waiting.pop().replace('.', '/')}.py"
        if path in found or not path.is_file():
            continue
        found.add(path)
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                waiting += [each.name for each in node.names]
            elif isinstance(node, ast.ImportFrom):
                waiting += [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
    return sorted(found)

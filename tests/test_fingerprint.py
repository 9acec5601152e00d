"""A fingerprint tells results from those of other code or other photos."""

import numpy as np

from models.fingerprint import ROOT, code_of, fingerprint


def test_the_same_has_the_same_fingerprint_and_anything_else_another(tmp_path):
    file = tmp_path / "photo.jpg"
    file.write_bytes(b"one")
    pixels = np.arange(6, dtype=np.uint8)
    first = fingerprint(file, pixels, "word")
    assert first == fingerprint(file, pixels.copy(), "word")
    others = [
        fingerprint(file, pixels.reshape(2, 3), "word"),
        fingerprint(file, pixels + 1, "word"),
        fingerprint(file, pixels, "wor", "d"),
        fingerprint(pixels, file, "word"),
    ]
    file.write_bytes(b"two")
    others.append(fingerprint(file, pixels, "word"))
    assert len({first, *others}) == 6


def test_the_code_of_a_module_is_all_that_it_imports_of_ours():
    code = {str(path.relative_to(ROOT)) for path in code_of("models.refinement_patches")}
    assert {
        "models/refinement_patches.py",
        "models/synthetic_mattes.py",
        "pipeline/knn.py",
        "pipeline/laplacian.py",  # by the former
        "pipeline/mending.py",  # by pipeline/segment.py
    } <= code
    assert not {"models/train_refinement.py", "pipeline/scene.py", "pipeline/matting.py"} & code

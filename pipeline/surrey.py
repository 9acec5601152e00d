"""The Surrey Face Model (Huber et al. 2016), for those who have its files.

A PCA model of 63 shape components from 3D scans, with six expression blendshapes. Its licence
("free for use for non-commercial purposes") does not let us ship it. The files are those of the
eos library, folder share/ of https://github.com/patrikhuber/eos.
"""

import hashlib
import json
import os
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from pipeline.image_error import ImageError
from pipeline.morphable_model import EXPRESSIONS, MorphableModel, hairline
from pipeline.mouth import mouth_patch

VARIABLE = "DEEPMASQUE_SFM"
SHAPE = "sfm_shape_3448.bin"
BLENDSHAPES = "expression_blendshapes_3448.bin"
EDGES = "sfm_3448_edge_topology.json"
CONTOURS = "sfm_model_contours.json"
MAPPING = "ibug_to_sfm.txt"
# eos reads these files without checking them, and a wrong one ends the whole process. So nothing
# reaches it but the very files it was made with (line ends may differ).
SHA256 = {
    SHAPE: "43750338ae533e7fb981e924b6f67ebde3d292f15ec4fc886ae5af14308ad980",
    BLENDSHAPES: "a77c81712fc5e8b08a1be4cd2824d51514e5bde6578109ae5240dfb3489efd43",
    EDGES: "5934e5ec34dd6779fda06d28a1f8d02ca9a238bff882e5ccd6da5af9fffe61d5",
    CONTOURS: "c9e69bfa995ab19ac6b27abb07729eb0520a00bb192be12426ca6bce76f3fded",
    MAPPING: "810810c457184526c7d54305ecbc5da764e2431b5e66025d921a7d424aebfac9",
}

# For each of the 68 ibug points the landmark of the face mesh that the Surrey vertex meant by it
# lies on; benchmarks/surrey_points.py chose the inner ones.
IBUG_POINTS = (
    *(162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389),
    *(70, 63, 105, 66, 107, 336, 296, 334, 293, 300, 168, 197, 5, 4, 75, 97, 2, 326, 305),
    *(33, 160, 158, 155, 153, 144, 382, 385, 387, 263, 373, 380),
    *(77, 39, 37, 0, 267, 269, 307, 404, 314, 17, 84, 180, 78, 41, 13, 271, 308, 402, 14, 178),
)
# Places in that list of the jaw's right and left half, from the ear to beside the chin.
RIGHT_JAW, LEFT_JAW = range(0, 8), range(9, 17)


@dataclass(frozen=True, eq=False)
class SurreyModel(MorphableModel):
    """The Surrey model with what ties it to the landmarks of a face.

    inner_points: (50,) landmarks of the face mesh, and inner_vertices: (50,) the vertices they
    belong to. right_contour, left_contour: vertices that may form the jaw's outline.
    library: what eos itself needs to fit it.
    """

    inner_points: np.ndarray = field(repr=False, default=None)
    inner_vertices: np.ndarray = field(repr=False, default=None)
    right_contour: np.ndarray = field(repr=False, default=None)
    left_contour: np.ndarray = field(repr=False, default=None)
    library: dict = field(repr=False, default=None)


def surrey_folder() -> Path | None:
    """The folder that DEEPMASQUE_SFM names, or None if it is not set."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None


def surrey_model(folder: str | os.PathLike | None = None) -> SurreyModel:
    """Read the model from a folder, by default the one that DEEPMASQUE_SFM names.

    Raises ImageError if the folder or one of its five files is missing or damaged.
    """
    folder = surrey_folder() if folder is None else Path(folder)
    if folder is None:
        raise ImageError(
            f"The Surrey Face Model is not set up: {VARIABLE} does not name a folder with its "
            f"files ({', '.join(SHA256)})."
        )
    if not folder.is_dir():
        raise ImageError(f"The folder of the Surrey Face Model does not exist: {folder}.")
    return _read(folder.resolve())


def check_files(files: Mapping[str, bytes]) -> None:
    """Raise ImageError unless these are the model's five files, given by name."""
    missing = [name for name in SHA256 if name not in files]
    if missing:
        raise ImageError(f"Of the Surrey Face Model these files are missing: {', '.join(missing)}.")
    for name, expected in SHA256.items():
        content = files[name]
        if not name.endswith(".bin"):
            content = content.replace(b"\r\n", b"\n")
        if hashlib.sha256(content).hexdigest() != expected:
            raise ImageError(
                f"{name} is damaged or not the file that comes with eos: copy it again from the "
                "folder share of the eos library."
            )


def surrey_model_from_files(files: Mapping[str, bytes]) -> SurreyModel:
    """The model from the contents of its five files, given by name.

    Raises ImageError if one of them is missing or damaged.
    """
    check_files(files)
    # eos reads from disk only.
    with tempfile.TemporaryDirectory() as folder:
        for name in SHA256:
            (Path(folder) / name).write_bytes(files[name])
        return _load(Path(folder), files)


@lru_cache(maxsize=2)
def _read(folder):
    try:
        files = {name: (folder / name).read_bytes() for name in SHA256 if (folder / name).exists()}
    except OSError as error:
        raise ImageError(
            f"The Surrey Face Model in {folder} cannot be read: {error.strerror}."
        ) from error
    check_files(files)
    return _load(folder, files)


def _load(folder, files):
    try:
        import eos
    except ModuleNotFoundError as error:
        raise ImageError(
            "Fitting the Surrey Face Model needs the package eos-py: "
            "pip install -r requirements.txt"
        ) from error

    stored = eos.morphablemodel.load_model(str(folder / SHAPE))
    blendshapes = eos.morphablemodel.load_blendshapes(str(folder / BLENDSHAPES))
    shape_model = stored.get_shape_model()
    named = {each.name: np.array(each.deformation, float).reshape(-1, 3) for each in blendshapes}
    mean = np.array(shape_model.get_mean(), float).reshape(-1, 3)
    basis = np.array(shape_model.get_rescaled_pca_basis(), float)
    pairs = tomllib.loads(files[MAPPING].decode())["landmark_mappings"]
    contour = json.loads(files[CONTOURS])["model_contour"]
    vertices = {int(ibug): vertex for ibug, vertex in pairs.items()}
    triangles = np.array(shape_model.get_triangle_list(), np.int32)
    patch = mouth_patch(mean, triangles)
    # Every vertex as published, then those of the patch, which go wherever the lips' rim goes.
    source = np.append(np.arange(len(mean)), patch.rim)
    coordinates = np.array(stored.get_texture_coordinates(), float)
    expressions = np.array([named[name] for name in EXPRESSIONS])
    published, mean = len(mean), mean[source]
    return SurreyModel(
        name="Surrey",
        mean=mean,
        shape_basis=basis.T.reshape(-1, published, 3)[:, source],
        expression_basis=expressions[:, source],
        triangles=np.concatenate([triangles, patch.triangles + published]),
        texture_coordinates=np.concatenate([coordinates, patch.texture_coordinates]),
        mouth=np.arange(len(mean)) >= published,
        hairline=hairline(
            mean,
            brows=(vertices[18], vertices[27]),
            eyes=(vertices[37], vertices[46]),
            mouth=(vertices[49], vertices[55]),
        ),
        inner_points=np.array([IBUG_POINTS[ibug - 1] for ibug in vertices]),
        inner_vertices=np.array(list(vertices.values())),
        right_contour=np.array(contour["right_contour"]),
        left_contour=np.array(contour["left_contour"]),
        library={
            "morphable_model": eos.morphablemodel.MorphableModel(
                shape_model,
                blendshapes,
                color_model=eos.morphablemodel.PcaModel(),
                vertex_definitions=None,
                texture_coordinates=stored.get_texture_coordinates(),
            ),
            "landmark_mapper": eos.core.LandmarkMapper(str(folder / MAPPING)),
            "edge_topology": eos.morphablemodel.load_edge_topology(str(folder / EDGES)),
            "contour_landmarks": eos.fitting.ContourLandmarks.load(str(folder / MAPPING)),
            "model_contour": eos.fitting.ModelContour.load(str(folder / CONTOURS)),
        },
    )

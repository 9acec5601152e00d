"""The 3D face on twenty portraits: how close, how fast, and a contact sheet to look at.

    python -m benchmarks.face3d [--sheet sheet.png] [--photos FOLDER]

Needs the folder portraits_cc0 (DEEPMASQUE_DATA) and, for the Surrey model, its files
(DEEPMASQUE_SFM). The first 20 photos with a face turned by less than 60 degrees count. Unless
--photos names others, or there are fewer, each model's part of benchmarks/results/face3d.json is
written; that of a model that is not there stays.
"""

import argparse
import statistics
import time
from pathlib import Path

import cv2
import numpy as np

from models.data import DATA, photo_files
from models.measured_on import keep_figures
from pipeline.face import find_faces
from pipeline.face3d import FaceModel, fit_face
from pipeline.face_checks import choose_face, socket_shares
from pipeline.image import ImageError, load_image
from pipeline.matting import matte
from pipeline.morphable_model import MorphableModel, embedded_model
from pipeline.render import crop_face, draw_wireframe, over, portrait_camera, render
from pipeline.surrey import surrey_folder, surrey_model

FOLDER = DATA / "portraits_cc0"
PHOTOS = 20
TILE = 220
SHEET_YAWS = (-35, 0, 35)
ROUNDS = 3
ROOT = Path(__file__).resolve().parent
RESULTS = ROOT / "results" / "face3d.json"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sheet", type=Path, help="write a contact sheet for each model here")
    parser.add_argument("--photos", type=Path, default=FOLDER)
    options = parser.parse_args()
    cv2.setNumThreads(2)
    portraits = read_portraits(options.photos)
    folder = surrey_folder() or DATA / "sfm"
    models = [embedded_model()]
    if folder.is_dir():
        models.append(surrey_model(folder))
    for model in models:
        records, rows = measure(model, portraits)
        print_summary(model.name, records)
        if options.sheet:
            target = options.sheet.with_stem(f"{options.sheet.stem}-{model.name.lower()}")
            cv2.imwrite(str(target), np.vstack(rows)[..., ::-1])
        if options.photos == FOLDER and len(portraits) == PHOTOS:
            keep_figures(RESULTS, records, model.name, photos=PHOTOS)


def measure(model: MorphableModel, portraits: list) -> tuple[list[dict], list[np.ndarray]]:
    """Figures of each portrait, and its row of the contact sheet."""
    rows, records = [], []
    # Filled before the clock starts: the texel table of a model is made once per process.
    fit_face(*portraits[0][1:3], model)
    for name, image, face, alpha in portraits:
        rounds, processor = [], []
        for _ in range(ROUNDS):
            start = time.process_time()
            found = fit_face(image, face, model, alpha=alpha)
            processor.append(time.process_time() - start)
            rounds.append(found.timings)
        records.append(
            {
                "photo": name,
                "error": round(100 * found.error / found.interocular, 3),
                "fit": round(min(each["fit"] for each in rounds), 4),
                "texture": round(min(each["texture"] for each in rounds), 4),
                "processor": round(min(processor), 4),
                "yaw": round(found.camera.angles["yaw"], 1),
                "sockets": round(max(socket_shares(image, face)), 2),
            }
        )
        rows.append(sheet_row(image, found))
    return records, rows


def read_portraits(folder: Path) -> list:
    """(name, image, face, alpha) of the first PHOTOS portraits that can be fitted."""
    portraits = []
    for path in photo_files(folder, "jpg"):
        image = load_image(path)
        try:
            face, _ = choose_face(find_faces(image))
            fit_face(image, face, texture_size=32)
        except ImageError as error:
            print(f"{path.name} left out: {error}")
            continue
        portraits.append((path.name, image, face, matte(image).alpha))
        if len(portraits) == PHOTOS:
            break
    return portraits


def sheet_row(image: np.ndarray, found: FaceModel) -> np.ndarray:
    """Photo, fitted mesh, isomap, what was seen, and the face from three sides."""
    part, to_part = crop_face(image, found.landmarks, TILE)
    overlay = draw_wireframe(part, found.model, found.vertices, found.camera.of_part(to_part))
    seen = np.dstack([(found.seen * 255).astype(np.uint8)] * 3)
    tiles = [part, overlay, found.isomap[..., :3], seen]
    row = [cv2.resize(tile, (TILE, TILE), interpolation=cv2.INTER_AREA) for tile in tiles]
    dark = np.full((TILE, TILE, 3), 20, np.uint8)
    for yaw in SHEET_YAWS:
        camera = portrait_camera(found.model, TILE, yaw)
        drawn = render(found.model, found.vertices, camera, (TILE, TILE), found.isomap)
        row.append(over(dark, drawn))
    return np.hstack(row)


def print_summary(name: str, records: list) -> None:
    errors = [record["error"] for record in records]
    print(
        f"{name}: {len(records)} portraits; landmark error, % of the outer eye corners' distance: "
        f"median {statistics.median(errors):.2f}, worst {max(errors):.2f}; seconds, median of the "
        f"best of {ROUNDS}: fit {statistics.median(r['fit'] for r in records):.3f}, texture at "
        f"1024x1024 {statistics.median(r['texture'] for r in records):.3f} "
        f"(processor time of both {statistics.median(r['processor'] for r in records):.3f}); "
        f"darkest eye sockets {min(r['sockets'] for r in records):.2f} of the cheeks' light"
    )


if __name__ == "__main__":
    main()

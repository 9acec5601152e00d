"""Which landmark of the face mesh lies on each ibug vertex of the Surrey model.

    python -m benchmarks.surrey_points

prints, for each of the 50 inner vertices, the landmark used (pipeline.surrey.IBUG_POINTS), the one
that lies nearest to the fitted vertex over a sample of training portraits, and both distances in
percent of the outer eye corners' distance. Landmarks of the two halves were chosen alike.
"""

import argparse

import numpy as np

from models.data import DATA
from models.photos import eg1800
from pipeline.model_fitting import eye_distance, fit_surrey
from pipeline.surrey import IBUG_POINTS, surrey_folder, surrey_model

PORTRAITS = 120


def main():
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    model = surrey_model(surrey_folder() or DATA / "sfm")
    faces = [portrait.face for portrait in eg1800("train") if portrait.face]
    chosen = np.random.default_rng(0).permutation(len(faces))[:PORTRAITS]
    distances = []
    for face in (faces[index] for index in chosen):
        shape, (expression,), (camera,), _ = fit_surrey(model, [face], (800, 600))
        vertices = model.vertices(shape, expression)[model.inner_vertices]
        across = camera.project(vertices)[:, None] - face.landmarks[None, :, :2]
        distances.append(np.linalg.norm(across, axis=2) / eye_distance(face))
    mean = 100 * np.mean(distances, axis=0)
    for row, used in zip(mean, model.inner_points, strict=True):
        nearest = row.argmin()
        print(
            f"ibug {IBUG_POINTS.index(used) + 1:2}: landmark {used:3} at {row[used]:.2f} %, "
            f"nearest {nearest:3} at {row[nearest]:.2f} %"
        )


if __name__ == "__main__":
    main()

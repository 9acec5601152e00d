"""Where the photos for training and measuring lie; they are not part of the project."""

import os
from pathlib import Path

DATA = Path(
    os.environ.get("DEEPMASQUE_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data"
)


class NoPhotos(SystemExit):
    """A folder of photos is not there or empty: a command ends with this sentence, status 1."""

    def __init__(self, folder: Path):
        super().__init__(
            f"No photos in {folder}. Set DEEPMASQUE_DATA to the folder with the data."
        )


def photo_files(folder: Path, ending: str = "png") -> list[Path]:
    """The photos, or masks, of a folder in the order of their names; NoPhotos if it has none."""
    files = sorted(folder.glob(f"*.{ending}"))
    if not files:
        raise NoPhotos(folder)
    return files

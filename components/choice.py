"""All that is chosen for the pictures of a photo, together."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.background_picker import Background
from components.crop_picker import Crop
from components.table import Piece

if TYPE_CHECKING:  # what takes time to import is imported where a photo needs it
    import numpy as np

    from pipeline.scene import Look


@dataclass(frozen=True)
class Choice:
    """All that is chosen for the pictures of a photo."""

    background: Background
    crop: Crop

    def look(self, piece: Piece, alpha: "np.ndarray") -> "Look":
        """The choice for one photo; alpha: (h, w) its matte at any scale."""
        from pipeline.scene import Look

        return Look(
            frame=self.crop.frame(piece, alpha),
            background=self.background.make,
            light=self.background.light,
            shadow=self.background.shadow,
        )

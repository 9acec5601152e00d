"""DeepMasque: from a photo of a person to a mask a film editor would accept.

    from pipeline import matte
    result = matte(image)
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.matting import Matte, matte

__all__ = ["Matte", "matte"]


def __getattr__(name):
    # Only who asks for the matte pays for SciPy and OpenCV; the app's first paint does not.
    if name in __all__:
        from pipeline import matting

        return getattr(matting, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""A textured face to turn with mouse, finger or arrow keys, drawn by three.js in the browser."""

from base64 import b64encode
from typing import TYPE_CHECKING

from components.own_component import own_component
from components.picture import data_url, screen_jpeg

if TYPE_CHECKING:
    import numpy as np

    from pipeline.face3d import FaceModel

# A phone's screen shows no more of the texture than this, and it travels with every change.
TEXTURE_SIDE = 1024


def face_viewer(face: "FaceModel", vertices: "np.ndarray", *, identity: str, text: str) -> None:
    """Shows a face.

    face: the fitted face; its isomap is the texture.
    vertices: (N, 3) in mm, its shape at the moment.
    identity: tells this face from the next; when it changes, the view starts from the front.
    text: what is shown, for people who do not see it.
    """
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    own_component("face_viewer")(
        key="face_viewer",
        data={
            "positions": _packed(vertices, "<f4"),
            "texture_coordinates": _packed(face.texture_coordinates, "<f4"),
            "triangles": _packed(face.triangles, "<u4"),
            "texture": _texture(face),
            "centre": [float(value) for value in (low + high) / 2],
            "height": float(high[1] - low[1]),
            "face": identity,
            "text": text,
        },
    )


def _texture(face):
    from pipeline.sampling import shrunk

    texture = shrunk(face.isomap[..., :3], TEXTURE_SIDE)
    return data_url(screen_jpeg(texture))


def _packed(values, kind: str) -> str:
    return b64encode(values.astype(kind).tobytes()).decode()

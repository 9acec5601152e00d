"""How a morphable face works: formulas, and pictures drawn from the model itself."""

from typing import TYPE_CHECKING

import streamlit as st

from components.picture import figure

if TYPE_CHECKING:
    from pipeline.face3d import FaceModel
    from pipeline.morphable_model import MorphableModel

PICTURE_SIDE = 220
SHAPES_SHOWN = 3
DEVIATIONS = 3


def face_lesson(face: "FaceModel", image) -> None:
    """Draws the whole lesson, with this person's figures in it."""
    surrey = face.model.name == "Surrey"
    _camera(face, image)
    st.header("Shape: the mean and the ways faces vary", anchor=False)
    st.latex(r"\mathbf v = \bar{\mathbf v} + \sum_k a_k\,\sigma_k \mathbf s_k + "
             r"\sum_j b_j \mathbf e_j")  # fmt: skip
    st.latex(r"a_k \sim \mathcal N(0, 1),\quad b_j \ge 0")
    source = (
        "components from 3D scans (Huber et al. 2016)"
        if surrey
        else "components of MediaPipe's face mesh over 1057 frontal portraits"
    )
    st.markdown(
        "Principal component analysis finds the directions in which faces differ most: "
        f"{face.model.shape_count} {source}. "
        f"The first {SHAPES_SHOWN}, each at minus and plus {DEVIATIONS} standard deviations:"
    )
    _show(_shape_figures(face.model))
    st.header("Expressions: six blendshapes", anchor=False)
    st.markdown(
        "Each expression is a displacement of all vertices, added with a weight that cannot be "
        "negative. "
        + (
            "These come with the Surrey model."
            if surrey
            else "These were drawn by us after the facial action coding system, not measured."
        )
        + " They are named after the faces that people make, not after what somebody feels."
    )
    _show(_expression_figures(face.model))
    st.header("Fitting: from landmarks to coefficients", anchor=False)
    if surrey:
        st.latex(
            r"\begin{aligned}\min_{a,b}\; &\sum_i \lVert C(\bar{\mathbf v}_i + S_i a + E_i b) - "
            r"\mathbf y_i \rVert^2 / \sigma^2 \\ &+ \lVert a \rVert^2 + \lVert b \rVert^2 / t^2"
            r"\end{aligned}"
        )
        st.markdown(
            "With the camera C known the landmarks y are linear in the coefficients, so the most "
            "likely face is the solution of one small system of equations. Along the jaw there "
            "are no fixed points: there the outline of the model in the photo (edge fitting) is "
            "matched to the outline of the face, and the vertex that forms it is looked up anew "
            "in every round. Camera, outline and coefficients take turns."
        )
    else:
        st.markdown(
            "MediaPipe's network gives all 468 points with depth. A similarity (Procrustes "
            "analysis) turns them to the front; the coefficients are the most likely ones for the "
            "mesh that results, and what they leave unexplained stays as this person's detail. "
            "That is why the mesh of a single photo goes exactly through its landmarks; that of "
            "several has what these have in common. The Surrey model, in contrast, is fitted to 50 "
            "landmarks and the jaw's outline."
        )
    st.header("Isomap: the texture spread out", anchor=False)
    st.markdown(
        "Every texel belongs to one place of the face. It is looked up in the photo through mesh "
        "and camera, and counts as much as it is seen: facing the camera, not hidden by the nose, "
        "inside the alpha matte, not hair along the hairline. What no photo shows is mirrored "
        "from the other side, matched in colour, and the rest filled in smoothly."
        + (
            " The Surrey model ends at the lips; we close its mouth with a patch, whose texture, "
            "with the teeth if the photo shows them, lies at the lower left."
            if surrey
            else ""
        )
    )
    _show(_isomap_figures(face))


def _camera(face, image):
    from pipeline.render import crop_face, draw_wireframe

    st.header("Camera: scaled orthographic projection", anchor=False)
    words, picture = st.columns([3, 2], gap="large")
    with words:
        st.latex(
            r"\begin{pmatrix}x\\y\end{pmatrix} = \mathbf o + s \begin{pmatrix}1&0&0\\0&-1&0"
            r"\end{pmatrix} R\,\mathbf v"
        )
        angles = face.camera.angles
        st.markdown(
            "Turn the face (R), drop its depth, scale it (s), move it (o). That is how a long "
            "lens sees: at portrait distance the depth of a face is small against the distance. "
            f"In this photo s is {face.camera.scale:.2f} pixels a millimetre, and the head is "
            f"turned by {abs(angles['yaw']):.0f}° to the photo's "
            f"{'right' if angles['yaw'] > 0 else 'left'}, looks {abs(angles['pitch']):.0f}° "
            f"{'up' if angles['pitch'] > 0 else 'down'} and is tilted by {abs(angles['roll']):.0f}°."
        )
    with picture:
        part, to_part = crop_face(image, face.landmarks)
        camera = face.camera.of_part(to_part)
        drawn = draw_wireframe(part, face.model, face.vertices, camera)
        st.html(figure(drawn, "The model as this camera sees it"))


def _show(figures: list[str]) -> None:
    """HTML figures side by side, as many as find room."""
    st.html(
        '<div style="display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, '
        f'minmax(8.5rem, 1fr))">{"".join(figures)}</div>'
    )


# For the session alone: the Surrey model was brought by this person, for no one else.
@st.cache_data(show_spinner=False, max_entries=4, scope="session")
def _cached_figures(name: str, _draw) -> list[str]:
    """The figures of a model by its name."""
    return _draw()


def _shape_figures(model: "MorphableModel") -> list[str]:
    def draw():
        figures = []
        for component in range(SHAPES_SHOWN):
            for sign, word in ((-DEVIATIONS, f"−{DEVIATIONS} σ"), (DEVIATIONS, f"+{DEVIATIONS} σ")):
                shape = [0.0] * component + [float(sign)]
                drawn = _clay(model, model.vertices(shape), 25)
                figures.append(figure(drawn, f"Component {component + 1}, {word}"))
        return figures

    return _cached_figures(f"{model.name} shapes", draw)


def _expression_figures(model: "MorphableModel") -> list[str]:
    from pipeline.morphable_model import EXPRESSIONS

    def draw():
        figures = []
        for place, name in enumerate(EXPRESSIONS):
            strength = [0.0] * place + [1.0]
            vertices = model.vertices(expression=strength)
            figures.append(figure(_clay(model, vertices, 15), name.capitalize()))
        return figures

    return _cached_figures(f"{model.name} expressions", draw)


def _isomap_figures(face: "FaceModel") -> list[str]:
    import numpy as np

    from pipeline.sampling import shrunk

    seen = (shrunk(face.seen, 2 * PICTURE_SIDE) * 255).astype(np.uint8)
    isomap = shrunk(face.isomap[..., :3], 2 * PICTURE_SIDE)
    return [
        figure(seen, "Seen in the photo"),
        figure((isomap * (seen[..., None] / 255)).astype(np.uint8), "Texture as seen"),
        figure(isomap, "Mirrored and filled in"),
    ]


def _clay(model, vertices, yaw):
    import numpy as np

    from pipeline.render import over, portrait_camera, render

    camera = portrait_camera(model, PICTURE_SIDE, yaw)
    drawn = render(model, vertices, camera, (PICTURE_SIDE, PICTURE_SIDE))
    behind = np.full((PICTURE_SIDE, PICTURE_SIDE, 3), (23, 21, 18), np.uint8)
    return over(behind, drawn)

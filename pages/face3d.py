"""3D face: from a portrait to a textured face that can be turned and changed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components.announce import announce
from components.entrance import come_through_the_app
from components.face_lesson import face_lesson
from components.face_viewer import face_viewer
from components.file_button import file_button
from components.loading import warm_up
from components.picture import figure
from components.places import a_place
from components.privacy import privacy_note
from components.server import let_go
from components.sitting import MOST_PHOTOS, Sitting, fit_sitting
from components.table import Piece
from components.unsaved import (
    ask_before_clearing,
    ask_before_leaving,
    say_what_is_forgotten,
)
from pipeline.formats import UPLOADED
from pipeline.samples import SAMPLES

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

MODELS = {"embedded": "Face mesh", "surrey": "Surrey"}
SHAPE_SLIDERS = 5
LARGEST_SHAPE = 3.0
LARGEST_EXPRESSION = 1.5
FILES = {
    "glb": ("GLB", "glb", "model/gltf-binary"),
    "obj": ("OBJ + texture", "obj.zip", "application/zip"),
    "ply": ("PLY", "ply", "application/octet-stream"),
    "png": ("Isomap", "isomap.png", "image/png"),
}
NO_FEELINGS = (
    "Six movements of the face, added up; a laugh can need some of what is called anger. They say "
    "nothing of what somebody feels."
)
GOES_THROUGH = " The face mesh of one photo goes through its landmarks: it is made of them."
WHERE_FROM = """\
The [Surrey Face Model](https://github.com/patrikhuber/eos) (Huber et al. 2016) is a statistical
model of 3D scans. Its authors give the low-resolution shape model away **for non-commercial
purposes**, so it does not come with DeepMasque. Get the folder `share` of the eos library and
either start DeepMasque with `DEEPMASQUE_SFM` set to it, or choose that folder here; the model then
stays in this session only. Five of its files are used:
{files}."""


def main() -> None:
    """The page: either it asks for photos or it shows the face."""
    sitting = st.session_state.get("sitting")
    if sitting is None:
        ask_for_photos()
    else:
        show_sitting(sitting)
    privacy_note()
    warm_up()


def ask_for_photos() -> None:
    """The entrance: the Studio's photo, an upload, or a sample."""
    st.title("A Face in :primary[Three Dimensions]", anchor=False)
    st.markdown(
        "Give a portrait. Get a face to turn, to give other expressions, and to take away as a "
        "textured 3D model."
    )
    say_what_is_forgotten("face3d")
    done = [piece for piece in st.session_state.get("pieces", []) if piece.result and piece.found]
    if done:
        take_from_studio(done)
    files = st.file_uploader(
        "Portraits",
        type=UPLOADED,
        accept_multiple_files=True,
        label_visibility="collapsed",
        # A new one after every upload, or its photos would be taken again with the next ones.
        key=f"face3d_uploaded_{st.session_state.setdefault('face3d_uploads', 0)}",
    )
    st.caption(
        f"Several photos of the same person, up to {MOST_PHOTOS}, are fitted together: the second "
        "side of the face then comes from a photo, not from a mirror."
    )
    if files:
        given = [(file.name, file.getvalue()) for file in files]
        take(Sitting(photos=given[:MOST_PHOTOS], left_out=len(given[MOST_PHOTOS:])), files)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("No photo at hand?")
        for sample in SAMPLES:
            if st.button(sample.person, key=f"face3d_{sample.file.stem}"):
                take(Sitting(photos=[(sample.file.name, sample.file.read_bytes())]))
    announce("")


def take_from_studio(done: list[Piece]) -> None:
    """Draws the choice among the Studio's photos, and the button that takes them."""
    pieces, label = done, f"{done[0].choice} from the Studio"
    if len(done) > 1:
        by_key = {piece.key: piece for piece in done}
        before = st.session_state.get("face3d_of_studio_left", [])
        keys = st.multiselect(
            "Photos of one person from the Studio",
            list(by_key),
            default=[key for key in before if key in by_key],
            format_func=lambda key: by_key[key].title,
            max_selections=MOST_PHOTOS,
            placeholder="Choose one, or several of the same person",
            key="face3d_of_studio",
        )
        # Widgets are forgotten with the page that they were on.
        st.session_state["face3d_of_studio_left"] = keys
        pieces, label = [by_key[key] for key in keys], "Make the face"
    pressed = st.button(
        label,
        icon=":material/theater_comedy:",
        type="primary",
        disabled=not pieces,
        key="face3d_from_studio",
    )
    if pressed:
        take(Sitting(photos=[], pieces=pieces))


def take(sitting: Sitting, uploads: Sequence = ()) -> None:
    """Lays the photos out, which may be uploads, and starts."""
    st.session_state["sitting"] = sitting
    if uploads:
        st.session_state["face3d_uploads"] += 1
        let_go(uploads)
    st.rerun()


def name_sitting(place: "DeltaGenerator", sitting: Sitting) -> None:
    """Its title; some of the photos may turn out not to be used."""
    more = f" and {sitting.more} more" if sitting.more else ""
    place.title(sitting.label + more, anchor=False)


def show_sitting(sitting: Sitting) -> None:
    """The bar with the choice of model, then the face or why there is none."""
    with st.container(horizontal=True, vertical_alignment="center", key="bar"):
        bar = st.empty()
        name_sitting(bar, sitting)
        st.space("stretch")
        asked = st.button("New photo", icon=":material/add_photo_alternate:", key="face3d_new")
    if asked:
        # Amid its work there is nothing of it yet.
        if sitting.precious and not sitting.waits:
            ask_before_clearing("the photos and what was made of them", clear_sitting)
        else:
            clear_sitting()
    wanted = st.segmented_control(
        "Model",
        list(MODELS),
        default="surrey" if sitting.surrey else "embedded",
        required=True,
        format_func=MODELS.get,
        help="The face mesh is MediaPipe's and always there. The Surrey Face Model is finer and "
        "statistical, and yours to bring.",
        key="face3d_model",
    )
    if (wanted == "surrey") != sitting.surrey:
        take(sitting.with_other_model())
    model = surrey_of_this_session() if sitting.surrey else None
    if sitting.surrey and model is None:
        leave_without_face(sitting, "The Surrey model is not there yet")
        return
    if sitting.waits:
        line = st.empty()
        with st.spinner("Making the face"):
            fit_sitting(sitting, model, line.caption)
        line.empty()
        name_sitting(bar, sitting)
    if sitting.failure:
        st.error(sitting.failure)
        leave_without_face(sitting, "No face could be made")
        return
    announce(f"The face of {sitting.name} is done")
    if sitting.more:
        st.caption(f"Made of {sitting.more + 1} photos, which are assumed to show the same person.")
    for note in sitting.notes:
        st.warning(note, icon=":material/info:")
    show_face(sitting)
    show_photo(sitting)
    with st.expander("How it works", icon=":material/school:"):
        face_lesson(sitting.face, sitting.image)


def clear_sitting() -> None:
    """Back to the entrance."""
    sitting = st.session_state.pop("sitting")
    if sitting.other:  # or each would hold the other in memory until the next collection
        sitting.other.other = None
    st.rerun()


def leave_without_face(sitting: Sitting, why: str) -> None:
    """Ends a page that shows none: says so aloud, and that the photos go with the tab."""
    announce(why)
    ask_before_leaving("face3d", sitting.precious)


def surrey_of_this_session():
    """The Surrey model from the server's folder or the person's own, or a request for it."""
    from pipeline.image import ImageError
    from pipeline.surrey import SHA256, surrey_folder, surrey_model, surrey_model_from_files

    if "surrey_model" in st.session_state:
        return st.session_state["surrey_model"]
    if surrey_folder() is not None:
        try:
            return surrey_model()
        except ImageError as error:
            st.error(str(error))
    st.info(
        WHERE_FROM.format(files=", ".join(f"`{name}`" for name in SHA256)),
        icon=":material/folder_open:",
    )
    files = st.file_uploader(
        "The folder share of the eos library",
        type=["bin", "json", "txt"],
        accept_multiple_files="directory",
        key="surrey_files",
    )
    if not files:
        return None
    try:
        # A folder's files come with their path in front.
        model = surrey_model_from_files(
            {file.name.rsplit("/", 1)[-1]: file.getvalue() for file in files}
        )
    except ImageError as error:
        st.error(str(error))
        return None
    st.session_state["surrey_model"] = model
    let_go(files)
    st.rerun()


@st.fragment
def show_face(sitting: Sitting) -> None:
    """The viewer and what can be changed; reruns without the rest."""
    from pipeline.step import duration

    face = sitting.face
    picture, choices = st.columns([5, 3], gap="large")
    with choices:
        shape, expression = sliders(sitting)
        vertices = face.deformed(shape, expression)
        download_buttons(sitting, vertices)
    sitting.moved = bool((shape != face.shape).any() or (expression != face.expression).any())
    ask_before_leaving("face3d", sitting.precious)
    with picture:
        face_viewer(
            face,
            vertices,
            identity=str(sitting.number),
            text=f"Three-dimensional face made from {sitting.name}: drag or arrow keys to turn, "
            "wheel, two fingers or + and - to zoom",
        )
        angles = face.camera.angles
        st.caption(
            f"Pose in the photo: yaw {round(angles['yaw'])}°, pitch {round(angles['pitch'])}°, roll "
            f"{round(angles['roll'])}°. {len(face.vertices)} vertices, {len(face.triangles)} "
            f"triangles; fitted in {duration(face.timings['fit'])}, texture in "
            f"{duration(face.timings['texture'])}."
        )


def sliders(sitting: Sitting):
    """Expressions and first shape components, from what was fitted; returns both coefficients."""
    from pipeline.morphable_model import EXPRESSIONS

    face = sitting.face
    expression, shape = face.expression.copy(), face.shape.copy()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Expression**")
        st.space("stretch")
        if st.button("Reset", icon=":material/restart_alt:", key="face3d_reset"):
            sitting.resets += 1
            sitting.chosen.clear()
    st.caption(NO_FEELINGS)
    halves = st.columns(2)
    for place, name in enumerate(EXPRESSIONS):
        with halves[place % 2]:
            expression[place] = slider(
                sitting, name.capitalize(), float(expression[place]), (0.0, LARGEST_EXPRESSION), 2
            )
    with st.expander("Shape"):
        for place in range(SHAPE_SLIDERS):
            shape[place] = slider(
                sitting,
                f"Component {place + 1}",
                float(shape[place]),
                (-LARGEST_SHAPE, LARGEST_SHAPE),
                1,
                "In standard deviations; it starts at this person's own value."
                if place == 0
                else None,
            )
    return shape, expression


def slider(
    sitting: Sitting,
    label: str,
    fitted: float,
    ends: tuple[float, float],
    digits: int,
    explanation: str | None = None,
) -> float:
    """A coefficient: what the slider was moved to, or else exactly what was fitted.

    Streamlit forgets where a slider stood as soon as another page is looked at; the sitting does
    not.
    """
    start = round(min(max(fitted, ends[0]), ends[1]), digits)
    chosen = st.slider(
        label,
        *ends,
        value=sitting.chosen.get(label, start),
        step=10.0**-digits,
        key=f"{label}_{sitting.number}_{sitting.resets}",
        help=explanation,
    )
    sitting.chosen[label] = chosen
    return fitted if chosen == start else chosen


def download_buttons(sitting: Sitting, vertices) -> None:
    """Files of the face as it is shown, made when they are asked for."""

    def made(kind: str) -> bytes:
        from pipeline.mesh_export import encode

        with a_place(queue="views"):
            return encode(sitting.face, kind, vertices)

    st.markdown("Download")
    with st.container(key="downloads"):
        for column, (kind, (label, ending, mime)) in zip(
            2 * st.columns(2), FILES.items(), strict=True
        ):
            with column:
                file_button(
                    label,
                    lambda kind=kind: made(kind),
                    f"{sitting.name}.{ending}",
                    mime,
                    f"face3d_download_{kind}",
                )


def show_photo(sitting: Sitting) -> None:
    """The fit over the photo, the landmarks with their errors, and the isomap."""
    from pipeline.render import crop_face, draw_landmarks, draw_wireframe
    from pipeline.sampling import moved, shrunk

    face = sitting.face
    part, to_part = crop_face(sitting.image, face.landmarks)
    mesh, points, texture = st.columns(3, gap="medium")
    with mesh:
        camera = face.camera.of_part(to_part)
        drawn = draw_wireframe(part, face.model, face.vertices, camera)
        st.html(figure(drawn, "The fitted mesh over the photo"))
    with points:
        given, found = (moved(each, to_part) for each in (face.landmarks, face.reprojected))
        words = (
            f"Landmarks (dots) and where the model puts them (rings): {face.error:.1f} pixels "
            f"apart in the median, {100 * face.error / face.interocular:.1f} % of the distance "
            "between the outer eye corners."
            + ("" if sitting.surrey or sitting.more else GOES_THROUGH)
        )
        drawn = draw_landmarks(part, given, found, size=4)
        st.html(figure(drawn, words, "The photo with landmarks and the model's points"))
    with texture:
        seen = (face.seen[face.isomap[..., 3] > 0] > 0.5).mean()
        photos = "photo" if len(face.cameras) == 1 else "photos"
        words = (
            f"The isomap: {seen:.0%} of it seen in the {photos}, the rest filled in. Hands, glasses "
            "and hair in front of the face count as part of the person, so they are painted onto "
            "the skin: choose a photo where nothing covers it."
        )
        isomap = shrunk(face.isomap[..., :3], 560)
        st.html(figure(isomap, words, "The texture of the face, spread out"))


come_through_the_app("pages/face3d.py")
main()

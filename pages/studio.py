"""Studio: a photo in, the person cut out, on a new background."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components.address import forget, read_address, write_address
from components.announce import announce
from components.background_picker import background_picker, forget_picture_before
from components.choice import Choice
from components.crop_picker import crop_picker, note_crop
from components.downloads import download_buttons
from components.edge import edge_at_first, edge_settings, forget_edge, keep_edge
from components.entrance import come_through_the_app
from components.loading import warm_up
from components.paste import paste_button
from components.picture import data_url, screen_jpeg
from components.privacy import privacy_note
from components.result_view import PAINTED_ON, show_for_painting, show_result
from components.secure_context import note_what_a_browser_withholds
from components.server import answer_clicks, let_go
from components.table import STAGES, Piece, finish, lay_out
from components.tabs import kept_tabs
from components.trouble import show_trouble
from components.unsaved import (
    ask_before_clearing,
    ask_before_leaving,
    say_what_is_forgotten,
)
from components.view import choose, chosen, look_away, shown
from pipeline.formats import UPLOADED
from pipeline.samples import SAMPLES

if TYPE_CHECKING:  # what takes time to import is imported where a photo needs it
    import numpy as np

MOST_PHOTOS = 20

# Longer side in pixels.
THUMBNAIL_SIDE = 560

# What the pictures on the way from photo to result show.
WAY = {
    "Photo": "The photo as it was given",
    "Trimap": "White: person, black: background, grey: to be worked out",
    "Alpha": "The alpha matte: how much of each pixel is person",
    "Final": "The person on the new background",
}


def main() -> None:
    """The page: either it asks for photos or it shows what has come of them."""
    read_address()
    pieces = st.session_state.setdefault("pieces", [])
    if pieces and all(piece.lost for piece in pieces):
        # Nothing to show but why: that is said at the entrance, where another can be given.
        st.session_state["problems"] += [f"{piece.label}: {piece.failure}" for piece in pieces]
        st.session_state["pieces"] = pieces = []
    if pieces:
        show_results(pieces)
    else:
        ask_for_photos()
    privacy_note()
    warm_up()


def ask_for_photos() -> None:
    """The entrance: upload, camera, or a sample."""
    # New widgets after every photo, or theirs would be taken again when its work is cancelled.
    fresh = st.session_state.setdefault("uploads", 0)
    with st.container(key="entrance"):
        words, samples = st.columns([5, 4], gap="large", vertical_alignment="center")
    with words:
        st.title("We Create :primary[Real Masks]", anchor=False)
        st.markdown(
            "Give a photo of a person. Get a mask that a film editor would accept, down to the "
            "hair, and the person on any background."
        )
        say_what_is_forgotten("studio")
        for problem in st.session_state.pop("problems", []):
            st.error(problem)
        files = st.file_uploader(
            "Photos",
            type=UPLOADED,
            accept_multiple_files=True,
            label_visibility="collapsed",
            key=f"uploaded_{fresh}",
        )
        if files:
            take([(file.name, file.getvalue()) for file in files], files)
        with st.container(horizontal=True, vertical_alignment="center"):
            paste_button()
            camera_on = st.toggle("Take a photo with the camera", key=f"camera_on_{fresh}")
        if camera_on:
            note_what_a_browser_withholds("camera")
            shot = st.camera_input(
                "Camera", label_visibility="collapsed", resolution="1080p", key=f"shot_{fresh}"
            )
            if shot:
                take([("camera.jpg", shot.getvalue())], [shot])
        st.caption(
            f"Up to {MOST_PHOTOS} photos can be dropped at once. A trimap of your own? Upload it "
            "along with its photo and name the two alike: Image1.jpg and Trimap1.png."
        )
    with samples, st.container(key="samples"):
        st.markdown("No photo at hand? Try one of these.")
        for column, sample in zip(st.columns(len(SAMPLES)), SAMPLES, strict=True):
            key = f"sample_{sample.file.stem}"
            # The button is the photograph; Streamlit's buttons take no picture of their own.
            st.html(
                f"<style>.st-key-{key} button {{ background-image: linear-gradient(transparent "
                f"60%, #000c), url(app/static/samples/{sample.file.name}) }}</style>"
            )
            if column.button(sample.person, key=key, width="stretch"):
                take([(sample.file.name, sample.file.read_bytes())])
    announce("")


def take(files: list[tuple[str, bytes]], uploads: Sequence = ()) -> None:
    """Lays the files out as pieces and starts. uploads: those of them that Streamlit holds."""
    pieces, problems = lay_out(files, edge_at_first())
    if len(pieces) > MOST_PHOTOS:
        first, *more = [piece.label for piece in pieces[MOST_PHOTOS:]]
        others = f" and {len(more)} more" if more else ""
        problems.append(
            f"{MOST_PHOTOS} photos at most can be done at once: {first}{others} were left out."
        )
    st.session_state["uploads"] += 1
    st.session_state["pieces"] = pieces[:MOST_PHOTOS]
    st.session_state["problems"] = problems
    look_away()
    let_go(uploads)
    st.rerun()


def show_results(pieces: list[Piece]) -> None:
    """What is done first, then one more piece is done; so the first result is there soon."""
    with st.container(horizontal=True, vertical_alignment="center", key="bar"):
        good = [piece for piece in pieces if not piece.lost]
        title = good[0].label if len(good) == 1 else f"{len(good)} photos"
        st.title(title, anchor=False, width="content")
        st.space("stretch")
        asked = st.button("New photo", icon=":material/add_photo_alternate:", key="new")
    if asked:
        if precious(pieces):
            what = "all photos" if len(pieces) > 1 else "the photo"
            painted = " and brush strokes" if any(piece.strokes for piece in pieces) else ""
            ask_before_clearing(what + painted, clear_the_table)
        else:
            clear_the_table()
    for piece in pieces:
        if piece.wanted and piece.failure:  # it keeps the result that it has
            keep_edge(piece)
    # Drawn in every run, or the bar of the one before would fade here until this one is over.
    watched, bar = st.empty(), st.empty()
    with st.container():  # sentences come and go, and what follows keeps its place
        show_trouble(pieces, st.session_state.setdefault("problems", []))
    done = [piece for piece in pieces if piece.result]
    waiting = [piece for piece in pieces if piece.waits]
    announce(f"Working on {waiting[0].name}" if waiting else f"Done: {len(done)} of {len(pieces)}")
    works = waiting and not asked  # the next run would take the question away
    if works:
        with (bar if done else watched).container():
            say, look = show_progress(waiting[0], pieces, first=not done)
    if done:
        show_finished(done, pieces)
    else:
        ask_before_leaving("studio", precious(pieces))
    if works:
        finish(waiting[0], say, look)
        st.rerun()


def precious(pieces: list[Piece]) -> bool:
    """Whether they are more than one photo's work, which is soon done again."""
    return len(pieces) > 1 or any(piece.strokes for piece in pieces)


def clear_the_table() -> None:
    """Back to the entrance."""
    for key in ("pieces", "problems", "tool_left", "tool_for_nobody_left"):
        st.session_state.pop(key, None)
    forget_edge()
    forget_picture_before()
    forget("margin")  # it is not seen before the tab of crops is looked at
    write_address()
    look_away()
    st.rerun()


def show_progress(
    piece: Piece, pieces: list[Piece], *, first: bool
) -> "tuple[Callable[[str, float], None], Callable[[np.ndarray], None]]":
    """Draws the bar of a piece that is done next; the first is watched where its result will be.

    Returns what is to be told of its progress and what is to be shown its photo (see `finish`).
    """
    picture, beside = st.columns([5, 3], gap="large") if first else (None, st.container())
    good = [each for each in pieces if not each.lost]
    which = f"{good.index(piece) + 1} of {len(good)}: " if len(good) > 1 else ""
    if piece.result:  # it is done anew, and no part of a row
        which = f"{piece.choice}: "
    more = sum(each.waits for each in pieces) > 1
    with beside:
        with st.container(horizontal=True, vertical_alignment="center"):
            bar = st.progress(0.0, f"{which}{STAGES['reading']}")
            st.button(
                "Cancel this and the rest" if more else "Cancel",
                icon=":material/close:",
                on_click=leave_the_rest,
                key="cancel",
            )
        if more:
            st.caption("The others follow while this page is open.")

    def say(stage: str, share: float) -> None:
        if stage == "waiting":
            answer_clicks()
        bar.progress(min(1.0, share), which + STAGES[stage])

    def look(image: "np.ndarray") -> None:
        if picture:
            height, width = image.shape[:2]
            picture.html(
                f'<img class="working" style="--proportion: {width / height:.4f}" '
                f'src="{data_url(thumbnail(image))}" alt="The photo that is being worked on">'
            )

    return say, look


def leave_the_rest() -> None:
    """Keeps what is done; a result that was only to be done anew stays as it is."""
    for piece in st.session_state["pieces"]:
        if piece.wanted:
            keep_edge(piece)
    st.session_state["pieces"] = [
        piece for piece in st.session_state["pieces"] if not piece.waits
    ]


@st.fragment
def show_finished(done: list[Piece], pieces: list[Piece]) -> None:
    """The result, the choice of background, and the way there; reruns without the rest."""
    from pipeline.image import ImageError

    if len(done) > 1:
        key = f"chosen_of_{len(done)}"
        st.pills(
            "Photo",
            range(len(done)),
            default=done.index(chosen(done)),
            required=True,
            format_func=lambda place: done[place].choice,
            label_visibility="collapsed",
            key=key,
            # By the time the next run draws them, one more may be done, and these are no more.
            on_change=lambda: choose(done[st.session_state[key]]),
        )
    piece = chosen(done)
    try:
        show_piece(piece, done)
    except ImageError as error:
        st.error(f"{piece.label}: {error}")
    ask_before_leaving("studio", precious(pieces))


def show_piece(piece: Piece, done: list[Piece]) -> None:
    """One finished photo, what can be changed about it, and its files."""
    picture, choices = st.columns([5, 3], gap="large")
    with choices:
        background_panel, crop_panel, edge_panel, correct_panel = tools(piece)
        with background_panel:
            background = background_picker()
        with crop_panel:
            crop = crop_picker(piece)
        with edge_panel:
            edge_settings(piece)
        with correct_panel:
            under = correction_settings(piece)
        choice = Choice(background, crop)
        if not crop_panel.open:
            note_crop(crop, piece)
        download_buttons(piece, done, choice)
    with picture:  # where a note that goes moves nothing but the picture
        for note in filter(None, (*piece.advice, piece.unpainted)):
            st.warning(note, icon=":material/info:")
        if not piece.found and not piece.strokes:
            where = "in the picture below" if correct_panel.open else "on the tab *Correct*"
            st.caption(f"Or paint over the person with *Keep*, {where}.")
        if correct_panel.open:
            final = show_for_painting(piece, choice, under)
        else:
            final = show_result(piece, choice)
    show_way(piece, final)
    write_address()


def tools(piece: Piece) -> list:
    """The tabs of what can be changed."""
    names = ("Background", "Crop", "Edge", "Correct")
    if piece.found:
        return kept_tabs(names, "tool")
    return kept_tabs(names, "tool_for_nobody", names[-1])


def correction_settings(piece: Piece) -> str:
    """What is said about the brush; returns what the picture under it shows."""
    st.markdown(
        "Paint over what is wrong, in the picture."
        if piece.found
        else "Paint over the person with Keep and, roughly, along the edge with Unsure."
    )
    shows = st.pills(
        "Under the brush",
        list(PAINTED_ON),
        default="Dimmed",
        required=True,
        # Where nobody was found the result shows nothing to paint on.
        key="painted_on" if piece.found else "painted_on_nobody",
        persist_state="session",
    )
    st.caption(PAINTED_ON[shows])
    if piece.trimap is None and piece.strokes:
        st.caption("A change of the edge settings keeps what was painted.")
    return shows


def show_way(piece: Piece, final: "np.ndarray") -> None:
    """The pictures from photo to result side by side, with the times."""
    view = shown(piece)
    pictures = {"Photo": view.image, "Trimap": view.trimap, "Alpha": view.alpha, "Final": final}
    figures = "".join(
        f'<figure><img src="{data_url(thumbnail(pixels))}" alt="{WAY[name]}">'
        f"<figcaption>{name}</figcaption></figure>"
        for name, pixels in pictures.items()
    )
    st.html(f'<div class="way">{figures}</div>')
    stages = ", ".join(
        f"{stage} {seconds:.2f}" for stage, seconds in piece.timings.items() if stage != "all"
    )
    st.caption(f"Done in {piece.timings['all']:.2f} seconds: {stages}.")


def thumbnail(pixels: "np.ndarray") -> bytes:
    """A small picture for the screen."""
    from pipeline.sampling import shrunk

    return screen_jpeg(shrunk(pixels, THUMBNAIL_SIDE))


come_through_the_app("pages/studio.py")
main()

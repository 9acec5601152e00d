"""Step by step: one photo walks through every stage, for a lecture or for the curious."""

from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from components.announce import announce
from components.entrance import come_through_the_app
from components.loading import warm_up
from components.markdown import as_written
from components.own_component import listen
from components.own_file import OWN_PHOTO, ask_for_photo, forget_own, own_so_far
from components.picture import screen_jpeg
from components.picture_row import picture_row
from components.privacy import privacy_note
from components.steps_color_space import color_space_chart
from components.steps_pixel import pixel_picture
from components.steps_residuals import residual_chart
from components.steps_settings import (
    offer_defaults,
    offer_settings,
    settings_of_address,
    usual_settings,
)
from components.steps_walk import SAMPLE_OF, Walked, walk_of
from components.table import USUAL_EDGE, Piece
from components.unsaved import mind_own_photo
from components.view import chosen
from pipeline.samples import SAMPLES

if TYPE_CHECKING:  # what takes time to import is imported where a photo needs it
    from pipeline.links import Links
    from pipeline.step import Step
    from pipeline.walk import Settings

STYLES = Path(__file__).resolve().parent.parent / "components"
STUDIO, OWN = "studio", "own"
LABELS = {name: sample.person for name, sample in SAMPLE_OF.items()}
LABELS |= {STUDIO: "The photo in the Studio", OWN: OWN_PHOTO}

# More pictures than this have the width of the page to themselves, the words below.
BESIDE_WORDS, BESIDE_WORDS_PRESENTING = 2, 1
NEIGHBOURS_LISTED = 5


def main() -> None:
    """The page: a photo, one of its steps, and the way to the others."""
    from pipeline.image import ImageError

    st.html(STYLES / "steps.css")
    from_studio = studio_piece()
    there = hash(from_studio and from_studio.photo)
    go_on_where_it_was_left(there)
    st.session_state["walk_left"] = there, st.query_params.to_dict()
    presenting = st.query_params.get("present") == "1"
    if presenting:
        st.html(STYLES / "steps_present.css")
    with st.container(key="walk"):
        # Presenting, all buttons are larger.
        way, choices = st.columns([5, 3 if presenting else 2], vertical_alignment="center")
        with choices, st.container(horizontal=True, horizontal_alignment="right"):
            name, photo, called = choose_photo(from_studio)
            show_present_button(presenting)
        mind_own_photo("steps", "walk")
        if photo is None:
            st.info("Upload a photo of a person to walk through it.")
            stop_without_steps("", ask=True)
        if name == STUDIO and not presenting:
            note_what_is_left_out(from_studio)
        if st.query_params.get("photo") == STUDIO and name != STUDIO:
            st.info("The Studio shows no photo in this browser; here is a sample.")
        # A chosen pixel means nothing in another photo.
        if st.session_state.get("walk_pixel_of") != photo:
            st.session_state["walk_pixel_of"] = photo
            st.session_state.pop("walk_pixel", None)
        usual = usual_settings(from_studio.edge if name == STUDIO else USUAL_EDGE)
        try:
            walked = walk_of(name, photo, settings_of_address(usual))
        except ImageError as error:
            st.error(f"{as_written(called)}: {error}")
            stop_without_steps("This photo cannot be walked through", ask=name == OWN)
        steps = walked.steps
        position = current(steps)
        with way:
            show_way(steps, position)
        place = f"Step {position + 1} of {len(steps)}"
        show_step(steps[position], place, walked, presenting)
        announce(f"{place}: {steps[position].title}")
        listen("steps_turn", step=steps[position].name)
        if walked.walk.settings != usual:
            offer_defaults()
    if not presenting:
        privacy_note()
    warm_up()


def stop_without_steps(said: str, *, ask: bool) -> NoReturn:
    """Ends the page where there is no walk. said: to who hears it. ask: for a photo of one's own."""
    if ask:
        ask_for_photo("walk")
    announce(said)
    listen("steps_turn", step="")
    privacy_note()
    st.stop()


def go_on_where_it_was_left(there: int) -> None:
    """Gives the address what it had when the page was left; if the Studio shows another photo
    since, which has another hash, only the step.

    The menu leads to the page's bare address; of a page that has not been left there are widgets.
    """
    left = st.session_state.get("walk_left")
    if left and "walk_photo" not in st.session_state and not st.query_params:
        there_then, settings = left
        if there_then != there:
            settings = {name: value for name, value in settings.items() if name == "step"}
        st.query_params.from_dict(settings)


def choose_photo(from_studio: Piece | None) -> tuple[str, bytes | None, str]:
    """Draws the choice of photos; returns the name of the one chosen, its file, and how that is
    called.
    """
    choices = [*SAMPLE_OF, *([STUDIO] if from_studio else []), OWN]
    wanted = st.query_params.get("photo", STUDIO if from_studio else SAMPLES[0].file.stem)
    st.session_state["walk_photo"] = wanted if wanted in choices else SAMPLES[0].file.stem
    own = own_so_far("walk")
    with st.popover("Photo", icon=":material/photo_library:", key="walk_panel"):
        name = st.radio(
            "Which photo",
            choices,
            format_func=LABELS.get,
            key="walk_photo",
            on_change=lambda: st.query_params.update(photo=st.session_state["walk_photo"]),
        )
        if name == OWN and own:
            st.caption(as_written(own[0]))
            st.button("Another photo", key="walk_another", on_click=forget_own, args=("walk",))
        if name in SAMPLE_OF:
            st.caption(f"Photo: {SAMPLE_OF[name].credit}, public domain")
    if name in SAMPLE_OF:
        file = SAMPLE_OF[name].file
        return name, file.read_bytes(), file.name
    # Who loads the page again is told that the Studio has it no more.
    st.query_params["photo"] = name
    if name == STUDIO:
        return name, from_studio.photo, from_studio.name
    called, photo = own or ("", None)  # whoever has yet to give one is asked for it on the page
    return name, photo, called


def note_what_is_left_out(piece: Piece) -> None:
    """Says so where the Studio's result is not only the pipeline's."""
    if piece.trimap is not None:
        st.caption("It came with a trimap of its own; here it gets one from its mask.")
    if piece.strokes:
        st.caption("What was painted in the Studio is left out: here is what the pipeline does.")


def studio_piece() -> Piece | None:
    """The piece that the Studio shows, if it shows one."""
    done = [piece for piece in st.session_state.get("pieces", []) if piece.result]
    return chosen(done) if done else None


def show_present_button(presenting: bool) -> None:
    """In and out of the mode for lecture halls."""
    if presenting:
        st.button(
            "End",
            icon=":material/close_fullscreen:",
            shortcut="Esc",
            key="walk_end",
            on_click=lambda: st.query_params.pop("present", None),
        )
    else:
        st.button(
            "Present",
            icon=":material/slideshow:",
            shortcut="P",
            key="walk_present",
            on_click=lambda: st.query_params.update(present="1"),
        )


def current(steps: list["Step"]) -> int:
    """The position of the step that the address names, or the first."""
    names = [step.name for step in steps]
    asked = st.query_params.get("step")
    return names.index(asked) if asked in names else 0


def go_to(name: str) -> None:
    """Puts a step into the address."""
    st.session_state["walk_at"] = st.query_params["step"] = name


def go_by(names: list[str], count: int) -> None:
    """So many steps on, or back, from the one that was asked for last. The address that comes with
    a press may be older than that: a browser sends what it has been told so far.
    """
    position = names.index(st.session_state["walk_at"]) + count
    go_to(names[min(len(names) - 1, max(0, position))])


def show_way(steps: list["Step"], position: int) -> None:
    """Back, forward, or straight to a step; the arrow keys do it too."""
    names = [step.name for step in steps]
    st.session_state["walk_at"] = st.session_state["walk_chosen"] = names[position]
    with st.container(horizontal=True, vertical_alignment="center", key="walk_step"):
        st.button(
            "Back",
            shortcut="Left",
            disabled=position == 0,
            key="walk_back",
            on_click=go_by,
            args=(names, -1),
        )
        st.selectbox(
            "Step",
            names,
            format_func=lambda name: f"{names.index(name) + 1}  {steps[names.index(name)].title}",
            label_visibility="collapsed",
            key="walk_chosen",
            on_change=lambda: go_to(st.session_state["walk_chosen"]),
        )
        st.button(
            "Next",
            shortcut="Right",
            type="primary",
            disabled=position == len(steps) - 1,
            key="walk_next",
            on_click=go_by,
            args=(names, 1),
        )


def show_step(step: "Step", place: str, walked: Walked, presenting: bool) -> None:
    """Pictures, words, formulas and numbers of one step."""
    from pipeline.step import duration

    time = "" if step.seconds is None else f", done in {duration(step.seconds)}"
    st.html(f'<span class="walk-kicker">{place}{time}</span>')
    st.title(step.title, anchor=False)
    settings = walked.walk.settings
    if step.name == "neighbours":
        show_neighbours(step, walked.links, presenting)
        offer_settings(step.name, settings)
    else:
        show_pictures_and_words(step, settings, presenting)


def show_pictures_and_words(step: "Step", settings: "Settings", presenting: bool) -> None:
    """A few pictures beside the words, more of them above."""
    if len(step.pictures) > (BESIDE_WORDS_PRESENTING if presenting else BESIDE_WORDS):
        picture_row(step.pictures)
        words, numbers = st.columns([3, 2], gap="large")
    else:
        pictures, words = st.columns([6, 5], gap="large")
        numbers = words
        with pictures:
            picture_row(step.pictures)
    with words:
        show_words(step)
        offer_settings(step.name, settings)
    with numbers:
        if step.residuals:
            from pipeline.knn import TOLERANCE

            residual_chart(step.residuals, TOLERANCE, large=presenting)
        show_facts(step)


def show_words(step: "Step") -> None:
    """The paragraph, the formulas and where they come from."""
    with st.container(key="walk_words"):
        st.markdown(step.words)
        for equation in step.equations:
            st.latex(equation)
        st.caption(step.source)


def show_facts(step: "Step") -> None:
    """The numbers of this photo; at the end also what every stage took."""
    from pipeline.step import duration, memory_in_words

    facts = "".join(f"<div><dt>{what}</dt><dd>{value}</dd></div>" for what, value in step.facts)
    rows = "".join(
        f"<tr><td>{each.stage}</td><td>{duration(each.seconds)}</td>"
        f"<td>{memory_in_words(each.kept_bytes)}</td></tr>"
        for each in step.costs
    )
    if rows:
        st.html(
            '<table class="walk-table"><thead><tr><th>Stage</th><th>Time</th><th>Memory kept</th>'
            f"</tr></thead><tbody>{rows}</tbody></table>"
        )
    st.html(f'<dl class="walk-facts">{facts}</dl>')


@st.fragment
def show_neighbours(step: "Step", links: "Links", presenting: bool) -> None:
    """Choose a pixel of the band, by a click or with two sliders, and see who it is linked to."""
    height, width = links.unknown.shape
    # Kept when settings change, so that the same pixel can be compared.
    kept = st.session_state.setdefault("walk_pixel", links.start)
    pixel = links.nearest_unknown(min(kept[0], width - 1), min(kept[1], height - 1))
    picture, beside = st.columns([6, 5], gap="large")
    with picture:
        pixel_picture(
            screen_jpeg(links.picture(pixel)),
            (width, height),
            f"The photo with lines from pixel {pixel[0]}, {pixel[1]} to its neighbours",
            lambda x, y: st.session_state.update(walk_pixel=(x, y)),
        )
        st.caption("Click into the picture: the nearest pixel of the band is taken.")
        choose_pixel(links, pixel)
    with beside:
        show_words(step)
        color_space_chart(links, pixel, large=presenting)
        show_list(links, pixel)
        show_facts(step)


def choose_pixel(links: "Links", pixel: tuple[int, int]) -> None:
    """Two sliders, for the keyboard."""
    height, width = links.unknown.shape
    st.session_state["walk_x"], st.session_state["walk_y"] = pixel

    def moved() -> None:
        # On, past what is no part of the band, in the direction in which the slider went.
        asked = st.session_state["walk_x"], st.session_state["walk_y"]
        st.session_state["walk_pixel"] = links.next_unknown(pixel, asked)

    across, down = st.columns(2)
    across.slider("Pixel, from the left", 0, width - 1, key="walk_x", on_change=moved)
    down.slider("Pixel, from the top", 0, height - 1, key="walk_y", on_change=moved)


def show_list(links: "Links", pixel: tuple[int, int]) -> None:
    """The strongest neighbours with their colours and weights."""
    neighbours = links.neighbours(pixel)
    rows = "".join(
        f"<tr><td>{swatch(links, each.x, each.y)}</td><td>{each.x}, {each.y}</td>"
        f"<td>{each.affinity:.3f}</td></tr>"
        for each in neighbours[:NEIGHBOURS_LISTED]
    )
    st.html(
        f"<p>{swatch(links, *pixel)} Pixel {pixel[0]}, {pixel[1]} has {len(neighbours)} "
        f"neighbours; the strongest are</p>"
        '<table class="walk-table"><thead><tr><th>Colour</th><th>Pixel</th>'
        f"<th>Weight k</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def swatch(links: "Links", x: int, y: int) -> str:
    """A dot in a pixel's colour."""
    red, green, blue = links.image[y, x]
    return f'<i class="walk-swatch" style="background: rgb({red} {green} {blue})"></i>'


come_through_the_app("pages/steps.py")
main()

"""What a screen reader is told of Streamlit's own parts."""

from components.own_component import listen


def name_for_screen_readers() -> None:
    """Draws nothing: buttons without a word get a name, the page's content is its main part, and
    icons are silent, as the words beside them say what they mean.
    """
    listen("screen_reader")

"""Photos from the clipboard, by keyboard or by a button."""

from components.own_component import own_component


def paste_button() -> None:
    """Draws the button; what is pasted arrives in the uploader that is on the page."""
    own_component("paste")(key="paste")

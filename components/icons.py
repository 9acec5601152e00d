"""Icons that are seen and not read aloud."""

from components.own_component import listen


def keep_icons_silent() -> None:
    """Draws nothing; what an icon means, the words beside it say."""
    listen("icons")

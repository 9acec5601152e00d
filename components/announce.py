"""What people hear who do not see the page."""

from components.own_component import listen


def announce(text: str) -> None:
    """Draws nothing; a screen reader says the text when it has changed, and a keyboard that was on
    something that is gone goes on from the page's title. Once a run of a page.
    """
    listen("announce", text=text)

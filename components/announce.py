"""What people hear who do not see the page."""

import time

from components.own_component import listen


def announce(text: str) -> None:
    """Draws nothing; a screen reader says the text when it has changed, and a keyboard that was on
    something that is gone goes on from the page's title. Once a run of a page; an entrance says
    nothing, and what comes after it is seen from its top.
    """
    listen("announce", text=text, at=time.time())

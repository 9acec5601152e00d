"""The browser's question before work by hand is lost."""

from components.own_component import listen


def ask_before_leaving(painted: bool) -> None:
    """Draws nothing; while something is painted, the browser asks before it closes or reloads the
    app, on every page of it.
    """
    listen("unsaved", painted=painted)

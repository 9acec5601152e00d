"""The menu of a narrow screen, which closes when a page has been chosen."""

from components.own_component import listen


def close_menu_after_choosing() -> None:
    """Draws nothing; Streamlit itself leaves the menu open over the page that was chosen."""
    listen("menu")

"""The browser's Back, which leads to the page before."""

from components.own_component import listen


def one_entry_a_page() -> None:
    """Draws nothing; Streamlit itself adds to the browser's history whatever is set in the address,
    and Back would then change the address and not what is shown.
    """
    listen("history")

"""Drawings for st.html, which lets pictures through but no SVG of its own."""

from base64 import b64encode
from html import escape


def as_picture(width: int, height: int, shapes: str, text: str, least: int = 0) -> str:
    """An HTML picture, as wide as its place, of SVG shapes; `text` is for who does not see it.

    In a place narrower than `least` pixels it is so wide and can be scrolled. Its ground is
    near-black in both themes, so shapes and letters are to be light.
    """
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif">{shapes}</svg>'
    )
    data = b64encode(drawing.encode()).decode()
    return (
        '<div style="overflow-x: auto; border-radius: 6px; background: #0b0a09">'
        f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(text)}" '
        f'style="width: 100%; min-width: {least}px; max-width: none; padding: 12px"></div>'
        + ('<p class="sideways">Swipe sideways to see all of it.</p>' if least else "")
    )

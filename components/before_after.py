"""A picture before and after: one line to drag with mouse, finger or arrow keys."""

from base64 import b64encode

from components.own_component import own_component


def before_after(
    before: bytes,
    after: bytes,
    size: tuple[int, int],
    *,
    photo: str,
    before_text: str,
    after_text: str,
) -> None:
    """Shows two JPEG pictures of the same place over each other.

    Args:
        before, after: the files.
        size: (width, height) in pixels; both pictures have these proportions.
        photo: names the pair; when it changes, the result is uncovered anew.
        before_text, after_text: what they show, for people who do not see them.
    """
    own_component("before_after", "zoom")(
        key="before_after",
        data={
            "before": data_url(before),
            "after": data_url(after),
            "width": size[0],
            "height": size[1],
            "photo": photo,
            "before_text": before_text,
            "after_text": after_text,
            "before_label": "Photo",
            "after_label": "Result",
        },
    )


def data_url(jpeg: bytes) -> str:
    """Writes a JPEG file as an address that a browser shows without asking the server."""
    return "data:image/jpeg;base64," + b64encode(jpeg).decode()

"""A picture before and after: one line to drag with mouse, finger or arrow keys."""

from components.own_component import own_component
from components.picture import data_url


def before_after(
    before: bytes,
    after: bytes,
    size: tuple[int, int],
    *,
    photo: str,
    pictures: str,
    reduced: bool,
    before_text: str,
    after_text: str,
    labels: tuple[str, str] = ("Photo", "Result"),
) -> None:
    """Shows two JPEG pictures of the same place over each other.

    When somebody enlarges pictures that are reduced, the component's state "closer" is set to
    their name; they may then be sent in full.

    before, after: the files.
    size: (width, height) in pixels of the originals; the files have these proportions.
    photo: names what is seen; when it changes, the result is uncovered anew.
    pictures: names this very pair. reduced: whether they are smaller than the originals.
    before_text, after_text: what they show, for people who do not see them.
    labels: what is written on them.
    """
    own_component("before_after", "zoom")(
        key="before_after",
        data={
            "before": data_url(before),
            "after": data_url(after),
            "width": size[0],
            "height": size[1],
            "photo": photo,
            "pictures": pictures,
            "reduced": reduced,
            "before_text": before_text,
            "after_text": after_text,
            "before_label": labels[0],
            "after_label": labels[1],
        },
        on_closer_change=lambda: None,
    )

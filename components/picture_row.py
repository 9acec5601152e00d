"""Pictures side by side; pressing one shows it on the full screen."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from components.own_component import own_component
from components.picture import data_url

if TYPE_CHECKING:
    from pipeline.step import Picture


def picture_row(pictures: Sequence["Picture"]) -> None:
    """Draws pictures with their titles; the key F fills the screen with the first.

    How high they may get is for the page to say, by the CSS property --picture-height.
    """
    own_component("picture_row", "whole_screen")(
        key="picture_row",
        data={
            "pictures": [
                {
                    "source": data_url(each.file),
                    "title": each.title,
                    "text": each.description,
                    "proportion": each.proportion,
                }
                for each in pictures
            ]
        },
    )

"""A pixel and its neighbours as points of the colour space that they were searched in."""

from typing import TYPE_CHECKING

import streamlit as st

from components.chart_colors import HOUSE_GOLD, QUIET
from components.chart_letters import lettering

if TYPE_CHECKING:
    from pipeline.links import Links

# Which axes each of the two plots shows, across and up.
PLANES = {"lab": ((1, 2), (1, 0)), "rgb": ((0, 1), (2, 1)), "hsv": ((0, 1), (2, 3))}
HEIGHT = 250  # pixels of each plot


def color_space_chart(links: "Links", pixel: tuple[int, int], *, large: bool) -> None:
    """Draws every point in its own colour: small the band's, large the neighbours', ringed the
    pixel (x, y) itself. large: for a lecture hall.
    """
    import numpy as np

    from pipeline.links import AXES

    near = np.array([(each.x, each.y) for each in links.neighbours(pixel)]).reshape(-1, 2)
    points = {"pixel": np.array([pixel]), "neighbour": near, "band": links.some_of_the_band()}
    axes = AXES[links.features]
    own = links.colors(points["pixel"])[0]
    values = [
        {
            "kind": kind,
            "colour": "rgb({} {} {})".format(*links.image[y, x]),
            **{axis: round(float(value), 3) for axis, value in zip(axes, place, strict=True)},
        }
        for kind, pixels in points.items()
        for (x, y), place in zip(pixels, links.colors(pixels), strict=True)
    ]
    for column, (across, up) in zip(st.columns(2), PLANES[links.features], strict=True):
        column.vega_lite_chart(
            {
                "data": {"values": values},
                "height": (1.5 if large else 1) * HEIGHT,
                "config": lettering(large),
                **_plane(axes[across], axes[up], float(own[across]), float(own[up])),
                "description": f"The pixel among its neighbours: {axes[across]} and {axes[up]}",
            },
            width="stretch",
            key=f"walk_colors_{across}_{up}",
        )
    st.caption(
        "The same pixels in colour space: the ring is the pixel, large dots are its neighbours, "
        "small dots other pixels of the band, all in their own colours."
    )


def _plane(across, up, own_across, own_up):
    axes = {
        "x": {"field": across, "type": "quantitative", "scale": {"zero": False}},
        "y": {"field": up, "type": "quantitative", "scale": {"zero": False}},
    }
    colour = {"field": "colour", "type": "nominal", "scale": None}

    def dots(kind, mark, **more):
        return {
            "transform": [{"filter": f"datum.kind == '{kind}'"}],
            "mark": {"type": "point", "filled": True, "opacity": 1, **mark},
            "encoding": {**axes, "color": colour, **more},
        }

    lines = {
        "transform": [{"filter": "datum.kind == 'neighbour'"}],
        "mark": {"type": "rule", "color": QUIET, "opacity": 0.6},
        "encoding": {**axes, "x2": {"datum": own_across}, "y2": {"datum": own_up}},
    }
    return {
        "layer": [
            dots("band", {"size": 9}),
            lines,
            # Below its neighbours, which are often nearly of its own colour.
            dots("pixel", {"size": 320, "stroke": HOUSE_GOLD, "strokeWidth": 3}),
            dots("neighbour", {"size": 60, "stroke": QUIET, "strokeWidth": 1}),
        ],
    }

"""How far a solver still is from the solution, iteration by iteration."""

import streamlit as st

from components.chart_colors import GOLD, QUIET
from components.chart_letters import letter_size, lettering

DECADES = [10.0**power for power in range(-6, 7)]


def residual_chart(residuals: tuple[float, ...], tolerance: float, *, large: bool) -> None:
    """Draws the relative residual before every iteration, and where the solver may stop.

    large: for a lecture hall.
    """
    st.vega_lite_chart(
        {
            "description": "The relative residual before every iteration",
            "data": {
                "values": [
                    {"iteration": iteration, "residual": residual}
                    for iteration, residual in enumerate(residuals)
                ]
            },
            "layer": [
                {
                    "mark": {"type": "line", "point": {"color": GOLD}, "color": GOLD},
                    "encoding": {
                        "x": {"field": "iteration", "type": "quantitative", "title": "Iteration"},
                        "y": {
                            "field": "residual",
                            "type": "quantitative",
                            "title": "Relative residual",
                            "scale": {"type": "log"},
                            "axis": {"values": DECADES, "format": "~g"},
                        },
                    },
                },
                {
                    "data": {"values": [{}]},  # or it is drawn once for every iteration
                    "mark": {"type": "rule", "strokeDash": [6, 4], "color": QUIET},
                    "encoding": {"y": {"datum": tolerance}},
                },
                {
                    "data": {"values": [{}]},
                    "mark": {
                        "type": "text",
                        "text": f"where it stops: {tolerance:g}",
                        "align": "left",
                        "dx": 6,
                        "dy": -8,
                        "color": QUIET,
                        "fontSize": letter_size(large),
                    },
                    "encoding": {"y": {"datum": tolerance}, "x": {"datum": 0}},
                },
            ],
            "height": 22 * letter_size(large),
            "config": lettering(large),
        },
        width="stretch",
    )

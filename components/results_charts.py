"""Charts of the results page, from what the measuring scripts wrote."""

from collections.abc import Mapping, Sequence

import streamlit as st

from components.chart_colors import GOLD, QUIET, TEAL

# Lines and marks that can be told from each other without their colours, too.
COLORS = (GOLD, TEAL, QUIET)
DASHES = ([1, 0], [7, 4], [2, 3])


def distribution_chart(scores: Mapping[str, Sequence[float]], least: float) -> None:
    """What share of the photos lies below an IoU, for each method; IoUs under `least` pile up."""
    rows = [
        {"method": method, "IoU": max(least, value), "share": 100 * (rank + 1) / len(values)}
        for method, values in scores.items()
        for rank, value in enumerate(sorted(values))
    ]
    st.vega_lite_chart(
        {
            "data": {"values": rows},
            "mark": {"type": "line", "interpolate": "step-after"},
            "encoding": {
                "x": {
                    "field": "IoU",
                    "type": "quantitative",
                    "scale": {"domain": [least, 1]},
                    "title": "Foreground IoU of a photo",
                },
                "y": {
                    "field": "share",
                    "type": "quantitative",
                    "title": "Photos up to there, in percent",
                },
                **_told_apart("method", list(scores)),
            },
            "height": 300,
        },
        width="stretch",
    )


def training_chart(epochs: Sequence[Mapping]) -> None:
    """Loss and validation IoU after every epoch."""
    values = [
        {"epoch": each["epoch"], "loss": each["loss"], "IoU": each["validation_iou"]}
        for each in epochs
    ]
    epoch = {"field": "epoch", "type": "quantitative", "title": "Epoch"}
    charts = [
        {
            "mark": {"type": "line", "point": {"color": color}, "color": color},
            "encoding": {
                "x": epoch,
                "y": {
                    "field": field,
                    "type": "quantitative",
                    "title": title,
                    "scale": {"zero": False},
                },
            },
            "height": 220,
            "width": "container",
        }
        for field, title, color in (
            ("loss", "Training loss", COLORS[1]),
            ("IoU", "Validation IoU", COLORS[0]),
        )
    ]
    for column, chart in zip(st.columns(2), charts, strict=True):
        column.vega_lite_chart({"data": {"values": values}, **chart}, width="stretch")


def quality_chart(points: Sequence[Mapping]) -> None:
    """Error against time, one mark a method: {"method", "seconds", "error", "who"}."""
    place = {
        "x": {
            "field": "seconds",
            "type": "quantitative",
            "scale": {"type": "log"},
            "title": "Processor seconds, 800 x 600",
        },
        "y": {
            "field": "error",
            "type": "quantitative",
            "title": "MSE, 10 px band",
            "scale": {"zero": False},
        },
    }
    st.vega_lite_chart(
        {
            "data": {"values": list(points)},
            "encoding": place,
            "layer": [
                {
                    "mark": {"type": "point", "filled": True, "size": 110},
                    "encoding": _told_apart("who", ["DeepMasque", "PyMatting"], mark="shape"),
                },
                {
                    "mark": {"type": "text", "dy": -12, "color": COLORS[2], "fontSize": 12},
                    "encoding": {"text": {"field": "method"}},
                },
            ],
            "height": 340,
        },
        width="stretch",
    )


def _told_apart(field: str, names: list[str], mark: str = "strokeDash") -> dict:
    """Colour and, for who sees none, dashes or shapes."""
    legend = {"orient": "top", "direction": "vertical", "title": None, "symbolSize": 300}
    ranges = {"strokeDash": list(DASHES), "shape": ["circle", "diamond", "square"]}[mark]
    count = len(names)
    return {
        "color": {
            "field": field,
            "type": "nominal",
            "scale": {"domain": names, "range": list(COLORS[:count])},
            "legend": legend,
        },
        mark: {
            "field": field,
            "type": "nominal",
            "scale": {"domain": names, "range": ranges[:count]},
            "legend": legend,
        },
    }

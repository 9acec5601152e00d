"""Charts of the results page, from what the measuring scripts wrote."""

import math
from collections.abc import Mapping, Sequence

import streamlit as st

from components.chart_colors import GOLD, QUIET, TEAL

# Lines and marks that can be told from each other without their colours, too.
COLORS = (GOLD, TEAL, QUIET)
DASHES = ([1, 0], [7, 4], [2, 3])
# Where a mark's label may stand, the better first: its middle from the mark's, in pixels down and in
# widths of the label and pixels to the right; and how Vega-Lite calls that.
SIDES = {
    "above": ((-14, 0.0, 0), {"dy": -14}),
    "below": ((14, 0.0, 0), {"dy": 14}),
    "right": ((0, 0.5, 9), {"dx": 9, "align": "left"}),
    "left": ((0, -0.5, -9), {"dx": -9, "align": "right"}),
}
LOGARITHMIC = {"type": "log", "nice": False, "padding": 30}
# Pixels of all marks on a phone, where room is scarce, of a letter and a line of a label, of a mark.
PLOT, LETTER, LINE, MARK = (225, 205), 6.5, 14, 12


def distribution_chart(scores: Mapping[str, Sequence[float]], least: float) -> None:
    """What share of the photos lies below an IoU, for each method; IoUs under `least` pile up."""
    rows = [
        {"method": method, "IoU": max(least, value), "share": 100 * (rank + 1) / len(values)}
        for method, values in scores.items()
        for rank, value in enumerate(sorted(values))
    ]
    st.vega_lite_chart(
        {
            "description": "Share of the photos below each IoU, by method",
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
            "height": 460,
        },
        width="stretch",
    )


def training_chart(epochs: Sequence[Mapping]) -> None:
    """Loss and validation IoU after every epoch."""
    values = [
        {"epoch": each["epoch"], "loss": each["loss"], "IoU": each["validation_iou"]}
        for each in epochs
    ]
    epoch = {
        "field": "epoch",
        "type": "quantitative",
        "title": "Epoch",
        "axis": {"tickMinStep": 1, "format": "d"},
    }
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
        what = f"{chart['encoding']['y']['title']} after every epoch"
        column.vega_lite_chart(
            {"description": what, "data": {"values": values}, **chart}, width="stretch"
        )


def quality_chart(points: Sequence[Mapping]) -> None:
    """Error against time, one mark a method: {"method", "seconds", "error", "who"}."""
    sides = label_sides([(each["seconds"], each["error"], each["method"]) for each in points])
    values = [{**each, "side": side} for each, side in zip(points, sides, strict=True)]
    place = {
        "x": {
            "field": "seconds",
            "type": "quantitative",
            "scale": LOGARITHMIC,
            "title": "Processor seconds, 800 x 600",
        },
        "y": {
            "field": "error",
            "type": "quantitative",
            "title": "MSE, 10 px band",
            "scale": LOGARITHMIC,
        },
    }
    st.vega_lite_chart(
        {
            "description": "Error of alpha against time, one mark for each method",
            "data": {"values": values},
            "encoding": place,
            "layer": [
                {
                    "mark": {"type": "point", "filled": True, "size": 110},
                    "encoding": _told_apart("who", ["DeepMasque", "PyMatting"], mark="shape"),
                },
                *(
                    {
                        "transform": [{"filter": f"datum.side == '{side}'"}],
                        "mark": {"type": "text", "color": COLORS[2], "fontSize": 12, **mark},
                        "encoding": {"text": {"field": "method"}},
                    }
                    for side, (_, mark) in SIDES.items()
                ),
            ],
            "height": 420,
        },
        width="stretch",
    )


def label_sides(marks: Sequence[tuple[float, float, str]]) -> list[str]:
    """The side of SIDES on which the label of each mark (x, y, label) meets no other, if there is one.

    Both axes are logarithmic; marks and labels are laid out one after the other, from the lowest.
    """
    x, y = ([math.log(each[axis]) for each in marks] for axis in (0, 1))
    across, down = (
        [(value - min(all_of)) / (max(all_of) - min(all_of) or 1) * size for value in all_of]
        for all_of, size in zip((x, y), PLOT, strict=True)
    )
    taken = [(left, -top, MARK, MARK) for left, top in zip(across, down, strict=True)]
    sides = [""] * len(marks)
    for index in sorted(range(len(marks)), key=lambda each: down[each]):
        width = LETTER * len(marks[index][2])
        boxes = {
            side: (across[index] + share * width + right, lower - down[index], width, LINE)
            for side, ((lower, share, right), _) in SIDES.items()
        }
        meets = {side: sum(_meet(box, each) for each in taken) for side, box in boxes.items()}
        sides[index] = min(meets, key=meets.get)
        taken.append(boxes[sides[index]])
    return sides


def _meet(one, other):
    """Whether two boxes (middle across, middle down, width, height) overlap."""
    return all(
        abs(one[axis] - other[axis]) < (one[axis + 2] + other[axis + 2]) / 2 for axis in (0, 1)
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

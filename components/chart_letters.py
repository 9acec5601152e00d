"""The letters of charts, which the back row of a lecture hall is to read."""


def letter_size(large: bool) -> int:
    """In pixels. large: for a lecture hall."""
    return 22 if large else 12


def lettering(large: bool) -> dict:
    """The `config` of a Vega-Lite chart that gives its axes letters of that size."""
    size = letter_size(large)
    return {"axis": {"labelFontSize": size, "titleFontSize": size}}

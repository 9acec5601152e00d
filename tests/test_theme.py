"""Both themes can be read: contrast as in WCAG 2.2, 1.4.3 (text) and 1.4.11 (lines that matter)."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
STYLE = (ROOT / "static" / "style.css").read_text()

TEXT, LINES = 4.5, 3.0
KINDS = ("red", "yellow", "green", "blue")
# Streamlit tints its messages with this much of their colour.
MESSAGE_TINT = {"light": 0.1, "dark": 0.2}


def luminance(color: str) -> float:
    """Relative luminance of #rrggbb, as WCAG defines it."""
    shares = [value / 255 for value in bytes.fromhex(color.removeprefix("#"))]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """1 for the same colour, 21 for black and white."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(color: str, share: float, ground: str) -> str:
    """A colour laid over another as thinly as `share`."""
    pairs = zip(*(bytes.fromhex(each.removeprefix("#")) for each in (color, ground)), strict=True)
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in pairs)


def of_style(name: str, scheme: str) -> str:
    """A colour of static/style.css in one of the themes."""
    value = re.search(rf"--{name}: ([^;]+);", STYLE).group(1)
    colors = re.findall(r"#[0-9a-f]{6}", value)
    return colors[0 if scheme == "light" else -1]


def grounds(scheme: str) -> list[str]:
    theme = THEME[scheme]
    return [theme["backgroundColor"], theme["secondaryBackgroundColor"]]


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_letters_can_be_read(scheme):
    theme = THEME[scheme]
    colors = {name: theme[name] for name in ("textColor", "linkColor", "primaryColor")}
    colors |= {name: of_style(name, scheme) for name in ("accent", "quiet")}
    for name, color in colors.items():
        for ground in grounds(scheme):
            assert contrast(color, ground) >= TEXT, (name, ground)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_messages_can_be_read(scheme, kind):
    theme = THEME[scheme]
    for ground in grounds(scheme):
        box = mixed(theme[f"{kind}Color"], MESSAGE_TINT[scheme], ground)
        assert contrast(theme[f"{kind}TextColor"], box) >= TEXT


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lines_that_matter_can_be_seen(scheme):
    for color in (of_style("accent", scheme), *THEME["chartCategoricalColors"]):
        for ground in grounds(scheme):
            assert contrast(color, ground) >= LINES


def test_letters_on_gold_and_in_the_bar_can_be_read():
    assert contrast(of_style("on-gold", "dark"), of_style("gold", "dark")) >= TEXT
    assert contrast(of_style("ivory", "dark"), of_style("ink", "dark")) >= TEXT


def test_both_themes_set_the_same_colours():
    assert set(THEME["light"]) - {"sidebar"} == set(THEME["dark"])


def test_the_gold_of_the_original_is_in_both_themes():
    gold = of_style("gold", "dark")
    assert gold == of_style("gold", "light") == THEME["dark"]["primaryColor"]

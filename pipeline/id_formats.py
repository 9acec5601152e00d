"""Sizes of pictures for passports and what their rules say of the head.

Head heights run from the chin to the crown, the top of the head without the hair's volume. The
crown is estimated: the eyes lie half-way between it and the chin (Farkas 1994, *Anthropometry of
the Head and Face*: vertex to the eyes and the eyes to the chin differ by a few per cent).
"""

from dataclasses import dataclass

MM_PER_INCH = 25.4
DOTS_PER_INCH = 300  # of a sharp print


@dataclass(frozen=True)
class IdFormat:
    """One format; lengths in millimetres, ranges as (least, most).

    size: (width, height). head: height from chin to crown. eyes: height of the eyes above the
    lower edge, or None where the rule says nothing of it. head_aim, eyes_aim: what we aim at.
    source: where the rule is stated.
    """

    size: tuple[float, float]
    head: tuple[float, float]
    eyes: tuple[float, float] | None
    head_aim: float
    eyes_aim: float
    source: str

    def dots_per_inch(self, width: float) -> float:
        """Those of a picture so many pixels wide, printed at the document's size."""
        return width / self.size[0] * MM_PER_INCH


# 33 mm fits the United Kingdom (29 to 34 mm) as well as Germany (32 to 36 mm).
PASSPORT = IdFormat(
    size=(35, 45),
    head=(31.5, 36),
    eyes=(22.5, 31.5),
    head_aim=33,
    eyes_aim=24.5,
    source="ICAO Doc 9303 part 3: chin to crown 70 to 80 % of the picture's height; "
    "ISO/IEC 19794-5: eyes at 50 to 70 % of it",
)

UNITED_STATES = IdFormat(
    size=(2 * MM_PER_INCH, 2 * MM_PER_INCH),
    head=(25.4, 35),
    eyes=(28.6, 35),
    head_aim=30,
    eyes_aim=31,
    source="US Department of State, photo composition template: head 1 to 1 3/8 in, "
    "eyes 1 1/8 to 1 3/8 in above the lower edge",
)

CANADA = IdFormat(
    size=(50, 70),
    head=(31, 36),
    eyes=None,
    head_aim=33.5,
    eyes_aim=40,
    source="Government of Canada, passport photo specifications: face 31 to 36 mm from chin to "
    "crown",
)

"""Take the screenshots of the README's walk through the app, from the sample photos.

    python docs/walkthrough.py

Starts the app, uses it in Chromium as a person would, and writes one PNG for each stop to
docs/walkthrough. The pictures have few colours, so that together they stay below 1.5 megabytes.
"""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from benchmarks.served import CHROMIUM_OPTIONS, HEADLINE, chromium_program, served  # noqa: E402
from pipeline.samples import COLLINS  # noqa: E402

PICTURES = FOLDER / "walkthrough"
WIDTH = 960  # pixels of a desktop picture, of a window 1280 wide
MOST_BYTES = 125_000
# Tried in turn until a picture is small enough.
COLORS = (128, 96, 64, 48, 32, 24, 16)
MILLISECONDS = 180_000
# Where the brush goes, as shares of the photo's width and height.
SLEEVE = ((0.63, 0.84), (0.60, 0.90), (0.59, 0.96))
# For what comes to rest by itself: fades, charts, the line over a new result.
SETTLED = 2500

DESKTOP = {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"}
PHONE = {
    "viewport": {"width": 390, "height": 780},
    "device_scale_factor": 1.25,
    "is_mobile": True,
    "has_touch": True,
    "color_scheme": "light",
}


@dataclass(frozen=True)
class Stop:
    """One picture: its file's name, and what is done before it is taken."""

    name: str
    go: Callable[[Page], None]


def main():
    PICTURES.mkdir(exist_ok=True)
    expect.set_options(timeout=MILLISECONDS)
    with served() as app, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=chromium_program(), args=CHROMIUM_OPTIONS
        )
        walk(chromium, app.address, DESKTOP, ON_A_DESKTOP)
        walk(chromium, app.address, PHONE, ON_A_PHONE)
        chromium.close()
    sizes = {path.name: path.stat().st_size for path in sorted(PICTURES.glob("*.png"))}
    for name, size in sizes.items():
        print(f"{name:28}{size / 1000:8.1f} kB")
    print(f"{'together':28}{sum(sizes.values()) / 1000:8.1f} kB")


def walk(chromium: Browser, address: str, screen: dict, stops: tuple[Stop, ...]):
    """Takes the pictures of one visit."""
    context = chromium.new_context(**screen)
    context.set_default_timeout(MILLISECONDS)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("heading", name=HEADLINE).wait_for()
    for stop in stops:
        stop.go(page)
        page.wait_for_timeout(SETTLED)
        (PICTURES / f"{stop.name}.png").write_bytes(packed(page.screenshot()))
    context.close()


def packed(screenshot: bytes) -> bytes:
    """A PNG of no more than WIDTH pixels across and MOST_BYTES, with as many colours as fit."""
    picture = Image.open(io.BytesIO(screenshot)).convert("RGB")
    if picture.width > WIDTH:
        height = round(picture.height * WIDTH / picture.width)
        picture = picture.resize((WIDTH, height), Image.Resampling.LANCZOS)
    for colors in COLORS:
        file = io.BytesIO()
        few = picture.quantize(colors, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(file, "PNG", optimize=True)
        if file.tell() <= MOST_BYTES:
            break
    return file.getvalue()


def stay(page: Page):
    """The page as it stands."""


def take_a_sample(page: Page):
    page.get_by_role("button", name=COLLINS.person).click()
    expect(page.get_by_text("Done in")).to_be_visible()


def choose_a_studio_set(page: Page):
    page.get_by_role("radio", name="Studio").click()


def paint_what_is_to_stay(page: Page):
    """A stroke of the brush over the sleeve's edge."""
    page.get_by_role("tab", name="Correct").click()
    canvas = page.locator(".brush canvas")
    canvas.wait_for()
    page.wait_for_timeout(SETTLED)
    box = canvas.bounding_box()
    for number, (across, down) in enumerate(SLEEVE):
        page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])
        if number == 0:
            page.mouse.down()
    page.mouse.up()


def open_menu_entry(page: Page, name: str):
    page.get_by_test_id("stTopNavLink").filter(has_text=name).click()


def open_steps(page: Page):
    open_menu_entry(page, "Step by step")
    page.locator(".walk-facts").wait_for()


def step(title: str) -> Callable[[Page], None]:
    """Goes to a step of the step-by-step page by its title."""

    def go(page: Page):
        if not page.locator(".walk-facts").count():
            open_steps(page)
        page.locator(".st-key-walk_chosen [role=combobox]").click()
        page.get_by_role("option").filter(has_text=title).click()
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()

    return go


def face(page: Page):
    open_menu_entry(page, "3D face")
    page.get_by_role("button", name=COLLINS.person).click()
    page.locator("canvas").wait_for()


def board(page: Page):
    open_menu_entry(page, "4 KB of memory")
    page.get_by_role("button", name="Sweep over the picture").click()
    expect(page.get_by_text("Root mean square difference")).to_be_visible()


def compare(page: Page):
    open_menu_entry(page, "Results")
    page.get_by_role("tab", name="Your photo").click()
    expect(page.get_by_text("The two masks differ")).to_be_visible()


ON_A_DESKTOP = (
    Stop("01-studio", stay),
    Stop("02-result", take_a_sample),
    Stop("03-background", choose_a_studio_set),
    Stop("04-correct", paint_what_is_to_stay),
    Stop("05-pose", step("Canonical pose")),
    Stop("06-network", step("Fusion of strides")),
    Stop("07-neighbours", step("Nearest neighbours")),
    Stop("08-gradients", step("Conjugate gradients")),
    Stop("09-composite", step("Composite")),
    Stop("10-face", face),
    Stop("11-board", board),
    Stop("12-results", compare),
)
ON_A_PHONE = (Stop("13-phone", stay), Stop("14-phone-result", take_a_sample))


if __name__ == "__main__":
    main()

"""The 3D page in a real Chromium, on a laptop and on a phone."""

import io
import re

import numpy as np
import pytest
import trimesh
from PIL import Image
from playwright.sync_api import Page, expect

from pipeline.samples import HOPPER
from pipeline.surrey import CONTOURS, SHA256, SHAPE, VARIABLE, surrey_folder
from tests.browser.studio import assert_fits, choose_page, on_desktop

pytestmark = pytest.mark.browser


def open_face(page: Page, screen: str) -> None:
    """Goes to the page by the menu, as people do, and takes the first sample."""
    choose_page(page, screen, "3D face")
    page.get_by_role("heading", name="A Face in Three Dimensions").wait_for()
    page.get_by_role("button", name=HOPPER.person).click()
    expect(page.locator(".stage[data-face]")).to_be_visible()


def choose_surrey_folder(page: Page, folder) -> None:
    """Gives a folder to the uploader that asks for the model."""
    uploader = page.get_by_test_id("stFileUploader").filter(has_text="folder share")
    uploader.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(folder)


def canvas_pixels(page: Page) -> np.ndarray:
    """What the viewer has drawn, (H, W, 3)."""
    page.wait_for_timeout(400)
    with Image.open(io.BytesIO(page.locator("canvas").screenshot())) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def test_face_is_drawn_turns_and_can_be_taken_away(page, screen):
    def difference(picture: np.ndarray) -> float:
        return np.abs(canvas_pixels(page) - picture).mean()

    open_face(page, screen)
    front = canvas_pixels(page)
    height, width = front.shape[:2]
    middle = front[height // 3 : height // 2, width // 3 : 2 * width // 3]
    assert middle.std() > 20  # a face, not an even surface
    assert (middle[..., 0] > middle[..., 2] + 20).mean() > 0.5  # the colour of skin
    assert_fits(page)

    page.locator(".stage").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert comes_true(page, lambda: difference(front) > 3)
    page.get_by_role("button", name="Front", exact=True).click()
    assert comes_true(page, lambda: difference(front) < 1)
    for look in ("Clay", "Depth"):
        page.get_by_role("button", name=look, exact=True).click()
        assert comes_true(page, lambda: difference(front) > 3)

    with page.expect_download() as saved:
        page.get_by_role("button", name="GLB").click()
    scene = trimesh.load(saved.value.path(), file_type="glb")
    (mesh,) = scene.geometry.values()
    assert len(mesh.faces) == 898
    assert mesh.visual.material.baseColorTexture.size == (1024, 1024)


def comes_true(page, holds) -> bool:
    """Whether something becomes so within half a minute; the picture follows the page's words."""
    for _ in range(60):
        if holds():
            return True
        page.wait_for_timeout(500)
    return False


@on_desktop
def test_plus_and_minus_bring_the_face_nearer_and_back(page, screen):
    open_face(page, screen)
    before = canvas_pixels(page)
    stage = page.get_by_role("application", name=re.compile("Three-dimensional face"))
    stage.focus()
    page.keyboard.press("+")
    assert comes_true(page, lambda: np.abs(canvas_pixels(page) - before).mean() > 1)
    page.keyboard.press("-")
    assert comes_true(page, lambda: np.abs(canvas_pixels(page) - before).mean() < 0.5)


@on_desktop
def test_expression_changes_the_face_and_reset_brings_it_back(page, screen):
    open_face(page, screen)
    before = canvas_pixels(page)
    slider = page.get_by_role("slider", name="Surprise")
    slider.focus()
    page.keyboard.press("End")
    expect(slider).to_have_value("1.5")
    assert comes_true(page, lambda: np.abs(canvas_pixels(page) - before).mean() > 1)
    page.get_by_role("button", name="Reset").click()
    expect(slider).not_to_have_value("1.5")
    assert comes_true(page, lambda: np.abs(canvas_pixels(page) - before).mean() < 0.5)


@on_desktop
def test_a_changed_face_is_not_left_without_a_question_nor_missed_without_a_word(
    page, screen, address
):
    open_face(page, screen)
    page.wait_for_function("sessionStorage.getItem('visit-with-photos')")
    assert page.evaluate("onbeforeunload === null")  # a sample is soon there again
    page.get_by_role("slider", name="Surprise").focus()
    page.keyboard.press("End")
    page.wait_for_function("onbeforeunload !== null")
    new, question = page.get_by_role("button", name="New photo"), page.get_by_role("dialog")
    new.click()
    expect(question.get_by_text("This removes the photos and what was made of them")).to_be_visible()
    question.get_by_role("button", name="Stay here").click()
    expect(question).to_be_hidden()
    expect(page.get_by_role("slider", name="Surprise")).to_have_value("1.5")
    page.on("dialog", lambda question: question.accept())
    page.goto(address)
    expect(page.get_by_text("Your earlier photos are gone")).to_be_visible()


@on_desktop
def test_the_keyboard_goes_on_from_the_name_of_the_face(page, screen):
    choose_page(page, screen, "3D face")
    page.get_by_role("button", name="Grace Hopper").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="grace_hopper")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="New photo")).to_be_focused()


@on_desktop
def test_another_face_begins_anew(page, screen):
    open_face(page, screen)
    page.get_by_role("slider", name="Surprise").focus()
    page.keyboard.press("End")
    page.wait_for_function("onbeforeunload !== null")
    page.get_by_role("button", name="New photo").click()
    page.get_by_role("dialog").get_by_role("button", name="New photo").click()
    page.get_by_role("button", name="Grace Hopper").click()
    expect(page.get_by_role("slider", name="Surprise")).not_to_have_value("1.5")
    page.get_by_role("button", name="New photo").click()
    page.get_by_role("heading", name="A Face in Three Dimensions").wait_for()


@on_desktop
def test_photo_without_a_face_is_refused_in_words(page, screen):
    page.get_by_role("link", name="3D face").click()
    page.get_by_role("heading", name="A Face in Three Dimensions").wait_for()
    file = io.BytesIO()
    Image.new("RGB", (200, 200), "grey").save(file, "PNG")
    page.locator("[data-testid=stFileUploaderDropzoneInput]").first.set_input_files(
        {"name": "wall.png", "mimeType": "image/png", "buffer": file.getvalue()}
    )
    expect(page.get_by_text("wall.png: No face was found")).to_be_visible()


@pytest.mark.skipif(surrey_folder() is not None, reason=f"{VARIABLE} is set: no folder is asked for")
@on_desktop
def test_surrey_folder_is_asked_for_and_checked(page, screen, tmp_path):
    """Where the model comes from and its licence are said; wrong folders are refused in words."""
    open_face(page, screen)
    page.get_by_role("radio", name="Surrey").click()
    asked = page.get_by_test_id("stAlert").filter(has_text="Surrey Face Model")
    expect(asked).to_contain_text("for non-commercial purposes")
    expect(asked.get_by_role("link")).to_have_attribute(
        "href", "https://github.com/patrikhuber/eos"
    )
    folder = tmp_path / "share"
    folder.mkdir()
    (folder / CONTOURS).write_text("{}")
    choose_surrey_folder(page, folder)
    expect(page.get_by_text("these files are missing: " + SHAPE)).to_be_visible()
    for name in SHA256:
        (folder / name).write_bytes(b"cut short")
    page.get_by_role("radio", name="Face mesh").click()
    expect(page.locator(".stage[data-face]")).to_be_visible()
    page.get_by_role("radio", name="Surrey").click()
    choose_surrey_folder(page, folder)
    expect(page.get_by_text(f"{SHAPE} is damaged")).to_be_visible()


@pytest.mark.skipif(surrey_folder() is not None, reason=f"{VARIABLE} is set: no folder is asked for")
@on_desktop
def test_surrey_face_is_drawn_with_a_folder_chosen_on_the_page(page, screen, data_folder):
    if not (data_folder / "sfm").is_dir():
        pytest.skip("no Surrey Face Model among the evaluation photos")
    open_face(page, screen)
    page.get_by_role("radio", name="Surrey").click()
    choose_surrey_folder(page, data_folder / "sfm")
    expect(page.get_by_text("3496 vertices")).to_be_visible()
    expect(page.locator(".stage[data-face]")).to_be_visible()
    drawn = canvas_pixels(page)
    height, width = drawn.shape[:2]
    middle = drawn[height // 3 : height // 2, width // 3 : 2 * width // 3]
    assert middle.std() > 20 and (middle[..., 0] > middle[..., 2] + 20).mean() > 0.5

"""Files come to an entry by drag, by paste and by a phone's camera."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.admin.test_attachments_pages import PNG
from tests.browser.busy_company import go

ENTRY = "/register/call_log/details/?id=1"
# A real file, made in the page, that comes by an event of its own.
BRINGS = """([selector, event, name, bytes]) => {
    const files = new DataTransfer();
    files.items.add(new File([new Uint8Array(bytes)], name, {type: "image/png"}));
    const target = document.querySelector(selector);
    const kind = event === "paste" ? ClipboardEvent : DragEvent;
    const key = event === "paste" ? "clipboardData" : "dataTransfer";
    const more = {bubbles: true, cancelable: true, [key]: files};
    if (target.dispatchEvent(new kind(event, more)) && event === "drop") {
        target.files = files.files;
        target.dispatchEvent(new Event("change", {bubbles: true}));
    }
}"""

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def clerk(page: Page, sign_in: Callable[[Page, str], None]) -> Page:
    sign_in(page, "A02")
    go(page, ENTRY)
    return page


def test_copied_picture_is_pasted_onto_the_entry(clerk: Page) -> None:
    clerk.evaluate(BRINGS, ["body", "paste", "image.png", list(PNG)])

    files = clerk.locator(".file-list li")
    expect(files).to_have_count(1)
    expect(files).to_contain_text("粘贴 20")
    expect(files.locator("img")).to_be_visible()


def test_file_that_is_dropped_is_kept_under_its_name(clerk: Page) -> None:
    dropped = [".drop input", "drop", "现场.png", list(PNG)]
    clerk.evaluate(BRINGS, dropped)

    expect(clerk.locator(".file-list li")).to_contain_text("现场.png")


def test_text_with_a_picture_of_itself_is_pasted_as_text(clerk: Page) -> None:
    clerk.get_by_label("讨论内容").focus()
    clerk.evaluate(
        """bytes => {
            const files = new DataTransfer();
            files.items.add(new File([new Uint8Array(bytes)], "image.png"));
            files.setData("text/plain", "甲");
            document.activeElement.dispatchEvent(
                new ClipboardEvent("paste", {bubbles: true, clipboardData: files}));
        }""",
        list(PNG),
    )

    expect(clerk.locator(".file-list")).to_have_count(0)


def test_phone_takes_a_picture_with_its_camera(
    phone: Page, sign_in: Callable[[Page, str], None]
) -> None:
    sign_in(phone, "A02")
    go(phone, ENTRY)
    camera = phone.locator(".camera")
    expect(camera).to_be_visible()
    expect(camera.locator("input")).to_have_attribute("capture", "environment")

    picture = FilePayload(name="IMG_1.png", mimeType="image/png", buffer=PNG)
    camera.locator("input").set_input_files(picture)

    expect(phone.locator(".file-list li")).to_contain_text("IMG_1.png")


def test_desk_without_a_camera_is_not_offered_one(clerk: Page) -> None:
    expect(clerk.locator(".camera")).to_be_hidden()

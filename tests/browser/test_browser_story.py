"""A guide's card from the counter to the returned result, as six people do it on their screens."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from engine.worktime import TIME_ZONE
from tests.browser.test_nothing_typed_is_lost import log_in

pytestmark = pytest.mark.browser

SCAN = {"name": "don-de-nghi.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF\n"}
APPLICANT = {
    "Họ và tên, tên tổ chức": "Nguyễn Thị Ngọc Yến",
    "Số giấy tờ, mã số thuế": "020185001234",
    "Ngày sinh": "17/02/1985",
    "Điện thoại": "0912345678",
    "Địa chỉ": "Số 12, đường Trần Đăng Ninh, phường Tam Thanh",
}
READABLE_ZOOM = 0.6
"""Below it the names in a diagram's boxes cannot be read on a counter's screen."""
PAGES = ["/viec", "/tiep-nhan", "/tiep-nhan?thu_tuc=1.004623", "/ho-so", "/thu-tuc", "/tra-cuu"]
NUMBER = re.compile(r"H37\.\d+-\d{6}-\d{4}")


def choose(form: Locator, label: str) -> None:
    form.get_by_role("radio", name=label, exact=True).check()


@dataclass(frozen=True)
class Turn:
    """One person's turn: what they open in their work list and what they enter."""

    username: str
    task: str
    fill: Callable[[Locator], None]
    shot: str


def pay(form: Locator) -> None:
    choose(form, "Tiền mặt")
    form.get_by_label("Số biên lai").fill("0001234")


def assign(form: Locator) -> None:
    form.get_by_label("Chuyên viên thụ lý").click()
    form.get_by_text("Bế Thu Hương").click()


def examine(form: Locator) -> None:
    choose(form, "Đề nghị giải quyết")
    form.get_by_label("Văn bằng, chứng chỉ nghiệp vụ hợp lệ").check()
    form.get_by_label("Giấy khám sức khỏe còn giá trị").check()


def take_over(form: Locator) -> None:
    form.get_by_role("checkbox").or_(form.get_by_role("radio")).first.check()


def issue(form: Locator) -> None:
    form.get_by_label("Số văn bản").fill("45/QĐ-SVHTTDL")
    day = form.get_by_label("Ngày văn bản")
    day.fill(f"{datetime.now(TIME_ZONE):%d/%m/%Y}")
    day.press("Tab")


def print_card(form: Locator) -> None:
    form.get_by_label("Số thẻ").first.fill("114-24-00871")
    form.get_by_label("Đã đối chiếu ảnh trên thẻ với hồ sơ").check()


def hand_to_applicant(form: Locator) -> None:
    choose(form, "Trả tại quầy")
    expect(form.get_by_label("Họ và tên người nhận")).to_have_value("Nguyễn Thị Ngọc Yến")


def nothing(form: Locator) -> None:
    """The form is right as it comes."""


TURNS = [
    Turn("bd.lan", "Thu phí, lệ phí", pay, "payment"),
    Turn("bd.lan", "Giao hồ sơ cho cơ quan", nothing, "hand-over"),
    Turn("vh.nga", "Nhận hồ sơ từ quầy", take_over, "take-over"),
    Turn("vh.binh", "Phân công thụ lý", assign, "assign"),
    Turn("vh.huong", "Kiểm tra đào tạo, sức khỏe", examine, "examine"),
    Turn("vh.binh", "Xét duyệt", lambda form: form.get_by_role("radio").first.check(), "review"),
    Turn("vh.cuong", "Ký duyệt", lambda form: form.get_by_role("radio").first.check(), "sign"),
    Turn("vh.nga", "Lấy số, đóng dấu, phát hành", issue, "issue"),
    Turn("vh.huong", "In thẻ", print_card, "print-card"),
    Turn("bd.lan", "Nhận kết quả từ cơ quan", nothing, "take-result"),
    Turn("bd.lan", "Trả kết quả", hand_to_applicant, "return"),
]


def receive(page: Page, screens) -> str:
    """The clerk receives a new card's dossier; gives its number."""
    page.get_by_role("link", name="Tiếp nhận", exact=True).click()
    page.wait_for_url("**/tiep-nhan")  # With its script: it is what finds procedures while somebody types.
    page.get_by_role("searchbox").last.press_sequentially("the huong dan", delay=20)
    expect(page.locator(".pick")).to_have_count(1)
    screens.take(page, "choose-procedure")
    page.locator(".pick").click()
    for label, text in APPLICANT.items():
        page.get_by_role("textbox", name=re.compile(f"^{label}")).fill(text)
    own = page.locator("[data-form]")
    choose(own, "Cấp mới")
    choose(own, "Hướng dẫn viên du lịch nội địa")
    preview = page.locator("#preview")
    expect(preview).to_contain_text("650.000 đồng")
    expect(preview).to_contain_text("15 ngày")
    expect(preview).to_contain_text("Còn thiếu")
    screens.take(page, "receiving")
    for paper in page.locator(".papers input[type=checkbox]").all():
        paper.check()
    page.locator(".papers input[type=file]").first.set_input_files(SCAN)
    expect(preview).to_contain_text("Đủ giấy tờ bắt buộc.")
    screens.take(page, "receiving-complete")
    page.get_by_role("button", name="Tiếp nhận hồ sơ").click()
    expect(page.get_by_role("status")).to_contain_text("Đã tiếp nhận hồ sơ.")
    number = page.locator("h1.number-big").inner_text()
    assert NUMBER.fullmatch(number)
    screens.take(page, "received")
    return number


def take_the_receipt(page: Page, number: str, screens) -> None:
    """The receipt is a PDF, and the same bytes the second time."""
    link = page.get_by_role("link", name=re.compile("Giấy tiếp nhận hồ sơ")).first.get_attribute("href")
    first = page.request.get(link)
    assert first.headers["content-type"] == "application/pdf"
    assert first.body().startswith(b"%PDF-")
    assert page.request.get(link).body() == first.body()
    (screens.folder / "receipt.pdf").write_bytes(first.body())


def play(page: Page, number: str, turn: Turn, screens) -> None:
    """Find the task in the work list, look at the diagram, fill the form in, and send it."""
    page.goto("/viec")
    row = page.get_by_role("row").filter(has_text=number)
    if turn.shot in ("take-over", "assign", "examine"):
        screens.take(page, f"{turn.shot}-work-list")
    row.get_by_role("link", name=turn.task).click()
    form = page.locator("[data-form]")
    expect(form).to_have_attribute("data-ready", "yes")
    turn.fill(form)
    screens.take(page, turn.shot)
    page.locator(".decide-buttons button").click()
    expect(page.get_by_role("status").first).to_contain_text(number)


def test_a_guides_card_goes_from_the_counter_to_the_result(sit_down, screens, complaints) -> None:
    clerk = sit_down()
    clerk.goto("/dang-nhap")
    log_in(clerk, "bd.lan")
    screens.take(clerk, "work-list")
    number = receive(clerk, screens)
    take_the_receipt(clerk, number, screens)
    seats = {"bd.lan": clerk}
    for turn in TURNS:
        page = seats.setdefault(turn.username, None) or sit_down(turn.username)
        seats[turn.username] = page
        play(page, number, turn, screens)
    clerk.goto(f"/ho-so/{number}")
    expect(clerk.locator(".dossier-head")).to_contain_text("Đã trả kết quả")
    expect(clerk.locator(".diagram svg .is-done").first).to_be_visible()
    diagram = clerk.locator(".diagram")
    assert diagram.locator("g.viewport").evaluate("drawn => drawn.getScreenCTM().a") >= READABLE_ZOOM
    expect(diagram.locator("[data-element-id=return_result_call]")).to_be_in_viewport()
    screens.take(clerk, "dossier-returned")
    assert complaints == []


def test_the_diagram_opens_the_called_process_and_comes_back(sit_down, screens, complaints) -> None:
    page = sit_down("thietke")
    page.goto("/thu-tuc")
    page.get_by_role("link", name="Cấp thẻ hướng dẫn viên du lịch nội địa, tại điểm").click()
    diagram = page.locator("[data-diagram]")
    expect(diagram).to_have_attribute("data-ready", "yes")
    expect(diagram.locator("[data-element-id=assign]")).to_be_visible()
    expect(diagram.locator(".bjs-powered-by")).to_be_visible()
    screens.take(page, "procedure")
    diagram.locator("[data-calls]").get_by_role("button", name="Bàn giao hồ sơ cho cơ quan").click()
    expect(diagram.locator("[data-element-id=take]")).to_be_visible()
    screens.take(page, "called-process")
    diagram.locator("[data-way]").get_by_role("button").click()
    expect(diagram.locator("[data-element-id=assign]")).to_be_visible()
    assert complaints == []


@pytest.mark.parametrize("path", PAGES)
def test_a_telephone_shows_every_page_without_scrolling_sideways(sit_down, complaints, path) -> None:
    page = sit_down("bd.lan", screen={"width": 390, "height": 844})
    page.goto(path, wait_until="networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert complaints == []


def test_a_person_who_speaks_english_is_answered_in_english(sit_down, complaints) -> None:
    page = sit_down("bd.lan")
    page.goto("/viec")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Work list")
    page.goto("/tiep-nhan?thu_tuc=1.004623")
    form = page.locator("[data-form]")
    expect(form).to_have_attribute("data-ready", "yes")
    expect(form).to_contain_text("Kind of card")
    for field in page.locator("input[type=text][aria-required='true']:visible").all():
        field.fill("Known")
    page.get_by_role("button", name="Accept the dossier").click()
    expect(form).to_contain_text("Field is required.")
    assert complaints == []


def test_the_keyboard_alone_logs_in_and_reaches_the_content(sit_down, complaints) -> None:
    page = sit_down()
    page.goto("/dang-nhap")
    page.keyboard.type("bd.lan")
    page.keyboard.press("Tab")
    page.keyboard.type("motcua-demo")
    page.keyboard.press("Enter")
    page.wait_for_url("**/viec")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến nội dung chính")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    assert complaints == []


def test_without_a_script_no_form_is_said_to_be_opening(chromium, sit_down, address) -> None:
    signed_in = sit_down("bd.lan").context.storage_state()
    context = chromium.new_context(base_url=address, storage_state=signed_in, java_script_enabled=False)
    page = context.new_page()
    page.goto("/tiep-nhan?thu_tuc=1.004623")
    expect(page.get_by_role("heading", name="Nội dung đề nghị")).to_be_visible()
    expect(page.get_by_text("Đang mở biểu mẫu…")).to_be_hidden()
    context.close()

"""A dossier from the counter to the returned result by people who have no mouse, and always see where they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from engine.demonstration import PASSWORD
from engine.worktime import TIME_ZONE

pytestmark = pytest.mark.browser

MOST_STOPS = 90
"""More than any page has: who presses Tab so often without arriving goes round in circles."""

NEXT_STOP = """(target) => {
  const page = [document.body, document.documentElement];
  const look = (part) => { const is = getComputedStyle(part); return [is.outline, is.boxShadow, is.borderColor].join(); };
  const shown = (part) => part && !page.includes(part) && part.getBoundingClientRect().width > 1 && getComputedStyle(part).opacity !== "0";
  const left = window.keyboardStop?.filter(([part]) => part.isConnected) ?? [];
  const unseen = left.length && left.every(([part, focused]) => look(part) === focused) ? left[0][0].outerHTML : "";
  const here = document.activeElement, around = [here, here.nextElementSibling];
  for (let part = here.parentElement; part && around.length < 5; part = part.parentElement) around.push(part);
  window.keyboardStop = around.filter(shown).map((part) => [part, look(part)]);
  return [unseen, here === target];
}"""  # noqa: E501
"""Gives two answers about the stop that Tab has come to.

First the stop that was just left, when neither it nor what is around it looked different with the focus in it; then
whether this stop is the target.
"""


class Keyboard:
    """The keys of one person's computer."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.emulate_media(reduced_motion="reduce")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def go_to(self, target: Locator) -> None:
        """Press Tab until `target` has the focus; every stop on the way must have been seen."""
        expect(target).to_be_visible()
        element = target.element_handle()
        if element.evaluate("element => element === document.activeElement"):
            return
        for _ in range(MOST_STOPS):
            self.press("Tab")
            unseen, arrived = self.page.evaluate(NEXT_STOP, element)
            assert not unseen, "the focus was on something and could not be seen"
            if arrived:
                return
        raise AssertionError(f"Tab does not come to {target}")

    def named(self, label: str) -> Locator:
        return self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}")).first

    def fill(self, label: str, text: str) -> None:
        self.go_to(self.named(label))
        self.press("Control+A")
        self.page.keyboard.type(text)

    def tick(self, label: str) -> None:
        self.go_to(self.named(label))
        self.press("Space")

    def choose(self, label: str) -> None:
        """Go into a group of radio buttons, at its chosen or its first one, and on with the arrow keys."""
        wanted = self.named(label)
        group = self.page.locator(f"[name='{wanted.get_attribute('name')}']")
        chosen = [button for button in group.all() if button.is_checked()]
        self.go_to((chosen or group.all())[0])
        self.press(*([] if chosen else ["Space"]))
        for _ in range(group.count()):
            if wanted.is_checked():
                return
            self.press("ArrowDown")
        raise AssertionError(f"the arrow keys do not come to {label}")

    def pick(self, label: str, letters: str) -> None:
        """Choose from a list that opens under the field, by typing some letters of the entry."""
        self.go_to(self.named(label))
        self.page.keyboard.type(letters)
        expect(self.page.locator(".fjs-dropdownlist-item")).to_have_count(1)
        self.press("Enter")

    def follow(self, name: str) -> None:
        self.go_to(self.page.get_by_role("link", name=name).first)
        self.press("Enter")


def sit_at(page: Page, username: str) -> Keyboard:
    """Log in; the cursor stands in the first field."""
    keyboard = Keyboard(page)
    page.goto("/dang-nhap")
    page.keyboard.type(username)
    keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    keyboard.press("Enter")
    page.wait_for_url("**/viec")
    return keyboard


def receive(keys: Keyboard) -> str:
    """The clerk finds the procedure, fills the page in and receives the dossier; gives its number."""
    page = keys.page
    keys.follow("Tiếp nhận")
    expect(page.get_by_role("searchbox").last).to_be_focused()
    page.keyboard.type("may thiet bi")
    expect(page.locator(".pick")).to_have_count(1)
    keys.go_to(page.locator(".pick"))
    keys.press("Enter")
    expect(page.locator("[data-form]")).to_have_attribute("data-ready", "yes")
    keys.choose("Tổ chức, doanh nghiệp")
    keys.fill("Họ và tên, tên tổ chức", "Công ty TNHH Cơ khí Đồng Đăng")
    keys.fill("Số giấy tờ, mã số thuế", "0102595740")
    keys.fill("Địa chỉ", "Số 8, đường Trần Hưng Đạo")
    for label, text in ASKED_FOR.items():
        keys.fill(label, text)
    for paper in page.locator(".papers input[type=checkbox]").all():
        keys.go_to(paper)
        keys.press("Space")
    keys.choose("Nhận qua bưu điện")
    keys.fill("Địa chỉ nhận kết quả", "Số 8, đường Trần Hưng Đạo")
    keys.go_to(page.get_by_role("button", name="Tiếp nhận hồ sơ"))
    keys.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Đã tiếp nhận hồ sơ.")
    return page.locator("h1.number-big").inner_text()


def issue(keys: Keyboard) -> None:
    keys.fill("Số văn bản", "12/GXN-SNV")
    keys.fill("Ngày văn bản", f"{datetime.now(TIME_ZONE):%d/%m/%Y}")


def post(keys: Keyboard) -> None:
    keys.choose("Gửi qua bưu chính công ích")
    keys.fill("Số hiệu bưu gửi", "EB123456785VN")


def examine(keys: Keyboard) -> None:
    keys.choose("Đề nghị giải quyết")
    keys.tick("Kết quả kiểm định còn giá trị")


ASKED_FOR = {
    "Tên máy, thiết bị, vật tư": "Thang máy chở hàng 1.000 kg",
    "Mã hiệu, số chế tạo": "TM-2026-01",
    "Nơi lắp đặt, sử dụng": "Kho số 3, Đồng Đăng",
    "Đơn vị kiểm định": "Trung tâm Kiểm định kỹ thuật an toàn",
    "Số giấy chứng nhận kết quả kiểm định": "118/KĐ",
    "Kiểm định có giá trị đến": "01/10/2028",
}
TURNS: list[tuple[str, Callable[[Keyboard], None]]] = [
    ("bd.lan", lambda keys: keys.fill("Số bộ hồ sơ", "2")),
    ("nv.mai", lambda keys: keys.tick("Đã nhận đủ giấy tờ")),
    ("nv.son", lambda keys: keys.pick("Chuyên viên thụ lý", "hòa")),
    ("nv.hoa", examine),
    ("nv.son", lambda keys: keys.choose("Đồng ý, trình lãnh đạo")),
    ("nv.thang", lambda keys: keys.choose("Ký duyệt")),
    ("nv.mai", issue),
    ("bd.lan", lambda keys: keys.fill("Ghi chú", "Một bì")),
    ("bd.lan", post),
]


def test_a_dossier_goes_from_the_counter_to_the_result_without_a_mouse(sit_down, complaints) -> None:
    seats = {"bd.lan": sit_at(sit_down(), "bd.lan")}
    number = receive(seats["bd.lan"])
    for username, answer in TURNS:
        keys = seats.get(username) or seats.setdefault(username, sit_at(sit_down(), username))
        keys.page.goto("/viec")
        row = keys.page.get_by_role("row").filter(has_text=number)
        keys.go_to(row.get_by_role("link").last)
        keys.press("Enter")
        for island in keys.page.locator("[data-form], [data-diagram]").all():
            expect(island).to_have_attribute("data-ready", "yes")
        answer(keys)
        keys.go_to(keys.page.locator(".decide-buttons button"))
        keys.press("Enter")
        expect(keys.page.get_by_role("status").first).to_contain_text(number)
    clerk = seats["bd.lan"].page
    clerk.goto(f"/ho-so/{number}")
    expect(clerk.locator(".dossier-head")).to_contain_text("Đã trả kết quả")
    assert complaints == []


def test_the_arrow_keys_move_the_diagram(sit_down, complaints) -> None:
    page = sit_down("thietke")
    keys = Keyboard(page)
    page.goto("/thu-tuc")
    page.get_by_role("link", name="Cấp thẻ hướng dẫn viên du lịch nội địa, tại điểm").click()
    expect(page.locator("[data-diagram]")).to_have_attribute("data-ready", "yes")
    drawn = page.locator(".djs-container g.viewport")
    before = drawn.bounding_box()
    keys.go_to(page.locator(".djs-container > svg"))
    keys.press("Control+ArrowRight", "Control+ArrowDown")
    after = drawn.bounding_box()
    assert before and after
    assert (after["x"], after["y"]) != (before["x"], before["y"])
    assert complaints == []


def test_the_notice_behind_the_logo_of_the_forms_is_left_by_the_escape_key(sit_down, complaints) -> None:
    page = sit_down("bd.lan")
    keys = Keyboard(page)
    page.goto("/tiep-nhan?thu_tuc=2.000134")
    expect(page.locator("[data-form]")).to_have_attribute("data-ready", "yes")
    logo, notice = page.locator(".fjs-powered-by-link"), page.locator(".fjs-powered-by-lightbox")
    keys.go_to(logo)
    keys.press("Enter")
    expect(notice).to_be_visible()
    keys.press("Escape")
    expect(notice).to_have_count(0)
    expect(logo).to_be_focused()
    assert complaints == []

"""Two procedures whose counter page asks for numbers and ticks: received by a clerk, one as far as the opinions."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

NUMBER = re.compile(r"H37\.\d+-\d{6}-\d{4}")
ORGANISATION = {
    "Họ và tên, tên tổ chức": "Công ty TNHH Kho bãi Tân Thanh",
    "Số giấy tờ, mã số thuế": "0100109106",
    "Địa chỉ": "Khu kinh tế cửa khẩu Đồng Đăng - Lạng Sơn",
}


def receive(page: Page, code: str, texts: dict[str, str], choices: list[str], screens) -> str:
    """The clerk enters an organisation's dossier with every paper, and accepts it; gives its number."""
    page.goto(f"/tiep-nhan?thu_tuc={code}")
    own = page.locator("[data-form]")
    expect(own).to_have_attribute("data-ready", "yes")
    page.get_by_role("radio", name="Tổ chức, doanh nghiệp").check()
    for label, text in ORGANISATION.items():
        page.get_by_role("textbox", name=re.compile(f"^{label}")).first.fill(text)
    for choice in choices:
        own.get_by_role("radio", name=choice, exact=True).check()
    for label, text in texts.items():
        own.get_by_label(label).fill(text)
    expect(page.locator("#preview")).not_to_contain_text("Tạm tính")
    for paper in page.locator(".papers tr:has(.required) input[type=checkbox]").all():
        paper.check()
    expect(page.locator("#preview")).to_contain_text("Đủ giấy tờ bắt buộc.")
    screens.take(page, f"entered-{code}")
    page.get_by_role("button", name="Tiếp nhận hồ sơ").click()
    expect(page.get_by_role("status")).to_contain_text("Đã tiếp nhận hồ sơ.")
    number = page.locator("h1.number-big").inner_text()
    assert NUMBER.fullmatch(number)
    screens.take(page, f"received-{code}")
    return number


def open_task(page: Page, number: str, task: str) -> Locator:
    page.goto("/viec")
    page.get_by_role("row").filter(has_text=number).get_by_role("link", name=task).click()
    form = page.locator("[data-form]")
    expect(form).to_have_attribute("data-ready", "yes")
    return form


def send(page: Page, number: str) -> None:
    page.locator(".decide-buttons button").click()
    expect(page.get_by_role("status").first).to_contain_text(number)


def test_a_publication_without_business_purpose_is_received(sit_down, screens, complaints) -> None:
    texts = {
        "Tên tài liệu": "Sổ tay phòng, chống thiên tai",
        "Số lượng in, nhân bản": "500",
        "Số trang": "64",
        "Mục đích xuất bản, phạm vi phát hành": "Tuyên truyền, phát không thu tiền tại các xã",
    }
    receive(sit_down("bd.lan"), "1.003868", texts, ["Tài liệu in"], screens)
    assert complaints == []


def test_an_investment_policy_goes_from_the_counter_to_parallel_opinions(sit_down, screens, complaints) -> None:
    texts = {
        "Tên dự án đầu tư": "Kho ngoại quan và bãi kiểm hóa Tân Thanh",
        "Địa điểm thực hiện": "Khu kinh tế cửa khẩu Đồng Đăng - Lạng Sơn",
        "Diện tích": "4.5",
        "Tổng vốn đầu tư": "120000000000",
        "Mục tiêu, quy mô dự án": "Kho ngoại quan, bãi xe và dịch vụ kiểm hóa",
    }
    clerk = sit_down("bd.lan")
    number = receive(clerk, "1.009748", texts, [], screens)
    open_task(clerk, number, "Giao hồ sơ cho cơ quan")
    send(clerk, number)
    records = sit_down("bq.yen")
    taken = open_task(records, number, "Nhận hồ sơ từ quầy")
    taken.get_by_role("checkbox").or_(taken.get_by_role("radio")).first.check()
    send(records, number)
    head = sit_down("bq.hai")
    open_task(head, number, "Phân công thụ lý").get_by_label("Chuyên viên thụ lý").click()
    head.get_by_text("Lê Thị Thủy").click()
    send(head, number)
    officer = sit_down("bq.thuy")
    form = open_task(officer, number, "Kiểm tra, chọn cơ quan lấy ý kiến")
    screens.take(officer, "check")
    form.get_by_role("radio").first.check()
    for typed, agency in (("so xay", "Sở Xây dựng"), ("cong an", "Công an tỉnh")):
        form.locator(".fjs-taglist-input").fill(typed)
        found = form.locator(".fjs-dropdownlist-item")
        expect(found).to_contain_text([agency])
        found.click()
    officer.keyboard.press("Tab")
    screens.take(officer, "agencies-chosen")
    send(officer, number)
    officer.goto(f"/ho-so/{number}")
    expect(officer.locator("table").filter(has_text="Chưa trả lời").get_by_text("Chưa trả lời")).to_have_count(2)
    screens.take(officer, "consulting")
    builder = sit_down("xd.kien")
    open_task(builder, number, "ý kiến").get_by_role("radio").first.check()
    screens.take(builder, "opinion")
    assert complaints == []

"""Where a page begins to be typed into: whoever has a queue in front of them presses Tab as seldom as possible."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_receiving_other_procedures import receive
from tests.browser.test_the_keyboard_alone import ASKED_FOR

pytestmark = pytest.mark.browser

PUBLICATION = {
    "Tên tài liệu": "Lịch mùa vụ xã Mẫu Sơn",
    "Số lượng in, nhân bản": "200",
    "Số trang": "16",
    "Mục đích xuất bản, phạm vi phát hành": "Phát cho các hộ trong xã",
}


def test_the_enter_key_chooses_the_only_procedure_and_the_page_begins_at_its_first_field(sit_down, complaints) -> None:
    page = sit_down("bd.lan")
    page.goto("/tiep-nhan")
    page.keyboard.type("may thiet bi")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Khai báo khi đưa vào sử dụng máy")
    expect(page.get_by_role("radio", name="Cá nhân")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("textbox", name="Họ và tên, tên tổ chức")).to_be_focused()
    assert complaints == []


def test_a_refused_reception_begins_at_its_first_wrong_field(sit_down) -> None:
    page = sit_down("bd.lan")
    page.goto("/tiep-nhan?thu_tuc=2.000134")
    form = page.locator("[data-form]")
    expect(form).to_have_attribute("data-ready", "yes")
    for label, text in ASKED_FOR.items():
        form.get_by_label(label).fill(text)
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Tiếp nhận hồ sơ").click()
    expect(page.get_by_role("alert").first).to_contain_text("Chưa có gì được lưu.")
    expect(page.get_by_role("textbox", name="Họ và tên, tên tổ chức")).to_be_focused()


def test_the_counter_s_own_steps_begin_in_their_form_and_the_agency_s_do_not(sit_down, screens, complaints) -> None:
    clerk = sit_down("bd.lan")
    number = receive(clerk, "1.003868", PUBLICATION, ["Tài liệu in"], screens)
    clerk.goto("/viec")
    clerk.get_by_role("row").filter(has_text=number).get_by_role("link", name="Giao hồ sơ cho cơ quan").click()
    packets = clerk.get_by_label("Số bộ hồ sơ")
    expect(packets).to_be_focused()
    clerk.keyboard.press("Enter")
    expect(clerk.get_by_role("status").first).to_contain_text(number)
    records = sit_down("vh.nga")
    records.goto("/viec")
    records.get_by_role("row").filter(has_text=number).get_by_role("link", name="Nhận hồ sơ từ quầy").click()
    expect(records.locator("[data-form]")).to_have_attribute("data-ready", "yes")
    expect(records.locator("body")).to_be_focused()
    assert complaints == []


def test_the_password_page_begins_at_the_first_field_and_goes_on_at_the_wrong_one(sit_down) -> None:
    page = sit_down("bd.hung")
    page.goto("/mat-khau")
    expect(page.get_by_label("Mật khẩu hiện tại")).to_be_focused()
    page.keyboard.type("motcua-demo")
    for text in ("mat-khau-moi", "mat-khau-khac"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    again = page.get_by_label("Nhập lại mật khẩu mới")
    expect(again).to_be_focused()
    expect(again).to_have_accessible_description("Hai lần nhập mật khẩu mới không giống nhau.")


def test_what_is_missing_above_and_inside_the_form_is_told_at_once(sit_down, complaints) -> None:
    page = sit_down("bd.lan")
    page.goto("/tiep-nhan?thu_tuc=2.000134")
    form = page.locator("[data-form]")
    expect(form).to_have_attribute("data-ready", "yes")
    page.get_by_role("button", name="Tiếp nhận hồ sơ").click()
    told = page.get_by_role("alert").first
    expect(told).to_contain_text("Chưa có gì được lưu.")
    expect(told).to_contain_text("Họ tên không được để trống.")
    expect(told).to_contain_text("“Tên máy, thiết bị, vật tư” là thông tin bắt buộc.")
    expect(form.get_by_label("Tên máy, thiết bị, vật tư")).to_have_attribute("aria-invalid", "true")
    name = page.get_by_role("textbox", name="Họ và tên, tên tổ chức")
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_be_focused()


def test_a_form_that_alone_is_incomplete_stops_on_the_page_and_the_chosen_scans_stay(sit_down, complaints) -> None:
    page = sit_down("bd.lan")
    page.goto("/tiep-nhan?thu_tuc=2.000134")
    form = page.locator("[data-form]")
    expect(form).to_have_attribute("data-ready", "yes")
    for field in page.locator("[aria-required='true']:visible").all():
        field.fill("Đã nhập")
    scan = page.locator("input[type=file]").first
    scan.set_input_files({"name": "phieu.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    page.get_by_role("button", name="Tiếp nhận hồ sơ").click()
    expect(form.locator(".fjs-has-errors").first.locator("input, textarea, select").first).to_be_focused()
    expect(scan).to_have_value("C:\\fakepath\\phieu.pdf")
    assert complaints == []

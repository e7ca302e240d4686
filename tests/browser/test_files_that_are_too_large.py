"""Files that the server would refuse for their size are named before they are sent, where they were chosen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

MEGABYTE = 1_000_000


def scan(folder: Path, name: str, megabytes: int) -> Path:
    """A file of that size, on the disk: the browser then reads it itself."""
    (folder / name).write_bytes(b"%PDF-1.7\n".ljust(megabytes * MEGABYTE, b" "))
    return folder / name


def receiving(page: Page) -> None:
    page.goto("/tiep-nhan?thu_tuc=1.004623")
    form = page.locator("[data-form]")
    expect(form).to_have_attribute("data-ready", "yes")
    form.get_by_role("radio", name="Cấp mới", exact=True).check()
    form.get_by_role("radio", name="Hướng dẫn viên du lịch nội địa", exact=True).check()
    page.get_by_role("textbox", name=re.compile("^Họ và tên, tên tổ chức")).fill("Nguyễn Thị Ngọc Yến")
    expect(page.locator("#preview")).to_contain_text("650.000 đồng")


def test_files_too_large_are_not_sent_and_nothing_typed_is_lost(sit_down, screens, complaints, tmp_path) -> None:
    page = sit_down("bd.lan")
    receiving(page)
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.is_navigation_request() else None)
    choices = page.locator(".papers .file-choice")
    expect(choices.first).to_contain_text("Chưa chọn tệp")
    choices.first.locator("input").set_input_files(scan(tmp_path, "don.pdf", 21))
    expect(choices.first.get_by_role("alert")).to_contain_text("Tệp “don.pdf” nặng 21,0 MB, quá 20 MB.")
    page.get_by_role("button", name="Tiếp nhận hồ sơ").click()
    expect(choices.first.locator("input")).to_be_focused()
    screens.take(page, "one-too-large")
    choices.first.locator("input").set_input_files(scan(tmp_path, "don-nhe.pdf", 15))
    expect(choices.first.get_by_role("alert")).to_be_hidden()
    choices.nth(1).locator("input").set_input_files(scan(tmp_path, "ly-lich.pdf", 15))
    page.get_by_role("button", name="Tiếp nhận hồ sơ").click()
    expect(page.get_by_text("Các tệp đã chọn nặng tổng cộng 30,0 MB")).to_be_visible()
    screens.take(page, "together-too-large")
    assert sent == []
    page.locator(".papers input[type=checkbox]").first.check()
    expect(page.locator("#preview")).to_contain_text("Còn thiếu 4")
    expect(choices.first).to_contain_text("don-nhe.pdf (15,0 MB)")
    assert complaints == []


def test_a_body_that_is_too_large_is_refused_and_the_way_back_leads_to_what_was_typed(sit_down, tmp_path) -> None:
    page = sit_down("bd.lan")
    receiving(page)
    page.locator(".papers input[type=file]").first.set_input_files(scan(tmp_path, "don.pdf", 30))
    page.evaluate("document.querySelector('[data-files-together]').dataset.limit = 1e9")
    page.evaluate("document.querySelectorAll('[data-file-choice]').forEach(one => one.dataset.limit = 1e9)")
    page.get_by_role("button", name="Tiếp nhận hồ sơ").click()
    expect(page.get_by_text("vượt quá dung lượng cho phép")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Đã điền lại nội dung bạn nhập dở lúc")).to_be_visible()
    expect(page.get_by_role("textbox", name=re.compile("^Họ và tên, tên tổ chức"))).to_have_value("Nguyễn Thị Ngọc Yến")


def test_the_keyboard_reaches_a_choice_of_files_and_sees_that_it_is_there(sit_down) -> None:
    page = sit_down("bd.lan")
    receiving(page)
    page.locator(".papers .count").nth(1).focus()
    page.keyboard.press("Tab")
    chosen = page.locator(".papers .file-choice").first
    expect(chosen.locator("input")).to_be_focused()
    expect(chosen.locator("input")).to_have_accessible_name(re.compile("^Bản quét: "))
    assert chosen.locator(".btn").evaluate("button => getComputedStyle(button).outlineStyle") == "solid"

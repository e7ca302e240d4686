"""What an applicant or a clerk writes is shown as written: no page runs it, and none is broken by it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

PICTURE = "<img src=x onerror=window.hostile=1>"
SCRIPT = '"><script>window.hostile=1</script>'
TEMPLATE = "{{7*7}} ${7*7} {%raw%}"
CLOSING = "</script><script>window.hostile=1</script>"
SCAN = {"name": f"{PICTURE}.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF\n"}
PARTY = {
    "Họ và tên, tên tổ chức": f"Công ty {PICTURE}",
    "Số giấy tờ, mã số thuế": "0100109106",
    "Địa chỉ": f"Số 1 {SCRIPT} {TEMPLATE}",
    "Người đại diện theo pháp luật": CLOSING,
}
ANSWERS = {
    "Tên tài liệu": f"{CLOSING} {PICTURE}",
    "Số lượng in, nhân bản": "500",
    "Số trang": "64",
    "Mục đích xuất bản, phạm vi phát hành": f"{TEMPLATE} {SCRIPT}",
}


def receive(page: Page) -> str:
    """The clerk enters hostile words wherever a word can be entered; gives the dossier's number."""
    page.goto("/tiep-nhan?thu_tuc=1.003868")
    own = page.locator("[data-form]")
    expect(own).to_have_attribute("data-ready", "yes")
    page.get_by_role("radio", name="Tổ chức, doanh nghiệp").check()
    for label, text in PARTY.items():
        page.get_by_role("textbox", name=re.compile(f"^{label}")).first.fill(text)
    own.get_by_role("radio", name="Tài liệu in", exact=True).check()
    for label, text in ANSWERS.items():
        own.get_by_label(label).fill(text)
    page.get_by_label("Trích yếu").fill(f"{PICTURE} {TEMPLATE}")
    expect(page.locator("#preview")).not_to_contain_text("Tạm tính")
    for paper in page.locator(".papers input[type=checkbox]").all():
        paper.check()
    page.locator(".papers input[type=file]").first.set_input_files(SCAN)
    expect(page.locator("#preview")).to_contain_text("Đủ giấy tờ bắt buộc.")
    page.get_by_role("button", name="Tiếp nhận hồ sơ").click()
    expect(page.get_by_role("status")).to_contain_text("Đã tiếp nhận hồ sơ.")
    return page.locator("h1.number-big").inner_text()


def look(page: Page) -> str:
    """What the page shows, once it is seen that nothing of what was written became part of it."""
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.hostile") is None
    assert page.locator("img[src=x]").count() == 0
    return page.locator("main").inner_text()


def test_words_that_look_like_a_page_are_shown_as_words(sit_down, screens, complaints) -> None:
    clerk = sit_down("bd.lan")
    number = receive(clerk)
    shown = look(clerk)
    for text in (PARTY["Địa chỉ"], CLOSING, ANSWERS["Tên tài liệu"], PARTY["Họ và tên, tên tổ chức"], SCAN["name"]):
        assert text in shown
    screens.take(clerk, "dossier")
    receipt = clerk.get_by_role("link", name=re.compile("Giấy tiếp nhận hồ sơ")).first.get_attribute("href")
    assert clerk.request.get(receipt).body().startswith(b"%PDF-")
    clerk.goto(f"/ho-so?tim={number}")
    assert PICTURE in look(clerk)
    clerk.goto("/viec")
    assert PICTURE in look(clerk)
    clerk.get_by_role("row").filter(has_text=number).get_by_role("link").first.click()
    expect(clerk.locator("[data-form]")).to_have_attribute("data-ready", "yes")
    look(clerk)
    screens.take(clerk, "task")
    clerk.goto(f"/viec?tim={SCRIPT}")
    look(clerk)
    clerk.goto(f"/tiep-nhan?tim={SCRIPT}")
    look(clerk)
    assert complaints == []

"""An officer asks an applicant for papers: which of the list, what each lacks; the head reads it and it is printed."""

from __future__ import annotations

import re
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Locator, Page, expect

from bench.office import BOILER
from engine.demonstration import PASSWORD

pytestmark = pytest.mark.browser

DECLARATION = {
    "procedure": "2.000134",
    "applicant": {
        "kind": "organisation",
        "full_name": "Công ty TNHH Cơ khí Đồng Đăng",
        "identity_kind": "tax_code",
        "identity_number": "0102595740",
        "phone": "0912345678",
        "address": "Số 5, đường Trần Đăng Ninh",
    },
    "components": [{"code": "declaration", "originals": 1}, {"code": "inspection_result", "copies": 1}],
    "facts": BOILER,
}
WAY: list[tuple[str, str, dict[str, Any]]] = [
    ("give", "bd.lan", {"packets": 1}),
    ("take", "nv.mai", {"accepted": True}),
    ("assign", "nv.son", {"officer": "nv.hoa"}),
    ("examine", "nv.hoa", {"decision": "supplement", "reason": "Chưa đối chiếu được thiết bị"}),
]


def call(page: Page, username: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Ask the interface as `username`, whose token is made for the occasion."""
    given = page.request.post("/api/v1/tokens", data={"username": username, "password": PASSWORD, "name": "Phím"})
    headers = {"Authorization": f"Bearer {given.json()['token']}"}
    answer = page.request.post(path, data=body, headers=headers) if body else page.request.get(path, headers=headers)
    assert answer.ok, answer.text()
    return answer.json()


def examined_and_lacking(page: Page) -> str:
    """A dossier whose officer has decided to ask for papers; gives its number."""
    number = str(call(page, "bd.lan", "/api/v1/dossiers", DECLARATION)["number"])
    for element, username, answers in WAY:
        tasks = call(page, username, f"/api/v1/dossiers/{number}")["open_tasks"]
        task = next(task for task in tasks if task["element_id"] == element)
        call(page, username, f"/api/v1/tasks/{task['id']}/complete", {"answers": answers})
    return number


def open_task(page: Page, number: str, task: str) -> Locator:
    page.goto("/viec")
    page.get_by_role("row").filter(has_text=number).get_by_role("link", name=task).click()
    form = page.locator("[data-form]")
    expect(form).to_have_attribute("data-ready", "yes")
    return form


def test_an_officer_asks_for_two_papers_and_the_paper_says_so(sit_down, screens, complaints, chromium) -> None:
    officer = sit_down("nv.hoa")
    number = examined_and_lacking(officer)
    form = open_task(officer, number, "Dự thảo yêu cầu bổ sung")
    screens.take(officer, "draft-empty")
    for index, (typed, paper, wanted) in enumerate(
        [
            ("kiem dinh", "Bản sao kết quả kiểm định", "Thiếu ảnh tem kiểm định"),
            ("PHIEU", "Phiếu khai báo", "Ghi lại số chế tạo"),
        ]
    ):
        if index:
            form.get_by_role("button", name="Thêm").click()
        form.get_by_label("Thành phần hồ sơ").nth(index).fill(typed)
        found = form.locator(".fjs-dropdownlist-item")
        expect(found).to_contain_text([paper])
        found.click()
        form.get_by_label("Còn thiếu gì, cần hoàn thiện thế nào").nth(index).fill(wanted)
        form.get_by_label("Bản chính").nth(index).fill(str(index + 1))
    form.get_by_label("Lý do yêu cầu bổ sung").fill("Chưa đối chiếu được thiết bị")
    screens.take(officer, "draft")
    officer.locator(".decide-buttons button").click()
    expect(officer.get_by_role("status").first).to_contain_text(number)

    head = sit_down("nv.son")
    open_task(head, number, "Duyệt yêu cầu bổ sung").get_by_role("radio").first.check()
    earlier = head.locator(".earlier").first
    expect(earlier).to_contain_text("1. Thành phần hồ sơ: Bản sao kết quả kiểm định kỹ thuật an toàn; Còn thiếu gì")
    screens.take(head, "approve")
    head.locator(".decide-buttons button").click()
    expect(head.get_by_role("status").first).to_contain_text(number)

    clerk = sit_down("bd.lan")
    clerk.goto(f"/ho-so/{number}")
    link = clerk.get_by_role("link", name=re.compile("Phiếu yêu cầu bổ sung")).first.get_attribute("href")
    printed = clerk.request.get(link).body()
    (screens.folder / "request.pdf").write_bytes(printed)
    text = " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(printed))
    assert "01/HDHS" in text
    assert "Thiếu ảnh tem kiểm định" in text
    screens.take(clerk, "asked")
    assert complaints == []

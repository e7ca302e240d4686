"""However often and by how many a task is sent, it is done once, and whoever comes late is told who did it and when."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_asking_for_papers import DECLARATION, call, open_task

pytestmark = pytest.mark.browser

HAND_OVER = "Giao hồ sơ cho cơ quan"
LATE = re.compile(
    r"Công việc “Giao hồ sơ cho cơ quan” đã được Hoàng Thị Lan hoàn thành lúc \d{2}:\d{2} \d{2}/\d{2}/\d{4}"
)


def completions(page: Page, number: str, task: str) -> int:
    """How often the log says that `task` (its row's id) was completed."""
    events = call(page, "bd.lan", f"/api/v1/dossiers/{number}/events")["items"]
    return sum((event["kind"], event["task"]) == ("task_completed", task) for event in events)


def expect_to_be_told(page: Page, number: str) -> None:
    expect(page.get_by_text(LATE)).to_be_visible()
    expect(page.get_by_role("link", name=f"Mở hồ sơ {number}")).to_be_visible()


def test_a_task_is_done_once_and_who_comes_late_is_told_who_and_when(sit_down, screens) -> None:
    first, second = sit_down("bd.lan"), sit_down("bd.hung")
    number = call(first, "bd.lan", "/api/v1/dossiers", DECLARATION)["number"]
    open_task(second, number, HAND_OVER).get_by_label("Ghi chú bàn giao").fill("Đã kiểm đếm")
    open_task(first, number, HAND_OVER)
    page_of_task = first.url
    first.locator(".decide-buttons button").dblclick()
    expect(first.get_by_role("status").first).to_contain_text("Đã hoàn thành")

    second.locator(".decide-buttons button").click()
    expect_to_be_told(second, number)
    screens.take(second, "too-late")

    first.go_back()
    expect(first).to_have_url(page_of_task)
    expect_to_be_told(first, number)
    first.get_by_role("link", name=f"Mở hồ sơ {number}").click()
    expect(first.get_by_role("heading", level=1)).to_have_text(number)
    assert completions(sit_down(), number, page_of_task.rsplit("/", 1)[1]) == 1

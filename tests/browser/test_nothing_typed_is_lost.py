"""What somebody typed outlives the end of the session; nobody else finds it, and it is gone once it is a record."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from engine.demonstration import PASSWORD
from tests.browser.conftest import LONGEST_WAIT
from tests.browser.test_asking_for_papers import DECLARATION, call, open_task

pytestmark = pytest.mark.browser

RECEIVING = "/tiep-nhan?thu_tuc=1.004623"
DRAFTS = "Object.entries(sessionStorage).filter(([key]) => key.startsWith('draft:')).map(([, draft]) => draft).join()"
IDENTITY = "020185001234"


def log_in(page: Page, username: str = "bd.lan") -> None:
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(lambda url: "dang-nhap" not in url)


def type_a_reception(page: Page) -> None:
    """Fill the page in; on return it has nothing more to ask the server, which would lead to the login page."""
    page.goto(RECEIVING)
    form = page.locator("[data-form]")
    expect(form).to_have_attribute("data-ready", "yes")
    for label, text in {"Họ và tên, tên tổ chức": "Nguyễn Thị Ngọc Yến", "Số giấy tờ": IDENTITY}.items():
        page.get_by_role("textbox", name=re.compile(f"^{label}")).first.fill(text)
    form.get_by_role("radio", name="Cấp mới", exact=True).check()
    form.get_by_role("radio", name="Hướng dẫn viên du lịch nội địa", exact=True).check()
    expect(page.locator("#preview")).to_contain_text("650.000 đồng")
    page.locator(".papers .count").first.fill("4")
    page.locator(".papers input[type=checkbox]").nth(2).check()
    expect(page.locator("#preview")).to_contain_text("Còn thiếu 4")


def expect_the_reception(page: Page) -> None:
    expect(page).to_have_url(re.compile(re.escape(RECEIVING) + "$"))
    expect(page.get_by_text("Đã điền lại nội dung bạn nhập dở lúc")).to_be_visible()
    expect(page.get_by_role("textbox", name=re.compile("^Họ và tên, tên tổ chức"))).to_have_value("Nguyễn Thị Ngọc Yến")
    expect(page.get_by_role("textbox", name=re.compile("^Số giấy tờ")).first).to_have_value("")
    expect(page.get_by_role("radio", name="Hướng dẫn viên du lịch nội địa", exact=True)).to_be_checked()
    expect(page.locator("#preview")).to_contain_text("650.000 đồng")
    expect(page.locator(".papers input[type=checkbox]").nth(2)).to_be_checked()
    expect(page.locator(".papers .count").first).to_have_value("4")


def test_a_half_filled_reception_is_there_after_logging_in_again(sit_down, screens) -> None:
    page = sit_down("bd.lan")
    type_a_reception(page)
    page.context.clear_cookies()
    page.get_by_role("button", name="Tiếp nhận hồ sơ").click()
    expect(page.get_by_text("Chưa có gì được lưu.")).to_be_visible()
    log_in(page)
    expect_the_reception(page)
    screens.take(page, "restored")
    assert IDENTITY not in page.evaluate(DRAFTS)


def test_a_page_that_was_open_too_long_is_shown_anew_with_what_was_typed(sit_down) -> None:
    page = sit_down("bd.lan")
    type_a_reception(page)
    page.evaluate("document.querySelector('meta[name=csrf-token]').content = 'stale'")
    page.evaluate("document.querySelector('#reception [name=csrf_token]').value = 'stale'")
    page.get_by_role("button", name="Tiếp nhận hồ sơ").click()
    expect(page.get_by_text("Chưa có gì được lưu.")).to_be_visible()
    expect_the_reception(page)


def expect_no_draft(page: Page) -> None:
    """The page's words are there before its script has run, and it is the script that forgets.

    Asked from here again and again: the pages' content security policy lets nothing wait inside of them.
    """
    deadline = time.monotonic() + LONGEST_WAIT / 1000
    while page.evaluate(DRAFTS) != "":
        assert time.monotonic() < deadline, "the draft is still there"
        page.wait_for_timeout(50)


def leave_by_logging_out(page: Page) -> None:
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/dang-nhap")


def leave_by_the_end_of_the_session(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/dang-nhap")


@pytest.mark.parametrize("leave", [leave_by_logging_out, leave_by_the_end_of_the_session])
def test_the_next_person_at_the_machine_finds_nothing(sit_down, leave: Callable[[Page], None]) -> None:
    page = sit_down("bd.lan")
    type_a_reception(page)
    assert "Ngọc Yến" in page.evaluate(DRAFTS)
    leave(page)
    if leave is leave_by_logging_out:
        expect_no_draft(page)
    log_in(page, "bd.hung")
    expect_no_draft(page)


def test_an_unsent_reception_is_offered_and_not_put_into_the_next_applicants_form(sit_down) -> None:
    page = sit_down("bd.lan")
    type_a_reception(page)
    page.goto("/viec")
    page.goto(RECEIVING)
    name = page.get_by_role("textbox", name=re.compile("^Họ và tên, tên tổ chức"))
    expect(page.get_by_text("Trang này có nội dung bạn nhập dở")).to_be_visible()
    expect(name).to_have_value("")
    page.get_by_role("button", name="Điền lại").click()
    expect_the_reception(page)
    page.get_by_role("button", name="Bỏ nội dung nhập dở").click()
    expect(name).to_have_value("")
    expect_no_draft(page)


def test_what_was_thrown_away_does_not_come_back_with_an_answer_that_was_still_under_way(sit_down) -> None:
    """The preview that was asked for when the draft was filled in arrives while the page is being fetched anew."""
    page = sit_down("bd.lan")
    type_a_reception(page)
    page.goto("/viec")
    page.goto(RECEIVING)
    previews: list[Route] = []
    page.route("**/xem-truoc", lambda asked: previews.append(asked))
    with page.expect_request("**/xem-truoc"):
        page.get_by_role("button", name="Điền lại").click()
    discard = page.get_by_role("button", name="Bỏ nội dung nhập dở")
    expect(discard).to_be_visible()

    def answer_the_preview_first(fetched: Route) -> None:
        previews.pop().continue_()
        time.sleep(1)  # The browser goes on meanwhile: the preview is put into the page that is about to go.
        fetched.continue_()

    page.route(lambda url: url.endswith(RECEIVING), answer_the_preview_first)
    discard.click()
    expect(discard).to_be_hidden()
    expect_no_draft(page)
    expect(page.get_by_role("textbox", name=re.compile("^Họ và tên, tên tổ chức"))).to_have_value("")


def test_a_tasks_answers_come_back_and_are_forgotten_when_the_task_is_done(sit_down) -> None:
    page = sit_down("bd.lan")
    number = call(page, "bd.lan", "/api/v1/dossiers", DECLARATION)["number"]
    form = open_task(page, number, "Giao hồ sơ cho cơ quan")
    form.get_by_label("Số bộ hồ sơ").fill("3")
    page.context.clear_cookies()
    page.locator(".decide-buttons button").click()
    log_in(page)
    expect(form).to_have_attribute("data-ready", "yes")
    expect(form.get_by_label("Số bộ hồ sơ")).to_have_value("3")
    page.locator(".decide-buttons button").click()
    expect(page.get_by_role("status").first).to_contain_text(number)
    expect_no_draft(page)

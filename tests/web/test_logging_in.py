"""Logging in and out, idle sessions, forged forms and the language of the pages."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from engine.demonstration import PASSWORD
from engine.organisation.models import LoginFailure
from engine.organisation.queries import person_by_username
from engine.organisation.rules import MOST_NETWORK_FAILURES
from tests.web.conftest import MONDAY_MORNING, Browser
from web.application import create_application


def test_a_stranger_is_asked_to_log_in_and_comes_back_to_what_was_wanted(stranger) -> None:
    asked = stranger.get("/ho-so?tim=nguyen")
    assert asked.status_code == 303
    assert asked.location == "/dang-nhap?tiep=/ho-so?tim%3Dnguyen"
    answer = stranger.post("/dang-nhap", {"username": "bd.lan", "password": "motcua-demo", "tiep": "/ho-so?tim=nguyen"})
    assert answer.location == "/ho-so?tim=nguyen"


def test_a_wrong_password_says_so_and_keeps_the_user_name(stranger) -> None:
    answer = stranger.log_in("bd.lan", "not the password")
    assert answer.status_code == 401
    assert "Tên đăng nhập hoặc mật khẩu không đúng." in answer.text
    assert 'value="bd.lan"' in answer.text
    assert stranger.get("/viec").status_code == 303


def test_guessing_a_password_locks_the_account_for_a_while(stranger, office_clock) -> None:
    for _ in range(8):
        stranger.log_in("bd.lan", "guess")
    locked = stranger.log_in("bd.lan")
    assert "tạm khóa" in locked.text
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "900")
    office_clock.advance(minutes=16)
    assert stranger.log_in("bd.lan").status_code == 303


GUESSING = "203.0.113.9"
"""From here a hundred wrong passwords have come."""


@pytest.fixture
def guessed(published: Session) -> None:
    digest = hashlib.sha256(GUESSING.encode()).hexdigest()
    failures = [
        LoginFailure(username_digest=str(turn), network_digest=digest, at=MONDAY_MORNING)
        for turn in range(MOST_NETWORK_FAILURES)
    ]
    published.add_all(failures)
    published.flush()


def log_in_from(browser: Browser, address: str, forwarded: str = "", password: str = PASSWORD) -> TestResponse:
    more: dict[str, Any] = {"environ_base": {"REMOTE_ADDR": address}}
    if forwarded:
        more["headers"] = {"X-Forwarded-For": forwarded}
    return browser.post("/dang-nhap", {"username": "bd.lan", "password": password}, **more)


def test_a_network_from_which_passwords_are_guessed_is_locked_for_a_while(guessed, stranger, office_clock) -> None:
    locked = log_in_from(stranger, GUESSING)
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "900")
    assert "từ mạng bạn đang dùng" in locked.text
    assert log_in_from(stranger, f"::ffff:{GUESSING}").status_code == 429
    assert log_in_from(stranger, "203.0.113.10").status_code == 303
    office_clock.advance(minutes=15)
    assert log_in_from(stranger, GUESSING).status_code == 303


def test_a_program_gets_no_token_from_a_locked_network_either(guessed, stranger) -> None:
    body = {"username": "bd.lan", "password": PASSWORD, "name": "x"}
    refused = stranger.client.post("/api/v1/tokens", json=body, environ_base={"REMOTE_ADDR": GUESSING})
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_attempts_from_network")


def test_a_wrong_password_is_counted_for_its_network(stranger, published) -> None:
    log_in_from(stranger, "2001:db8:0:7::1", password="sai")
    log_in_from(stranger, "2001:db8:0:7:ffff::1", password="sai")
    log_in_from(stranger, "2001:db8:0:8::1", password="sai")
    log_in_from(stranger, "127.0.0.1", password="sai")
    counted = Counter(published.scalars(select(LoginFailure.network_digest)))
    assert sorted(counted.values()) == [1, 1, 2]
    assert counted[None] == 1, "this machine itself: it may be a proxy that nobody has named"


def test_without_a_named_proxy_nobody_says_that_they_come_from_elsewhere(guessed, stranger) -> None:
    assert log_in_from(stranger, GUESSING, forwarded="203.0.113.10").status_code == 429
    assert log_in_from(stranger, "203.0.113.10", forwarded=GUESSING).status_code == 303


def test_behind_a_named_proxy_the_address_that_it_has_seen_counts(guessed, office, office_clock) -> None:
    settings = replace(office.extensions["settings"], trusted_proxies=1)
    behind = create_application(settings, clock=office_clock)
    behind.extensions["sessions"] = office.extensions["sessions"]
    stranger = Browser(behind.test_client())
    assert log_in_from(stranger, "10.0.0.1", forwarded=f"203.0.113.10, {GUESSING}").status_code == 429
    assert log_in_from(stranger, "10.0.0.1", forwarded=f"{GUESSING}, 203.0.113.10").status_code == 303


def test_nobody_is_sent_to_another_site_after_logging_in(stranger) -> None:
    for address in ("https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example"):
        answer = stranger.post("/dang-nhap", {"username": "bd.lan", "password": "motcua-demo", "tiep": address})
        assert answer.location == "/"


def test_a_session_ends_after_an_hour_without_a_click(clerk, office_clock) -> None:
    for _ in range(3):
        office_clock.advance(minutes=50)
        assert clerk.get("/viec").status_code == 200
    office_clock.advance(minutes=61)
    assert clerk.get("/viec").location.startswith("/dang-nhap")


def test_a_session_ends_after_a_day_at_the_office_also_for_the_busiest(clerk, office_clock) -> None:
    for _ in range(14):
        office_clock.advance(minutes=50)
        assert clerk.get("/viec").status_code == 200
    office_clock.advance(minutes=50)
    assert clerk.get("/viec").location.startswith("/dang-nhap")


def test_people_change_their_own_password_and_log_in_with_the_new_one(clerk, stranger) -> None:
    entered = {"current": "motcua-demo", "new": "mat-khau-moi", "again": "mat-khau-moi"}
    page = clerk.get("/mat-khau").text
    assert "Mật khẩu hiện tại" in page
    assert "built/assets/main-" in page
    changed = clerk.post("/mat-khau", entered)
    assert (changed.status_code, changed.location) == (303, "/dang-nhap")
    assert "Đã đổi mật khẩu" in clerk.get("/dang-nhap").text
    assert clerk.get("/viec").status_code == 303
    assert stranger.log_in("bd.lan").status_code == 401
    assert stranger.log_in("bd.lan", "mat-khau-moi").status_code == 303


@pytest.mark.parametrize("answered", [False, True], ids=["before the first answer came", "after it came"])
def test_a_second_click_on_a_changed_password_is_not_told_that_nothing_was_saved(clerk, stranger, answered) -> None:
    """Without JavaScript a second click sends the form again, with the cookie of before or with that of the answer."""
    entered = {"current": "motcua-demo", "new": "mat-khau-moi", "again": "mat-khau-moi", "csrf_token": clerk.token()}
    before = clerk.client.get_cookie("motcua").value
    assert clerk.client.post("/mat-khau", data=entered).status_code == 303
    if not answered:
        clerk.client.set_cookie("motcua", before)
    second = clerk.client.post("/mat-khau", data=entered, follow_redirects=True)
    assert second.request.path == "/dang-nhap"
    assert "Nếu lần gửi trước đã đổi mật khẩu, hãy đăng nhập bằng mật khẩu mới." in second.text
    assert "Chưa có gì được lưu" not in second.text
    assert stranger.log_in("bd.lan", "mat-khau-moi").status_code == 303


@pytest.mark.parametrize(
    ("entered", "status", "field", "said"),
    [
        ({"current": "sai"}, 403, "current", "Mật khẩu hiện tại không đúng."),
        ({"again": "mat-khau-khac"}, 422, "again", "Hai lần nhập mật khẩu mới không giống nhau."),
        ({"new": "ngan", "again": "ngan"}, 422, "new", "Mật khẩu phải có ít nhất"),
        ({"new": "x" * 201, "again": "x" * 201}, 422, "new", "Mật khẩu không được quá"),
    ],
)
def test_a_password_that_cannot_be_changed_so_says_why_beside_its_field_and_stays(
    clerk, stranger, entered, status, field, said
) -> None:
    sound = {"current": "motcua-demo", "new": "mat-khau-moi", "again": "mat-khau-moi"}
    answer = clerk.post("/mat-khau", sound | entered)
    assert answer.status_code == status
    assert said in answer.text.partition(f'id="{field}-error"')[2].partition("</div>")[0]
    assert answer.text.count('aria-invalid="true"') == answer.text.count(f'aria-describedby="{field}-error"') == 1
    assert stranger.log_in("bd.lan").status_code == 303


def test_a_session_ends_when_an_administrator_ends_it(clerk, published: Session) -> None:
    person_by_username(published, "bd.lan").session_epoch += 1
    published.flush()
    assert clerk.get("/viec").status_code == 303


def test_an_account_that_is_switched_off_is_out_at_once(clerk, published: Session) -> None:
    person_by_username(published, "bd.lan").active = False
    published.flush()
    assert clerk.get("/viec").status_code == 303


def test_logging_out_ends_the_session(clerk) -> None:
    assert clerk.post("/dang-xuat").location == "/dang-nhap"
    assert clerk.get("/viec").status_code == 303


def test_a_cookie_that_was_copied_opens_nothing_after_logging_out(clerk) -> None:
    kept = clerk.client.get_cookie("motcua")
    clerk.post("/dang-xuat")
    clerk.client.set_cookie("motcua", kept.value)
    assert clerk.get("/viec").status_code == 303


def test_a_form_without_the_token_of_its_page_changes_nothing(clerk) -> None:
    answer = clerk.client.post("/dang-xuat")
    assert answer.status_code == 400
    assert "Chưa có gì được lưu" in answer.text
    assert clerk.get("/viec").status_code == 200


def test_a_form_whose_page_was_open_too_long_leads_back_to_its_page(clerk) -> None:
    answer = clerk.client.post("/tiep-nhan", data={"trang": "/tiep-nhan?thu_tuc=1.004623"})
    assert (answer.status_code, answer.location) == (303, "/tiep-nhan?thu_tuc=1.004623")
    assert "Chưa có gì được lưu" in clerk.get(answer.location).text


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page_by_way_of_the_log_in(clerk, office_clock) -> None:
    token = clerk.token()
    office_clock.advance(minutes=61)
    sent = {"csrf_token": token, "trang": "/tiep-nhan?thu_tuc=1.004623"}
    answer = clerk.client.post("/tiep-nhan", data=sent)
    assert answer.location == "/dang-nhap?tiep=/tiep-nhan?thu_tuc%3D1.004623"
    assert "Chưa có gì được lưu" in clerk.get(answer.location).text


def test_a_forged_form_sends_nobody_to_another_site(clerk) -> None:
    assert clerk.client.post("/tiep-nhan", data={"trang": "//elsewhere.example"}).status_code == 400


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(stranger) -> None:
    cookie = stranger.log_in("bd.lan").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_language_is_chosen_and_kept_after_logging_out(clerk) -> None:
    assert "Việc cần làm" in clerk.get("/viec").text
    clerk.post("/ngon-ngu", {"language": "en", "tiep": "/viec"})
    assert "Work list" in clerk.get("/viec").text
    clerk.post("/dang-xuat")
    assert '<html lang="en"' in clerk.get("/dang-nhap").text


def test_an_unknown_language_changes_nothing(clerk) -> None:
    clerk.post("/ngon-ngu", {"language": "xx", "tiep": "/viec"})
    assert '<html lang="vi"' in clerk.get("/viec").text

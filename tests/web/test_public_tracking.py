"""Public tracking: number and code together, national wording, no names, no guessing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.dossiers.models import Dossier
from tests.web.test_a_dossier_from_counter_to_result import walk


@pytest.fixture
def code(received, published) -> str:
    return published.scalars(select(Dossier.lookup_code).where(Dossier.number == received)).one()


def test_number_and_code_show_where_the_dossier_stands(stranger, received, code) -> None:
    page = stranger.get(f"/tra-cuu?so={received}&ma={code}")
    assert page.status_code == 200
    assert "Được tiếp nhận" in page.text
    assert "Tiếp nhận hồ sơ" in page.text
    assert "Sở Nội vụ" in page.text


def test_a_new_date_is_shown_beside_the_old_one_without_its_reason(stranger, received, code, log_in) -> None:
    promised = {"hen-lai": "2026-12-09", "ly-do": "Phải xác minh lại kết quả kiểm định"}
    assert log_in("nv.thang").post(f"/ho-so/{received}/xin-loi", promised).status_code == 303
    page = stranger.get(f"/tra-cuu?so={received}&ma={code}").text
    assert '<dt>Hẹn lại</dt><dd class="number">17:00 09/12/2026</dd>' in page
    assert "Xin lỗi, hẹn lại ngày trả" in page
    assert "Phải xác minh lại" not in page


@pytest.mark.parametrize(
    ("answers", "shown"),
    [
        ({"method": "post", "tracking_number": "EB123456785VN"}, "Nhận qua bưu điện: số hiệu bưu gửi EB123456785VN"),
        ({"method": "counter", "recipient_name": "Vi Văn Sỹ"}, "Nhận tại quầy"),
    ],
)
def test_a_returned_result_shows_how_it_was_returned_but_not_to_whom(
    stranger, received, code, log_in, open_task, answers, shown
) -> None:
    address = f"/tra-cuu?so={received}&ma={code}"
    assert "<dt>Nhận kết quả</dt><dd>Nhận tại quầy</dd>" in stranger.get(address).text
    walk(log_in, open_task, received, until="return_to_applicant")
    assert log_in("bd.lan").complete(open_task(received), **answers).status_code == 303
    page = stranger.get(address).text
    assert f"<dt>Nhận kết quả</dt><dd>{shown}</dd>" in page
    assert "Vi Văn Sỹ" not in page


def test_a_result_that_waits_at_the_counter_is_said_to_wait(stranger, received, code, log_in, open_task) -> None:
    address, invitation = f"/tra-cuu?so={received}&ma={code}", "Kính mời Ông/Bà đến quầy nhận"
    assert invitation not in stranger.get(address).text
    walk(log_in, open_task, received, until="return_to_applicant")
    assert invitation in stranger.get(address).text
    assert (
        log_in("bd.lan").complete(open_task(received), method="counter", recipient_name="Vi Văn Sỹ").status_code == 303
    )
    assert invitation not in stranger.get(address).text


def test_nothing_personal_is_shown_to_the_public(stranger, received, code) -> None:
    page = stranger.get(f"/tra-cuu?so={received}&ma={code}").text
    for name in ("Cơ khí Đồng Đăng", "Hoàng Thị Lan", "0102595740", "0912345678", "Thang máy"):
        assert name not in page


def test_a_wrong_code_answers_like_a_number_that_does_not_exist(stranger, received, code) -> None:
    wrong = stranger.get(f"/tra-cuu?so={received}&ma=ZZZZZZ")
    unknown = stranger.get("/tra-cuu?so=H37.15-261123-9999&ma=ZZZZZZ")
    assert (wrong.status_code, unknown.status_code) == (404, 404)
    assert wrong.text.replace(received, "") == unknown.text.replace("H37.15-261123-9999", "")


def test_guessing_codes_is_stopped_and_allowed_again_later(stranger, received, code, office_clock) -> None:
    for guess in range(20):
        stranger.get(f"/tra-cuu?so={received}&ma=G{guess}")
    assert stranger.get(f"/tra-cuu?so={received}&ma={code}").status_code == 429
    office_clock.advance(minutes=6)
    assert stranger.get(f"/tra-cuu?so={received}&ma={code}").status_code == 200


def test_guessing_the_code_of_one_dossier_from_many_addresses_is_stopped_too(
    stranger, received, code, office_clock
) -> None:
    def look_up(given: str, machine: int):
        address = {"REMOTE_ADDR": f"203.0.113.{machine}"}
        return stranger.get(f"/tra-cuu?so={received.lower()}&ma={given}", environ_base=address)

    for machine in range(50):
        assert look_up("ZZZZZZ", machine).status_code == 404
    stopped = look_up(code, 99)
    assert (stopped.status_code, stopped.headers["Retry-After"]) == (429, "300")
    office_clock.advance(minutes=6)
    assert look_up(code, 99).status_code == 200


def test_looking_up_the_own_dossier_often_locks_nobody_out(stranger, received, code) -> None:
    for machine in range(60):
        address = {"REMOTE_ADDR": f"203.0.113.{machine}"}
        assert stranger.get(f"/tra-cuu?so={received}&ma={code}", environ_base=address).status_code == 200


def test_the_addresses_of_one_ipv6_network_are_one_visitor(stranger, received) -> None:
    def look_up(address: str) -> int:
        return stranger.get(f"/tra-cuu?so={received}&ma=ZZZZZZ", environ_base={"REMOTE_ADDR": address}).status_code

    assert [look_up(f"2001:db8:0:7::{host:x}") for host in range(20)] == [404] * 20
    assert look_up("2001:db8:0:7:ffff::1") == 429
    assert look_up("2001:db8:0:8::1") == 404


def test_the_code_is_read_however_it_is_typed(stranger, received, code) -> None:
    assert stranger.get(f"/tra-cuu?so=+{received.lower()}+&ma={code.lower()}").status_code == 200

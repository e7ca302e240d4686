"""Public tracking: number and code together, national wording, no names, no guessing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.dossiers.models import Dossier


@pytest.fixture
def code(received, published) -> str:
    return published.scalars(select(Dossier.lookup_code).where(Dossier.number == received)).one()


def test_number_and_code_show_where_the_dossier_stands(stranger, received, code) -> None:
    page = stranger.get(f"/tra-cuu?so={received}&ma={code}")
    assert page.status_code == 200
    assert "Được tiếp nhận" in page.text
    assert "Tiếp nhận hồ sơ" in page.text
    assert "Sở Nội vụ" in page.text


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


def test_the_code_is_read_however_it_is_typed(stranger, received, code) -> None:
    assert stranger.get(f"/tra-cuu?so=+{received.lower()}+&ma={code.lower()}").status_code == 200

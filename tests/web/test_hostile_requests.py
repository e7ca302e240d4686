"""Requests that no page of the system sends: refused with a reason, never a fault of the system."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from sqlalchemy import select

from engine.dossiers.models import Attachment
from engine.settings import Settings
from web.dossiers.views import public_address

DEEP = "[" * 100_000
UNTIDY_CURSOR = "WyIyMDIwLTAxLTAxIiwgMV0="
"""`["2020-01-01", 1]`: the number stands where a task's id belongs."""
GIANT = "9" * 30


@pytest.mark.parametrize("path", ["/tra-cuu?so=%00&ma=x", "/dang-nhap?tiep=%00"])
def test_the_character_nul_from_a_stranger_is_a_bad_request(stranger, path: str) -> None:
    assert stranger.get(path).status_code == 400


@pytest.mark.parametrize("path", ["/viec?tim=a%00", "/ho-so?tim=%00", "/ho-so/%00"])
def test_the_character_nul_in_an_address_is_a_bad_request(clerk, path: str) -> None:
    assert clerk.get(path).status_code == 400


def test_the_character_nul_in_a_form_or_a_file_name_is_a_bad_request(stranger, clerk, received) -> None:
    assert stranger.log_in("bd.lan\0").status_code == 400
    assert clerk.post("/tiep-nhan/xem-truoc", {"thu_tuc": "\0"}).status_code == 400
    files = {"tep": [(BytesIO(b"%PDF-1.7"), "a.pdf"), (BytesIO(b"%PDF-1.7"), "a\0b.pdf")]}
    assert clerk.post(f"/ho-so/{received}/tep", files).status_code == 400


@pytest.mark.parametrize("address", ["/\t/elsewhere.example", "/\n/elsewhere.example", "/x\r\nSet-Cookie: a=b"])
def test_control_characters_lead_nobody_to_another_site(stranger, address: str) -> None:
    answer = stranger.post("/dang-nhap", {"username": "bd.lan", "password": "motcua-demo", "tiep": address})
    assert (answer.status_code, answer.location) == (303, "/")


@pytest.mark.parametrize("answers", [DEEP, '{"a":' * 900 + "1" + "}" * 900])
def test_answers_nested_beyond_reason_are_refused(clerk, received, open_task, declaration, answers: str) -> None:
    assert clerk.post(f"/viec/{open_task(received).id}/hoan-thanh", {"answers": answers}).status_code == 422
    assert clerk.post("/tiep-nhan", {**declaration, "answers": answers}).status_code == 422


@pytest.mark.parametrize("cursor", [UNTIDY_CURSOR, "W1tb" * 700])
def test_a_cursor_that_no_list_has_given_out_is_refused(clerk, cursor: str) -> None:
    assert clerk.get(f"/viec?sau={cursor}").status_code == 422


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("filename*=utf-8''a%0d%0aSet-Cookie%3a%20x%3d1.pdf", "aSet-Cookie: x=1.pdf"),
        ("filename*=utf-8''%e2%80%aeto-khai.pdf", "to-khai.pdf"),
        ('filename="../../etc/to-khai.pdf"', "to-khai.pdf"),
        ('filename="C:\\\\scan\\\\to-khai.pdf"', "to-khai.pdf"),
    ],
)
def test_a_file_is_kept_under_a_name_that_can_be_sent_back(clerk, received, published, sent: str, kept: str) -> None:
    body = f'--X\r\nContent-Disposition: form-data; name="tep"; {sent}\r\n\r\n%PDF-1.7\r\n--X--\r\n'
    headers = {"X-CSRFToken": clerk.token(), "Content-Type": "multipart/form-data; boundary=X"}
    assert clerk.client.post(f"/ho-so/{received}/tep", data=body, headers=headers).status_code == 303
    file = published.scalars(select(Attachment)).one()
    assert file.file_name == kept
    answer = clerk.get(f"/tep/{file.id}")
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False)


@pytest.mark.parametrize(
    ("path", "status"), [(f"/ho-so?sau={GIANT}", 200), (f"/thu-tuc/{GIANT}", 404), (f"/thu-tuc/{GIANT}/so-do", 404)]
)
def test_numbers_that_no_row_can_have_find_nothing(clerk, path: str, status: int) -> None:
    assert clerk.get(path).status_code == status


def test_a_task_is_not_given_to_a_person_with_an_impossible_number(log_in, clerk, received, open_task) -> None:
    clerk.post(f"/viec/{open_task(received).id}/hoan-thanh", {"answers": json.dumps({"packets": 1})})
    task = open_task(received)
    assert log_in("nv.son").post(f"/viec/{task.id}/chuyen", {"nguoi": GIANT}).status_code in (403, 404, 409, 422)


@pytest.mark.parametrize(
    ("asked", "public_url", "printed"),
    [
        ("http://elsewhere.example", "", ""),
        ("http://127.0.0.1.elsewhere.example", "", ""),
        ("http://127.0.0.1:8000", "", "http://127.0.0.1:8000"),
        ("http://localhost:8000", "", "http://localhost:8000"),
        ("http://elsewhere.example", "https://motcua.example.vn", "https://motcua.example.vn"),
    ],
)
def test_the_address_on_a_receipt_is_never_the_one_a_request_makes_up(office, asked, public_url, printed) -> None:
    office.extensions["settings"] = Settings(database_url="postgresql://unused/", public_url=public_url)
    with office.test_request_context("/", base_url=asked):
        assert public_address() == printed

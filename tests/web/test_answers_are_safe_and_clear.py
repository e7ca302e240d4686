"""Headers, pages without inline scripts, and refusals that say what happened."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select, text

from engine.dossiers.models import Attachment
from engine.settings import Settings
from web.application import create_application
from web.guard import open_to_everybody_known

PAGES = ["/viec", "/tiep-nhan", "/tiep-nhan?thu_tuc=1.004623", "/ho-so", "/thu-tuc", "/tra-cuu", "/nowhere"]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_a_script_or_a_style_that_the_policy_would_stop(clerk, path: str) -> None:
    page = clerk.get(path)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    for script in re.findall(r"<script\b[^>]*>", page.text):
        assert " src=" in script or 'type="application/json"' in script
    assert not re.search(r"\son\w+=|\sstyle=|javascript:", page.text)


def test_every_answer_carries_the_protecting_headers(clerk) -> None:
    headers = clerk.get("/viec").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_no_paper_and_no_scan_stays_in_the_cache_of_a_shared_machine(clerk, received, published) -> None:
    clerk.post(f"/ho-so/{received}/tep", {"tep": (BytesIO(b"%PDF-1.7"), "to-khai.pdf")})
    scan = published.scalars(select(Attachment.id)).one()
    for path in (f"/tep/{scan}", f"/ho-so/{received}/giay-to/receipt.pdf"):
        answer = clerk.get(path)
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_wrong_address_is_a_page_in_the_readers_language(clerk) -> None:
    answer = clerk.get("/nowhere")
    assert answer.status_code == 404
    assert "Địa chỉ này không có trong hệ thống." in answer.text
    clerk.post("/ngon-ngu", {"language": "en"})
    assert "There is no such address in the system." in clerk.get("/nowhere").text


def test_a_body_that_is_too_large_is_refused_with_413(office: Flask, clerk, declaration) -> None:
    office.config["MAX_CONTENT_LENGTH"] = 100_000
    scan = BytesIO(b"%PDF-" + b"0" * 200_000)
    answer = clerk.post("/tiep-nhan", {**declaration, "scan.declaration": (scan, "scan.pdf")})
    assert answer.status_code == 413
    assert "vượt quá dung lượng" in answer.text


def test_a_fault_of_the_system_is_a_page_that_tells_nothing_of_its_inside(office: Flask, clerk, monkeypatch) -> None:
    def fail() -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setitem(office.view_functions, "worklist.mine", open_to_everybody_known(fail))
    answer = clerk.get("/viec")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "Chưa có gì được lưu" in answer.text


def test_ready_only_with_the_tables_that_the_code_expects(office: Flask, stranger, published) -> None:
    assert stranger.get("/healthz").json == {"status": "ready", "database": "ready", "migrations": "current"}
    published.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    assert stranger.get("/healthz").status_code == 503


def test_not_ready_without_a_database() -> None:
    unreachable = Settings(database_url="postgresql://nobody@127.0.0.1:9/none", secret_key="k" * 48)
    answer = create_application(replace(unreachable, web_threads=1)).test_client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json["database"] == "unreachable"

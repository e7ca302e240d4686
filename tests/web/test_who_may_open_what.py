"""Every page is closed unless it says for whom it is open."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from engine.organisation.models import Role
from web.guard import PUBLIC, TOKEN_BLUEPRINTS


def test_every_address_says_for_whom_it_is_open(office: Flask) -> None:
    silent = [
        rule.endpoint
        for rule in office.url_map.iter_rules()
        if rule.endpoint not in PUBLIC
        and rule.endpoint.split(".")[0] not in TOKEN_BLUEPRINTS
        and not getattr(office.view_functions[rule.endpoint], "open_to", None)
    ]
    assert silent == []


def test_every_form_is_refused_without_the_token_of_its_page(office: Flask, log_in) -> None:
    browser = log_in("quantri")
    forms = [
        rule for rule in office.url_map.iter_rules() if "POST" in rule.methods and not rule.rule.startswith("/api/")
    ]
    assert len(forms) > 10
    for rule in forms:
        path = re.sub(r"<\w+:?[^>]*>", "00000000-0000-0000-0000-000000000007", re.sub(r"<int[^>]*>", "7", rule.rule))
        assert browser.client.post(path).status_code == 400, rule


def test_the_public_list_names_only_pages_that_exist(office: Flask) -> None:
    assert set(office.view_functions) >= PUBLIC


def test_a_view_that_says_nothing_is_closed_to_everybody(office: Flask, log_in) -> None:
    office.add_url_rule("/forgotten", "forgotten", lambda: "open")
    assert log_in("quantri").get("/forgotten").status_code == 403


@pytest.mark.parametrize(
    ("username", "path", "status"),
    [
        ("bd.lan", "/tiep-nhan", 200),
        ("vh.huong", "/tiep-nhan", 403),
        ("vh.huong", "/viec", 200),
        ("thietke", "/viec", 403),
        ("thietke", "/thu-tuc", 200),
        ("tt.minh", "/dieu-hanh", 200),
        ("vh.cuong", "/dieu-hanh", 200),
        ("vh.huong", "/dieu-hanh", 403),
        ("quantri", "/dieu-hanh", 200),
    ],
)
def test_pages_open_by_role(log_in, username: str, path: str, status: int) -> None:
    assert log_in(username).get(path).status_code == status


def test_a_closed_page_says_for_whom_it_is(log_in) -> None:
    text = log_in("vh.huong").get("/tiep-nhan").text
    assert Role.POST_CLERK.vi.lower() in text
    assert "quản trị hệ thống" in text


@pytest.mark.parametrize("username", ["bd.lan", "tt.minh", "thietke", "vh.nga", "quantri"])
def test_everybody_has_a_page_where_the_day_begins(log_in, username: str) -> None:
    answer = log_in(username).get("/", follow_redirects=True)
    assert answer.status_code == 200

"""No page is wider than the telephone, nothing stands on something else, and sums are seen without scrolling."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TELEPHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize(
    ("username", "path"),
    [(None, "/dang-nhap"), (None, "/tra-cuu"), ("bd.lan", "/viec"), ("bd.lan", "/tiep-nhan"), ("bd.lan", "/ho-so"),
     ("bd.lan", "/mat-khau"), ("tt.minh", "/dieu-hanh"), ("quantri", "/dieu-hanh/su-co"), ("thietke", "/thu-tuc")],
)  # fmt: skip
def test_no_page_is_wider_than_a_telephone(sit_down, username, path) -> None:
    page = sit_down(username, TELEPHONE)
    page.goto(path)
    expect(page.locator("#content")).to_be_visible()
    page.wait_for_function("() => document.documentElement.scrollWidth === document.documentElement.clientWidth")


def test_on_a_telephone_a_long_label_of_a_list_pushes_the_next_row_down(sit_down) -> None:
    page = sit_down("thietke", TELEPHONE)
    page.goto("/thu-tuc")
    cell = page.locator("td[data-label='Cơ quan giải quyết']").last
    expect(cell).to_be_visible()
    two_lines = "(cell) => cell.offsetHeight >= 2 * parseFloat(getComputedStyle(cell, '::before').lineHeight)"
    page.wait_for_function(two_lines, arg=cell.element_handle())

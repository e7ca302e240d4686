"""What is typed and not yet accepted: the browser keeps it (frontend/src/drafts.ts), the server says when it may go.

A form that keeps a draft names the address of its page in the field `trang`; whoever must log in first, or whose page
was open too long, is sent back there.
"""

from __future__ import annotations

from flask import flash, request

from web.addresses import inside
from web.language import translated as _

PAGE = "trang"
SETTLED = "settled"
"""The kind of message that no reader sees: it tells the browser whose draft has become a record."""


def page_of_form() -> str | None:
    """The address of the page whose form was sent, where the form says so."""
    return inside(request.form.get(PAGE))


def settled() -> None:
    """What was sent is kept now: the browser forgets its draft as soon as it shows the next page."""
    if page := page_of_form():
        flash(page, SETTLED)


def nothing_kept() -> None:
    """Say on the next page that what was sent has not been kept."""
    flash(_("Phiên làm việc đã hết hạn trước khi gửi. Chưa có gì được lưu."), "warn")

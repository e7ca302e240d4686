"""What the engine refuses, shown once and for all: status code, what happened, and how to mend it."""

from __future__ import annotations

from datetime import datetime

import structlog
from flask import Flask, Response, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from engine.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal, TooOften, Unauthenticated
from web.drafts import nothing_kept, page_of_form
from web.formatting import moment
from web.language import language
from web.language import translated as _

logger = structlog.get_logger(__name__)

STATUS = {NotFound: 404, Forbidden: 403, Conflict: 409, Invalid: 422, Unauthenticated: 401, TooOften: 429}


def status_of(refusal: Refusal) -> int:
    """The HTTP status that a refusal means."""
    return next((code for kind, code in STATUS.items() if isinstance(refusal, kind)), 400)


def retry_after(refusal: TooOften) -> dict[str, str]:
    """The header that says after how many seconds the same may be asked again (RFC 9110, 10.2.3)."""
    return {"Retry-After": str(refusal.minutes * 60)}


def spoken(refusal: Refusal) -> Refusal:
    """The same refusal with its moments written as the office writes them."""
    refusal.parameters = {
        name: moment(value) if isinstance(value, datetime) else value for name, value in refusal.parameters.items()
    }
    return refusal


def message(refusal: Refusal) -> str:
    """What happened, in the reader's language."""
    return spoken(refusal).message(language())


def field_messages(refusal: Invalid) -> dict[str, str]:
    """The message of each wrong field, in the reader's language."""
    return {name: message(trouble) for name, trouble in refusal.fields.items()}


def page(status: int, title: str, what: str, remedy: str = "", dossier: str | None = None) -> Response:
    """A page that says what happened and what to do now, with the way to the `dossier` of that number if there is one.

    Of a partial request, only the middle part.
    """
    template = "refusal_part.html" if request.headers.get("HX-Request") else "refusal.html"
    return make_response(
        render_template(template, status=status, title=title, what=what, remedy=remedy, dossier=dossier), status
    )


def _titles() -> dict[int, str]:
    return {
        400: _("Yêu cầu không đúng"),
        401: _("Cần đăng nhập"),
        403: _("Bạn không được phép"),
        404: _("Không tìm thấy"),
        405: _("Yêu cầu không đúng"),
        409: _("Không còn thực hiện được"),
        413: _("Tệp quá lớn"),
        422: _("Thông tin chưa hợp lệ"),
        429: _("Yêu cầu quá nhiều lần"),
    }


def refused(refusal: Refusal, dossier: str | None = None) -> Response:
    """The page of a refusal; of one about a dossier that the reader may open, with the way there."""
    status = status_of(refusal)
    return page(status, _titles().get(status, ""), message(refusal), refusal.remedy(language()), dossier)


def to_login(refusal: Unauthenticated) -> Response:
    """Ask who it is, and come back afterwards to what was asked for."""
    if request.method == "GET":
        wanted = request.full_path.rstrip("?")
    elif wanted := page_of_form():
        nothing_kept()
    address = url_for("account.login", tiep=None if wanted == "/" else wanted)
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": address})
    return make_response(redirect(address, 303))


def bad_token(_error: CSRFError) -> Response:
    """Show the form's page anew, where its draft is filled in again; a request without a page is refused."""
    if not request.headers.get("HX-Request") and (sent_from := page_of_form()):
        nothing_kept()
        return make_response(redirect(sent_from, 303))
    return page(
        400,
        _("Phiên làm việc đã hết hạn"),
        _("Trang này được mở quá lâu nên không gửi được nữa. Chưa có gì được lưu."),
        _("Hãy quay lại, tải lại trang rồi gửi lần nữa."),
    )


def http_page(error: HTTPException) -> Response:
    """The page for what the web server itself refuses."""
    status = error.code or 500
    words = {
        404: (_("Địa chỉ này không có trong hệ thống."), _("Hãy kiểm tra lại địa chỉ, hoặc quay về trang chính.")),
        405: (_("Không thể mở địa chỉ này theo cách đó."), _("Hãy quay lại trang trước.")),
        413: (
            _("Dữ liệu gửi lên vượt quá dung lượng cho phép. Chưa có gì được lưu."),
            _("Hãy quét lại tệp với độ phân giải thấp hơn hoặc chia thành nhiều tệp."),
        ),
    }
    what, remedy = words.get(status, (_("Máy chủ không hiểu yêu cầu này."), _("Hãy quay lại trang trước.")))
    return page(status, _titles().get(status, _("Yêu cầu không đúng")), what, remedy)


def _broken(error: Exception) -> Response:
    logger.error("request failed", path=request.path, method=request.method, exc_info=error)
    return page(
        500,
        _("Hệ thống gặp lỗi"),
        _("Yêu cầu không thực hiện được vì lỗi của hệ thống. Chưa có gì được lưu."),
        _("Hãy thử lại; nếu vẫn lỗi, báo quản trị hệ thống thời điểm xảy ra."),
    )


def install(application: Flask) -> None:
    """Turn every refusal into a page."""
    application.register_error_handler(Unauthenticated, to_login)
    application.register_error_handler(Refusal, refused)
    application.register_error_handler(CSRFError, bad_token)
    application.register_error_handler(HTTPException, http_page)
    application.register_error_handler(Exception, _broken)

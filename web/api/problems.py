"""Every refusal as problem details (RFC 9457), in the language that the caller prefers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from engine.forms.refusals import Bilingual
from engine.organisation.refusals import TokenInvalid
from engine.refusals import Invalid, Refusal, TooOften
from web.api.shapes.problems import FieldProblem, Problem
from web.refusals import retry_after, spoken, status_of

logger = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:motcua:problem:"

TITLES = {
    400: Bilingual("Yêu cầu không đọc được", "The request cannot be read"),
    401: Bilingual("Chưa xác thực", "Not authenticated"),
    403: Bilingual("Không được phép", "Not allowed"),
    404: Bilingual("Không tìm thấy", "Not found"),
    405: Bilingual("Phương thức không được hỗ trợ", "Method not supported"),
    409: Bilingual("Có người đã làm trước", "Somebody was faster"),
    413: Bilingual("Nội dung quá lớn", "The body is too large"),
    415: Bilingual("Loại nội dung không được nhận", "This type of content is not taken"),
    422: Bilingual("Thông tin chưa hợp lệ", "The request breaks a rule"),
    429: Bilingual("Yêu cầu quá nhiều lần", "Too many requests"),
    500: Bilingual("Lỗi hệ thống", "The system failed"),
}

HTTP_CODES = {
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
    500: "system_failed",
}
HTTP_WORDS = {
    405: Bilingual("Địa chỉ này không nhận phương thức {method}.", "This address does not take {method}."),
    413: Bilingual(
        "Nội dung gửi lên vượt quá dung lượng cho phép. Chưa có gì được lưu.",
        "The body is larger than is taken. Nothing has been saved.",
    ),
    415: Bilingual("Chỉ nhận nội dung application/json.", "Only application/json is taken."),
    500: Bilingual(
        "Yêu cầu không thực hiện được vì lỗi của hệ thống. Chưa có gì được lưu.",
        "The request failed because of an error in the system. Nothing has been saved.",
    ),
}
HTTP_REMEDIES = {
    405: Bilingual("Xem các thao tác tại /api/v1/openapi.json.", "See the operations at /api/v1/openapi.json."),
    413: Bilingual("Tệp đính kèm được tải lên ở trang hồ sơ.", "Files are uploaded on the dossier's page."),
    415: Bilingual(
        "Gửi tiêu đề “Content-Type: application/json”.", "Send the header “Content-Type: application/json”."
    ),
    500: Bilingual(
        "Hãy thử lại; nếu vẫn lỗi, báo quản trị hệ thống.", "Try again; if it persists tell an administrator."
    ),
}
UNREADABLE = Bilingual("Máy chủ không hiểu yêu cầu này.", "The server does not understand this request.")
NOTHING = Bilingual("", "")


def preferred_language() -> str:
    """The caller's language by `Accept-Language`: "vi" unless English is preferred."""
    return request.accept_languages.best_match(["vi", "en"]) or "vi"


def install(blueprint: Blueprint) -> None:
    """Answer every refusal of the interface as problem details."""
    blueprint.register_error_handler(Refusal, refusal_answer)
    blueprint.register_error_handler(HTTPException, http_answer)
    blueprint.register_error_handler(Exception, _failure_answer)


def refusal_answer(refusal: Refusal) -> Response:
    """The answer to a refusal of the engine or of the interface."""
    language = preferred_language()
    status = status_of(refusal)
    people = _people(refusal)
    problem = Problem(
        type=TYPE + refusal.code,
        title=getattr(TITLES[status], language),
        status=status,
        detail=_said(refusal, language),
        instance=request.path,
        code=refusal.code,
        remedy=refusal.remedy(language) or None,
        errors=_fields(refusal, language) or None,
        **people,
    )
    answer = _answer(problem, language)
    if status == 401:
        answer.headers["WWW-Authenticate"] = _challenge(refusal)
    if isinstance(refusal, TooOften):
        answer.headers.update(retry_after(refusal))
    return answer


def _said(refusal: Refusal, language: str) -> str:
    return spoken(refusal).message(language)


def _people(refusal: Refusal) -> dict[str, Any]:
    """Who was faster and when, of a conflict over a task: read before moments are written as texts."""
    by, at = refusal.parameters.get("by"), refusal.parameters.get("at")
    prefix = {"task_already_done": "completed", "task_claimed": "claimed"}.get(refusal.code)
    if prefix is None or not isinstance(at, datetime):
        return {}
    return {f"{prefix}_by": by, f"{prefix}_at": at}


def _fields(refusal: Refusal, language: str) -> list[FieldProblem]:
    fields = refusal.fields if isinstance(refusal, Invalid) else {}
    return [
        FieldProblem(field=name, code=trouble.code, detail=_said(trouble, language)) for name, trouble in fields.items()
    ]


def _challenge(refusal: Refusal) -> str:
    wrong = ', error="invalid_token"' if isinstance(refusal, TokenInvalid) else ""
    return f'Bearer realm="motcua"{wrong}'


def http_answer(error: HTTPException) -> Response:
    """The answer to what the web server itself refuses."""
    answer = _plain_answer(error.code or 500)
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            answer.headers[name] = value
    return answer


def _failure_answer(error: Exception) -> Response:
    logger.error("request failed", path=request.path, method=request.method, exc_info=error)
    return _plain_answer(500)


def _plain_answer(status: int) -> Response:
    language = preferred_language()
    said = getattr(HTTP_WORDS.get(status, UNREADABLE), language).format(method=request.method)
    code = HTTP_CODES.get(status, "unreadable")
    problem = Problem(
        type=TYPE + code,
        title=getattr(TITLES.get(status, UNREADABLE), language),
        status=status,
        detail=said,
        instance=request.path,
        code=code,
        remedy=getattr(HTTP_REMEDIES.get(status, NOTHING), language) or None,
    )
    return _answer(problem, language)


def _answer(problem: Problem, language: str) -> Response:
    body = problem.model_dump_json(exclude_none=True)
    answer = Response(body, problem.status, content_type=MEDIA_TYPE)
    answer.headers["Content-Language"] = language
    answer.vary.add("Accept-Language")
    return answer

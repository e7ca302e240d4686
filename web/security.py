"""The headers that every answer carries, and the cookie that says who is asking."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_wtf import CSRFProtect
from werkzeug.exceptions import BadRequest

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
FOR_PDF = "frame-ancestors 'self'"
"""A browser's own PDF viewer is an embedded object, which the policy of the pages would stop."""

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

csrf = CSRFProtect()


def _add_headers(response: Response) -> Response:
    if response.mimetype == "application/pdf":
        response.headers["Content-Security-Policy"] = FOR_PDF
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint == "static":
        response.cache_control.public, response.cache_control.immutable = True, True
        response.cache_control.max_age = 365 * 24 * 3600
    else:  # Whatever was said before: counters share machines, and a scan kept on a disk is read by the next person.
        response.headers["Cache-Control"] = "no-store"
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _refuse_nul() -> None:
    """Refuse (400) a text with the character NUL, which no keyboard types and PostgreSQL does not store.

    The JSON interface names the wrong field itself.
    """
    if request.path.startswith("/api/"):
        return
    names = [file.filename or "" for _, file in request.files.items(multi=True)]
    fields = [text for pair in request.values.items(multi=True) for text in pair]
    if any("\0" in text for text in (request.path, *fields, *names)):
        raise BadRequest()


def install(application: Flask) -> None:
    """Protect every form against forgery and every answer by headers."""
    csrf.init_app(application)
    application.before_request(_refuse_nul)
    application.after_request(_add_headers)

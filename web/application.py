"""The Flask application: every room under one roof."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from engine.database import make_engine, make_sessions
from engine.dossiers.enclosing import LARGEST_FILE
from engine.settings import Settings
from web import (
    assets,
    deadlines,
    formatting,
    guard,
    health,
    language,
    refusals,
    security,
    sendings,
    unit_of_work,
    words,
)
from web.account import views as account
from web.agency import views as agency
from web.counter import views as counter
from web.designer import views as designer
from web.dossiers import views as dossiers
from web.manager import views as manager
from web.tracking import views as tracking
from web.worklist import views as worklist

IDLE_LIMIT = timedelta(minutes=60)
"""After how long without a request a session ends."""

LONGEST_SESSION = timedelta(hours=12)
"""After how long a session ends in any case: a day at the office, and a copied cookie is worth nothing the next."""

ROOMS = (worklist, counter, agency, dossiers, manager, designer, tracking, health)


def utc_now() -> datetime:
    """The present moment; the only clock of the web layer, replaceable for tests."""
    return datetime.now(UTC)


def create_application(
    settings: Settings, *, clock: Callable[[], datetime] = utc_now, engine: Engine | None = None
) -> Flask:
    """The application for `settings`; `engine` only where a test already has one."""
    application = Flask("web", static_url_path="/static")
    _configure(application, settings)
    application.extensions["settings"] = settings
    application.extensions["clock"] = clock
    application.extensions["sessions"] = make_sessions(
        engine or make_engine(settings.database_url, pool_size=settings.web_threads)
    )
    _furnish(application)
    for room in ROOMS:
        application.register_blueprint(room.blueprint)
    _open_the_interface(application)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        application.wsgi_app = ProxyFix(application.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    return application


def _configure(application: Flask, settings: Settings) -> None:
    application.config.update(
        SECRET_KEY=settings.with_secret().secret_key,
        SESSION_COOKIE_NAME="motcua",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        MAX_CONTENT_LENGTH=settings.max_body,
        MAX_FORM_PARTS=2000,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.secure_cookies,
        IDLE_SECONDS=int(IDLE_LIMIT.total_seconds()),
        LONGEST_SESSION_SECONDS=int(LONGEST_SESSION.total_seconds()),
    )
    application.url_map.merge_slashes = False  # An address has one spelling; programs are not sent round by redirects.
    application.jinja_env.trim_blocks = True
    application.jinja_env.lstrip_blocks = True


def _furnish(application: Flask) -> None:
    """What every room needs, in the order in which a request meets it: session, language, person, guard."""
    unit_of_work.install(application)
    language.install(application)
    formatting.install(application)
    deadlines.install(application)
    words.install(application)
    security.install(application)
    account.install(application)
    guard.install(application)
    refusals.install(application)
    sendings.install(application)
    application.jinja_env.globals.update(asset=assets.asset, entry=assets.entry)
    application.jinja_env.globals.update(file_limit=LARGEST_FILE, body_limit=application.config["MAX_CONTENT_LENGTH"])


def _open_the_interface(application: Flask) -> None:
    """The JSON interface, which knows its callers by tokens and needs no protection against forged forms."""
    from web import api

    security.csrf.exempt(api.blueprint)
    application.register_blueprint(api.blueprint)
    api.elsewhere.install(application)

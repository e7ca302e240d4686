"""One database session a request: opened when first asked for, committed by the view, rolled back otherwise."""

from __future__ import annotations

from datetime import datetime

from flask import Flask, current_app, g
from sqlalchemy.orm import Session


def session() -> Session:
    """The request's session."""
    if "session" not in g:
        g.session = current_app.extensions["sessions"]()
    return g.session  # type: ignore[no-any-return]


def commit() -> None:
    """Make what the request did permanent; only views call this, once, after the engine has answered."""
    session().commit()


def now() -> datetime:
    """The moment of the request, the same one throughout it (UTC)."""
    if "now" not in g:
        g.now = current_app.extensions["clock"]()
    return g.now  # type: ignore[no-any-return]


def _close(_error: BaseException | None) -> None:
    opened = g.pop("session", None)
    if opened is not None:
        opened.close()


def install(application: Flask) -> None:
    """End every request's session, with a rollback of whatever was not committed."""
    application.teardown_appcontext(_close)

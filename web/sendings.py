"""A form that is sent twice (a second click, a page sent anew) is carried out once.

The page is made with a key in the hidden field `lan-gui`. Whoever sends the same key again is led where the first
sending led, whatever else the form says by then: what was typed on one page is one dossier, one decision.
"""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Flask, flash, redirect, request
from werkzeug.wrappers import Response

from web.drafts import settled
from web.guard import actor
from web.language import translated as _
from web.repeating import Repeatable, kept_answer, remember
from web.unit_of_work import commit, now, session

KEY = "lan-gui"
PREFIX = "biểu mẫu "
"""Before the key of a form. The interface takes ASCII keys only, so the keys of the two never meet."""


def sent_before() -> Response | None:
    """The way to where the first sending of this form led; None for a first sending, which must end in `carried_out`.

    A twin that is under way is waited for.
    """
    asked = _sending()
    kept = kept_answer(session(), asked) if asked else None
    if kept is None:
        return None
    settled()
    flash(_("Biểu mẫu này đã được gửi trước đó và đã được lưu; lần gửi lại không thay đổi gì."), "info")
    return redirect(kept.body["location"], kept.status)


def carried_out(location: str, said: str, kind: str = "message") -> Response:
    """Commit what the form has changed together with where it leads, lead there, and tell what was done."""
    if asked := _sending():
        remember(session(), asked, now(), 303, {"location": location})
    commit()
    settled()
    flash(said, kind)
    return redirect(location, 303)


def _sending() -> Repeatable | None:
    """The form's key; None where it has none, as a page of an earlier release."""
    key = request.form.get(KEY, type=UUID)
    return Repeatable(actor().id, f"{PREFIX}{key}", "") if key else None


def install(application: Flask) -> None:
    """Let templates make a form's key."""
    application.jinja_env.globals.update(sending_key=uuid4)

"""Log in, log out, change one's password, choose a language."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Flask, current_app, flash, g, redirect, render_template, request, url_for
from flask import session as cookie
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from engine.organisation import operations, queries
from engine.organisation.actors import Actor
from engine.organisation.models import Person, Role
from engine.organisation.refusals import (
    PasswordsDiffer,
    PasswordTooLong,
    PasswordTooShort,
    WrongCredentials,
    WrongPassword,
)
from engine.refusals import Refusal, TooOften, Unauthenticated
from web.addresses import inside
from web.guard import WORKERS, open_to_everybody_known
from web.language import LANGUAGES, language
from web.language import translated as _
from web.refusals import bad_token, message, retry_after, status_of, to_login
from web.unit_of_work import commit, now, session
from web.visitors import logging_in_from

blueprint = Blueprint("account", __name__, template_folder="templates")

WRONG_FIELD = {WrongPassword: "current", PasswordTooShort: "new", PasswordTooLong: "new", PasswordsDiffer: "again"}
"""Beside which field of the password page a refusal is told."""

SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last visit is known; the cookie is not sent anew on every click."""


@blueprint.get("/dang-nhap")
def login() -> str | Response:
    """The log-in page."""
    if g.get("actor") is not None:
        return redirect(url_for("account.home"))
    return render_template("account/login.html", wanted=inside(request.args.get("tiep")))


@blueprint.post("/dang-nhap")
def log_in() -> Response | tuple[str, int, dict[str, str]]:
    """Check user name and password and begin a session; a wrong one is counted, so it is committed too."""
    username = request.form.get("username", "").strip()
    wanted = inside(request.form.get("tiep"))
    wrong: Refusal = WrongCredentials()
    headers: dict[str, str] = {}
    try:
        password = request.form.get("password", "")
        person = operations.authenticate(session(), now(), username, password, network=logging_in_from())
    except TooOften as refusal:
        person, wrong, headers = None, refusal, retry_after(refusal)
    commit()
    if person is None:
        shown = render_template("account/login.html", wanted=wanted, username=username, wrong=wrong)
        return shown, status_of(wrong), headers
    chosen = cookie.get("language")
    cookie.clear()
    begun = now().timestamp()
    cookie.update(person=person.id, epoch=person.session_epoch, begun=begun, seen=begun)
    if chosen:
        cookie["language"] = chosen
    return redirect(wanted or url_for("account.home"), 303)


@blueprint.post("/dang-xuat")
@open_to_everybody_known
def log_out() -> Response:
    """End the person's sessions, here and wherever a cookie of theirs was copied to; the language stays."""
    chosen = language()
    operations.end_sessions(session(), g.actor)
    commit()
    cookie.clear()
    cookie["language"] = chosen
    return redirect(url_for("account.login"), 303)


@blueprint.get("/mat-khau")
@open_to_everybody_known
def password() -> str:
    """The page on which people change their own password."""
    return render_template("account/password.html", errors={})


@blueprint.post("/mat-khau")
@open_to_everybody_known
def change_password() -> Response | tuple[str, int]:
    """Change one's own password; everything that was opened with the old one ends, this session too."""
    entered = request.form
    try:
        if entered.get("new") != entered.get("again"):
            raise PasswordsDiffer()
        actor: Actor = g.actor
        operations.change_password(
            session(), actor, now(), actor.person, entered.get("new", ""), entered.get("current", "")
        )
    except (PasswordsDiffer, PasswordTooLong, PasswordTooShort, WrongPassword) as wrong:
        errors = {WRONG_FIELD[type(wrong)]: message(wrong)}
        return render_template("account/password.html", errors=errors), status_of(wrong)
    commit()
    _forget()
    flash(_("Đã đổi mật khẩu. Hãy đăng nhập lại."))
    return redirect(url_for("account.login"), 303)


@blueprint.errorhandler(CSRFError)
@blueprint.errorhandler(Unauthenticated)
def session_over(error: CSRFError | Unauthenticated) -> Response:
    """A changed password ends the session, so the second click on its form finds none: say what holds in any case."""
    if request.endpoint != "account.change_password" or "person" in cookie:
        return to_login(error) if isinstance(error, Unauthenticated) else bad_token(error)
    flash(_("Phiên làm việc đã kết thúc. Nếu lần gửi trước đã đổi mật khẩu, hãy đăng nhập bằng mật khẩu mới."), "warn")
    return redirect(url_for("account.login"), 303)


@blueprint.post("/ngon-ngu")
def choose_language() -> Response:
    """Keep the chosen language in this browser and show the same page again."""
    chosen = request.form.get("language")
    if chosen in LANGUAGES:
        cookie["language"] = chosen
    return redirect(inside(request.form.get("tiep")) or url_for("account.home"), 303)


@blueprint.get("/")
@open_to_everybody_known
def home() -> Response:
    """The page where this person's day begins."""
    actor: Actor = g.actor
    if any(actor.holds(role) for role in WORKERS):
        return redirect(url_for("worklist.mine"))
    if any(actor.holds(role) for role in (Role.CENTRE_MANAGER, Role.ADMINISTRATOR)):
        return redirect(url_for("manager.overview"))
    return redirect(url_for("designer.procedures"))


def _know_the_person() -> None:
    """Find out who is asking, and end a session that was idle or open too long or was ended by an administrator."""
    g.actor = None
    if "person" not in cookie or request.endpoint == "static" or request.path.startswith("/api/"):
        return None
    idle = now().timestamp() - float(cookie.get("seen", 0))
    length = now().timestamp() - float(cookie.get("begun", 0))
    if idle > current_app.config["IDLE_SECONDS"] or length > current_app.config["LONGEST_SESSION_SECONDS"]:
        return _forget()
    person = session().get(Person, int(cookie["person"]))
    if person is None or not person.active or person.session_epoch != cookie.get("epoch"):
        return _forget()
    g.actor = queries.actor_for(session(), person, queries.local_day(now()))
    if idle > SEEN_EVERY.total_seconds():
        cookie["seen"] = now().timestamp()
    return None


def _forget() -> None:
    chosen = cookie.get("language")
    cookie.clear()
    if chosen:
        cookie["language"] = chosen


def install(application: Flask) -> None:
    """Know the person before anything else is decided about a request."""
    application.before_request(_know_the_person)
    application.register_blueprint(blueprint)
    application.jinja_env.filters["refusal"] = message

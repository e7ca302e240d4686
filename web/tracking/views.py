"""Public tracking by number and the code on the receipt: the state in national wording, without names."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from engine.dossiers import queries
from engine.dossiers.models import EventKind
from engine.dossiers.refusals import UnknownDossier
from engine.organisation.settings import national_status
from web.language import language
from web.language import translated as _
from web.refusals import page
from web.tracking.limiting import WINDOW, LookUpLimit
from web.tracking.steps import PUBLIC, public_steps, returned_how, what_comes_next
from web.unit_of_work import now, session

blueprint = Blueprint("tracking", __name__, template_folder="templates")


@blueprint.record_once
def _set_up(state: BlueprintSetupState) -> None:
    state.app.extensions["look_up_limit"] = LookUpLimit()


@blueprint.get("/tra-cuu")
def track() -> ResponseReturnValue:
    """The form; with number and code (typed, or from the receipt's QR code) also what stands there."""
    number, code = request.args.get("so", "").strip()[:60], request.args.get("ma", "").strip()[:12]
    if not (number and code):
        return render_template("tracking/track.html", number=number, code=code)
    limit: LookUpLimit = current_app.extensions["look_up_limit"]
    if not limit.allows(request.remote_addr or "", number.upper(), now()):
        return _too_often()
    try:
        dossier = queries.track(session(), number, code)
    except UnknownDossier:
        limit.note_wrong_code(number.upper(), now())
        return render_template("tracking/track.html", number=number, code=code, unknown=True), 404
    status = national_status(session(), dossier.state)
    events = queries.events_of(session(), dossier.id, without=set(EventKind) - PUBLIC)
    return render_template(
        "tracking/track.html",
        number=number,
        code=code,
        dossier=dossier,
        status=status.vi if language() == "vi" else status.en,
        steps=public_steps(events),
        returned=returned_how(events),
        next=what_comes_next(dossier),
    )


def _too_often() -> Response:
    what = _("Đã có quá nhiều lần tra cứu từ nơi này hoặc cho hồ sơ này trong vài phút.")
    answer = page(429, _("Quá nhiều lần tra cứu"), what, _("Hãy thử lại sau 5 phút."))
    answer.headers["Retry-After"] = str(int(WINDOW.total_seconds()))
    return answer

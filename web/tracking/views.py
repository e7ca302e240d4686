"""Public tracking by number and the code on the receipt: the state in national wording, without names."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from engine.dossiers import queries
from engine.dossiers.models import EventKind
from engine.dossiers.refusals import UnknownDossier
from engine.organisation.settings import national_status
from web.language import language
from web.language import translated as _
from web.refusals import page
from web.tracking.limiting import MOST_LOOK_UPS, LookUpLimit
from web.tracking.steps import PUBLIC, public_steps
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
    if not current_app.extensions["look_up_limit"].allows(request.remote_addr or "", now()):
        what = _("Bạn đã tra cứu %(count)s lần trong vài phút.", count=MOST_LOOK_UPS)
        return page(429, _("Quá nhiều lần tra cứu"), what, _("Hãy thử lại sau 5 phút."))
    try:
        dossier = queries.track(session(), number, code)
    except UnknownDossier:
        return render_template("tracking/track.html", number=number, code=code, unknown=True), 404
    status = national_status(session(), dossier.state)
    return render_template(
        "tracking/track.html",
        number=number,
        code=code,
        dossier=dossier,
        status=status.vi if language() == "vi" else status.en,
        steps=public_steps(queries.events_of(session(), dossier.id, without=set(EventKind) - PUBLIC)),
    )

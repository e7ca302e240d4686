"""The manager's overview, and the incidents that an administrator settles."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.dossiers import incidents
from engine.dossiers.context import LOCAL_ZONE
from engine.dossiers.models import DossierState, IncidentCause, IncidentState
from engine.dossiers.recalculating import recalculate_due_dates
from engine.dossiers.refusals import WrongValue
from engine.dossiers.search import due_before
from engine.dossiers.standing import overview as standings_of
from engine.organisation.models import Role
from web.guard import actor, open_to
from web.language import translated as _
from web.sendings import carried_out, sent_before
from web.unit_of_work import now, session

blueprint = Blueprint("manager", __name__, template_folder="templates")

SOON = timedelta(days=2)
LONGEST_LIST = 50


@blueprint.get("/dieu-hanh")
@open_to(Role.CENTRE_MANAGER, Role.ADMINISTRATOR, Role.LEADER)
def overview() -> str:
    """Open dossiers by agency and state, the late ones and those due soon."""
    soon = now() + SOON
    standings = standings_of(session(), actor(), now(), soon)
    return render_template(
        "manager/overview.html",
        standings=standings,
        states=[state for state in DossierState if any(one.by_state.get(state) for one in standings)],
        late=due_before(session(), actor(), None, now(), size=LONGEST_LIST),
        soon=due_before(session(), actor(), now(), soon, size=LONGEST_LIST),
        longest=LONGEST_LIST,
    )


@blueprint.get("/dieu-hanh/su-co")
@open_to(Role.CENTRE_MANAGER, Role.ADMINISTRATOR)
def incident_list() -> str:
    """Open incidents, oldest first, each with what can be done about it."""
    return render_template(
        "manager/incidents.html", incidents=incidents.incidents(session(), actor()), IncidentCause=IncidentCause
    )


@blueprint.post("/dieu-hanh/su-co/<int(max=2147483647):incident_id>/thu-lai")
@open_to(Role.CENTRE_MANAGER, Role.ADMINISTRATOR)
def retry_incident(incident_id: int) -> Response:
    """Take the failed step again."""
    if earlier := sent_before():
        return earlier
    incident = incidents.retry_incident(session(), actor(), now(), incident_id)
    if incident.state == IncidentState.RESOLVED:
        sending = incident.cause == IncidentCause.SENDING
        done = _("Thông điệp đang được gửi lại.") if sending else _("Đã thử lại: hồ sơ đi tiếp bình thường.")
        return carried_out(url_for("manager.incident_list"), done)
    failed = _("Đã thử lại nhưng vẫn gặp sự cố; nguyên nhân ghi ở bên dưới.")
    return carried_out(url_for("manager.incident_list"), failed, "late")


@blueprint.post("/dieu-hanh/su-co/<int(max=2147483647):incident_id>/xu-ly")
@open_to(Role.CENTRE_MANAGER, Role.ADMINISTRATOR)
def resolve_incident(incident_id: int) -> Response:
    """Settle the incident by hand, with a reason and perhaps until when."""
    if earlier := sent_before():
        return earlier
    until = _local_moment(request.form.get("den", ""))
    reason = request.form.get("ly_do", "")
    incidents.resolve_incident(session(), actor(), now(), incident_id, reason, until)
    return carried_out(url_for("manager.incident_list"), _("Đã ghi nhận cách xử lý sự cố."))


@blueprint.post("/dieu-hanh/tinh-lai-han")
@open_to(Role.ADMINISTRATOR)
def recalculate() -> Response:
    """Have the due dates of all running dossiers counted again by the calendar now in force."""
    if earlier := sent_before():
        return earlier
    number = recalculate_due_dates(session(), actor(), now(), request.form.get("ly_do", ""))
    said = _("Đang tính lại hạn trả của %(count)s hồ sơ.", count=number)
    return carried_out(url_for("manager.incident_list"), said)


def _local_moment(text: str) -> datetime | None:
    """What a field for date and time holds, on the office's clock; None when it is empty. Raises WrongValue."""
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=LOCAL_ZONE)
    except ValueError:
        raise WrongValue(field=incidents.PUT_OFF_TO, value=text[:20]) from None

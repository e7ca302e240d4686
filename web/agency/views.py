"""A task's page: claim it, see what it is about, decide it. Simple variants serve hand-over, payment and return."""

from __future__ import annotations

from operator import attrgetter
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from pydantic_core import from_json
from werkzeug.wrappers import Response

from engine.catalogue.definitions import definition_of
from engine.dossiers import operations, queries
from engine.dossiers.handing_in import hand_in_components
from engine.dossiers.models import Dossier, Task, TaskState
from engine.dossiers.requests import papers_asked_last, requests_of
from engine.dossiers.rules import RECEIVING_KIND, check_open, holds_task
from engine.dossiers.visibility import sees_drafts, visible_attachments
from engine.forms import document_in
from engine.organisation.models import Role
from engine.organisation.queries import local_day, people_holding
from engine.refusals import Conflict, Invalid
from web.counter.reading import read_components
from web.dossiers.files import keep_scans
from web.dossiers.views import shown_facts
from web.guard import WORKERS, actor, open_to
from web.language import language
from web.language import translated as _
from web.refusals import field_messages, message, refused
from web.row_ids import row_id
from web.sendings import carried_out, sent_before
from web.unit_of_work import now, session

blueprint = Blueprint("agency", __name__, template_folder="templates")

SUPPLEMENT, RETURN = "motcua.supplement", "motcua.return"
PAGES = {
    "motcua.handover": "counter/hand_over.html",
    "motcua.payment": "counter/payment.html",
    SUPPLEMENT: "counter/supplement.html",
    RETURN: "counter/return.html",
}
"""The page of each kind of task; every other kind is shown on the agency's processing page."""


class UnreadableAnswers(Invalid):
    """The form's answers are not the JSON object that the form sends."""

    vi = "Không đọc được nội dung biểu mẫu."
    en = "The form's answers could not be read."
    remedy_vi = "Hãy tải lại trang rồi điền lại."
    remedy_en = "Load the page again and fill the form in again."


@blueprint.errorhandler(Conflict)
def too_late(conflict: Conflict) -> Response:
    """Say who was faster, and show the way to the dossier, which whoever may see a task may see."""
    session().rollback()
    dossier = queries.task_for(session(), actor(), (request.view_args or {})["task_id"]).dossier
    return refused(conflict, dossier.number or dossier.reference)


@blueprint.get("/viec/<uuid:task_id>")
@open_to(*WORKERS)
def task(task_id: UUID) -> str | Response:
    """The page of a task; of one that is done or gone, a conflict that says who did it and when."""
    shown = queries.task_for(session(), actor(), task_id)
    check_open(shown)
    if shown.kind == RECEIVING_KIND:
        return redirect(url_for("counter.receive_filed", task_id=task_id))
    return _page(shown, {}, None)


@blueprint.post("/viec/<uuid:task_id>/nhan")
@open_to(*WORKERS)
def claim(task_id: UUID) -> Response:
    """Take the task."""
    if earlier := sent_before():
        return earlier
    operations.claim_task(session(), actor(), now(), task_id)
    return carried_out(url_for("agency.task", task_id=task_id), _("Đã nhận việc."))


@blueprint.post("/viec/<uuid:task_id>/tra-lai")
@open_to(*WORKERS)
def release(task_id: UUID) -> Response:
    """Put the task back."""
    if earlier := sent_before():
        return earlier
    operations.release_task(session(), actor(), now(), task_id)
    return carried_out(url_for("worklist.mine"), _("Đã trả lại việc; người khác có thể nhận."))


@blueprint.post("/viec/<uuid:task_id>/chuyen")
@open_to(Role.DIVISION_HEAD, Role.LEADER)
def reassign(task_id: UUID) -> Response:
    """Give the task to somebody else of the unit."""
    if earlier := sent_before():
        return earlier
    person = request.form.get("nguoi", type=row_id)
    operations.reassign_task(session(), actor(), now(), task_id, person or 0)
    return carried_out(url_for("worklist.mine"), _("Đã chuyển việc."))


@blueprint.post("/viec/<uuid:task_id>/hoan-thanh")
@open_to(*WORKERS)
def complete(task_id: UUID) -> Response | tuple[str, int]:
    """Complete the task with the form's answers and any files, all in one transaction."""
    if earlier := sent_before():
        return earlier
    answers = _answers()
    try:
        shown = queries.task_for(session(), actor(), task_id)
        done = operations.complete_task(session(), actor(), now(), task_id, answers)
        _keep_papers(shown)
    except Invalid as wrong:
        session().rollback()
        return _page(queries.task_for(session(), actor(), task_id), answers, wrong), 422
    number = done.dossier.number or done.dossier.reference
    said = _("Đã hoàn thành “%(task)s” của hồ sơ %(number)s.", task=_task_name(done.task), number=number)
    return carried_out(_next_place(done), said)


def _answers() -> dict[str, Any]:
    try:
        answers = from_json(request.form.get("answers") or "{}", allow_inf_nan=False)
    except ValueError:
        raise UnreadableAnswers() from None
    if not isinstance(answers, dict):
        raise UnreadableAnswers()
    return answers


def _keep_papers(shown: Task) -> None:
    """Keep what came with the form: the papers of a supplement with their scans, and other files."""
    if shown.kind == SUPPLEMENT:
        rows = hand_in_components(session(), actor(), now(), shown.dossier_id, read_components(request.form))
        keep_scans(shown.dossier_id, {row.code: row.id for row in rows})
    for file in request.files.getlist("tep"):
        if file.filename:
            operations.add_attachment(
                session(), actor(), now(), shown.dossier_id, file.filename, file.read(), task_id=shown.id
            )


def _next_place(done: operations.Completion) -> str:
    """The next task of the same dossier where this person may do it, else the work list."""
    for opened in done.opened:
        if holds_task(actor(), opened, done.dossier) and opened.claimed_by_id in (None, actor().id):
            return url_for("agency.task", task_id=opened.id)
    return url_for("worklist.mine")


def _page(shown: Task, answers: dict[str, Any], wrong: Invalid | None) -> str:
    dossier = shown.dossier
    mine = holds_task(actor(), shown, dossier)
    return render_template(
        PAGES.get(shown.kind, "agency/task.html"),
        task=shown,
        task_name=_task_name(shown),
        dossier=dossier,
        number=dossier.number or dossier.reference,
        offered=mine and shown.claimed_by_id in (None, actor().id),
        claimed=shown.claimed_by_id == actor().id,
        holders=_holders(shown),
        form=_form(shown, answers, wrong),
        entered=request.form,
        errors=field_messages(wrong) if wrong else {},
        **(_papers_to_take(dossier) if shown.kind == SUPPLEMENT else {}),
        refused=message(wrong) if wrong else "",
        facts=shown_facts(dossier),
        **_papers(dossier),
    )


def _papers_to_take(dossier: Dossier) -> dict[str, object]:
    """What may be handed in now: every paper of the procedure, those that were asked for first."""
    asked = papers_asked_last(session(), dossier.id)
    papers = queries.published_components(session(), dossier)
    return {"papers": sorted(papers, key=lambda paper: paper.code not in asked), "asked": asked}


def _task_name(shown: Task) -> str:
    return shown.name if language() == "vi" else shown.name_en or shown.name


def _holders(shown: Task) -> list[Any]:
    """To whom the task may be given: the other holders of its role, for those who lead the unit."""
    leads = actor().holds(Role.DIVISION_HEAD, shown.unit_id) or actor().holds(Role.LEADER, shown.unit_id)
    if not leads or shown.role != Role.OFFICER:
        return []
    return people_holding(session(), Role(shown.role), shown.unit_id, local_day(now()))


def _form(shown: Task, answers: dict[str, Any], wrong: Invalid | None) -> dict[str, Any] | None:
    """What the form island is handed: the drawing of the form, its data, and the server's complaints."""
    if shown.form is None or shown.state != TaskState.OPEN:
        return None
    form = definition_of(session(), shown.dossier.version_id).forms[shown.form]
    return {
        "schema": document_in(form, language()),
        "data": {**queries.form_data(session(), shown, language=language()), **_proposed(shown), **answers},
        "errors": field_messages(wrong) if wrong else {},
    }


def _proposed(shown: Task) -> dict[str, object]:
    """What the returning clerk most likely enters: the method that was asked for, and the applicant as receiver."""
    if shown.kind != RETURN:
        return {}
    dossier = shown.dossier
    receiver = dossier.submitter or dossier.applicant
    return {"method": dossier.return_method, "recipient_name": receiver.represented_by or receiver.full_name}


def _papers(dossier: Dossier) -> dict[str, object]:
    """What the person decides on: papers, money and what others have said."""
    known, id = session(), dossier.id
    within = sees_drafts(known, actor(), dossier)
    return {
        "attachments": visible_attachments(known, actor(), dossier),
        "charges": queries.charges_of(known, id),
        "payments": queries.payments_of(known, id),
        "refunds": queries.refunds_of(known, id),
        "opinions": queries.opinions_of(known, id) if within else [],
        "supplements": queries.supplements_of(known, id),
        "requests": requests_of(known, dossier, language()),
        "earlier": _earlier(dossier) if within else [],
    }


def _earlier(dossier: Dossier) -> list[Task]:
    """What was decided before: the completed tasks of the agency, newest first."""
    done = [one for one in queries.tasks_of(session(), dossier.id) if one.state == TaskState.COMPLETED]
    decided = [one for one in reversed(done) if one.role != Role.POST_CLERK and one.answers]
    return sorted(decided, key=attrgetter("completed_at"), reverse=True)

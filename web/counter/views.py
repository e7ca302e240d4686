"""Receiving a dossier: choose the procedure, enter it, see what it costs and when it is due, decide."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from engine.catalogue.definitions import ProcedureDefinition, definition_of
from engine.catalogue.limits import LegalLimit
from engine.catalogue.queries import OfferedProcedure, procedures_on
from engine.catalogue.rules import limit_for
from engine.dossiers import operations, queries
from engine.dossiers.models import Dossier, Task
from engine.dossiers.parties import IdentityPaper
from engine.dossiers.reception import Reception, ReceptionDecision, ReceptionPreview
from engine.dossiers.refusals import ReceptionRefused
from engine.dossiers.rules import RECEIVING_KIND
from engine.forms import FormRefused, document_in, validate
from engine.identities import normalise_postal_item, postal_item_warning
from engine.organisation.models import Role
from engine.organisation.queries import local_day
from engine.refusals import Invalid, NotFound, Refusal
from engine.words import Words
from web.counter.hints import reading_of, warnings
from web.counter.reading import Form, form_of, read_facts, read_reception, wrong_days
from web.dossiers.files import keep_scans
from web.guard import actor, open_to
from web.language import language
from web.language import translated as _
from web.refusals import field_messages, message
from web.sendings import carried_out, sent_before
from web.unit_of_work import commit, now, session

blueprint = Blueprint("counter", __name__, template_folder="templates")

PERSON_PAPERS = (IdentityPaper.CITIZEN_ID, IdentityPaper.PASSPORT, IdentityPaper.OLD_ID)


class ProcedureNotOffered(NotFound):
    """The procedure is not received at this clerk's counters today."""

    vi = "Thủ tục {code} không được tiếp nhận tại quầy của bạn."
    en = "The procedure {code} is not received at your counter."
    remedy_vi = "Hãy chọn thủ tục khác trong danh sách."
    remedy_en = "Choose another one from the list."


@blueprint.get("/tiep-nhan")
@open_to(Role.POST_CLERK)
def receive() -> str | Response:
    """The list of procedures, or the receiving page of the one that was chosen; the only match is chosen."""
    code = request.args.get("thu_tuc", "").strip()
    if code:
        return _page(MultiDict({"thu_tuc": code, "decision": ReceptionDecision.ACCEPT}))
    search = request.args.get("tim", "").strip()[:80]
    offered, typing = _offered(search), bool(request.headers.get("HX-Request"))
    if search and len(offered) == 1 and not typing:
        return redirect(url_for("counter.receive", thu_tuc=offered[0].code))
    template = "counter/procedures.html" if typing else "counter/choose.html"
    return render_template(template, offered=[(one, _usual_limit(one)) for one in offered], search=search)


@blueprint.post("/tiep-nhan")
@open_to(Role.POST_CLERK)
def receive_new() -> Response | tuple[str, int]:
    """Receive a new dossier with its scans, in one transaction."""
    return _save(None)


@blueprint.get("/tiep-nhan/<uuid:task_id>")
@open_to(Role.POST_CLERK)
def receive_filed(task_id: UUID) -> str | Response:
    """The receiving page of a dossier that was filed online or is brought back complete."""
    if queries.task_for(session(), actor(), task_id).kind != RECEIVING_KIND:
        return redirect(url_for("agency.task", task_id=task_id))
    task = operations.open_filed(session(), actor(), now(), task_id)
    page = _page(form_of(task.dossier), task)
    commit()
    return page


@blueprint.post("/tiep-nhan/<uuid:task_id>")
@open_to(Role.POST_CLERK)
def complete_filed(task_id: UUID) -> Response | tuple[str, int]:
    """Receive what was filed or brought back."""
    return _save(queries.task_for(session(), actor(), task_id))


@blueprint.post("/tiep-nhan/xem-truoc")
@open_to(Role.POST_CLERK)
def preview() -> str:
    """What would be asked for, charged and promised for what is entered so far; stores nothing."""
    reception = read_reception(request.form)
    filed = request.args.get("viec", type=UUID)
    shown, trouble = _preview(reception, queries.task_for(session(), actor(), filed) if filed else None)
    codes = ",".join(component.code for component in shown.components) if shown else ""
    return render_template(
        "counter/preview.html",
        preview=shown,
        trouble=trouble,
        provisional=_provisional(shown, reception),
        reception=reception,
        warnings=warnings(reception),
        reading=reading_of(reception.applicant),
        form=request.form,
        errors={},
        components_changed=bool(shown) and codes != request.form.get("component_codes"),
        component_codes=codes,
    )


@blueprint.post("/tra-ket-qua/so-hieu")
@open_to(Role.POST_CLERK)
def check_tracking_number() -> str:
    """What is unusual about the tracking number typed on the return page; empty when nothing is."""
    number = str(read_facts(request.form).get("tracking_number") or "").strip()
    unusual = postal_item_warning(normalise_postal_item(number)) if number else None
    return render_template("counter/warning.html", text=message(unusual) if unusual else "")


def _save(task: Task | None) -> Response | tuple[str, int]:
    if earlier := sent_before():
        return earlier
    reception = read_reception(request.form)
    try:
        if wrong := wrong_days(request.form):
            raise ReceptionRefused(wrong, count=len(wrong))
        if task is None:
            dossier = operations.receive_dossier(session(), actor(), now(), reception)
        else:
            dossier = operations.complete_reception(session(), actor(), now(), task.id, reception)
        keep_scans(dossier.id, {component.code: component.id for component in dossier.components})
    except Invalid as refused:
        session().rollback()
        return _page(request.form, task, refused), 422
    place = url_for("dossiers.page", number=dossier.number or dossier.reference, moi=1)
    return carried_out(place, _said(reception.decision))


def _said(decision: str) -> str:
    return {
        ReceptionDecision.ACCEPT: _("Đã tiếp nhận hồ sơ."),
        ReceptionDecision.SUPPLEMENT: _("Đã ghi nhận; hãy in phiếu yêu cầu bổ sung, hoàn thiện hồ sơ cho người nộp."),
        ReceptionDecision.REFUSE: _("Đã từ chối tiếp nhận; hãy in phiếu từ chối cho người nộp."),
    }[ReceptionDecision(decision)]


class DecisionButton(Words):
    """What the button does under each decision."""

    ACCEPT = ReceptionDecision.ACCEPT.value, "Tiếp nhận hồ sơ", "Accept the dossier"
    SUPPLEMENT = ReceptionDecision.SUPPLEMENT.value, "Yêu cầu hoàn thiện hồ sơ", "Ask to complete the dossier"
    REFUSE = ReceptionDecision.REFUSE.value, "Từ chối tiếp nhận", "Refuse the dossier"


def _offered(search: str = "") -> list[OfferedProcedure]:
    """The procedures of the bodies that this clerk's counters receive for."""
    served = frozenset().union(*actor().counters.values())
    return procedures_on(session(), local_day(now()), search, served)


def _usual_limit(offered: OfferedProcedure) -> LegalLimit | None:
    """The limit of the usual case, to be shown in the list; None where it depends on more."""
    facts = {
        "case": "new",
        "channel": "counter",
        "return_method": "counter",
        "received_on": local_day(now()),
        "applicant_kind": "person",
        "fee_exempt": False,
    }
    try:
        return limit_for(definition_of(session(), offered.version.id), facts)
    except Refusal:
        return None


def _preview(reception: Reception, task: Task | None) -> tuple[ReceptionPreview | None, str]:
    filed = task.dossier if task else None
    try:
        return operations.preview_reception(session(), actor(), now(), reception, filed), ""
    except Refusal as refusal:
        return None, message(refusal)


def _provisional(shown: ReceptionPreview | None, reception: Reception) -> bool:
    """Whether fee and due date may still change because the procedure's own questions are not all answered."""
    own = shown.definition.forms.get(shown.definition.properties.intake_form) if shown else None
    if own is None:
        return False
    try:
        validate(own, dict(reception.facts), {"today": local_day(now())})
    except FormRefused:
        return True
    return False


def _chosen(code: str | None) -> OfferedProcedure:
    offered = next((one for one in _offered() if one.code == code), None)
    if offered is None:
        raise ProcedureNotOffered(code=code)
    return offered


def _filed_under(dossier: Dossier) -> OfferedProcedure:
    """The version and the unit that a dossier keeps, whatever is offered today."""
    return OfferedProcedure(dossier.version, (dossier.deciding_unit,))


def _page(form: Form, task: Task | None = None, refused: Invalid | None = None) -> str:
    """The receiving page with what was typed, and the complaints at their fields."""
    offered = _filed_under(task.dossier) if task else _chosen(form.get("thu_tuc"))
    reception = read_reception(form)
    shown, trouble = _preview(reception, task)
    definition = definition_of(session(), offered.version.id)
    errors = field_messages(refused) if refused else {}
    return render_template(
        "counter/receive.html",
        offered=offered,
        task=task,
        form=form,
        errors=errors,
        refused=message(refused) if refused else "",
        intake=_intake(definition, form, errors),
        preview=shown,
        trouble=trouble,
        provisional=_provisional(shown, reception),
        reception=reception,
        warnings=warnings(reception),
        reading=reading_of(reception.applicant),
        component_codes=",".join(component.code for component in shown.components) if shown else "",
        components_changed=False,
        person_papers=PERSON_PAPERS,
        decisions=ReceptionDecision,
        decision_buttons=DecisionButton,
    )


def _intake(definition: ProcedureDefinition, form: Form, errors: dict[str, str]) -> dict[str, Any] | None:
    """What the island is handed for the procedure's own questions; None where there are none."""
    own = definition.forms[definition.properties.intake_form]
    if not own.parts:
        return None
    facts = {name.removeprefix("facts."): text for name, text in errors.items() if name.startswith("facts.")}
    return {
        "schema": document_in(own, language()),
        "data": {"today": local_day(now()).isoformat(), **read_facts(form)},
        "errors": facts,
    }

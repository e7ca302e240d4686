"""The dossier's page, its files and papers, its diagram, and the search for dossiers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from io import BytesIO
from urllib.parse import urlsplit
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    render_template,
    request,
    send_file,
    url_for,
)
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from engine.catalogue.definitions import definition_of
from engine.dossiers import operations, queries
from engine.dossiers.deviating import other_competent_units
from engine.dossiers.failures import Reason
from engine.dossiers.late_opinions import SPEAKING_ROLES, owed_opinion
from engine.dossiers.models import DocumentKind, Dossier, DossierState, Task
from engine.dossiers.refusals import WrongValue
from engine.dossiers.requests import requests_of
from engine.dossiers.rules import (
    check_takes_files,
    has_running_due_date,
    holds_task,
    is_at_the_counter,
    leads,
    notes_withdrawals,
)
from engine.dossiers.search import search_dossiers
from engine.dossiers.standing import diagram_marks
from engine.dossiers.visibility import readable_attachment, sees_drafts, visible_attachments
from engine.forms import shown_answers
from engine.organisation.models import Role, Unit
from engine.refusals import NotFound
from engine.settings import Settings
from web.dossiers.drawings import drawing
from web.dossiers.timeline import INNER, returned, timeline
from web.guard import WORKERS, actor, open_to, open_to_everybody_known
from web.language import language
from web.language import translated as _
from web.row_ids import row_id
from web.sendings import carried_out, sent_before
from web.unit_of_work import commit, now, session

blueprint = Blueprint("dossiers", __name__, template_folder="templates")

PAGE_SIZE = 30
NOTES_WITHDRAWALS = (Role.POST_CLERK, Role.CENTRE_MANAGER)
"""To whom the applicant comes who wants the dossier back."""


class UnknownPaper(NotFound):
    """No paper of that name can be printed."""

    vi = "Không có loại giấy tờ này."
    en = "There is no such paper."


@blueprint.get("/ho-so")
@open_to_everybody_known
def search() -> str:
    """Dossiers by number or by part of the applicant's name."""
    text = request.args.get("tim", "").strip()[:80]
    state = request.args.get("trang-thai", "")
    wanted = DossierState(state) if state in list(DossierState) else None
    after = request.args.get("sau", type=row_id)
    found = search_dossiers(session(), actor(), text, state=wanted, after=after, size=PAGE_SIZE)
    return render_template("dossiers/search.html", found=found, text=text, state=state)


@blueprint.get("/ho-so/<number>")
@open_to_everybody_known
def page(number: str) -> str:
    """Everything about one dossier that this person may know."""
    return render_template("dossiers/page.html", **_told(queries.dossier_by_number(session(), actor(), number)))


def _told(dossier: Dossier) -> dict[str, object]:
    """What the page tells about a dossier."""
    known, id = session(), dossier.id
    within = sees_drafts(known, actor(), dossier)
    tasks = queries.tasks_of(known, id)
    events = queries.events_of(known, id, without=INNER)
    requests = requests_of(known, dossier, language())
    return {
        "dossier": dossier,
        "within_agency": within,
        "facts": shown_facts(dossier),
        "mine": [task for task in tasks if task.state == "open" and holds_task(actor(), task, dossier)],
        "open_tasks": [task for task in tasks if task.state == "open"],
        "waits": [wait for wait in queries.waits_of(known, id) if wait.attached_to is None],
        "charges": queries.charges_of(known, id),
        "payments": queries.payments_of(known, id),
        "refunds": queries.refunds_of(known, id),
        "hand_overs": queries.hand_overs_of(known, id),
        "supplements": queries.supplements_of(known, id),
        "requests": requests,
        "opinions": queries.opinions_of(known, id) if within else [],
        "attachments": visible_attachments(known, actor(), dossier),
        "entries": timeline(events, within_agency=within, names=_names(dossier, tasks), requests=requests),
        "returned": returned(events),
        "papers": papers_of(dossier),
        "may_allow_request": leads(actor(), dossier)
        and _is_undecided(dossier)
        and not queries.requests_left(known, id),
        "may_apologise": leads(actor(), dossier) and has_running_due_date(dossier) and dossier.promised_at is None,
        "owes_opinion": dossier.closed_at is None and owed_opinion(known, actor(), dossier, now()) is not None,
        "may_get": _may_get(dossier, tasks),
        "may_withdraw": notes_withdrawals(actor(), dossier) and _is_undecided(dossier),
    }


def _may_get(dossier: Dossier, tasks: Iterable[Task]) -> list[Unit]:
    """To which other agencies this person may pass the dossier now."""
    open_tasks = [task for task in tasks if task.state == "open"]
    if not actor().holds(Role.CENTRE_MANAGER) or not is_at_the_counter(dossier, open_tasks):
        return []
    return other_competent_units(session(), dossier, now())


def _names(dossier: Dossier, tasks: Iterable[Task]) -> dict[str, str]:
    """The English names of what the log of a dossier names in Vietnamese; empty for a Vietnamese reader."""
    if language() == "vi":
        return {}
    units = dict(session().execute(select(Unit.name, Unit.name_en)).all())
    named = {task.name: task.name_en or task.name for task in tasks}
    return units | named | {dossier.version.name: dossier.version.name_en}


def _is_undecided(dossier: Dossier) -> bool:
    return dossier.closed_at is None and dossier.received_at is not None and dossier.signed_at is None


def shown_facts(dossier: Dossier) -> list[tuple[str, str]]:
    """The answers of the intake form with their labels, as a person reads them."""
    definition = definition_of(session(), dossier.version_id)
    form = definition.forms.get(definition.properties.intake_form)
    return shown_answers(form, dossier.facts, language()) if form else []


def papers_of(dossier: Dossier) -> list[DocumentKind]:
    """The papers that exist for the dossier as it stands."""
    papers = []
    if dossier.received_at is not None:
        papers += [DocumentKind.RECEIPT, DocumentKind.CONTROL_SLIP]
    if dossier.state == DossierState.REJECTED:
        papers.append(DocumentKind.REFUSAL)
    asked = queries.supplements_of(session(), dossier.id)
    if asked or dossier.state == DossierState.INCOMPLETE:
        papers.append(DocumentKind.SUPPLEMENT_REQUEST)
    if dossier.promised_at is not None:
        papers.append(DocumentKind.APOLOGY)
    return papers


@blueprint.get("/ho-so/<number>/so-do")
@open_to_everybody_known
def diagram(number: str) -> Response:
    """The dossier's diagrams and where it stands in them, for the viewer."""
    dossier = queries.dossier_by_number(session(), actor(), number)
    return jsonify(drawing(session(), dossier.version_id, diagram_marks(session(), dossier)))


@blueprint.get("/ho-so/<number>/giay-to/<kind>.pdf")
@open_to_everybody_known
def paper(number: str, kind: str) -> Response:
    """A paper of the dossier as a PDF; the first time it is made, kept and logged."""
    if kind not in list(DocumentKind) or kind == DocumentKind.RESULT:
        raise UnknownPaper()
    dossier = queries.dossier_by_number(session(), actor(), number)
    document = operations.make_document(session(), actor(), now(), dossier.id, DocumentKind(kind), public_address())
    content = document.content
    commit()
    name = f"{kind}-{dossier.number or dossier.reference}.pdf"
    return send_file(BytesIO(content), mimetype="application/pdf", download_name=name)


def public_address() -> str:
    """The origin printed into QR codes: the setting's; without it this machine's own, when it was asked for by that.

    Empty where only the request names the host: whoever sends it may write any, and it would stay on paper.
    """
    settings: Settings = current_app.extensions["settings"]
    if settings.public_url:
        return settings.public_url
    own = urlsplit(request.host_url).hostname in {"localhost", "127.0.0.1", "::1", settings.host}
    return request.host_url.rstrip("/") if own else ""


@blueprint.get("/tep/<uuid:attachment_id>")
@open_to_everybody_known
def attachment(attachment_id: UUID) -> Response:
    """An uploaded file, shown in the browser; its type was checked when it came in."""
    found = readable_attachment(session(), actor(), attachment_id)
    return send_file(BytesIO(found.content), mimetype=found.media_type, download_name=found.file_name)


@blueprint.post("/ho-so/<number>/tep")
@open_to(*WORKERS)
def add_file(number: str) -> AnyResponse:
    """Keep uploaded files with the dossier."""
    if earlier := sent_before():
        return earlier
    dossier = queries.dossier_by_number(session(), actor(), number)
    check_takes_files(dossier)
    for file in request.files.getlist("tep"):
        if file.filename:
            operations.add_attachment(session(), actor(), now(), dossier.id, file.filename, file.read())
    return carried_out(url_for("dossiers.page", number=number), _("Đã lưu tệp vào hồ sơ."))


@blueprint.post("/ho-so/<number>/so-dinh-danh")
@open_to_everybody_known
def identity(number: str) -> str:
    """The whole identity number; who looked and when is written into the log."""
    dossier = queries.dossier_by_number(session(), actor(), number)
    party = operations.reveal_identity(session(), actor(), now(), dossier.id)
    commit()
    return render_template("dossiers/identity.html", party=party)


@blueprint.post("/ho-so/<number>/rut")
@open_to(*NOTES_WITHDRAWALS)
def withdraw(number: str) -> AnyResponse:
    """Write down that the applicant asks for the dossier back."""
    said = _("Đã ghi nhận yêu cầu rút hồ sơ; cơ quan giải quyết sẽ xác nhận.")
    return _decided(number, operations.request_withdrawal, _reason(), said=said)


@blueprint.post("/ho-so/<number>/bo-sung-them")
@open_to(Role.LEADER)
def allow_request(number: str) -> AnyResponse:
    """Let papers be asked for once more."""
    said = _("Đã cho phép yêu cầu bổ sung thêm một lần.")
    return _decided(number, operations.allow_further_request, _reason(), said=said)


@blueprint.post("/ho-so/<number>/chuyen-co-quan")
@open_to(Role.CENTRE_MANAGER)
def transfer(number: str) -> AnyResponse:
    """Pass the dossier to a competent agency."""
    unit = request.form.get("co-quan", "")[:80]
    said = _("Đã chuyển hồ sơ; quầy bàn giao cho cơ quan có thẩm quyền.")
    return _decided(number, operations.transfer_dossier, unit, _reason(), said=said)


@blueprint.post("/ho-so/<number>/xin-loi")
@open_to(Role.LEADER)
def apologise(number: str) -> AnyResponse:
    """Apologise for the delay and promise another day."""
    day = _day(request.form.get("hen-lai", ""))
    said = _("Đã ghi lời xin lỗi và ngày hẹn lại; hãy in, ký và gửi văn bản cho người nộp.")
    return _decided(number, operations.apologise, _reason(), day, said=said)


@blueprint.post("/ho-so/<number>/y-kien-sau-han")
@open_to(*SPEAKING_ROLES)
def late_opinion(number: str) -> AnyResponse:
    """Keep what a consulted agency says after its limit."""
    content = request.form.get("y-kien", "").strip()[:1000]
    return _decided(number, operations.give_late_opinion, content, said=_("Đã lưu ý kiến gửi sau hạn."))


def _decided(number: str, decide: Callable[..., object], *given: object, said: str) -> AnyResponse:
    """Carry out what a person decides about a dossier, and show the dossier again with what is `said` about it."""
    if earlier := sent_before():
        return earlier
    dossier = queries.dossier_by_number(session(), actor(), number)
    decide(session(), actor(), now(), dossier.id, *given)
    return carried_out(url_for("dossiers.page", number=number), said)


def _reason() -> str:
    return request.form.get("ly-do", "").strip()[:1000]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongValue(field=Reason("ngày hẹn lại", "the new date"), value=text[:20]) from None

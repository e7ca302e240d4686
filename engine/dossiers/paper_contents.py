"""What each paper of a dossier says, gathered from the dossier's tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from engine.dossiers.context import local_date
from engine.dossiers.models import (
    Charge,
    Component,
    Dossier,
    Event,
    EventKind,
    HandOver,
    PartyKind,
    RequestedPaper,
    ReturnMethod,
    Task,
    TaskState,
    Wait,
)
from engine.dossiers.refusals import NotYetReceived
from engine.organisation.models import Person, Role, Unit, UnitKind
from engine.papers import (
    ApologyContent,
    ApplicantBlock,
    ChargeLine,
    ControlSlipContent,
    HandOverRow,
    Letterhead,
    ListedPaper,
    ReceiptContent,
    RefusalContent,
    SupplementRequestContent,
    Transfer,
)
from engine.worktime import Limit

PLACE = "Lạng Sơn"


def receipt_content(session: Session, dossier: Dossier, public_address: str) -> ReceiptContent:
    """The receipt as of acceptance, the last transfer and the payments; `public_address` is where its QR code leads."""
    received = _event(session, dossier, EventKind.RECEIVED)
    if received is None or dossier.received_at is None or dossier.number is None:
        raise NotYetReceived()
    charges = session.scalars(select(Charge).where(Charge.dossier_id == dossier.id).order_by(Charge.id)).all()
    moved = last_transfer(session, dossier)
    return ReceiptContent(
        letterhead=_letterhead(dossier),
        receipt_number=dossier.receipt_number or "",
        dossier_number=dossier.number,
        lookup_code=dossier.lookup_code,
        tracking_url=tracking_address(public_address, dossier),
        applicant=_applicant(dossier),
        request=dossier.summary,
        deciding_unit=dossier.deciding_unit.name,
        components=tuple(_listed(component) for component in dossier.components if component.supplement == 0),
        limit=_limit_in_words(dossier),
        received_at=dossier.received_at,
        due_at=dossier.original_due_at,
        return_place=_return_place(dossier),
        clerk_name=received.actor_name,
        book=f"{local_date(moved.at if moved else dossier.received_at):%Y}",
        book_entry=dossier.book_entry,
        charges=tuple(ChargeLine(charge.name, charge.amount) for charge in charges),
        paid=bool(charges) and all(charge.payment_id is not None for charge in charges),
        exempt=dossier.fee_exempt,
        transfer=Transfer(moved.at, moved.details["before"], moved.details["entry_before"]) if moved else None,
    )


def last_transfer(session: Session, dossier: Dossier) -> Event | None:
    """The event of the dossier's last transfer to another agency."""
    return _event(session, dossier, EventKind.TRANSFERRED)


def receipt_changed_at(session: Session, dossier: Dossier) -> datetime | None:
    """When what the receipt says last became another: by a transfer or a payment; None when it never did."""
    changes = (_event(session, dossier, kind) for kind in (EventKind.TRANSFERRED, EventKind.PAID))
    return max((event.at for event in changes if event), default=None)


def tracking_address(public_address: str, dossier: Dossier) -> str:
    """The address that the QR code opens: the tracking page with number and code filled in."""
    if not public_address:
        return ""
    query = urlencode({"so": dossier.number or dossier.reference, "ma": dossier.lookup_code})
    return f"{public_address.rstrip('/')}/tra-cuu?{query}"


def supplement_request_content(session: Session, dossier: Dossier) -> SupplementRequestContent:
    """The request for papers: the one after acceptance where there is one, else the guidance at the counter."""
    request = _request(session, dossier)
    return SupplementRequestContent(
        letterhead=_letterhead(dossier, of_agency=request.kind == EventKind.SUPPLEMENT_REQUESTED),
        request_number=_number(request),
        applicant=_applicant(dossier),
        request=dossier.summary,
        missing=_requested(session, request),
        reason=str(request.details.get("reason") or request.details.get("content") or ""),
        guide_name=request.actor_name,
        guide_phone="",
        website="",
        made_at=request.at,
        received_at=dossier.received_at,
        dossier_number=dossier.number or "",
        answer_by=_answer_by(session, dossier),
    )


def papers_requested_at(session: Session, dossier: Dossier) -> datetime:
    """When papers were last asked for, after acceptance or at the counter; raises NotYetReceived if never."""
    return _request(session, dossier).at


def _request(session: Session, dossier: Dossier) -> Event:
    for kind in (EventKind.SUPPLEMENT_REQUESTED, EventKind.INCOMPLETE):
        if (request := _event(session, dossier, kind)) is not None:
            return request
    raise NotYetReceived()


def _number(event: Event) -> str:
    """Under which number the paper of this event went out; events from before papers were numbered have none."""
    return str(event.details.get("number") or "")


def _requested(session: Session, request: Event) -> tuple[ListedPaper, ...]:
    rows = select(RequestedPaper).where(
        RequestedPaper.dossier_id == request.dossier_id, RequestedPaper.asked_at == request.at
    )
    return tuple(
        ListedPaper(row.name, row.originals, row.certified_copies, row.copies, row.wanted)
        for row in session.scalars(rows.order_by(RequestedPaper.id))
    )


def _answer_by(session: Session, dossier: Dossier) -> datetime | None:
    """Until when the papers may be brought: the limit drawn at the counter's open task that waits for them."""
    waiting = and_(
        Task.dossier_id == Wait.dossier_id,
        Task.element_id == Wait.attached_to,
        Task.state == TaskState.OPEN,
        Task.role == Role.POST_CLERK,
    )
    limit = select(func.min(Wait.due_at)).join(Task, waiting)
    return session.scalar(limit.where(Wait.dossier_id == dossier.id, Wait.kind == "timer"))


def refusal_content(session: Session, dossier: Dossier) -> RefusalContent:
    """Why the dossier was not accepted at the counter."""
    rejected = _event(session, dossier, EventKind.REJECTED)
    if rejected is None:
        raise NotYetReceived()
    return RefusalContent(
        letterhead=_letterhead(dossier),
        refusal_number=_number(rejected),
        applicant=_applicant(dossier),
        request=dossier.summary,
        reason=str(rejected.details.get("reason", "")),
        clerk_name=rejected.actor_name,
        help_phone="",
        website="",
        made_at=rejected.at,
    )


def apology_content(session: Session, dossier: Dossier) -> ApologyContent:
    """What the agency's leader has written to the applicant about the result that does not come in time."""
    apology = _event(session, dossier, EventKind.APOLOGISED)
    if apology is None or dossier.received_at is None or dossier.promised_at is None:
        raise NotYetReceived()
    return ApologyContent(
        letterhead=_letterhead(dossier, of_agency=True),
        apology_number=_number(apology),
        applicant=_applicant(dossier),
        request=dossier.summary,
        dossier_number=dossier.number or "",
        receiving_office=_letterhead(dossier).office,
        received_at=dossier.received_at,
        due_at=datetime.fromisoformat(apology.details["due_at"]),
        late=bool(apology.details["late"]),
        reason=str(apology.details["reason"]),
        promised_at=dossier.promised_at,
        leader_name=apology.actor_name,
        made_at=apology.at,
    )


def control_slip_content(session: Session, dossier: Dossier, now: datetime) -> ControlSlipContent:
    """The hand-over log up to `now`."""
    if dossier.received_at is None or dossier.number is None:
        raise NotYetReceived()
    rows = session.scalars(select(HandOver).where(HandOver.dossier_id == dossier.id).order_by(HandOver.id)).all()
    units = {unit.id: unit.name for unit in session.scalars(select(Unit))}
    people = _names(session, rows)
    return ControlSlipContent(
        letterhead=_letterhead(dossier),
        dossier_number=dossier.number,
        request=dossier.summary,
        deciding_unit=dossier.deciding_unit.name,
        cooperating_units=(),
        rows=tuple(
            HandOverRow(
                from_unit=units[row.from_unit_id],
                to_unit=units[row.to_unit_id],
                given_by=people[row.given_by_id],
                given_at=row.given_at,
                taken_by=people.get(row.taken_by_id or 0, ""),
                taken_at=row.taken_at,
                note=row.note,
            )
            for row in rows
        ),
        received_at=dossier.received_at,
        due_at=dossier.due_at,
        made_at=now,
    )


def _names(session: Session, rows: Iterable[HandOver]) -> dict[int, str]:
    ids = {id for row in rows for id in (row.given_by_id, row.taken_by_id) if id}
    return {person.id: person.full_name for person in session.scalars(select(Person).where(Person.id.in_(ids)))}


def _event(session: Session, dossier: Dossier, kind: EventKind) -> Event | None:
    statement = select(Event).where(Event.dossier_id == dossier.id, Event.kind == kind)
    return session.scalars(statement.order_by(Event.id.desc()).limit(1)).one_or_none()


def _letterhead(dossier: Dossier, *, of_agency: bool = False) -> Letterhead:
    """The counter's papers carry the centre above the counter; the agency's carry the agency."""
    unit = dossier.deciding_unit if of_agency else dossier.counter
    while unit.parent is not None and unit.kind in (UnitKind.COUNTER, UnitKind.POST):
        unit = unit.parent
    above = unit.parent.name if unit.parent else ""
    return Letterhead(authority=above, office=unit.name, place=PLACE)


def _applicant(dossier: Dossier) -> ApplicantBlock:
    applicant = dossier.applicant
    return ApplicantBlock(
        name=applicant.full_name,
        address=applicant.address,
        phone=applicant.phone,
        email=applicant.email,
        submitter=dossier.submitter.full_name if dossier.submitter else "",
        organisation=applicant.kind == PartyKind.ORGANISATION,
        represented_by=applicant.represented_by,
    )


def _listed(component: Component) -> ListedPaper:
    return ListedPaper(component.name, originals=component.originals, copies=component.copies, note=component.note)


def _limit_in_words(dossier: Dossier) -> str:
    if not dossier.limit_unit or dossier.limit_amount is None:
        return ""
    return Limit.read(dossier.limit_amount, dossier.limit_unit).vi


def _return_place(dossier: Dossier) -> str:
    if dossier.return_method == ReturnMethod.POST:
        return f"{ReturnMethod.POST.vi}: {dossier.return_address}"
    if dossier.return_method == ReturnMethod.ONLINE:
        return ReturnMethod.ONLINE.vi
    return dossier.counter.name

"""What goes off the ordinary way: decided by a person with the right to it, for a reason that the log keeps."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from engine.catalogue.definitions import definition_of
from engine.dossiers import rules
from engine.dossiers.context import StepContext, local_date
from engine.dossiers.failures import Reason
from engine.dossiers.models import DocumentKind, Dossier, EventKind
from engine.dossiers.numbers import next_paper_number, next_serial
from engine.dossiers.queries import requests_left
from engine.dossiers.refusals import (
    AlreadyPromised,
    NoFurtherRequestNeeded,
    NotAtTheCounter,
    NotForManagers,
    UnknownDossier,
    WrongValue,
)
from engine.dossiers.services.telling import tell_applicant
from engine.dossiers.steps import lock
from engine.organisation.actors import Actor
from engine.organisation.models import Role, Unit
from engine.organisation.queries import counters_for, unit_on
from engine.worktime.deadlines import closing_on_or_after


def allow_further_request(session: Session, actor: Actor, now: datetime, dossier_id: int, reason: str) -> Dossier:
    """Let the agency ask the applicant for papers once more than the once that the law allows (domain 11.7).

    Raises UnknownDossier, AlreadyClosed, NotForLeaders unless a leader of the deciding unit asks, Required without a
    reason, NoFurtherRequestNeeded when a request may be made anyhow or the result is signed.
    """
    context = _known(session, actor, now, dossier_id)
    rules.check_leads(actor, context.dossier)
    given = rules.given_reason(reason)
    if requests_left(session, dossier_id) or context.dossier.signed_at is not None:
        raise NoFurtherRequestNeeded()
    context.log(EventKind.REQUEST_ALLOWED, reason=given)
    return context.dossier


def apologise(
    session: Session, actor: Actor, now: datetime, dossier_id: int, reason: str, promised_on: date
) -> Dossier:
    """Apologise for a result that does not come in time and promise it for another working day, once (domain 2.3).

    It should be done before the due date and must be done after it. The due date stays, so that a late dossier stays
    late; the letter gets its number and the applicant is told. Raises UnknownDossier, AlreadyClosed, NotForLeaders
    unless a leader of the deciding unit does it, Required without a reason, NothingToApologiseFor, AlreadyPromised,
    and WrongValue for a day off or one that is not after the due date and today.
    """
    context = _known(session, actor, now, dossier_id)
    dossier = context.dossier
    rules.check_leads(actor, dossier)
    given = rules.given_reason(reason)
    due_at = rules.due_date_that_runs(dossier)
    if dossier.promised_at is not None:
        raise AlreadyPromised(at=dossier.promised_at)
    dossier.promised_at = _closing_on(context, promised_on, after=max(due_at, now))
    number = next_paper_number(session, DocumentKind.APOLOGY, dossier.deciding_unit, context.today, "PXL")
    context.log(
        EventKind.APOLOGISED,
        number=number,
        reason=given,
        due_at=due_at.isoformat(),
        promised_at=dossier.promised_at.isoformat(),
        late=due_at < now,
    )
    tell_applicant(context, "apology")
    return dossier


def _closing_on(context: StepContext, day: date, *, after: datetime) -> datetime:
    """The end of office hours on that day."""
    wrong = WrongValue(field=Reason("ngày hẹn lại", "the new date"), value=f"{day:%d/%m/%Y}")
    if day <= local_date(after):
        raise wrong
    closing = closing_on_or_after(context.calendar, day)
    if local_date(closing) != day:
        raise wrong
    return closing


def transfer_dossier(
    session: Session, actor: Actor, now: datetime, dossier_id: int, unit_code: str, reason: str
) -> Dossier:
    """Pass an accepted dossier that was received for the wrong agency to a competent one (domain 5: wrong agency).

    It must be at the counter: an agency that it was given to sends it back first. Number, receipt and due date stay;
    the new agency's book gets an entry, and the applicant is told. Raises UnknownDossier, AlreadyClosed,
    NotForManagers unless the centre's manager asks, Required without a reason, NotAtTheCounter, and WrongValue for a
    unit that does not decide the procedure or for which the counter does not receive.
    """
    context = _known(session, actor, now, dossier_id)
    if not actor.holds(Role.CENTRE_MANAGER):
        raise NotForManagers()
    given = rules.given_reason(reason)
    if not rules.is_at_the_counter(context.dossier, context.open_tasks.values()):
        raise NotAtTheCounter()
    competent = {unit.code: unit for unit in other_competent_units(session, context.dossier, now)}
    if unit_code not in competent:
        raise WrongValue(field=Reason("cơ quan giải quyết", "the deciding agency"), value=unit_code)
    _pass_to(context, competent[unit_code], given)
    return context.dossier


def other_competent_units(session: Session, dossier: Dossier, now: datetime) -> list[Unit]:
    """The other units that decide under the dossier's procedure today and for which its counter receives."""
    today, properties = local_date(now), definition_of(session, dossier.version_id).properties
    named = {unit_on(session, code, today, properties.code) for code in properties.deciding_units}
    return [
        unit
        for unit in sorted(named - {dossier.deciding_unit}, key=lambda unit: unit.name)
        if dossier.counter_id in {row.counter_id for row in counters_for(session, unit.id, properties.code, today)}
    ]


def _pass_to(context: StepContext, unit: Unit, reason: str) -> None:
    dossier, before = context.dossier, context.dossier.deciding_unit
    entry = dossier.book_entry
    dossier.deciding_unit = unit
    dossier.book_entry = next_serial(context.session, f"book/{unit.code}/{context.today:%Y}")
    context.log(EventKind.TRANSFERRED, before=before.name, after=unit.name, reason=reason, entry_before=entry)
    tell_applicant(context, "transferred")


def _known(session: Session, actor: Actor, now: datetime, dossier_id: int) -> StepContext:
    context = lock(session, dossier_id, now, actor)
    if not rules.may_see(actor, context.dossier):
        raise UnknownDossier(reference=dossier_id)
    return context

"""Named reads of dossiers and tasks, each limited to what the person may know of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from operator import attrgetter
from secrets import compare_digest
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, bindparam, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from engine.catalogue.definitions import definition_of
from engine.catalogue.rules import RequiredComponent, components_for
from engine.dossiers import rules
from engine.dossiers.context import facts_of, local_date
from engine.dossiers.models import (
    Attachment,
    Charge,
    Dossier,
    Event,
    EventKind,
    HandOver,
    Opinion,
    Payment,
    Refund,
    Supplement,
    Task,
    TaskState,
    Wait,
)
from engine.dossiers.refusals import UnknownDossier, UnknownTask
from engine.identities import fold, words_of
from engine.organisation.actors import Actor
from engine.organisation.models import Role, Unit, UnitKind
from engine.organisation.queries import people_holding

WITH_PARTIES = (
    joinedload(Dossier.applicant),
    joinedload(Dossier.counter),
    joinedload(Dossier.deciding_unit),
    joinedload(Dossier.version),
)


def dossier_for(session: Session, actor: Actor, dossier_id: int) -> Dossier:
    """The dossier, if this person may know of it; raises UnknownDossier otherwise, as for one that does not exist."""
    dossier = session.scalars(select(Dossier).where(Dossier.id == dossier_id).options(*WITH_PARTIES)).one_or_none()
    return _visible(session, actor, dossier, dossier_id)


def dossier_by_number(session: Session, actor: Actor, number: str) -> Dossier:
    """The dossier with this number (or reference), if this person may know of it; raises UnknownDossier."""
    named = or_(Dossier.number == number, Dossier.reference == number)
    dossier = session.scalars(select(Dossier).where(named).options(*WITH_PARTIES)).one_or_none()
    return _visible(session, actor, dossier, number)


def _visible(session: Session, actor: Actor, dossier: Dossier | None, reference: object) -> Dossier:
    if dossier is None or not (
        rules.may_see(actor, dossier) or rules.may_see(actor, dossier, tasks_of(session, dossier.id))
    ):
        raise UnknownDossier(reference=reference)
    return dossier


def words_named(text: str) -> list[str]:
    """The words of `text`, of which each has to begin one of a name; case and accents are ignored."""
    return words_of(fold(text))


def applicant_named(dossier: Any = Dossier) -> ColumnElement[bool]:
    """The SQL condition that each of the `words` begins a word of the applicant's name (no words: any name).

    `dossier` has the columns, a subquery's perhaps.
    """
    named: ColumnElement[bool] = dossier.name_beginnings.contains(bindparam("words", type_=ARRAY(Text)))
    return named


def task_for(session: Session, actor: Actor, task_id: UUID) -> Task:
    """The task, if this person may know of its dossier; raises UnknownTask."""
    statement = (
        select(Task)
        .where(Task.id == task_id)
        .options(
            joinedload(Task.unit),
            joinedload(Task.claimed_by),
            joinedload(Task.completed_by),
            joinedload(Task.dossier).options(*WITH_PARTIES),
        )
    )
    task = session.scalars(statement).one_or_none()
    if task is None or not rules.may_see(actor, task.dossier, [task]):
        raise UnknownTask()
    return task


def tasks_of(session: Session, dossier_id: int) -> Sequence[Task]:
    """All tasks of a dossier, oldest first."""
    statement = select(Task).where(Task.dossier_id == dossier_id).order_by(Task.opened_at, Task.id)
    options = (joinedload(Task.unit), joinedload(Task.claimed_by), joinedload(Task.completed_by))
    return session.scalars(statement.options(*options)).all()


def open_tasks(session: Session, dossier_id: int) -> Sequence[Task]:
    """The open tasks of a dossier, oldest first."""
    return [task for task in tasks_of(session, dossier_id) if task.state == TaskState.OPEN]


def waits_of(session: Session, dossier_id: int) -> Sequence[Wait]:
    """What the dossier waits for besides people, soonest first."""
    return session.scalars(select(Wait).where(Wait.dossier_id == dossier_id).order_by(Wait.due_at.nulls_last())).all()


def events_of(
    session: Session, dossier_id: int, *, without: Collection[EventKind] = (), size: int = 500
) -> Sequence[Event]:
    """The newest `size` events of the dossier's log, oldest first, leaving out the kinds in `without`."""
    statement = select(Event).where(Event.dossier_id == dossier_id, Event.kind.not_in(without))
    return session.scalars(statement.order_by(Event.id.desc()).limit(size)).all()[::-1]


def hand_overs_of(session: Session, dossier_id: int) -> Sequence[HandOver]:
    """The rows of the control slip, oldest first."""
    return session.scalars(select(HandOver).where(HandOver.dossier_id == dossier_id).order_by(HandOver.id)).all()


def charges_of(session: Session, dossier_id: int) -> Sequence[Charge]:
    """The lines of what the dossier costs."""
    return session.scalars(select(Charge).where(Charge.dossier_id == dossier_id).order_by(Charge.id)).all()


def payments_of(session: Session, dossier_id: int) -> Sequence[Payment]:
    """The money taken for the dossier, oldest first."""
    return session.scalars(select(Payment).where(Payment.dossier_id == dossier_id).order_by(Payment.id)).all()


def refunds_of(session: Session, dossier_id: int) -> Sequence[Refund]:
    """The money that went back to the applicant, oldest first."""
    rows = select(Refund).join(Refund.payment).where(Payment.dossier_id == dossier_id)
    return session.scalars(rows.options(contains_eager(Refund.payment)).order_by(Refund.id)).all()


def opinions_of(session: Session, dossier_id: int) -> Sequence[Opinion]:
    """What was asked of other agencies and what they said."""
    return session.scalars(select(Opinion).where(Opinion.dossier_id == dossier_id).order_by(Opinion.id)).all()


def supplements_of(session: Session, dossier_id: int) -> Sequence[Supplement]:
    """The requests for papers after acceptance."""
    return session.scalars(select(Supplement).where(Supplement.dossier_id == dossier_id)).all()


def attachments_of(session: Session, dossier_id: int) -> Sequence[Attachment]:
    """The uploaded files, without their contents."""
    statement = select(Attachment).where(Attachment.dossier_id == dossier_id)
    return session.scalars(statement.order_by(Attachment.uploaded_at)).all()


def track(session: Session, number: str, lookup_code: str) -> Dossier:
    """The dossier for public tracking: number and the code on the receipt must both be right."""
    statement = select(Dossier).where(Dossier.number == number.strip().upper()).options(*WITH_PARTIES)
    dossier = session.scalars(statement).one_or_none()
    if dossier is None or not compare_digest(dossier.lookup_code.encode(), lookup_code.strip().upper().encode()):
        raise UnknownDossier(reference=number)
    return dossier


def requests_left(session: Session, dossier_id: int) -> int:
    """How many requests for papers may still be made after acceptance: one, and one for each permission, less those
    that were made (domain 2.3)."""
    made = session.scalar(select(func.count()).where(Supplement.dossier_id == dossier_id)) or 0
    permitted = select(func.count()).where(Event.dossier_id == dossier_id, Event.kind == EventKind.REQUEST_ALLOWED)
    return 1 + (session.scalar(permitted) or 0) - made


def published_components(session: Session, dossier: Dossier) -> tuple[RequiredComponent, ...]:
    """The list of papers that the dossier's version asks for with the dossier's facts."""
    return components_for(definition_of(session, dossier.version_id), facts_of(dossier))


def english_papers(session: Session, dossier: Dossier) -> dict[str, str]:
    """What the published list calls its papers in English, by code."""
    return {component.code: component.name_en for component in published_components(session, dossier)}


def form_data(
    session: Session,
    task: Task,
    facts: Mapping[str, Any] | None = None,
    lists: Collection[str] = ("components", "officers", "units"),
    language: str = "vi",
) -> dict[str, Any]:
    """What a task's form is shown with and judged by: the dossier's facts, the task's inputs, and those of its choices
    that are named in `lists`, as `{value, label}` with labels in `language`: `components` of the published list by
    code, `officers` by user name, `units` that may be consulted by code."""
    name = "name" if language == "vi" else "name_en"
    data = {
        **(facts if facts is not None else facts_of(task.dossier)),
        **task.inputs,
        "today": local_date(task.opened_at),
    }
    if "components" in lists:
        data["components"] = [
            {"value": one.code, "label": getattr(one, name)} for one in published_components(session, task.dossier)
        ]
    if "officers" in lists:
        officers = people_holding(session, Role.OFFICER, task.unit_id, data["today"])
        data["officers"] = [{"value": person.username, "label": person.full_name} for person in officers]
    if "units" in lists:
        units = sorted(_consultable(session, task.dossier), key=attrgetter(name))
        data["units"] = [{"value": unit.code, "label": getattr(unit, name)} for unit in units]
    return data


def _consultable(session: Session, dossier: Dossier) -> Sequence[Unit]:
    """The units in force whose opinion may be asked: agencies and other bodies, but not the deciding one."""
    today = local_date(dossier.received_at or dossier.submitted_at)
    statement = select(Unit).where(
        Unit.kind.in_([UnitKind.AGENCY, UnitKind.OTHER]),
        Unit.id != dossier.deciding_unit_id,
        Unit.valid_from <= today,
        or_(Unit.valid_to.is_(None), Unit.valid_to >= today),
    )
    return session.scalars(statement).all()

"""Who may do what to a dossier, and what its state is: pure, no database and no clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from engine.dossiers.models import Component, Dossier, DossierState, Task, TaskState
from engine.dossiers.models.words import FINAL_STATES
from engine.dossiers.refusals import (
    AlreadyClosed,
    NotAReceivingTask,
    NotForLeaders,
    NothingToApologiseFor,
    NotWithdrawnHere,
    NotYourTask,
    Required,
    TaskAlreadyDone,
    TaskCancelled,
    TaskClaimed,
    TooLateToWithdraw,
    WrongReceptionTask,
)
from engine.forms.refusals import Bilingual
from engine.organisation.actors import Actor
from engine.organisation.models import Role
from engine.workflow import Passage, ReadyTask, Step, Wait

RECEIVING_KIND = "motcua.receive"
AGENCY_ROLES = (Role.DIVISION_HEAD, Role.OFFICER, Role.LEADER, Role.RECORDS_CLERK)
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Sorts tasks without any limit to the end."""


def may_see(actor: Actor, dossier: Dossier, tasks: Iterable[Task] = ()) -> bool:
    """Whether the person may know of the dossier (domain 2.5): the centre's manager and administrators all of them,
    a clerk those of the bodies assigned to the counter, agency staff the own agency's and those they have a task on."""
    if actor.holds(Role.CENTRE_MANAGER) or actor.holds(Role.ADMINISTRATOR):
        return True
    if dossier.deciding_unit_id in actor.counters.get(dossier.counter_id, frozenset()):
        return True
    units = actor.units(*AGENCY_ROLES)
    return dossier.deciding_unit_id in units or any(task.unit_id in units for task in tasks)


def holds_task(actor: Actor, task: Task, dossier: Dossier) -> bool:
    """Whether the task is offered to this person: role and unit, and for a clerk the body assigned to the counter."""
    if not actor.holds(Role(task.role), task.unit_id):
        return False
    if task.role != Role.POST_CLERK:
        return True
    return dossier.deciding_unit_id in actor.counters.get(task.unit_id, frozenset())


def check_may_complete(actor: Actor, task: Task, dossier: Dossier) -> None:
    """Raise unless this person may complete this task now."""
    check_open(task)
    if not holds_task(actor, task, dossier):
        raise NotYourTask(task=task.name, role=Role(task.role), unit=task.unit.name)
    if task.claimed_by_id not in (None, actor.id):
        assert task.claimed_by is not None
        raise TaskClaimed(task=task.name, by=task.claimed_by.full_name, at=task.claimed_at)


def check_open(task: Task) -> None:
    """Raise a conflict that says who was faster, unless the task is open."""
    if task.state == TaskState.COMPLETED:
        by = task.completed_by.full_name if task.completed_by else ""
        raise TaskAlreadyDone(task=task.name, by=by, at=task.completed_at)
    if task.state == TaskState.CANCELLED:
        raise TaskCancelled(task=task.name)


def check_completed_on_own_page(task: Task, *, receiving: bool) -> None:
    """A receiving task carries applicant and components, so only the receiving operations may complete it."""
    if (task.kind == RECEIVING_KIND) != receiving:
        raise NotAReceivingTask(task=task.name) if receiving else WrongReceptionTask(task=task.name)


def check_takes_files(dossier: Dossier) -> None:
    """Files are added on the dossier's page until it ends; afterwards it is a record."""
    if dossier.closed_at is not None:
        raise AlreadyClosed(state=DossierState(dossier.state))


def notes_withdrawals(actor: Actor, dossier: Dossier) -> bool:
    """Whether the applicant's wish to withdraw is written down by this person: the centre's manager, or a clerk of the
    dossier's counter to which the deciding body is assigned; to the agency it comes as a task."""
    if actor.holds(Role.CENTRE_MANAGER):
        return True
    return dossier.deciding_unit_id in actor.counters.get(dossier.counter_id, frozenset())


def check_notes_withdrawals(actor: Actor, dossier: Dossier) -> None:
    """Raise unless this person writes down that the applicant withdraws this dossier."""
    if not notes_withdrawals(actor, dossier):
        raise NotWithdrawnHere(counter=dossier.counter.name)


def given_reason(reason: str) -> str:
    """The reason that the log keeps, without blanks around it; raises Required where there is none."""
    if not reason.strip():
        raise Required(field=Bilingual("lý do", "the reason"))
    return reason.strip()


def leads(actor: Actor, dossier: Dossier) -> bool:
    """Whether the person leads the deciding agency."""
    return actor.holds(Role.LEADER, dossier.deciding_unit_id)


def check_leads(actor: Actor, dossier: Dossier) -> None:
    """Raise unless this person leads the deciding agency."""
    if not leads(actor, dossier):
        raise NotForLeaders(unit=dossier.deciding_unit.name)


def is_at_the_counter(dossier: Dossier, tasks: Iterable[Task]) -> bool:
    """Whether an accepted dossier is still, or again, where it was received; `tasks` are its open ones."""
    return dossier.state == DossierState.RECEIVED and {task.unit_id for task in tasks} == {dossier.counter_id}


def has_running_due_date(dossier: Dossier) -> bool:
    """Whether a due date runs that the agency may miss."""
    return dossier.due_at is not None and dossier.suspended_at is None and dossier.processing_ended_at is None


def due_date_that_runs(dossier: Dossier) -> datetime:
    """The due date; raises NothingToApologiseFor where none runs."""
    if dossier.due_at is None or not has_running_due_date(dossier):
        raise NothingToApologiseFor()
    return dossier.due_at


def check_may_withdraw(dossier: Dossier) -> None:
    """Withdrawal may be asked until the result is signed (domain 2.3)."""
    if dossier.state in FINAL_STATES:
        raise AlreadyClosed(state=DossierState(dossier.state))
    if dossier.signed_at is not None:
        raise TooLateToWithdraw(at=dossier.signed_at)


def state_after(step: Step, current: str) -> str:
    """The dossier's state after a step: what an open element declares, or at the end the end event's word.

    Of several open elements the one furthest along the order of `DossierState` speaks. Where none of them declares
    a state (a report on lateness that is still owed), the end event that was reached does; a step that declares
    nothing leaves the state as it is.
    """
    waits = [wait for wait in step.waits if wait.attached_to is None]
    places: list[ReadyTask | Wait] = [*step.ready, *waits]
    order = list(DossierState)
    declared = [DossierState(place.properties["state"]) for place in places if place.properties.get("state")]
    if declared and not step.ended:
        return max(declared, key=order.index)
    ends: Sequence[Passage] = [p for p in step.passages if p.kind == "endEvent" and "state" in p.properties]
    return ends[-1].properties["state"] if ends else current


def urgent_at(step_due_at: datetime | None, dossier_due_at: datetime | None) -> datetime:
    """When a task becomes late: the earlier of the step's and the dossier's limit; `NEVER` without either."""
    return min(step_due_at or NEVER, dossier_due_at or NEVER)


def missing_components(required: Iterable[tuple[str, bool]], handed_in: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    """Codes of required components of which no copy at all was handed in.

    `required` holds (code, required?), `handed_in` (code, number of originals and copies).
    """
    present = {code for code, number in handed_in if number > 0}
    return tuple(code for code, needed in required if needed and code not in present)


def next_supplement(components: Iterable[Component]) -> int:
    """The ordinal under which newly handed-in components are kept; old rows are never overwritten."""
    return max((component.supplement for component in components), default=0) + 1

"""Reception: what is shown before saving, receiving at the counter, filing online, and receiving what was filed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine.catalogue.definitions import ProcedureDefinition, definition_of
from engine.catalogue.queries import version_on
from engine.catalogue.rules import components_for, fees_for, limit_for
from engine.dossiers import rules
from engine.dossiers.context import StepContext, local_date
from engine.dossiers.enclosing import reveal_identity
from engine.dossiers.failures import Reason
from engine.dossiers.finishing import finish_task, lock_task, open_tasks_of
from engine.dossiers.models import (
    Channel,
    Component,
    Dossier,
    DossierState,
    EventKind,
    Task,
    WorkflowState,
)
from engine.dossiers.numbers import new_lookup_code, new_reference
from engine.dossiers.parties import party_row
from engine.dossiers.queries import task_for
from engine.dossiers.reception import Reception, ReceptionDecision, ReceptionPreview
from engine.dossiers.reception_checks import check_reception
from engine.dossiers.refusals import NoCounter, NotAssignedToPost, WrongValue
from engine.dossiers.steps import begin, context_for
from engine.identities import fold
from engine.organisation.actors import Actor
from engine.organisation.models import Unit
from engine.organisation.queries import counters_for, unit_on
from engine.organisation.settings import work_calendar
from engine.worktime import due_at

DECIDING_AGENCY = Reason("Cơ quan giải quyết", "The deciding agency")


def preview_reception(
    session: Session, actor: Actor | None, now: datetime, reception: Reception, filed: Dossier | None = None
) -> ReceptionPreview:
    """What would be asked for, charged and promised if this were accepted now; stores nothing.

    What was `filed` before goes by the version that it was filed under, whatever has been published since.
    Raises UnknownProcedure, NoCounter, NotAssignedToPost, and WrongValue for a unit that does not decide.
    """
    today = local_date(now)
    version = filed.version if filed else version_on(session, reception.procedure_code, today)
    definition = definition_of(session, version.id)
    deciding_unit = filed.deciding_unit if filed else _deciding_unit(session, definition, reception, now)
    counter = _counter(session, actor, reception, deciding_unit, definition, now)
    facts = reception.standard_facts(today)
    components = components_for(definition, facts)
    fees = fees_for(definition, facts)
    limit = limit_for(definition, facts)
    handed_in = [(component.code, component.originals + component.copies) for component in reception.components]
    missing = rules.missing_components([(c.code, c.required) for c in components], handed_in)
    return ReceptionPreview(
        version=version,
        definition=definition,
        deciding_unit=deciding_unit,
        counter=counter,
        components=components,
        missing=tuple(component for component in components if component.code in missing),
        fees=fees,
        fee_total=0 if reception.fee_exempt else sum(fee.amount for fee in fees),
        limit=limit,
        due_at=due_at(work_calendar(session, deciding_unit.code), now, limit.limit),
    )


def receive_dossier(session: Session, actor: Actor, now: datetime, reception: Reception) -> Dossier:
    """Receive a dossier at the counter: start its workflow and complete the receiving task in one step.

    Raises ReceptionRefused naming every wrong field, UnknownProcedure, NoCounter, NotAssignedToPost.
    """
    context = _begin(session, actor, now, reception)
    task = next(task for task in open_tasks_of(context) if task.kind == rules.RECEIVING_KIND)
    rules.check_may_complete(actor, task, context.dossier)
    context.answers = _answers(reception)
    finish_task(context, task)
    return context.dossier


def file_dossier(session: Session, now: datetime, reception: Reception) -> Dossier:
    """File a dossier from outside the counter: it waits, without a number and without a clock, to be received."""
    return _begin(session, None, now, reception).dossier


def open_filed(session: Session, actor: Actor, now: datetime, task_id: UUID) -> Task:
    """The open receiving task with what was filed, for whoever may complete it now.

    To receive one reads the identity number whole, so the look is logged. Raises UnknownTask, NotYourTask, TaskClaimed,
    TaskAlreadyDone, NotAReceivingTask.
    """
    task = task_for(session, actor, task_id)
    rules.check_may_complete(actor, task, task.dossier)
    rules.check_completed_on_own_page(task, receiving=True)
    reveal_identity(session, actor, now, task.dossier_id)
    return task


def complete_reception(session: Session, actor: Actor, now: datetime, task_id: UUID, reception: Reception) -> Dossier:
    """Complete an open receiving task: what was filed online, or a dossier brought back complete.

    What was entered before is replaced by `reception`; the procedure and the deciding unit cannot change.
    Raises what `receive_dossier` raises, WrongValue for another procedure or unit, and UnknownTask, NotYourTask,
    TaskClaimed, TaskAlreadyDone.
    """
    context, task = lock_task(session, actor, now, task_id)
    rules.check_may_complete(actor, task, context.dossier)
    rules.check_completed_on_own_page(task, receiving=True)
    _check_is_the_filed(session, now, reception, context.dossier)
    preview = preview_reception(session, actor, now, reception, context.dossier)
    facts = check_reception(preview, reception, now)
    _replace_entries(context, reception, preview, facts)
    context.answers = _answers(reception)
    finish_task(context, task)
    return context.dossier


def _check_is_the_filed(session: Session, now: datetime, reception: Reception, filed: Dossier) -> None:
    code, today = filed.version.procedure.code, local_date(now)
    if reception.procedure_code != code:
        raise WrongValue(field=Reason("thủ tục", "the procedure"), value=reception.procedure_code)
    chosen = reception.deciding_unit or filed.deciding_unit.code
    if unit_on(session, chosen, today, code) is not unit_on(session, filed.deciding_unit.code, today, code):
        raise WrongValue(field=DECIDING_AGENCY, value=chosen)


def _begin(session: Session, actor: Actor | None, now: datetime, reception: Reception) -> StepContext:
    preview = preview_reception(session, actor, now, reception)
    facts = check_reception(preview, reception, now)
    dossier = _new_dossier(session, now, reception, preview, facts)
    workflow = WorkflowState(dossier_id=dossier.id, state=b"", steps=0)
    session.add(workflow)
    context = context_for(session, dossier, workflow, now, actor)
    context.log(EventKind.SUBMITTED, channel=dossier.channel, procedure=preview.version.name)
    begin(context)
    return context


def _new_dossier(
    session: Session, now: datetime, reception: Reception, preview: ReceptionPreview, facts: Mapping[str, Any]
) -> Dossier:
    applicant = party_row(reception.applicant)
    dossier = Dossier(
        reference=new_reference(),
        lookup_code=new_lookup_code(),
        version_id=preview.version.id,
        channel=Channel(reception.channel),
        return_method=reception.return_method,
        return_address=reception.return_address,
        state=DossierState.SUBMITTED,
        counter=preview.counter,
        deciding_unit=preview.deciding_unit,
        applicant=applicant,
        submitter=party_row(reception.submitter) if reception.submitter else None,
        applicant_name=applicant.full_name,
        folded_name=fold(applicant.full_name),
        summary=reception.summary or preview.version.name,
        facts=dict(facts),
        fee_exempt=reception.fee_exempt,
        submitted_at=now,
        components=_component_rows(reception, preview, now, supplement=0),
    )
    session.add(dossier)
    session.flush()
    return dossier


def _replace_entries(
    context: StepContext, reception: Reception, preview: ReceptionPreview, facts: Mapping[str, Any]
) -> None:
    """What is received counts, not what was filed before; papers handed in before stay as rows of their own."""
    dossier = context.dossier
    dossier.applicant = party_row(reception.applicant)
    dossier.submitter = party_row(reception.submitter) if reception.submitter else None
    dossier.applicant_name = dossier.applicant.full_name
    dossier.folded_name = fold(dossier.applicant_name)
    dossier.facts = dict(facts)
    dossier.summary = reception.summary or dossier.summary
    dossier.return_method, dossier.return_address = reception.return_method, reception.return_address
    dossier.fee_exempt = reception.fee_exempt
    ordinal = rules.next_supplement(dossier.components) if dossier.components else 0
    dossier.components.extend(_component_rows(reception, preview, context.now, supplement=ordinal))
    context.session.flush()
    context.renew_facts()


def _component_rows(
    reception: Reception, preview: ReceptionPreview, now: datetime, *, supplement: int
) -> list[Component]:
    published = {component.code: component for component in preview.components}
    return [
        Component(
            code=handed.code,
            name=published[handed.code].name,
            required=published[handed.code].required,
            originals=handed.originals,
            copies=handed.copies,
            note=handed.note,
            supplement=supplement,
            handed_in_at=now,
        )
        for handed in reception.components
    ]


def _answers(reception: Reception) -> dict[str, Any]:
    return {"decision": str(ReceptionDecision(reception.decision)), "reason": reception.reason, **reception.facts}


def _deciding_unit(session: Session, definition: ProcedureDefinition, reception: Reception, now: datetime) -> Unit:
    """The unit that decides today: the one chosen, or the procedure's only one; successors stand in for old bodies."""
    today, code = local_date(now), definition.properties.code
    units = {
        unit.code: unit for unit in (unit_on(session, c, today, code) for c in definition.properties.deciding_units)
    }
    if reception.deciding_unit is None:
        return next(iter(units.values()))
    chosen = unit_on(session, reception.deciding_unit, today, code)
    if chosen.code not in units:
        raise WrongValue(field=DECIDING_AGENCY, value=reception.deciding_unit)
    return units[chosen.code]


def _counter(
    session: Session,
    actor: Actor | None,
    reception: Reception,
    unit: Unit,
    definition: ProcedureDefinition,
    now: datetime,
) -> Unit:
    """The counter that receives: the clerk's own, which must be assigned to the deciding unit; online, the unit's."""
    if actor is None:
        assignments = counters_for(session, unit.id, definition.properties.code, local_date(now))
        if not assignments:
            raise NotAssignedToPost(counter="-", unit=unit.name)
        return session.get_one(Unit, assignments[0].counter_id)
    served = [session.get_one(Unit, id) for id in sorted(actor.counters)]
    if reception.counter is not None:
        served = [counter for counter in served if counter.code == reception.counter]
    if not served:
        raise NoCounter()
    for counter in served:
        if unit.id in actor.counters[counter.id]:
            return counter
    raise NotAssignedToPost(counter=served[0].name, unit=unit.name)

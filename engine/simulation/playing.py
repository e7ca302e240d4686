"""Plays a scenario through the operations that the web uses, under the scenario's own clock, and checks every step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.dossiers import operations
from engine.dossiers.context import local_date
from engine.dossiers.models import Dossier, Task, WorkflowState
from engine.dossiers.queries import charges_of, open_tasks, refunds_of, waits_of
from engine.dossiers.reception import HandedIn, PartyDetails, Reception
from engine.dossiers.rules import RECEIVING_KIND
from engine.dossiers.standing import without_owner
from engine.organisation.actors import Actor
from engine.organisation.models import Role, Unit
from engine.organisation.queries import unit_on
from engine.organisation.settings import work_calendar
from engine.refusals import Refusal
from engine.simulation.scenarios import LOCAL_ZONE, Expectation, Scenario, ScenarioEnd, ScenarioStep, differences
from engine.simulation.staff import Staff

MOST_TIMERS = 200
"""Timers that may fire between two steps before the scenario is taken for one that never comes to rest."""

APPLICANT = {
    "kind": "person",
    "full_name": "Nông Thị Kịch Bản",
    "identity_kind": "citizen_id",
    "identity_number": "020185001234",
    "phone": "0912345678",
    "address": "Số 1, đường Thử Nghiệm, phường Chi Lăng, tỉnh Lạng Sơn",
}


class ScenarioFailed(AssertionError):
    """What happened is not what the scenario expects; says the step, its line and the difference."""

    def __init__(self, scenario: Scenario, number: int, line: int, difference: str) -> None:
        self.scenario, self.number, self.line, self.difference = scenario, number, line, difference
        place = f"bước {number} / step {number}" if number else "kết thúc / end"
        super().__init__(f"{scenario.id}, {place} (dòng / line {line}): {difference}")


def play(session: Session, scenario: Scenario, procedure_code: str) -> Dossier:
    """Run the whole scenario and return its dossier; raises ScenarioFailed at the first difference.

    The caller owns the transaction, and normally rolls it back: everything written is real, the people invented.
    """
    story = _Story(session, scenario, procedure_code)
    for number, step in enumerate(scenario.steps, start=1):
        story.take(number, step)
    story.end(scenario.end)
    return story.dossier


class _Story:
    """The dossier on its way through one scenario."""

    def __init__(self, session: Session, scenario: Scenario, procedure_code: str) -> None:
        self.session = session
        self.scenario = scenario
        self.procedure_code = procedure_code
        self.staff = Staff(session)
        self.calendar = work_calendar(session)
        self.now = scenario.received_at
        self.found: Dossier | None = None
        self.number, self.line = 0, scenario.line

    @property
    def dossier(self) -> Dossier:
        """The dossier; the scenario fails if there is none yet."""
        if self.found is None:
            raise self.failed("hồ sơ chưa được nộp / no dossier yet; the first step is receive_dossier")
        return self.found

    def failed(self, difference: str) -> ScenarioFailed:
        """The failure of the step at hand."""
        return ScenarioFailed(self.scenario, self.number, self.line, difference)

    def take(self, number: int, step: ScenarioStep) -> None:
        """One step: let time pass, act, compare."""
        self.number, self.line = number, step.line
        if self.found is None and self.scenario.filed_at:
            self.file()
        moment = step.until(self.now, self.calendar)
        if moment < self.now:
            raise self.failed(f"thời gian đi lùi / time runs backwards: {_local(moment)} < {_local(self.now)}")
        self.pass_time(moment)
        self.act(step)
        if step.expect:
            self.compare(step.expect)
        self.check_owner()

    def file(self) -> None:
        assert self.scenario.filed_at is not None
        facts_only = self.reception(None, None, ())
        preview = operations.preview_reception(self.session, None, self.scenario.filed_at, facts_only)
        handed_in = tuple(HandedIn(c.code, c.originals, c.copies) for c in preview.components if c.required)
        reception = self.reception(None, None, handed_in)
        self.found = operations.file_dossier(self.session, self.scenario.filed_at, reception)

    def pass_time(self, moment: datetime) -> None:
        """Move the clock, firing every timer at its own moment as a worker would."""
        for _ in range(MOST_TIMERS):
            due = self.next_due()
            if due is None or due > moment:
                self.now = moment
                return
            self.now = max(self.now, due)
            operations.fire_due_timers(self.session, self.now, self.dossier.id)
            self.session.flush()
        raise self.failed("quá nhiều hẹn giờ / timers fire without end")

    def next_due(self) -> datetime | None:
        if self.found is None:
            return None
        self.session.flush()
        workflow = self.session.get(WorkflowState, self.found.id)
        return workflow.next_due_at if workflow else None

    def act(self, step: ScenarioStep) -> None:
        actions: dict[str, Callable[[ScenarioStep], None]] = {
            "do": self.do, "reassign": self.reassign, "apologise": self.apologise, "allow": self.allow,
            "transfer": self.transfer, "late_opinion": self.late_opinion, "message": self.message,
            "wait": lambda _: None,
        }  # fmt: skip
        if step.refused is None:
            try:
                actions[step.kind](step)
            except Refusal as refusal:
                fields = getattr(refusal, "fields", {})
                raise self.failed(f"bị từ chối / refused: {refusal.code}: {refusal} {list(fields)}") from refusal
            self.session.flush()
            return
        self.expect_refusal(step, actions[step.kind])

    def expect_refusal(self, step: ScenarioStep, action: Callable[[ScenarioStep], None]) -> None:
        savepoint = self.session.begin_nested()
        try:
            action(step)
        except Refusal as refusal:
            savepoint.rollback()
            self.session.expire_all()
            if refusal.code != step.refused:
                raise self.failed(f"refused: {refusal.code} ≠ {step.refused} ({refusal})") from refusal
            return
        raise self.failed(f"phải bị từ chối / should have been refused: {step.refused}")

    def do(self, step: ScenarioStep) -> None:
        if self.found is None:
            self.receive(step)
            return
        task = self.task(step)
        actor = self.actor(step, task)
        if task.kind == RECEIVING_KIND:
            reception = self.reception(step, actor, self.handed_in(step, actor))
            operations.complete_reception(self.session, actor, self.now, task.id, reception)
            self.check_due()
        else:
            operations.complete_task(self.session, actor, self.now, task.id, step.answers)

    def reassign(self, step: ScenarioStep) -> None:
        """The task's division head, or whom the step names, gives it to somebody else."""
        assert step.to is not None
        task = self.task(step)
        head = self.acting(step, Role.DIVISION_HEAD, task.unit)
        receiver = self.staff.named(step.to, self.now).person
        operations.reassign_task(self.session, head, self.now, task.id, receiver.id)

    def apologise(self, step: ScenarioStep) -> None:
        """The agency's leader apologises for a late result and promises it for another day."""
        day = date.fromisoformat(step.target)
        operations.apologise(self.session, self.leader(step), self.now, self.dossier.id, _reason(step), day)

    def allow(self, step: ScenarioStep) -> None:
        """The agency's leader lets it ask for papers once more."""
        operations.allow_further_request(self.session, self.leader(step), self.now, self.dossier.id, _reason(step))

    def transfer(self, step: ScenarioStep) -> None:
        """The centre's manager passes the dossier to the agency that is competent."""
        manager = self.acting(step, Role.CENTRE_MANAGER, self.dossier.counter)
        operations.transfer_dossier(self.session, manager, self.now, self.dossier.id, step.target, _reason(step))
        self.staff.of_agency(self.dossier.deciding_unit)

    def late_opinion(self, step: ScenarioStep) -> None:
        """An officer of a consulted agency says after its limit what it thinks."""
        unit = unit_on(self.session, step.target, local_date(self.now), self.procedure_code)
        officer = self.acting(step, Role.OFFICER, unit)
        content = str(step.answers.get("content") or "")
        operations.give_late_opinion(self.session, officer, self.now, self.dossier.id, content)

    def leader(self, step: ScenarioStep) -> Actor:
        return self.acting(step, Role.LEADER, self.dossier.deciding_unit)

    def acting(self, step: ScenarioStep, role: Role, unit: Unit) -> Actor:
        """Whom the step names, or else the invented holder of the role in the unit."""
        if step.by:
            return self.staff.named(step.by, self.now)
        return self.staff.of(role, unit, self.now)

    def receive(self, step: ScenarioStep) -> None:
        if step.target != "receive_dossier":
            raise self.failed("bước đầu tiên phải là receive_dossier / the first step must be receive_dossier")
        actor = self.staff.of_counter(self.now)
        reception = self.reception(step, actor, self.handed_in(step, actor))
        self.found = operations.receive_dossier(self.session, actor, self.now, reception)
        self.check_due()

    def check_due(self) -> None:
        """The due date on the receipt, right after acceptance."""
        if self.scenario.due and self.dossier.received_at == self.now:
            self.same("due", self.scenario.due, self.dossier.due_at)

    def handed_in(self, step: ScenarioStep, actor: Actor) -> tuple[HandedIn, ...]:
        """All required components but those that the step leaves out."""
        reception = self.reception(step, actor, ())
        preview = operations.preview_reception(self.session, actor, self.now, reception)
        self.staff.of_agency(preview.deciding_unit)
        known = {component.code for component in preview.components}
        if unknown := set(step.without) - known:
            raise self.failed(f"không có giấy tờ / no such component: {sorted(unknown)}; {sorted(known)}")
        return tuple(
            HandedIn(component.code, component.originals, component.copies)
            for component in preview.components
            if component.required and component.code not in step.without
        )

    def reception(self, step: ScenarioStep | None, actor: Actor | None, components: tuple[HandedIn, ...]) -> Reception:
        answers = step.answers if step else {}
        scenario = self.scenario
        return Reception(
            procedure_code=self.procedure_code,
            applicant=PartyDetails(**{**APPLICANT, **scenario.applicant}),
            deciding_unit=scenario.deciding_unit,
            channel=scenario.channel,
            return_method=scenario.return_method,
            return_address=scenario.return_address,
            components=components,
            facts={**scenario.facts, **answers.get("facts", {})},
            fee_exempt=scenario.fee_exempt,
            decision=answers.get("decision", "accept"),
            reason=answers.get("reason", ""),
        )

    def task(self, step: ScenarioStep) -> Task:
        tasks = open_tasks(self.session, self.dossier.id)
        meant = [t for t in tasks if t.element_id == step.target and step.unit in (None, t.unit.code)]
        if len(meant) != 1:
            shown = [f"{task.element_id} ({task.unit.code})" for task in tasks]
            raise self.failed(f"{step.target}: {len(meant)} việc đang chờ / open tasks, {shown}, {self.dossier.state}")
        return meant[0]

    def actor(self, step: ScenarioStep, task: Task) -> Actor:
        if step.by:
            return self.staff.named(step.by, self.now)
        return self.staff.holder(task, self.now)

    def message(self, step: ScenarioStep) -> None:
        if step.target == operations.WITHDRAWAL:
            reason = str(step.answers.get("reason") or "Không còn nhu cầu")
            operations.request_withdrawal(
                self.session, self.staff.of_counter(self.now), self.now, self.dossier.id, reason
            )
        else:
            operations.deliver_message(self.session, self.now, self.dossier.id, step.target, step.answers)

    def same(self, what: str, expected: object, found: object) -> None:
        if expected != found:
            shown = [_local(value) if isinstance(value, datetime) else value for value in (expected, found)]
            raise self.failed(f"{what}: mong đợi / expected {shown[0]}, thực tế / found {shown[1]}")

    def compare(self, expected: Expectation) -> None:
        self.line = expected.line
        dossier = self.dossier
        tasks = [task.element_id for task in open_tasks(self.session, dossier.id)]
        waits = [wait.element_id for wait in waits_of(self.session, dossier.id) if wait.attached_to is None]
        for what, wanted, found in (("open", expected.open, tasks), ("waiting", expected.waiting, waits)):
            if wanted is not None and (difference := differences(wanted, found)):
                raise self.failed(f"{what}: mong đợi ≠ thực tế / expected ≠ found: {difference}")
        facts: tuple[tuple[str, Any, Any], ...] = (
            ("state", expected.state, str(dossier.state)),
            ("due", expected.due, dossier.due_at),
            ("promised", expected.promised, dossier.promised_at),
            ("unit", expected.unit, dossier.deciding_unit.code),
            ("fee", expected.fee, sum(charge.amount for charge in charges_of(self.session, dossier.id))),
            ("refunded", expected.refunded, sum(refund.amount for refund in refunds_of(self.session, dossier.id))),
        )
        for what, wanted, found in facts:
            if wanted is not None:
                self.same(what, wanted, found)

    def check_owner(self) -> None:
        """Every open dossier has somebody to move it on, or a dated wait."""
        lost = [
            ownerless for ownerless in without_owner(self.session, self.now) if ownerless.dossier_id == self.dossier.id
        ]
        if lost:
            raise self.failed(f"{lost[0].vi} / {lost[0].en}")

    def end(self, end: ScenarioEnd) -> None:
        """The last comparison: the dossier is closed, in the expected state, with the expected result."""
        self.number, self.line = 0, end.line
        dossier = self.dossier
        self.same("state", end.state, str(dossier.state))
        if dossier.closed_at is None:
            raise self.failed(
                f"hồ sơ chưa kết thúc / not closed: {[t.element_id for t in open_tasks(self.session, dossier.id)]}"
            )
        if end.result is not None:
            self.same("result", end.result, dossier.result_kind)
        if end.processed is not None:
            self.same("processed", end.processed, dossier.processing_ended_at)
        if end.due is not None:
            self.same("due", end.due, dossier.due_at)


def _reason(step: ScenarioStep) -> str:
    return str(step.answers.get("reason") or "")


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}"

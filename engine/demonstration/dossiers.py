"""Demo dossiers: real operations by the demo people, at office hours of the past weeks, up to today."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.catalogue.models import Procedure
from engine.demonstration.lives import LIVES, ORGANISATIONS, PERSONS, Life
from engine.dossiers import operations
from engine.dossiers.models import Dossier, PartyKind, Task, WorkflowState
from engine.dossiers.queries import open_tasks
from engine.dossiers.reception import HandedIn, PartyDetails, Reception
from engine.dossiers.rules import RECEIVING_KIND
from engine.identities.taxpayers import tax_check_digit
from engine.organisation.actors import Actor
from engine.organisation.models import Role, Unit
from engine.organisation.queries import actor_for, local_day, people_holding, unit_by_code, unit_on
from engine.organisation.settings import work_calendar
from engine.refusals import Refusal
from engine.simulation.scenarios import Scenario, ScenarioStep, read_scenarios
from engine.worktime import TIME_ZONE, WorkCalendar, add_working_minutes, clock_start, working_minutes_between

LOG = structlog.get_logger(__name__)

COUNTER = "QUAY1"
"""Working minutes that a scenario's day counts for."""

MOST_TIMERS = 20
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def create_dossiers(session: Session, now: datetime, processes: Path) -> int:
    """Let every life in `LIVES` run until `now`; returns how many dossiers there are then.

    Oldest first, so that numbers and books grow as they would have. A story that a changed procedure no longer
    allows ends where it is refused, and is named in the log.
    """
    scenarios = {folder: read_stories(processes / folder) for folder in {life.folder for life in LIVES}}
    calendar = work_calendar(session)
    codes = {row.folder: row.code for row in session.scalars(select(Procedure))}
    playable = [life for life in LIVES if life.scenario in scenarios[life.folder] and life.folder in codes]
    begun = [(_received_at(calendar, now, life), number, life) for number, life in enumerate(playable)]
    made = 0
    for received_at, number, life in sorted(begun, key=lambda entry: entry[:2]):
        if received_at > now:
            continue
        story = Story(session, calendar, scenarios[life.folder][life.scenario], codes[life.folder], life, number)
        made += story.run(received_at, now)
        session.flush()
        session.expunge_all()
    return made


def read_stories(folder: Path) -> Mapping[str, Scenario]:
    """The scenarios of a procedure's folder by their ids; none where the folder has no scenario file."""
    file = folder / "scenarios.yaml"
    return {scenario.id: scenario for scenario in read_scenarios(file.read_bytes())} if file.exists() else {}


def _received_at(calendar: WorkCalendar, now: datetime, life: Life) -> datetime:
    """The moment of reception: so many working days ago, at the life's time of day."""
    day = now.astimezone(TIME_ZONE).date()
    left = life.days_ago
    while left or not calendar.is_working_day(day):
        left -= calendar.is_working_day(day) and left > 0
        day -= timedelta(days=1)
    return datetime.combine(day, time.fromisoformat(life.clock), TIME_ZONE).astimezone(UTC)


class Story:
    """One dossier on its way: the scenario's steps, taken by demo people at office hours."""

    def __init__(
        self, session: Session, calendar: WorkCalendar, scenario: Scenario, code: str, life: Life, number: int
    ) -> None:
        self.session = session
        self.calendar = calendar
        self.scenario = scenario
        self.code = code
        self.life = life
        self.number = number
        self.dossier: Dossier | None = None
        self.moved = timedelta()

    def run(self, received_at: datetime, now: datetime) -> bool:
        """Take the steps whose time has come by `now`, then fire what timers are due; whether a dossier exists."""
        self.moved = timedelta(days=(local_day(received_at) - local_day(self.scenario.received_at)).days)
        if self.scenario.filed_at:
            self._file(received_at)
            received_at = add_working_minutes(self.calendar, received_at, round(60 * self.life.pace))
        for moment, step in self._timetable(received_at):
            if moment > now or step.target == self.life.halts_before:
                break
            self._pass_time(moment)
            if not self._take(step, moment):
                break
        self._pass_time(now)
        return self.dossier is not None

    def _timetable(self, received_at: datetime) -> Iterator[tuple[datetime, ScenarioStep]]:
        """Every step with its moment: the scenario's intervals as working time, stretched by the life's pace.

        Only what lasts more than a week is calendar time: those are waits for the law's limits. Nobody is re-assigned:
        the people are others than the scenario's.
        """
        before, moment = self.scenario.received_at, received_at
        for step in self.scenario.steps:
            after = step.until(before, self.calendar)
            if after - before > timedelta(days=7):
                moment += after - before
            else:
                worked = working_minutes_between(self.calendar, before, after)
                moment = add_working_minutes(self.calendar, moment, self._stretched(worked))
            before = after
            if step.kind in ("do", "message") and step.refused is None:
                yield clock_start(self.calendar, moment), step

    def _stretched(self, minutes: int) -> int:
        odd = (self.number * 7 + 3) % 17
        return round(minutes * self.life.pace) + odd if minutes else 0

    def _pass_time(self, moment: datetime) -> None:
        """Fire every timer at its own moment, as a worker would have."""
        for _ in range(MOST_TIMERS):
            self.session.flush()
            state = self.session.get(WorkflowState, self.dossier.id) if self.dossier else None
            if self.dossier is None or state is None or state.next_due_at is None or state.next_due_at > moment:
                return
            operations.fire_due_timers(self.session, state.next_due_at, self.dossier.id)

    def _take(self, step: ScenarioStep, moment: datetime) -> bool:
        """Take one step; False when it cannot be taken, and nothing of it is left then."""
        try:
            with self.session.begin_nested():
                self._act(step, moment)
        except (Refusal, LookupError) as refusal:
            LOG.warning(
                "demo_story_ended_early", story=f"{self.life.folder}/{self.scenario.id}", step=step.target,
                reason=str(refusal), fields=[*map(str, getattr(refusal, "fields", {}))],
            )  # fmt: skip
            return False
        return True

    def _act(self, step: ScenarioStep, moment: datetime) -> None:
        if self.dossier is None:
            self._receive(step, moment)
        elif step.kind == "message":
            self._message(self.dossier, step, moment)
        else:
            self._complete(self.dossier, step, moment)

    def _file(self, moment: datetime) -> None:
        reception = self._reception({}, ())
        preview = operations.preview_reception(self.session, None, moment, reception)
        handed_in = tuple(HandedIn(c.code, c.originals, c.copies) for c in preview.components if c.required)
        self.dossier = operations.file_dossier(self.session, moment, self._reception({}, handed_in))

    def _receive(self, step: ScenarioStep, moment: datetime) -> None:
        clerk = self._holder(Role.POST_CLERK, unit_by_code(self.session, COUNTER), moment)
        reception = self._reception(step.answers, self._handed_in(step, clerk, moment))
        self.dossier = operations.receive_dossier(self.session, clerk, moment, reception)

    def _handed_in(self, step: ScenarioStep, clerk: Actor, moment: datetime) -> tuple[HandedIn, ...]:
        """All required components but those that the step leaves out."""
        preview = operations.preview_reception(self.session, clerk, moment, self._reception(step.answers, ()))
        required = [component for component in preview.components if component.required]
        return tuple(HandedIn(c.code, c.originals, c.copies) for c in required if c.code not in step.without)

    def _message(self, dossier: Dossier, step: ScenarioStep, moment: datetime) -> None:
        if step.target == operations.WITHDRAWAL:
            clerk = self._holder(Role.POST_CLERK, dossier.counter, moment)
            reason = str(step.answers.get("reason") or "Không còn nhu cầu")
            operations.request_withdrawal(self.session, clerk, moment, dossier.id, reason)
        else:
            operations.deliver_message(self.session, moment, dossier.id, step.target, step.answers)

    def _complete(self, dossier: Dossier, step: ScenarioStep, moment: datetime) -> None:
        task = self._task(dossier, step, moment)
        actor = actor_for(self.session, task.claimed_by, local_day(moment)) if task.claimed_by else None
        actor = actor or self._holder(Role(task.role), task.unit, moment)
        if task.kind == RECEIVING_KIND:
            reception = self._reception(step.answers, self._handed_in(step, actor, moment))
            operations.complete_reception(self.session, actor, moment, task.id, reception)
            return
        answers = self._answers(step.answers, dossier, moment)
        operations.complete_task(self.session, actor, moment, task.id, answers)

    def _task(self, dossier: Dossier, step: ScenarioStep, moment: datetime) -> Task:
        """The open task that the step means; one of several alike is as good as another unless a unit is named."""
        unit = self._successor(step.unit, moment) if step.unit else None
        tasks = open_tasks(self.session, dossier.id)
        for task in tasks:
            if task.element_id == step.target and unit in (None, task.unit.code):
                return task
        raise LookupError(f"{step.target} is not open, but {[task.element_id for task in tasks]}")

    def _holder(self, role: Role, unit: Unit, moment: datetime) -> Actor:
        people = people_holding(self.session, role, unit.id, local_day(moment))
        if not people:
            raise LookupError(f"nobody is {role} in {unit.code}")
        return actor_for(self.session, people[self.number % len(people)], local_day(moment))

    def _answers(self, answers: Mapping[str, Any], dossier: Dossier, moment: datetime) -> dict[str, Any]:
        """The scenario's answers with a real officer's name and with dates moved to the dossier's time."""
        own = {name: self._shifted(value) for name, value in answers.items()}
        if "consulted" in own:
            own["consulted"] = [self._successor(code, moment) for code in own["consulted"]]
        if "receipt_number" in own:
            own["receipt_number"] = f"BL-{self.number + 1:06d}"
        if "officer" in own:
            own["officer"] = self._holder(Role.OFFICER, dossier.deciding_unit, moment).person.username
        if "document_date" in own:
            own["document_date"] = local_day(moment).isoformat()
        if "recipient_name" in own:
            own |= {"recipient_name": self._applicant().full_name}
        return own

    def _successor(self, code: str, moment: datetime) -> str:
        """The unit that does today what the scenario's unit did then."""
        return unit_on(self.session, code, local_day(moment)).code

    def _shifted(self, value: Any) -> Any:
        if isinstance(value, str) and DATE.fullmatch(value):
            return (date.fromisoformat(value) + self.moved).isoformat()
        return value

    def _reception(self, answers: Mapping[str, Any], components: tuple[HandedIn, ...]) -> Reception:
        scenario = self.scenario
        facts = {**scenario.facts, **answers.get("facts", {})}
        return Reception(
            procedure_code=self.code,
            applicant=self._applicant(),
            deciding_unit=scenario.deciding_unit,
            channel=scenario.channel,
            return_method=scenario.return_method,
            return_address=scenario.return_address,
            components=components,
            facts={name: self._shifted(value) for name, value in facts.items()},
            fee_exempt=scenario.fee_exempt,
            decision=answers.get("decision", "accept"),
            reason=answers.get("reason", ""),
        )

    def _applicant(self) -> PartyDetails:
        """An invented applicant of the kind that the scenario wants."""
        name, address = PERSONS[self.number % len(PERSONS)]
        phone = f"0912{(self.number * 7919) % 1_000_000:06d}"
        if self.scenario.applicant.get("kind") == PartyKind.ORGANISATION:
            return PartyDetails(
                kind=PartyKind.ORGANISATION,
                full_name=ORGANISATIONS[self.number % len(ORGANISATIONS)],
                identity_kind="tax_code",
                identity_number=_tax_number(self.number % len(ORGANISATIONS)),
                phone=phone,
                address=address,
                represented_by=name,
            )
        born = 60 + self.number % 39
        number = f"020{'1' if 'Thị' in name or 'Thu' in name else '0'}{born}{(self.number * 104729) % 1_000_000:06d}"
        return PartyDetails(PartyKind.PERSON, name, "citizen_id", number, phone=phone, address=address)


def _tax_number(number: int) -> str:
    """A tax number with a right check digit, from a range that looks invented."""
    base = 490_099_000 + number * 10
    while (digit := tax_check_digit(f"{base:010d}"[1:])) is None:
        base += 1
    return f"{base:010d}"[1:] + str(digit)

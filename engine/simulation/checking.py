"""What is wrong with a procedure's scenarios before anybody plays them: names nobody knows, steps at closed offices."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from engine.catalogue.definitions import ProcedureDefinition
from engine.catalogue.vocabulary import STATES
from engine.dossiers.rules import RECEIVING_KIND
from engine.forms import Field, Form
from engine.organisation.files import FileReader, read_unit
from engine.simulation.scenarios import LOCAL_ZONE, Expectation, Scenario, ScenarioInvalid, ScenarioStep, read_scenarios
from engine.simulation.staff import usernames_of
from engine.workflow import Finding, StepFailed, written_rows
from engine.worktime import WorkCalendar, calendar_of, clock_start, read_office_hours_of, read_year

SCENARIOS = "scenarios.yaml"

KINDS = {
    "task": ("việc", "task"),
    "element": ("phần tử", "element"),
    "message": ("thông điệp", "message"),
    "unit": ("đơn vị", "unit"),
    "person": ("người dùng", "user"),
    "state": ("trạng thái", "state"),
    "paper": ("giấy tờ", "paper"),
    "answer": ("mục biểu mẫu", "form field"),
}
"""What a scenario may name, in both languages; each is a rule, `scenario-unknown-task` and so on."""
MOST_LISTED = 12


@dataclass(frozen=True, slots=True)
class Office:
    """The organisation and its hours as processes/ tells them, without a database."""

    units: frozenset[str]
    """The codes of all units; empty where the file cannot be used."""
    calendar: WorkCalendar | None
    """The hours that all units share; None where the files cannot be used."""
    special: tuple[WorkCalendar, ...] = ()
    """Those of units with hours or days of their own."""
    findings: tuple[Finding, ...] = ()

    def is_open(self, moment: datetime) -> bool:
        """Whether anybody is in an office at this moment."""
        calendars = (self.calendar, *self.special)
        return any(calendar is None or clock_start(calendar, moment) == moment for calendar in calendars)


def read_office(processes: Path) -> Office:
    """The office of a folder of processes; what cannot be read is told in its findings."""
    units = FileReader(processes, "organisation/units.yaml")
    rows = units.rows("units", read_unit)
    hours = FileReader(processes, "organisation/office_hours.yaml")
    files = [FileReader(processes, f"calendar/{file.name}") for file in sorted((processes / "calendar").glob("*.yaml"))]
    read = [file.attempt(lambda file=file: read_year(file.path)) for file in files]  # type: ignore[misc]
    years = [year for year in read if year is not None]
    schedule = hours.attempt(lambda: read_office_hours_of(hours.path, [year.year for year in years]))
    findings = tuple(finding for file in (units, hours, *files) for finding in file.findings)
    codes = frozenset(row.code for row in rows if not units.findings)
    if schedule is None or not years or len(years) < len(files):
        return Office(codes, None, findings=findings)
    own = set(schedule.units) | {day.unit for year in years for day in year.days if day.unit}
    special = tuple(calendar_of(years, schedule, unit) for unit in sorted(own))
    return Office(codes, calendar_of(years, schedule), special, findings)


def check_scenarios(folder: str, content: bytes, definition: ProcedureDefinition, office: Office) -> list[Finding]:
    """Everything wrong with one scenario file; `folder` is the procedure's, below processes/."""
    file = f"{folder}/{SCENARIOS}"
    try:
        scenarios = read_scenarios(content)
    except ScenarioInvalid as invalid:
        return [_unreadable(file, invalid)]
    check = _Check(file, definition, office)
    for scenario in scenarios:
        check.scenario(scenario)
    check.every_task_is_done(scenarios)
    return check.findings


@dataclass(slots=True)
class _Check:
    """One file: what its words may mean, and the findings that grow."""

    file: str
    definition: ProcedureDefinition
    office: Office
    findings: list[Finding] = field(default_factory=list)

    def scenario(self, scenario: Scenario) -> None:
        self.known("unit", scenario.deciding_unit, self.office.units, scenario.line)
        intake = self.definition.forms[self.definition.properties.intake_form]
        self.answered(intake, scenario.facts, scenario.line)
        moment = scenario.received_at
        for step in scenario.steps:
            self.step(step, intake)
            moment = self.time(step, moment)
        self.known("state", scenario.end.state, STATES, scenario.end.line)

    def step(self, step: ScenarioStep, intake: Form) -> None:
        tasks = self.definition.workflow.user_tasks
        if step.kind in ("do", "reassign"):
            self.known("task", step.target, tasks, step.line)
        elif step.kind == "message":
            self.known("message", step.target, self.definition.workflow.messages, step.line)
        elif step.kind in ("transfer", "late_opinion"):
            self.known("unit", step.target, self.office.units, step.line)
        self.known("unit", step.unit, self.office.units, step.line)
        for username in (step.by, step.to):
            self.known("person", username, self.people, step.line)
        for code in step.without:
            self.known("paper", code, self.papers, step.line)
        if step.kind == "do" and step.target in tasks:
            self.task_answers(step, intake)
        if step.expect:
            self.expectation(step.expect)

    def task_answers(self, step: ScenarioStep, intake: Form) -> None:
        task = self.definition.workflow.user_tasks[step.target]
        if task.kind == RECEIVING_KIND:
            self.answered(intake, step.answers.get("facts", {}), step.line)
        elif task.form and task.form in self.definition.forms:
            self.answered(self.definition.forms[task.form], step.answers, step.line)

    def answered(self, form: Form, answers: Mapping[str, Any], line: int) -> None:
        """Every answer belongs to a field, and whom or what it names exists."""
        keys = {part.path[0] for part in form.parts}
        for key, value in answers.items():
            self.known("answer", key, keys, line)
            named = form.field(key)
            if named is not None:
                self.named(named, value, line)

    def named(self, named: Field, value: Any, line: int) -> None:
        known = {"officers": ("person", self.people), "units": ("unit", self.office.units)}.get(
            named.choices_from or ""
        )
        for each in value if isinstance(value, list) else [value]:
            if known is not None and isinstance(each, str):
                self.known(known[0], each, known[1], line)

    def expectation(self, expect: Expectation) -> None:
        for element in expect.open or ():
            self.known("task", element, self.definition.workflow.user_tasks, expect.line)
        for element in expect.waiting or ():
            self.known("element", element, {each.id for each in self.definition.workflow.elements}, expect.line)
        self.known("state", expect.state, STATES, expect.line)
        self.known("unit", expect.unit, self.office.units, expect.line)

    def time(self, step: ScenarioStep, before: datetime) -> datetime:
        """When the step happens; time runs forwards, and what people do they do when somebody is in."""
        if self.office.calendar is None:
            return before
        moment = step.until(before, self.office.calendar)
        shown = f"{moment.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}"
        if moment < before:
            vi, en = (
                f"Bước này lùi về trước bước liền trên: {shown}.",
                f"The step goes back before the last one: {shown}.",
            )
            self.report("scenario-time", step.line, (vi, en), ("Sửa “at”.", "Correct “at”."))
        elif step.kind not in ("wait", "message") and not self.office.is_open(moment):
            self.report(
                "scenario-office-closed",
                step.line,
                (f"{shown} cơ quan đóng cửa, không ai làm được bước này.", f"Offices are closed at {shown}."),
                ("Chọn ngày, giờ làm việc, hoặc viết “at” theo giờ làm việc như +1d.",
                 "Choose office hours, or write “at” in working time, like +1d."),
            )  # fmt: skip
        return moment

    def every_task_is_done(self, scenarios: Collection[Scenario]) -> None:
        """A step that no scenario takes is a step that nobody has ever tried."""
        done = {step.target for each in scenarios for step in each.steps if (step.kind, step.refused) == ("do", None)}
        for task in self.definition.workflow.user_tasks.values():
            if task.process_id == self.definition.workflow.process_id and task.id not in done:
                self.report(
                    "scenario-task-untried",
                    None,
                    (f"Không kịch bản nào làm việc “{task.id}”.", f"No scenario does the task “{task.id}”."),
                    ("Thêm một kịch bản đi qua việc này.", "Add a scenario that goes through it."),
                    severity="warning",
                )

    @property
    def people(self) -> frozenset[str]:
        return usernames_of(self.office.units)

    @property
    def papers(self) -> set[str]:
        try:
            return {row["code"] for row in written_rows(self.definition.workflow, "components")}
        except StepFailed:
            return set()

    def known(self, what: str, word: str | None, words: Collection[str], line: int) -> None:
        """Complain of a word that is not one of `words`; without a word, or a list to compare with, all is well."""
        if word is None or word in words or not words:
            return
        vi, en = KINDS[what]
        everything = sorted(map(str, words))
        listed = ", ".join(get_close_matches(word, everything, 3) or everything[:MOST_LISTED])
        self.report(
            f"scenario-unknown-{what}",
            line,
            (f"Không có {vi} “{word}”.", f"There is no {en} “{word}”."),
            (f"Có thể là: {listed}.", f"It may be: {listed}."),
        )

    def report(
        self,
        rule: str,
        line: int | None,
        message: tuple[str, str],
        remedy: tuple[str, str],
        severity: Literal["error", "warning"] = "error",
    ) -> None:
        self.findings.append(Finding(rule, self.file, line, None, *message, *remedy, severity))


def _unreadable(file: str, invalid: ScenarioInvalid) -> Finding:
    vi, en = (str(invalid.parameters[f"what_{language}"]) for language in ("vi", "en"))
    remedy = "Xem cách viết ở processes/README.md, mục Scenarios.", "See processes/README.md, Scenarios."
    return Finding("scenario-invalid", file, invalid.line, None, _sentence(vi), _sentence(en), *remedy)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]

"""Random walks through the procedures: every element is reached by somebody, and nobody is ever left stuck."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.workflow import (
    Complete,
    Definition,
    Deliver,
    FireDueTimers,
    Step,
    Surroundings,
    advance,
    read_definition,
    start,
)
from engine.workflow.step import ReadyTask

PROCESSES = Path(__file__).parents[2] / "processes"
PROCEDURES = sorted(PROCESSES.glob("*/*/procedure.bpmn"))
MONDAY = datetime(2022, 3, 21, 1, 0, tzinfo=UTC)
WALKS = 100
LONGEST_WALK = 120
EIGHT_HOURS = timedelta(hours=8)


class Walk:
    """One dossier that chance moves on: an open task with one of its form's answers, a timer, or a message."""

    def __init__(self, definition: Definition, fields: dict[str, dict[str, Any]], seed: int) -> None:
        self.definition, self.fields, self.chance = definition, fields, random.Random(seed)
        self.now = MONDAY
        self.visited: set[str] = set()
        returned = {"return_method": self.chance.choice(["counter", "post"])}
        due = {"due_at": MONDAY + timedelta(days=5)}
        self.facts = {"case": "new", **self._filled("intake"), **due, **returned, **COMMON_FACTS}
        self.step = self._note(start(definition, {}, self._surroundings()))

    def _surroundings(self) -> Surroundings:
        later = {name: lambda amount, unit=unit: self.now + amount * unit for name, unit in UNITS.items()}
        limits = {
            "limit": lambda name: self.now + timedelta(days=30),
            "hand_over_limit": lambda: self.now + EIGHT_HOURS,
        }
        functions = {**later, **limits}
        owed = self.chance.choice([0, 650_000])
        services = dict.fromkeys(
            self.definition.service_topics, lambda call: {"fee_due": owed} if "lines" in call.inputs else {}
        )
        return Surroundings(now=self.now, facts=self.facts, functions=functions, services=services)

    def _note(self, step: Step) -> Step:
        self.visited |= {passage.element_id for passage in step.passages}
        assert step.ended or step.ready or step.waits, "nobody has anything to do, and nothing is awaited"
        return step

    def _filled(self, form: str) -> dict[str, Any]:
        """A form filled in at random: one of the options where there are options."""
        answers: dict[str, Any] = {}
        for name, field in self.fields.get(form, {}).items():
            options = [option["value"] for option in field.get("values", [])]
            answers[name] = self.chance.choice(options) if options else PLAIN_ANSWERS.get(field["type"], "x")
            if field["type"] == "checkbox":
                answers[name] = self.chance.random() < 0.7
        return answers

    def _answers(self, task: ReadyTask) -> dict[str, Any]:
        answers = self._filled(task.form or "")
        if task.kind == "motcua.receive":
            answers["decision"] = self.chance.choices(["accept", "supplement", "refuse"], [8, 2, 1])[0]
        if "consulted" in answers:
            answers["consulted"] = ["TNMT", "XD", "CA"]
        return answers

    def _command(self) -> Complete | Deliver | FireDueTimers:
        luck = self.chance.random()
        waiting = [wait for wait in self.step.waits if wait.kind == "message"]
        if luck < 0.03 and any(wait.message == "withdrawal_requested" for wait in waiting):
            return Deliver("withdrawal_requested")
        if any(wait.message == "deposit_confirmed" for wait in waiting) and (luck < 0.4 or not self.step.ready):
            if luck < 0.2:
                return Deliver(
                    "deposit_confirmed", {"deposit_result": self.chance.choice(["confirmed", "not_confirmed"])}
                )
            return self._wait_until_due()
        if not self.step.ready or (luck > 0.9 and self.step.next_due_at):
            return self._wait_until_due()
        task = self.chance.choice(self.step.ready)
        return Complete(task.id, self._answers(task))

    def _wait_until_due(self) -> FireDueTimers:
        self.now = max(self.now, self.step.next_due_at) + timedelta(minutes=1)
        return FireDueTimers()

    def run(self) -> Walk:
        """Walk on until the end, or for as many steps as a patient applicant would bear."""
        for _ in range(LONGEST_WALK):
            if self.step.ended:
                break
            command = self._command()
            self.now += timedelta(minutes=10)
            self.step = self._note(advance(self.definition, self.step.state, command, self._surroundings()))
        return self


UNITS = {"working_hours": timedelta(hours=1), "working_days": timedelta(days=1), "calendar_days": timedelta(days=1)}
COMMON_FACTS = {
    "deciding_unit": "LDTBXH",
    "received_on": MONDAY.date(),
    "fee_exempt": False,
    "applicant_kind": "person",
}
PLAIN_ANSWERS: dict[str, Any] = {"number": 2, "datetime": "2022-03-22"}


def _files(procedure: Path) -> Iterator[Path]:
    yield from (PROCESSES / "shared").glob("*.bpmn")
    yield from procedure.parent.glob("*.bpmn")
    yield from procedure.parent.glob("*.dmn")


@pytest.fixture(scope="module", params=PROCEDURES, ids=lambda path: path.parent.name)
def walks(request: pytest.FixtureRequest, fields_by_form: Any) -> tuple[Definition, list[Walk]]:
    """Many walks through one procedure."""
    files = {path.name: path.read_bytes() for path in _files(request.param)}
    definition = read_definition(files, request.param.parent.name)
    fields = fields_by_form(request.param.parent)
    return definition, [Walk(definition, fields, seed).run() for seed in range(WALKS)]


def test_every_element_of_a_procedure_and_of_what_it_calls_is_reached_by_some_dossier(walks):
    definition, walked = walks
    visited = set().union(*(walk.visited for walk in walked))
    assert not sorted(set(definition.element_names) - visited)


def test_a_dossier_that_ends_was_returned_refused_withdrawn_or_stopped(walks):
    _, walked = walks
    ended = [walk for walk in walked if walk.step.ended]
    assert len(ended) > WALKS // 2
    ends = {"returned", "rejected", "expired", "withdrawn", "stopped"}
    assert all(walk.visited & ends for walk in ended)

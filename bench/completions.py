"""The cost of one completed user task, taken four ways in turn, so that a noisy machine disturbs all of them alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg
from sqlalchemy import select

from bench.counting import counted
from bench.figures import p50, p95, quantile, show_table, timed
from bench.floor import difference, look, replay
from bench.office import WAY, Completion, Office, acting, now, open_task
from bench.serving import Client
from engine.dossiers.finishing import lock_task
from engine.dossiers.models import WorkflowState
from engine.dossiers.operations import complete_task
from engine.dossiers.steps import surroundings_of
from engine.organisation.queries import actor_by_token, token_hash
from engine.workflow import Complete, advance


@dataclass
class Measured:
    """Milliseconds of each way, by element; and what a completion needed beside time."""

    ways: dict[str, dict[str, list[float]]] = field(
        default_factory=lambda: {way: {step.element_id: [] for step in WAY} for way in WAYS}
    )
    statements: dict[str, set[int]] = field(default_factory=lambda: {step.element_id: set() for step in WAY})
    floor_statements: dict[str, set[int]] = field(default_factory=lambda: {step.element_id: set() for step in WAY})
    commits: set[int] = field(default_factory=set)
    state_bytes: list[int] = field(default_factory=list)

    def all(self, way: str) -> list[float]:
        """The times of one way over all elements."""
        return [time for times in self.ways[way].values() for time in times]


FLOOR, ENGINE, OPERATION, HTTP = "floor", "workflow alone", "operation and commit", "HTTP API"
WAYS = (FLOOR, ENGINE, OPERATION, HTTP)

AIMS = {ENGINE: 2.0, OPERATION: 2.0, HTTP: 3.5}
"""Times the floor (median)."""


def measure(office: Office, floor_url: str, port: int, mine: Sequence[int], theirs: Sequence[int]) -> Measured:
    """Walk the dossiers `mine` by operations (and the floor, on the copy) and `theirs` over HTTP, step by step in turn.

    The first pair warms every connection and cache and is not counted.
    """
    measured, warming = Measured(), Measured()
    client = Client(port, office.tokens)
    own_url = office.server.url(office.database)
    with psycopg.connect(floor_url, prepare_threshold=0) as floor, psycopg.connect(own_url) as eye:
        for round_number, (own, other) in enumerate(zip(mine, theirs, strict=True)):
            _walk_both(office, floor, eye, client, own, other, measured if round_number else warming)
    return measured


def _walk_both(
    office: Office,
    floor: psycopg.Connection[Any],
    eye: psycopg.Connection[Any],
    client: Client,
    own: int,
    other: int,
    measured: Measured,
) -> None:
    """One dossier by operations and the floor, another over HTTP, step by step in turn."""
    task_id = str(open_task(office.sessions, other, WAY[0].element_id))
    for step in WAY:
        _workflow_alone(office, own, step, measured)
        before = look(eye, own)
        _operation(office, own, step, measured)
        change = difference(own, before, look(eye, own))
        measured.floor_statements[step.element_id].add(change.number)
        hashed = token_hash(office.tokens[step.username])
        timed(measured.ways[FLOOR][step.element_id], lambda change=change, hashed=hashed: replay(floor, change, hashed))
        times = measured.ways[HTTP][step.element_id]
        answer = timed(times, lambda task=task_id, step=step: client.complete(task, step.username, step.answers))
        task_id = answer["opened"][0]["id"] if answer["opened"] else ""


def _workflow_alone(office: Office, dossier_id: int, step: Completion, measured: Measured) -> None:
    """The step in memory: from the saved state to the new one, with services that only answer."""
    task_id = open_task(office.sessions, dossier_id, step.element_id)
    with office.sessions() as session:
        context, task = lock_task(session, acting(session, step.username), now(), task_id)
        measured.state_bytes.append(len(context.workflow.state))
        _ = context.calendar
        around = surroundings_of(context)
        around = replace(around, services={topic: lambda _call: {} for topic in around.services})
        answers = {**context.definition.forms[str(task.form)].unanswered(), **step.answers} if task.form else {}
        command, workflow, state = Complete(task_id, answers), context.definition.workflow, context.workflow.state
        timed(measured.ways[ENGINE][step.element_id], lambda: advance(workflow, state, command, around))


def _operation(office: Office, dossier_id: int, step: Completion, measured: Measured) -> None:
    """What the web layer does without the web: who asks, complete, commit."""
    task_id = open_task(office.sessions, dossier_id, step.element_id)

    def complete() -> None:
        with office.sessions() as session:
            actor = actor_by_token(session, now(), office.tokens[step.username])
            complete_task(session, actor, now(), task_id, step.answers)
            session.commit()

    with counted(office.engine) as spent:
        timed(measured.ways[OPERATION][step.element_id], complete)
    measured.statements[step.element_id].add(spent.statements)
    measured.commits.add(spent.commits)


def running_states(office: Office) -> list[int]:
    """Bytes of every state that is stored now."""
    with office.sessions() as session:
        return [len(state) for state in session.scalars(select(WorkflowState.state))]


def report(measured: Measured, states: list[int]) -> None:
    """Write the tables."""
    floor = p50(measured.all(FLOOR))
    rows: list[list[object]] = []
    for way in WAYS:
        times = measured.all(way)
        rows.append([way, p50(times), p95(times), p50(times) / floor, AIMS.get(way, "-"), len(times)])
    show_table("One completed user task", ["", "p50 ms", "p95 ms", "× floor (p50)", "aim", "n"], rows)
    steps = [
        [element, *(p50(measured.ways[way][element]) for way in WAYS), _span(measured.floor_statements[element]),
         _span(statements)]
        for element, statements in measured.statements.items()
    ]  # fmt: skip
    heads = ["p50 ms by task", *WAYS, "statements, floor", "statements, ours (token to commit)"]
    show_table("By user task", heads, steps)
    every = [*states, *measured.state_bytes]
    most = max(max(counts) for counts in measured.statements.values())
    show_table(
        "Beside time",
        ["", "measured", "aim"],
        [
            ["SQL statements per completion, most", most, "<= 12"],
            ["commits per completion", _span(measured.commits), "1"],
            ["bytes of state, p50", quantile(every, 0.5), ""],
            ["bytes of state, most", max(every), "<= 4096"],
        ],
    )


def _span(numbers: set[int]) -> str:
    return "–".join(str(number) for number in sorted({min(numbers), max(numbers)}))

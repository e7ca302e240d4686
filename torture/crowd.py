"""Part three: fifty clients complete the same task at the same moment; one does, the others are told by whom."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from engine.command_line.console import say
from engine.dossiers.models import Event, EventKind, Task, TaskState
from torture.load import receive
from torture.system import System
from torture.way import CLERK, SAFETY_DECLARATION, SECOND_CLERK

TURN = SAFETY_DECLARATION.turns[0]


@dataclass(slots=True)
class CrowdReport:
    """What the third part did and found."""

    rounds: int = 0
    winners: int = 0
    told: int = 0
    """Clients that got a conflict that names the winner and the moment."""
    seconds: float = 0.0
    violations: list[str] = field(default_factory=list)


def complete_all_at_once(system: System, people: int, rounds: int) -> CrowdReport:
    """So many rounds of so many clients on one task each."""
    report, begun = CrowdReport(), time.monotonic()
    for number in range(rounds):
        with system.sessions.begin() as session:
            dossier_id = receive(session, SAFETY_DECLARATION)
        with system.sessions() as session:
            task_id = session.scalars(
                select(Task.id).where(Task.dossier_id == dossier_id, Task.state == TaskState.OPEN)
            ).one()
        _judge(system, task_id, _answers(system, task_id, people), report)
        report.rounds += 1
        if (number + 1) % 20 == 0:
            say(f"  {number + 1} of {rounds} rounds")
    report.seconds = time.monotonic() - begun
    return report


def _answers(system: System, task_id: UUID, people: int) -> list[tuple[int, dict[str, Any]]]:
    """Status and body that each client got; all send in the same moment, half of them as one clerk, half as another."""
    answers: list[tuple[int, dict[str, Any]]] = []
    barrier, path = Barrier(people), f"/api/v1/tasks/{task_id}/complete"

    def attempt(username: str) -> None:
        connection = HTTPConnection("127.0.0.1", system.settings.port, timeout=60)
        headers = {"Authorization": f"Bearer {system.tokens[username]}", "Content-Type": "application/json"}
        try:
            connection.connect()
            barrier.wait(60)
            connection.request("POST", path, json.dumps({"answers": TURN.answers}), headers)
            response = connection.getresponse()
            answers.append((response.status, json.loads(response.read())))
        except (OSError, HTTPException, ValueError) as failure:
            answers.append((0, {"detail": f"{type(failure).__name__}: {failure}"}))
        finally:
            connection.close()

    threads = [Thread(target=attempt, args=((CLERK, SECOND_CLERK)[number % 2],)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _judge(system: System, task_id: UUID, answers: list[tuple[int, dict[str, Any]]], report: CrowdReport) -> None:
    with system.sessions() as session:
        task = session.get_one(Task, task_id, options=[joinedload(Task.completed_by)])
        winner = task.completed_by.full_name if task.completed_by else None
        moment = task.completed_at
        logged = session.scalar(
            select(func.count(Event.id)).where(Event.task_id == task_id, Event.kind == EventKind.TASK_COMPLETED)
        )
    won = [body for status, body in answers if status == 200]
    told = [body for status, body in answers if status == 409 and _names(body, winner, moment)]
    report.winners += len(won)
    report.told += len(told)
    if len(won) != 1 or len(told) != len(answers) - 1 or logged != 1:
        others = [(status, body.get("detail")) for status, body in answers if status not in (200, 409)]
        report.violations.append(
            f"task {task_id}: {len(won)} succeeded, {len(told)} were told by whom, {logged} events; {others[:3]}"
        )


def _names(body: dict[str, Any], winner: str | None, moment: datetime | None) -> bool:
    """Whether the conflict says who completed the task and when."""
    if body.get("code") != "task_already_done" or moment is None:
        return False
    said = datetime.fromisoformat(str(body.get("completed_at")))
    return body.get("completed_by") == winner and said.astimezone(UTC) == moment.astimezone(UTC)

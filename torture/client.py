"""A client that never gives up: it sends every request again under the same key until it is answered."""

from __future__ import annotations

import json
import random
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from threading import Event
from typing import Any
from uuid import uuid4

from torture.way import CLERK, Turn, Way

PAUSE = 0.1
"""Seconds before a request is sent again."""

REPEAT = 0.15
"""Share of the answered requests that are sent once more, as a client does that has lost the answer."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One request that was answered: the system has promised that this happened."""

    key: str
    username: str
    body: dict[str, Any]
    task_id: str | None
    """The completed task; none for a reception."""


@dataclass(slots=True)
class Record:
    """What one client saw."""

    acknowledged: list[Acknowledged] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    sent_again: int = 0
    """Requests that had to be sent again because nobody answered or the answer was an error of the system."""
    repeated: int = 0
    """Answered requests that were sent once more on purpose."""


class Stopped(Exception):
    """The run is over."""


class Client:
    """Takes one dossier after the other from the counter to its end."""

    def __init__(self, port: int, tokens: dict[str, str], components: dict[str, list[str]], stop: Event) -> None:
        self.port, self.tokens, self.components, self.stop = port, tokens, components, stop
        self.record = Record()
        self._connection: HTTPConnection | None = None

    def run(self, ways: tuple[Way, ...], numbers: Any) -> None:
        """Until the run is over; `numbers` gives every dossier another number."""
        try:
            while not self.stop.is_set():
                self._walk(random.choice(ways), next(numbers))
        except Stopped:
            pass
        except Exception as failure:  # noqa: BLE001 - a client that dies must not die silently
            self.record.violations.append(f"a client could not go on: {type(failure).__name__}: {failure}")

    def _walk(self, way: Way, number: int) -> None:
        received = self._insist("/dossiers", way.reception(self.components[way.code]), CLERK, None)
        if received is None:
            return
        tasks = received["open_tasks"]
        for turn in way.turns:
            task_id = next((task["id"] for task in tasks if task["element_id"] == turn.element_id), None)
            if task_id is None:
                self.record.violations.append(f"after {received['reference']}: no task “{turn.element_id}” was opened")
                return
            answer = self._complete(task_id, turn, number)
            if answer is None:
                return
            tasks = answer["opened"]

    def _complete(self, task_id: str, turn: Turn, number: int) -> dict[str, Any] | None:
        return self._insist(f"/tasks/{task_id}/complete", {"answers": turn.filled(number)}, turn.username, task_id)

    def _insist(self, path: str, body: dict[str, Any], username: str, task_id: str | None) -> dict[str, Any] | None:
        """The answer, or None (and a violation) when the system refuses what nobody else has done."""
        key = str(uuid4())
        while True:
            if self.stop.is_set():
                raise Stopped
            status, answer = self._ask(path, body, username, key)
            if 200 <= status < 300:
                break
            if status and status < 500:
                self.record.violations.append(f"POST {path}: {status} {answer.get('detail') or answer}")
                return None
            self.record.sent_again += 1
            time.sleep(PAUSE)
        self.record.acknowledged.append(Acknowledged(key, username, answer, task_id))
        if random.random() < REPEAT:
            self._repeat(path, body, username, key, answer)
        return answer

    def _repeat(self, path: str, body: dict[str, Any], username: str, key: str, first: dict[str, Any]) -> None:
        status, answer = self._ask(path, body, username, key)
        if 200 <= status < 300:
            self.record.repeated += 1
            if answer != first:
                self.record.violations.append(f"POST {path}: the repeated request got another answer")

    def _ask(self, path: str, body: dict[str, Any], username: str, key: str) -> tuple[int, dict[str, Any]]:
        """Status and answer; status 0 when nobody answered."""
        headers = {
            "Authorization": f"Bearer {self.tokens[username]}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        try:
            if self._connection is None:
                self._connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
            self._connection.request("POST", "/api/v1" + path, json.dumps(body), headers)
            response = self._connection.getresponse()
            return response.status, json.loads(response.read())
        except (OSError, HTTPException, ValueError):
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            return 0, {}

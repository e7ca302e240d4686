"""The web server as it is run, and a client that keeps its connection open."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from time import perf_counter
from typing import Any

from bench.office import WAY, Office, open_task
from engine.command_line.serving import web_command

CLIENTS = 4
PATIENCE = 60
"""Seconds that the server gets to answer for the first time."""


@contextmanager
def web_server(office: Office, processes: int) -> Iterator[int]:
    """Serve the office with so many web processes; gives the port."""
    port = _free_port()
    settings = replace(office.settings, port=port, web_workers=processes)
    environment = {**os.environ, "MOTCUA_DATABASE_URL": settings.database_url, "MOTCUA_WEB_WORKERS": str(processes)}
    server = subprocess.Popen(web_command(settings), env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait_until_ready(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


class Client:
    """One caller of the interface on one connection."""

    def __init__(self, port: int, tokens: dict[str, str]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.tokens = tokens

    def complete(self, task_id: str, username: str, answers: dict[str, Any]) -> dict[str, Any]:
        """Complete a task; returns the answer, raises RuntimeError for any other status than 200."""
        headers = {"Authorization": f"Bearer {self.tokens[username]}", "Content-Type": "application/json"}
        body = json.dumps({"answers": answers})
        self.connection.request("POST", f"/api/v1/tasks/{task_id}/complete", body, headers)
        return self._answer()

    def get(self, path: str, username: str) -> dict[str, Any]:
        """Read something below /api/v1."""
        self.connection.request("GET", "/api/v1" + path, headers={"Authorization": f"Bearer {self.tokens[username]}"})
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        response = self.connection.getresponse()
        content = response.read()
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {content.decode()}")
        answer: dict[str, Any] = json.loads(content)
        return answer


def throughput(office: Office, port: int, dossiers: Sequence[int]) -> float:
    """Completions a second when several clients, each a process of its own, take the dossiers to their end."""
    first = [str(open_task(office.sessions, dossier_id, WAY[0].element_id)) for dossier_id in dossiers]
    shares = [first[number::CLIENTS] for number in range(CLIENTS)]
    office.engine.dispose()
    with ProcessPoolExecutor(CLIENTS) as pool:
        list(pool.map(_idle, range(CLIENTS)))  # So that starting the client processes is not measured.
        start = perf_counter()
        done = sum(pool.map(_walk_all, [(port, office.tokens, share) for share in shares]))
        return done / (perf_counter() - start)


def _idle(_number: int) -> None:
    time.sleep(0.1)


def _walk_all(share: tuple[int, dict[str, str], list[str]]) -> int:
    port, tokens, first_tasks = share
    client = Client(port, tokens)
    for task_id in first_tasks:
        for step in WAY:
            opened = client.complete(task_id, step.username, step.answers)["opened"]
            task_id = opened[0]["id"] if opened else ""
    return len(first_tasks) * len(WAY)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        if time.monotonic() > deadline:
            raise TimeoutError("the web server does not answer")
        time.sleep(0.1)

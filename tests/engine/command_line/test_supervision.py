"""`motcua run` keeps its children running, and two of them never serve from one folder."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from engine.command_line.supervision import AlreadyRunning, ChildKeepsDying, RunLock, Supervisor

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


def _alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_a_child_that_dies_is_started_again() -> None:
    children: list[int] = []
    with Supervisor(lambda pids: children.__setitem__(slice(None), pids)) as supervisor:
        supervisor.start("worker", time.sleep, 60)
        first = children[0]
        psutil.Process(first).kill()
        while not supervisor.look():
            time.sleep(0.01)
        assert children[0] != first
        assert _alive(children[0])
    assert not _alive(children[0])


def test_a_child_that_cannot_live_is_given_up_with_its_name() -> None:
    with Supervisor(lambda pids: None) as supervisor, pytest.raises(ChildKeepsDying, match="web"):
        supervisor.start("web", sys.exit, 3)
        while True:
            supervisor.look()
            time.sleep(0.01)


def test_a_second_start_from_the_same_folder_is_told_the_address(tmp_path: Path) -> None:
    first, second = RunLock(tmp_path), RunLock(tmp_path)
    first.take("http://localhost:8000")
    with pytest.raises(AlreadyRunning, match="http://localhost:8000"):
        second.take("http://localhost:8001")
    first.release()
    second.take("http://localhost:8001")
    second.release()


def test_children_left_by_a_killed_start_are_ended(tmp_path: Path) -> None:
    orphan = subprocess.Popen(SLEEPER)
    killed = RunLock(tmp_path)
    killed.take("http://localhost:8000")
    killed.note("http://localhost:8000", [orphan.pid])
    killed._stream.close()  # what the kernel does to the lock of a killed process
    RunLock(tmp_path).take("http://localhost:8000")
    assert not _alive(orphan.pid)


def test_a_process_that_got_an_orphans_number_is_left_alone(tmp_path: Path) -> None:
    bystander = subprocess.Popen(SLEEPER)
    killed = RunLock(tmp_path)
    killed.take("http://localhost:8000")
    killed._stream.close()
    notes = tmp_path / "run.json"
    notes.write_text(f'{{"address": "x", "pid": 1, "children": [[{bystander.pid}, 1.0]]}}')
    RunLock(tmp_path).take("http://localhost:8000")
    assert _alive(bystander.pid)
    bystander.kill()
    bystander.wait()

"""Child processes of `motcua run`: started, watched, started again when they die, and stopped in order."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import orjson
import psutil  # type: ignore[import-untyped]

from engine.command_line.children import FORKING
from engine.refusals import Conflict

LONGEST_STOP = 30
"""Seconds that a child gets to finish its work before it is killed."""

MOST_DEATHS = 5
"""A child that dies this often within a minute will not come up again by itself."""


class AlreadyRunning(Conflict):
    """Another `motcua run` serves from the same folder."""

    vi = "Hệ thống đang chạy rồi, tại {address} (tiến trình {pid})."
    en = "The system is running already at {address} (process {pid})."
    remedy_vi = "Hãy dùng địa chỉ đó, hoặc nhấn Ctrl-C ở nơi đã khởi động rồi chạy lại."
    remedy_en = "Use that address, or press Ctrl-C where it was started and start again."


class ChildKeepsDying(Conflict):
    """A child process ends again and again."""

    vi = "“{name}” dừng liên tục (mã thoát {code}); nguyên nhân nằm ở các dòng phía trên."
    en = "“{name}” keeps ending (exit code {code}); the lines above say why."
    remedy_vi = "Không mất dữ liệu. Hãy sửa nguyên nhân rồi chạy lại."
    remedy_en = "No data is lost. Mend the cause and start again."


@dataclass(frozen=True, slots=True)
class RunNotes:
    """Who runs from a folder: the address, the process, and its children with the moments they were created."""

    address: str = "?"
    pid: int = 0
    children: Sequence[tuple[int, float]] = ()


class RunLock:
    """Held while the system runs from a folder; the kernel frees it when its holder is killed."""

    def __init__(self, var: Path) -> None:
        self._file = var / "run.lock"
        self._notes = var / "run.json"

    def take(self, address: str) -> None:
        """Take the lock or raise AlreadyRunning; ends children that a killed predecessor left behind."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._stream = self._file.open("w")
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            notes = self._read()
            raise AlreadyRunning(address=notes.address, pid=notes.pid) from None
        for pid, created in self._read().children:
            _end_orphan(pid, created)
        self.note(address, [])

    def note(self, address: str, children: Sequence[int]) -> None:
        """Write down who runs here, for a second start and for one after a SIGKILL."""
        alive = [(pid, psutil.Process(pid).create_time()) for pid in children if psutil.pid_exists(pid)]
        unfinished = self._notes.with_suffix(".new")
        unfinished.write_bytes(orjson.dumps(RunNotes(address, os.getpid(), alive)))
        unfinished.replace(self._notes)

    def release(self) -> None:
        """Let the next start have the folder."""
        self._notes.unlink(missing_ok=True)
        self._stream.close()

    def _read(self) -> RunNotes:
        try:
            return RunNotes(**orjson.loads(self._notes.read_bytes()))
        except (OSError, ValueError, TypeError):
            return RunNotes()


def _end_orphan(pid: int, created: float) -> None:
    """End a left-over child and its own children; a process that got its number later is left alone."""
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        if abs(process.create_time() - created) > 0.5:
            return
        family = [process, *process.children(recursive=True)]
        process.terminate()
        _, alive = psutil.wait_procs(family, timeout=LONGEST_STOP)
        for left in alive:
            left.kill()


@dataclass(slots=True)
class Child:
    """One child process and how often it has died lately."""

    name: str
    begin: Callable[[], BaseProcess]
    process: BaseProcess
    deaths: list[float] = field(default_factory=list)


class Supervisor:
    """Keeps child processes running until a signal asks to stop; use it as a context.

    Children get a process group of their own, so that Ctrl-C reaches only us and everything stops in order: the last
    started first.
    """

    def __init__(self, changed: Callable[[list[int]], None]) -> None:
        self._changed = changed
        self._children: list[Child] = []
        self._asked_to_stop = False
        self._former: dict[int, object] = {}

    def __enter__(self) -> Supervisor:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._former[number] = signal.signal(number, self._stop_asked)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in reversed(self._children):
            _stop(child.process)
        for number, handler in self._former.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    @property
    def asked_to_stop(self) -> bool:
        """Whether Ctrl-C was pressed, or a signal asked for the same."""
        return self._asked_to_stop

    def start(self, name: str, target: Callable[..., None], *arguments: Any) -> None:
        """Start a child under `name` that calls a module's function `target`."""
        begin = partial(_begin, target, arguments)
        self._children.append(Child(name, begin, begin()))
        self._tell()

    def look(self) -> list[str]:
        """Start again whatever died; returns the names. Raises ChildKeepsDying when that helps no more."""
        restarted = []
        for child in self._children:
            code = child.process.exitcode
            if code is None:
                continue
            now = time.monotonic()
            child.deaths = [at for at in child.deaths if now - at < 60] + [now]
            if len(child.deaths) >= MOST_DEATHS:
                raise ChildKeepsDying(name=child.name, code=code)
            time.sleep(0.2 * len(child.deaths))
            child.process = child.begin()
            restarted.append(child.name)
        if restarted:
            self._tell()
        return restarted

    def _tell(self) -> None:
        self._changed([pid for child in self._children if (pid := child.process.pid) is not None])

    def _stop_asked(self, number: int, frame: FrameType | None) -> None:
        self._asked_to_stop = True


def _begin(target: Callable[..., None], arguments: Sequence[Any]) -> BaseProcess:
    process = FORKING.Process(target=_in_own_group, args=(target, *arguments))
    process.start()
    return process


def _in_own_group(target: Callable[..., None], *arguments: Any) -> None:
    os.setsid()
    target(*arguments)


def _stop(process: BaseProcess) -> None:
    """End a child gracefully, and the whole of its process group if it takes too long."""
    process.terminate()
    process.join(LONGEST_STOP)
    if process.exitcode is None and process.pid is not None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.join()

"""Run a plain diagram to its end under a simulated clock, without a dossier, and write down what happened.

Nobody waits for a person: user tasks are completed at once, with the answers that the caller sends to them or with
none. A message comes when the caller says, or when the same model has sent one of that name. When nothing else can
happen, the clock jumps to the next timer.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.definition import Definition
from engine.workflow.driver import run_until_quiet
from engine.workflow.errors import ErrorUncaught, Finding, NeverMovesOn, StepFailed
from engine.workflow.expressions import Environment
from engine.workflow.expressions.errors import ExpressionProblem
from engine.workflow.picture import everything_in_order, picture_of
from engine.workflow.reading.model import Event, Node
from engine.workflow.runtime.catching import broadcast
from engine.workflow.runtime.instance import Instance, outer_task
from engine.workflow.runtime.participants import RECEIVES
from engine.workflow.runtime.tree import fold
from engine.workflow.step import Passage, SentMessage, Service, ServiceCall, Step, Surroundings, Variables, Wait

BEGINNING = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
"""When the simulated clock starts, unless the caller says otherwise: a Monday, 08:00 in Việt Nam."""
MAXIMUM_STEPS = 5_000
"""Tasks completed, messages delivered and jumps of the clock in one run."""

Ending = Literal["completed", "terminated", "error", "waiting", "stuck", "failed"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message or signal, or answers to a user task: at a moment, after an element is done, or as soon as awaited."""

    name: str
    payload: Variables = field(default_factory=dict)
    at: datetime | None = None
    after: str | None = None
    is_signal: bool = False


@dataclass(frozen=True, slots=True)
class Traced:
    """An element that was left, and when."""

    passage: Passage
    at: datetime


@dataclass(slots=True)
class Trace:
    """What ran in which order, and how it ended."""

    process: str
    ended: Ending = "waiting"
    """"stuck": nothing can ever move it on; "error": an error event that nothing caught; "failed": an expression, a
    condition or a gateway that had no result."""
    elements: list[Traced] = field(default_factory=list)
    variables: Variables = field(default_factory=dict)
    sent: list[SentMessage] = field(default_factory=list)
    waiting: tuple[Wait, ...] = ()
    warnings: tuple[Finding, ...] = ()
    """What is unusual in the diagram, and which work was only a step."""
    not_taken: tuple[str, ...] = ()
    """Names of what the caller sent and nothing took."""
    error: StepFailed | None = None
    limit: Literal["until", "steps", "time"] | None = None
    """What stopped a run that might have gone on."""


class _EveryService(Mapping[str, Service]):
    """A trace calls nothing outside: every topic is served, and gives no result."""

    def __getitem__(self, topic: str) -> Service:
        return _no_result

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0


def _no_result(call: ServiceCall) -> Variables:
    return {}


def trace(
    definition: Definition,
    variables: Variables,
    messages: Sequence[Arrival] = (),
    *,
    beginning: datetime = BEGINNING,
    until: datetime | None = None,
    is_late: Callable[[], bool] = lambda: False,
) -> Trace:
    """Run a definition until it ends or nothing more can happen. `is_late` may stop it between two steps."""
    run = _Run(definition, variables, messages, beginning, until)
    return run.to_the_end(is_late)


class _Run:
    def __init__(
        self,
        definition: Definition,
        variables: Variables,
        messages: Sequence[Arrival],
        beginning: datetime,
        until: datetime | None,
    ) -> None:
        self.until = until
        self.arrivals = [_as_awaited(arrival, definition) for arrival in messages]
        self.unheard: list[SentMessage] = []
        self.done: set[str] = set()
        self.trace = Trace(definition.process_id, warnings=definition.warnings)
        surroundings = Surroundings(now=beginning, services=_EveryService())
        self.instance = Instance(
            definition.specs, definition.begins_with, definition.decision_tables, surroundings, loading=False
        )
        self.instance.hears_itself = True
        self.instance.payloads_enter = True
        self.instance.data.update(dict.fromkeys(definition.data_names))
        self.instance.data.update(variables)
        self._choose_start(definition)

    def _choose_start(self, definition: Definition) -> None:
        """Of several start events the one whose message or signal the caller sends, else one whose condition holds.

        None is chosen where what partners send may begin the process, or where the process may begin without a trigger
        and awaits later what has been sent.
        """
        specs = definition.specs[definition.process_id].task_specs.values()
        starts = [spec.node for spec in specs if spec.node.type == "startEvent" and not spec.is_listener]
        begun = {spec.node.id for spec in self.instance.spec.task_specs.values() if spec.begins_process}
        if any(node.id in begun for node in starts):
            return
        begins_plainly = any(node.event.kind == "none" for node in starts)
        awaited = {event.name for node, event in _awaited(definition) if node not in starts}
        for arrival in self.arrivals:
            if begins_plainly and arrival.name in awaited:
                continue
            names = {node.id: {event.name for event in node.events} for node in starts}
            found = next((identifier for identifier, heard in names.items() if arrival.name in heard), None)
            if found is not None and arrival.at is None and arrival.after is None:
                self.instance.begins_at = found
                self.instance.data.update(arrival.payload)
                self.arrivals.remove(arrival)
                return
        if not begins_plainly and starts and starts[0].event.kind == "condition":
            holding = (spec.node.id for spec in specs if spec.node in starts and self._holds(spec))
            self.instance.begins_at = next(holding, None)

    def _holds(self, start: Any) -> bool:
        """Whether this start event waits for a condition that holds from the beginning."""
        if start.node.event.kind != "condition":
            return False
        try:
            return bool(start.text(Environment(ChainMap(self.instance.data), {}, self.now)))
        except ExpressionProblem:
            return False

    @property
    def now(self) -> datetime:
        return self.instance.surroundings.now

    def to_the_end(self, is_late: Callable[[], bool]) -> Trace:
        try:
            self._run(self._begin)
            for _ in range(MAXIMUM_STEPS):
                if self.instance.completed or not self._step():
                    break
                if is_late():
                    self.trace.limit = "time"
                    break
            else:
                self.trace.limit = "steps"
            self.trace.ended = self._ending()
        except StepFailed as failure:
            self.trace.error = failure
            self.trace.ended = _ending_of(failure)
        picture = self._note()
        self.trace.variables = self._main_variables()
        starts = {task.id for task in self.instance.waiting.values() if task.task_spec.begins_process}
        self.trace.not_taken = tuple(arrival.name for arrival in self.arrivals)
        self.trace.waiting = tuple(wait for wait in picture.waits if wait.id not in starts)
        return self.trace

    def _main_variables(self) -> Variables:
        """Those of the main process, also while it runs beside others."""
        for task_id, inner in self.instance.subprocesses.items():
            around = self.instance.tasks.get(task_id)
            if around is not None and around.task_spec.is_main:
                return {**self.instance.data, **inner.data}
        return dict(self.instance.data)

    def _ending(self) -> Ending:
        if not self.instance.completed:
            return "waiting"
        return "terminated" if self.instance.terminated else "completed"

    def _run(self, action: Callable[[], None]) -> None:
        action()
        run_until_quiet(self.instance)
        self._note()

    def _note(self) -> Step:
        """Move what has happened from the instance into the trace."""
        instance = self.instance
        self.trace.elements += [Traced(passage, self.now) for passage in instance.journal]
        self.done.update(passage.element_id for passage in instance.journal if passage.outcome == "completed")
        self.trace.sent += instance.sent
        self.unheard += [each for each in instance.sent if not any(each is heard for heard in instance.heard)]
        instance.journal.clear()
        instance.sent.clear()
        instance.heard.clear()
        return picture_of(instance, b"")

    # -- one thing after the other ------------------------------------------------------------------------------

    def _begin(self) -> None:
        """A process that begins by receiving exists because something has come: as the caller says, or the first."""
        run_until_quiet(self.instance)
        expected = {arrival.name for arrival in self.arrivals}
        groups: dict[str, list[Task]] = {}
        for task in self.instance.waiting.values():
            beginning = _beginning_of(task)
            if beginning is not None:
                groups.setdefault(beginning, []).append(task)
        for waiting in groups.values():
            if not any(task.task_spec.event.name in expected for task in waiting):
                waiting[0].task_spec.fire(waiting[0])

    def _step(self) -> bool:
        """Let the next thing happen; say whether there was any."""
        return (
            self._receive_what_began()
            or self._take_arrival()
            or self._complete_a_task()
            or self._hear_our_own()
            or self._jump()
        )

    def _receive_what_began(self) -> bool:
        """A process that somebody has begun, and that begins by receiving, has received what began it."""
        for task in self.instance.waiting.values():
            around = outer_task(task.workflow)
            if around is not None and around.internal_data.get(RECEIVES) == task.task_spec.node.id:
                del around.internal_data[RECEIVES]
                self._fire(task, around.data)
                return True
        return False

    def _complete_a_task(self) -> bool:
        tasks = (task for task, _ in everything_in_order(self.instance) if task._state == TaskState.READY)
        task = next((task for task in tasks if task.task_spec.manual), None)
        if task is None:
            return False

        def complete() -> None:
            task.task_spec.take_results(task, self._answers_to(task))
            task.run()
            fold(task)

        self._run(complete)
        return True

    def _answers_to(self, task: Task) -> Variables:
        """What the caller has sent to the task, by its id; nothing otherwise."""
        identifier = task.task_spec.node.id
        sent = next((each for each in self.arrivals if each.name == identifier and self._is_due(each)), None)
        if sent is None:
            return {}
        self.arrivals.remove(sent)
        return sent.payload

    def _hear_our_own(self) -> bool:
        for message in self.unheard:
            if self._deliver(message.name, message.payload):
                self.unheard.remove(message)
                return True
        return False

    def _take_arrival(self) -> bool:
        for arrival in self.arrivals:
            take = self._broadcast if arrival.is_signal else self._deliver
            if self._is_due(arrival) and take(arrival.name, arrival.payload):
                self.arrivals.remove(arrival)
                return True
        return False

    def _is_due(self, arrival: Arrival) -> bool:
        if arrival.at is not None and arrival.at > self.now:
            return False
        return arrival.after is None or arrival.after in self.done

    def _deliver(self, name: str, payload: Variables) -> bool:
        waiters = [task for task, _ in everything_in_order(self.instance) if self._awaits(task, name)]
        if not waiters:
            return False
        self._fire(min(waiters, key=lambda task: bool(task.task_spec.begins_process)), payload)
        return True

    def _fire(self, waiter: Task, payload: Variables) -> None:
        self._run(lambda: waiter.task_spec.fire(waiter, payload))

    def _awaits(self, task: Task, message: str) -> bool:
        event = task.task_spec.event if task.id in self.instance.waiting else None
        return event is not None and event.kind == "message" and event.name == message

    def _broadcast(self, name: str, payload: Variables) -> bool:
        events = [task.task_spec.event for task in self.instance.waiting.values()]
        if not any(event.kind == "signal" and event.name == name for event in events):
            return False
        self._run(lambda: broadcast(self.instance, name, payload=payload))
        return True

    def _jump(self) -> bool:
        """To the next timer or message, whichever comes first."""
        dues = [due for task in self.instance.waiting.values() if (due := task.task_spec.due_at(task)) is not None]
        dues += [arrival.at for arrival in self.arrivals if arrival.at is not None and arrival.at > self.now]
        if not dues:
            return False
        moment = max(min(dues), self.now)
        if self.until is not None and moment > self.until:
            self.trace.limit = "until"
            return False
        self.instance.surroundings = replace(self.instance.surroundings, now=moment)
        self._run(lambda: None)
        return True


_CATCHES = ("startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask")


def _awaited(definition: Definition) -> list[tuple[Node, Event]]:
    """Every named message and signal that something may wait for."""
    specs = (spec for process in definition.specs.values() for spec in process.task_specs.values())
    nodes = {id(spec.node): spec.node for spec in specs if spec.node.type in _CATCHES}
    events = [(node, event) for node in nodes.values() for event in node.events]
    return [(node, event) for node, event in events if event.kind in ("message", "signal") and event.name]


def _as_awaited(arrival: Arrival, definition: Definition) -> Arrival:
    """What has come, by the name under which it is awaited: the caller may also say the id of that or of the event."""
    awaited = _awaited(definition)
    if any(event.name == arrival.name and (event.kind == "signal") is arrival.is_signal for _, event in awaited):
        return arrival
    for node, event in awaited:
        if arrival.name in (event.name, (event.reference or "").rpartition(":")[2], node.id):
            return replace(arrival, name=event.name or arrival.name, is_signal=event.kind == "signal")
    return arrival


def _beginning_of(task: Task) -> str | None:
    """The id of the receive task or gateway that begins the process with what this task waits for.

    Nothing if another process has begun it, or may do so.
    """
    node, around = task.task_spec.node, outer_task(task.workflow)
    if task.task_spec.is_listener or (around is not None and RECEIVES in around.internal_data):
        return None
    if _begins(node):
        return str(node.id)
    sources = [task.workflow.spec.task_specs[flow.source].node for flow in node.incoming]
    return next((source.id for source in sources if _begins(source)), None)


def _begins(node: Node) -> bool:
    return node.attributes.get("instantiate") == "true" and not node.incoming


def _ending_of(failure: StepFailed) -> Ending:
    if isinstance(failure, NeverMovesOn):
        return "stuck"
    return "error" if isinstance(failure, ErrorUncaught) else "failed"

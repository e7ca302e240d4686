"""Draw small diagrams in a few words, and walk through them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest

from engine.workflow import (
    Complete,
    Definition,
    Deliver,
    DiagramRefused,
    FireDueTimers,
    ReadyTask,
    Step,
    Surroundings,
    advance,
    read_definition,
    start,
)
from engine.workflow.tracing import trace

MORNING = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


def attributes(**given: Any) -> str:
    return "".join(
        f" {name.replace('__', ':')}={quoteattr(str(value))}" for name, value in given.items() if value is not None
    )


def parameters(reads: Mapping[str, str] | None, writes: Mapping[str, str] | None) -> str:
    lines = [
        f"<camunda:inputParameter name='{name}'>{escape(text)}</camunda:inputParameter>"
        for name, text in (reads or {}).items()
    ]
    lines += [
        f"<camunda:outputParameter name='{name}'>{escape(text)}</camunda:outputParameter>"
        for name, text in (writes or {}).items()
    ]
    return f"<camunda:inputOutput>{''.join(lines)}</camunda:inputOutput>" if lines else ""


def element(
    kind: str,
    id: str,  # noqa: A002
    inside: str = "",
    *,
    reads: Mapping[str, str] | None = None,
    writes: Mapping[str, str] | None = None,
    extra: str = "",
    **given: Any,
) -> str:
    extension = parameters(reads, writes) + extra
    extension = f"<bpmn:extensionElements>{extension}</bpmn:extensionElements>" if extension else ""
    given.setdefault("name", id)
    return f"<bpmn:{kind} id='{id}'{attributes(**given)}>{extension}{inside}</bpmn:{kind}>"


def flow(source: str, target: str, condition: str | None = None, id: str | None = None) -> str:  # noqa: A002
    inside = f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>" if condition else ""
    ends = attributes(id=id or f"{source}_to_{target}", sourceRef=source, targetRef=target)
    return f"<bpmn:sequenceFlow{ends}>{inside}</bpmn:sequenceFlow>"


def way(*ids: str) -> str:
    """Flows along a line of elements."""
    return "".join(flow(source, target) for source, target in zip(ids, ids[1:], strict=False))


def timer(text: str, kind: str = "timeDuration") -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{escape(text)}</bpmn:{kind}></bpmn:timerEventDefinition>"


def event(kind: str, reference: str | None = None) -> str:
    named = f" {kind}Ref='{reference}'" if reference else ""
    return f"<bpmn:{kind}EventDefinition{named}/>"


def boundary(id: str, host: str, what: str, *, interrupting: bool = True, **given: Any) -> str:  # noqa: A002
    return element("boundaryEvent", id, what, attachedToRef=host, cancelActivity=str(interrupting).lower(), **given)


def loop(
    collection: str | None = None,
    variable: str | None = None,
    *,
    sequential: bool = False,
    until: str | None = None,
    times: str | None = None,
) -> str:
    inside = f"<bpmn:loopCardinality>{escape(times)}</bpmn:loopCardinality>" if times else ""
    inside += f"<bpmn:completionCondition>{escape(until)}</bpmn:completionCondition>" if until else ""
    marks = attributes(
        camunda__collection=collection, camunda__elementVariable=variable, isSequential=str(sequential).lower()
    )
    return f"<bpmn:multiInstanceLoopCharacteristics{marks}>{inside}</bpmn:multiInstanceLoopCharacteristics>"


def user(id: str, inside: str = "", **given: Any) -> str:  # noqa: A002
    return element("userTask", id, inside, **given)


def script(id: str, text: str) -> str:  # noqa: A002
    return element("scriptTask", id, f"<bpmn:script>{escape(text)}</bpmn:script>", scriptFormat="expression")


def begin(id: str = "begin") -> str:  # noqa: A002
    return element("startEvent", id)


def end(id: str = "end", inside: str = "") -> str:  # noqa: A002
    return element("endEvent", id, inside)


def process(*parts: str, id: str = "p", executable: bool = True) -> str:  # noqa: A002
    return (
        f"<bpmn:process id='{id}' name='{id}' isExecutable='{str(executable).lower()}'>{''.join(parts)}</bpmn:process>"
    )


def file(*parts: str) -> bytes:
    names = ("message", "signal", "error", "escalation")
    declared = "".join(
        f"<bpmn:{kind} id='{kind}_{letter}' {'name' if kind in names[:2] else kind + 'Code'}='{letter}'/>"
        for kind in names
        for letter in ("a", "b")
    )
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        "<bpmn:definitions xmlns:bpmn='http://www.omg.org/spec/BPMN/20100524/MODEL' "
        "xmlns:camunda='http://camunda.org/schema/1.0/bpmn' id='definitions' targetNamespace='t'>\n"
        + "\n".join((declared, *parts))
        + "</bpmn:definitions>"
    ).encode()


def table(
    id: str,  # noqa: A002
    inputs: list[str],
    outputs: list[str],
    rules: list[tuple[str, ...]],
    policy: str = "UNIQUE",
    aggregation: str | None = None,
    values: Mapping[str, str] | None = None,
) -> bytes:
    """A DMN file with one table; each rule is its input cells and then its output cells."""
    columns = "".join(
        f"<input id='i{n}'><inputExpression id='e{n}'><text>{escape(text)}</text></inputExpression></input>"
        for n, text in enumerate(inputs)
    )
    for n, name in enumerate(outputs):
        listed = (
            f"<outputValues><text>{escape(values[name])}</text></outputValues>" if values and name in values else ""
        )
        columns += f"<output id='o{n}' name='{name}'>{listed}</output>"
    for n, cells in enumerate(rules):
        kinds = ["inputEntry"] * len(inputs) + ["outputEntry"] * len(outputs)
        entries = "".join(
            f"<{kind} id='c{n}_{m}'><text>{escape(cell)}</text></{kind}>"
            for m, (kind, cell) in enumerate(zip(kinds, cells, strict=True))
        )
        columns += f"<rule id='r{n}'>{entries}</rule>"
    mark = f" aggregation='{aggregation}'" if aggregation else ""
    return (
        "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='d' name='d' namespace='n'>"
        f"<decision id='{id}' name='{id}'><decisionTable id='t' hitPolicy='{policy}'{mark}>{columns}</decisionTable>"
        "</decision></definitions>"
    ).encode()


class Walk:
    """A workflow that is saved and loaded again at every step, and a clock that only moves when told."""

    def __init__(self, definition: Definition, variables: Mapping[str, Any] | None = None, **seen: Any) -> None:
        self.definition = definition
        self.now = MORNING
        self.seen = seen
        self.passed: list[str] = []
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.step: Step
        self.take(start(definition, variables or {}, self.surroundings))

    @property
    def surroundings(self) -> Surroundings:
        return Surroundings(now=self.now, **self.seen)

    def take(self, step: Step) -> Walk:
        self.step = step
        self.passed += [passage.element_id for passage in step.passages if passage.outcome == "completed"]
        self.sent += [(message.name, dict(message.payload)) for message in step.sent]
        return self

    @property
    def ready(self) -> list[str]:
        return sorted(task.element_id for task in self.step.ready)

    @property
    def waits(self) -> list[str]:
        return sorted(wait.element_id for wait in self.step.waits)

    @property
    def variables(self) -> dict[str, Any]:
        return dict(self.step.variables)

    def task(self, element_id: str, **inputs: Any) -> ReadyTask:
        return next(
            task
            for task in self.step.ready
            if task.element_id == element_id and all(task.inputs.get(name) == value for name, value in inputs.items())
        )

    def complete(self, element_id: str, answers: Mapping[str, Any] | None = None, **inputs: Any) -> Walk:
        command = Complete(self.task(element_id, **inputs).id, answers or {})
        return self.take(advance(self.definition, self.step.state, command, self.surroundings))

    def deliver(self, message: str, **payload: Any) -> Walk:
        return self.take(advance(self.definition, self.step.state, Deliver(message, payload), self.surroundings))

    def wait(self, **length: float) -> Walk:
        self.now += timedelta(**length)
        return self.take(advance(self.definition, self.step.state, FireDueTimers(), self.surroundings))


def read(*parts: str, **files: bytes) -> Definition:
    """The definition of a process made of these parts; further files by name (dots written as `__`)."""
    given = {"p.bpmn": file(process(*parts))} | {name.replace("__", "."): content for name, content in files.items()}
    return read_definition(given, "p")


def with_boundary(*events: str, inside: str | None = None) -> Definition:
    """A task (or a sub-process) `work` with boundary events that lead to tasks named after them."""
    ids = [event.split("id='")[1].split("'")[0] for event in events]
    return read(
        begin(),
        inside or user("work"),
        user("after"),
        end(),
        way("begin", "work", "after", "end"),
        *events,
        *(user(f"{name}_done") + way(name, f"{name}_done", "end") for name in ids),
    )


def around(*middle: str, ids: tuple[str, ...] = ("x",)) -> tuple[str, ...]:
    """The parts of a process that leads through these elements."""
    return (begin(), *middle, end(), way("begin", *ids, "end"))


@pytest.fixture(scope="session")
def draw() -> SimpleNamespace:
    """The vocabulary above."""
    kit: dict[str, Callable[..., Any]] = {
        each.__name__: each
        for each in (
            around,
            begin,
            boundary,
            element,
            end,
            event,
            file,
            flow,
            loop,
            process,
            read,
            script,
            table,
            timer,
            user,
            way,
            with_boundary,
            Walk,
        )
    }
    return SimpleNamespace(**kit, MORNING=MORNING)


@pytest.fixture
def rules(draw: SimpleNamespace) -> Callable[..., list[str]]:
    """The rules broken by a process made of these parts (or by raw files)."""

    def find(*parts: str, raw: dict[str, bytes] | None = None, functions: Any = None, **files: bytes) -> list[str]:
        given = raw or {"p.bpmn": draw.file(draw.process(*parts))}
        given |= {name.replace("__", "."): content for name, content in files.items()}
        try:
            read_definition(given, "p", functions)
        except DiagramRefused as refused:
            for finding in refused.findings:
                assert finding.message_vi
                assert finding.message_en
                assert finding.severity == "error"
            return sorted({finding.rule for finding in refused.findings})
        return []

    return find


NAMESPACES = {
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
    "flowable": "http://flowable.org/bpmn",
    "activiti": "http://activiti.org/bpmn",
    "spiffworkflow": "http://spiffworkflow.org/bpmn/schema/1.0/core",
    "drools": "http://www.jboss.org/drools",
}


@pytest.fixture
def written(draw):
    """A file with the namespaces of other engines declared."""

    def write(*processes: str) -> bytes:
        declared = " ".join(f"xmlns:{prefix}='{name}'" for prefix, name in NAMESPACES.items())
        return draw.file(*processes).replace(b"<bpmn:definitions", f"<bpmn:definitions {declared}".encode(), 1)

    return write


@pytest.fixture
def ways(draw, written):
    """Run an element `a` and take the way that `x > 5` says; which of them were done, with `inside` what `a` calls."""

    def run(element: str, x: object = 1, condition: str = "${x > 5}", other: str = "", **files: str) -> list[str]:
        parts = (
            draw.begin(),
            element,
            draw.element("exclusiveGateway", "g", default="small"),
            draw.element("task", "yes"),
            draw.element("task", "no"),
            draw.end(),
            draw.way("begin", "a", "g"),
            draw.flow("g", "yes", condition),
            draw.flow("g", "no", None, "small"),
            draw.way("yes", "end"),
            draw.way("no", "end"),
        )
        content = {name.replace("_", "."): text.encode() for name, text in files.items()}
        content["p.bpmn"] = written(draw.process(*parts), *([other] if other else []))
        result = trace(read_definition(content, "p", (), plain=True), {"x": x})
        assert result.ended == "completed", result.error
        done = [each.passage.element_id for each in result.elements]
        return [each for each in done if each in ("a", "inside", "yes", "no")]

    return run

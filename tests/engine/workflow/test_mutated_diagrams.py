"""Whatever happens to a file, reading it ends in a definition that runs or in findings, never in a traceback."""

from __future__ import annotations

import copy
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.workflow import (
    Complete,
    DiagramRefused,
    FireDueTimers,
    StepFailed,
    Surroundings,
    advance,
    read_definition,
    start,
)

TEXTS = [
    "",
    "x",
    "${",
    "${1",
    "${x}",
    "${a.b}",
    "1..",
    "PT",
    "P1D",
    "R/",
    "x = ",
    "${1/0}",
    "-",
    "not(",
    "true",
    "]1..2[",
    "\u00e9",
]


@pytest.fixture(scope="module")
def files(draw) -> dict[str, bytes]:
    """A diagram with one of nearly everything, a called process and a decision."""
    inside = (
        draw.begin("ib")
        + draw.user("inner", camunda__candidateGroups="${role}")
        + draw.end("ie", draw.event("error", "error_a"))
    )
    main = draw.process(
        draw.begin(),
        draw.script("s", "n = 1\nagencies = ['x', 'y']\nrole = 'officer'"),
        draw.element("exclusiveGateway", "choose", default="otherwise"),
        draw.user("ask", writes={"n": "${n + 1}"}, camunda__dueDate="P1D"),
        draw.boundary("late", "ask", draw.timer("P3D")),
        draw.element("businessRuleTask", "rule", camunda__decisionRef="fees", camunda__resultVariable="fee"),
        draw.user("consult", draw.loop("agencies", "agency", until="${n > 5}")),
        draw.element("subProcess", "sub", inside + draw.way("ib", "inner", "ie")),
        draw.boundary("failed", "sub", draw.event("error", "error_a")),
        draw.element("callActivity", "call", calledElement="called", extra="<camunda:in source='n' target='m'/>"),
        draw.element("eventBasedGateway", "race"),
        draw.element("intermediateCatchEvent", "soon", draw.timer("P1D")),
        draw.element("receiveTask", "paid", messageRef="message_a"),
        draw.element("parallelGateway", "fork"),
        draw.element("inclusiveGateway", "join"),
        draw.end(),
        draw.way("begin", "s", "choose"),
        draw.flow("choose", "ask", "${n > 0 && n < 9}"),
        draw.flow("choose", "rule", None, "otherwise"),
        draw.way("ask", "rule", "consult", "sub", "call", "race", "soon", "fork"),
        draw.way("race", "paid", "fork"),
        draw.way("late", "rule"),
        draw.way("failed", "call"),
        draw.flow("fork", "join", None, "one"),
        draw.flow("fork", "join", None, "two"),
        draw.way("join", "end"),
    )
    called = draw.process(
        draw.begin("cb"), draw.user("work"), draw.end("ce"), draw.way("cb", "work", "ce"), id="called"
    )
    rules = [("< 3", "n * 2"), ("[3..9]", "5"), ("not([0..9])", "0")]
    return {"p.bpmn": draw.file(main), "c.bpmn": draw.file(called), "f.dmn": draw.table("fees", ["n"], ["fee"], rules)}


def mutate(content: bytes, choice: random.Random) -> bytes:
    root = etree.fromstring(content)
    elements = [element for element in root.iter(etree.Element) if element is not root]
    for _ in range(choice.randint(1, 3)):
        element, other = choice.choice(elements), choice.choice(elements)
        kind = choice.randrange(5)
        if kind == 0 and element.getparent() is not None:
            element.getparent().remove(element)
        elif kind == 1 and element.attrib:
            del element.attrib[choice.choice(list(element.attrib))]
        elif kind == 2 and element.attrib:
            values = TEXTS + [str(value) for value in other.attrib.values()]
            element.attrib[choice.choice(list(element.attrib))] = choice.choice(values)
        elif kind == 3:
            element.text = choice.choice(TEXTS)
        elif kind == 4 and element not in other.iter():
            other.append(copy.deepcopy(element))
    return etree.tostring(root)


def walk(definition, choice: random.Random, surroundings: Surroundings) -> None:
    step = start(definition, {}, surroundings)
    for _ in range(12):
        if step.ended:
            return
        command = Complete(choice.choice(step.ready).id, {"n": 1}) if step.ready else FireDueTimers()
        step = advance(definition, step.state, command, surroundings)


def test_the_diagram_itself_is_sound(files, draw):
    walk(read_definition(files, "p"), random.Random(1), Surroundings(now=draw.MORNING))


@settings(max_examples=150)
@given(seed=st.integers(0, 2**32))
def test_a_mutated_file_is_refused_or_runs(files, draw, seed):
    choice = random.Random(seed)
    name = choice.choice(["p.bpmn", "p.bpmn", "p.bpmn", "c.bpmn", "f.dmn"])
    try:
        definition = read_definition(files | {name: mutate(files[name], choice)}, "p")
    except DiagramRefused as refused:
        assert refused.findings
        return
    try:
        walk(definition, choice, Surroundings(now=draw.MORNING))
    except StepFailed as failed:
        assert failed.message("vi")
        assert failed.message("en")

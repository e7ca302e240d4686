"""Whatever is in a file, checking it ends in findings, soon, and never in a traceback."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.settings import PROJECT
from engine.workflow import check_diagram
from engine.workflow.reading.standard.references import ATTRIBUTES, CHILDREN
from engine.workflow.reading.standard.words import (
    CHOREOGRAPHY_ACTIVITIES,
    CONTAINERS,
    EVENT_DEFINITIONS,
    FLOW_NODES,
    INTERACTION_NODES,
    ITEM_AWARE,
)

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
HEAD = f"<definitions xmlns='{BPMN}' targetNamespace='t'>".encode()
NAMES = sorted(
    {*FLOW_NODES, *ITEM_AWARE, *EVENT_DEFINITIONS, *CONTAINERS, *INTERACTION_NODES, *CHILDREN, *CHOREOGRAPHY_ACTIVITIES}
    | {"sequenceFlow", "messageFlow", "association", "conditionExpression", "ioSpecification", "inputSet", "outputSet"}
    | {"multiInstanceLoopCharacteristics", "dataInputAssociation", "dataOutputAssociation", "collaboration", "lane"}
    | {"laneSet", "import", "extensionElements", "timeDate", "condition", "participantMultiplicity", "resource"}
)
KEYS = [*ATTRIBUTES, "id", "id", "id", "name", "sourceRef", "targetRef", "isExecutable", "triggeredByEvent", "minimum"]
KEYS += ["isForCompensation", "instantiate", "behavior", "startQuantity", "cancelActivity", "location", "namespace"]
VALUES = ["a", "b", "c", "d", "true", "false", "0", "x:y", "", "${", "9" * 40, "One", "P1", "\u00e9"]
SLOWEST = 2.0


def soup(choice: random.Random) -> bytes:
    """A file of random elements in one another, with random references between few ids."""
    root = etree.Element(f"{{{BPMN}}}definitions", {"targetNamespace": "t"}, nsmap={None: BPMN})
    places = [root]
    for _ in range(choice.randint(1, 60)):
        given = {choice.choice(KEYS): choice.choice(VALUES) for _ in range(choice.randint(0, 5))}
        element = etree.SubElement(choice.choice(places), f"{{{BPMN}}}{choice.choice(NAMES)}", given)
        element.text = choice.choice(VALUES)
        places.append(element)
    return etree.tostring(root)


def checked(content: bytes) -> float:
    """Check a file; the seconds that this thread worked on it."""
    began = time.thread_time()
    for finding in check_diagram("file.bpmn", content):
        assert finding.message_vi
        assert finding.message_en
    return time.thread_time() - began


def test_thousands_of_random_elements_end_in_findings():
    choice = random.Random(20100524)
    assert max(checked(soup(choice)) for _ in range(2_000)) < SLOWEST


@settings(max_examples=100)
@given(seed=st.integers(0, 2**32))
def test_any_soup_of_elements_ends_in_findings(seed):
    assert checked(soup(random.Random(seed))) < SLOWEST


@settings(max_examples=200)
@given(seed=st.integers(0, 2**32))
def test_damaged_bytes_of_real_diagrams_end_in_findings(seed):
    choice = random.Random(seed)
    file = choice.choice(sorted((PROJECT / "processes").rglob("*.bpmn")))
    content = bytearray(file.read_bytes())
    for _ in range(choice.randint(1, 8)):
        at = choice.randrange(len(content))
        if choice.random() < 0.5:
            content[at] = choice.randrange(256)
        else:
            del content[at : at + choice.randint(1, 200)]
    assert checked(bytes(content)) < SLOWEST


@settings(max_examples=200)
@given(content=st.binary(max_size=400))
def test_any_bytes_end_in_findings(content):
    assert checked(content) < SLOWEST
    assert checked(HEAD + content + b"</definitions>") < SLOWEST


def many(template: str, number: int) -> bytes:
    return "".join(template.format(n=n, next=n + 1) for n in range(number)).encode()


HOSTILE = {
    "ten megabytes of nothing": HEAD + b" " * 10_000_000 + b"</definitions>",
    "ten megabytes of zeros": b"\0" * 10_000_000,
    "deeper than any diagram": HEAD + b"<process>" + b"<subProcess>" * 100_000,
    "deep and whole": HEAD
    + b"<process id='p'>"
    + b"<subProcess>" * 240
    + b"</subProcess>" * 240
    + b"</process></definitions>",
    "a long chain": HEAD
    + b"<process id='p' isExecutable='true'>"
    + many("<task id='a{n}'/><sequenceFlow id='f{n}' sourceRef='a{n}' targetRef='a{next}'/>", 9_900)
    + b"</process></definitions>",
    "all flows at one task": HEAD
    + b"<process id='p'><task id='a'>"
    + many("<incoming>f{n}</incoming><outgoing>f{n}</outgoing>", 6_600)
    + b"</task>"
    + many("<sequenceFlow id='f{n}' sourceRef='a' targetRef='a'/>", 6_600)
    + b"</process></definitions>",
    "all events at one task": HEAD
    + b"<process id='p'><task id='a'/>"
    + many("<boundaryEvent id='b{n}' attachedToRef='a'><compensateEventDefinition/></boundaryEvent>", 6_600)
    + many("<association id='s{n}' sourceRef='b{n}' targetRef='a'/>", 6_600)
    + b"</process></definitions>",
    "all attributes at one task": HEAD
    + b"<process id='p'><task "
    + many("a{n}='' ", 20_000)
    + b"/></process></definitions>",
    "parallel blocks in a row": HEAD
    + b"<process id='p' isExecutable='true'><startEvent id='s'/><sequenceFlow id='f' sourceRef='s' targetRef='a0'/>"
    + many(
        "<parallelGateway id='a{n}'/><task id='b{n}'/><task id='c{n}'/><parallelGateway id='d{n}'/>"
        "<sequenceFlow id='e{n}' sourceRef='a{n}' targetRef='b{n}'/>"
        "<sequenceFlow id='g{n}' sourceRef='a{n}' targetRef='c{n}'/>"
        "<sequenceFlow id='h{n}' sourceRef='b{n}' targetRef='d{n}'/>"
        "<sequenceFlow id='i{n}' sourceRef='c{n}' targetRef='d{n}'/>"
        "<sequenceFlow id='j{n}' sourceRef='d{n}' targetRef='a{next}'/>",
        880,
    )
    + b"<endEvent id='a880'/></process></definitions>",
    "calls of one process with much data": HEAD
    + b"<process id='q'><ioSpecification>"
    + many("<dataInput id='d{n}'/>", 3_000)
    + b"<inputSet/><outputSet/></ioSpecification></process><process id='p'>"
    + many("<callActivity id='c{n}' calledElement='q'/>", 3_000)
    + b"</process></definitions>",
    "entities": b"<!DOCTYPE a [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>" + HEAD + b"&b;</definitions>",
    "imports without end": HEAD
    + many(f"<import namespace='n{{n}}' location='x{{n}}' importType='{BPMN}'/>", 19_000)
    + b"</definitions>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_answered_within_two_seconds(name):
    """Three tries: a busy machine makes the processor's seconds longer, too."""
    assert any(checked(HOSTILE[name]) < SLOWEST for _ in range(3))

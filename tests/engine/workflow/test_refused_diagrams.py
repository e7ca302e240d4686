"""A diagram with a mistake is refused before it is published: file, line, element, rule, and what to do."""

from __future__ import annotations

import pytest

from engine.workflow import DiagramRefused, read_definition
from tests.engine.workflow.conftest import (
    around,
    begin,
    boundary,
    element,
    end,
    event,
    flow,
    loop,
    script,
    timer,
    user,
    way,
)


def test_a_sound_diagram_is_accepted(draw, rules):
    assert rules(*draw.around(draw.user("x"))) == []


def test_a_finding_says_where_what_and_how_to_mend_it(draw):
    line = (draw.begin(), "\n\n", draw.user("x", name="Thụ lý"), draw.user("y"), draw.end())
    content = draw.file(draw.process(*line, draw.way("begin", "x"), draw.way("begin", "y", "end")))
    with pytest.raises(DiagramRefused) as refused:
        read_definition({"examine.bpmn": content}, "p")
    (finding,) = refused.value.findings
    assert (finding.rule, finding.file, finding.line, finding.element_id) == ("no-way-out", "examine.bpmn", 6, "x")
    assert "Thụ lý" in finding.message_vi
    assert finding.remedy_vi
    assert finding.remedy_en
    assert str(finding).startswith("examine.bpmn:6: x: no-way-out: ")


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "xml-malformed"),
        (b"<a><b></a>", "xml-malformed"),
        (b"\xff\xfe\x00", "xml-malformed"),
        (b"<html/>", "not-bpmn"),
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "xml-doctype"),
        (b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "xml-doctype"),
        (b"<a>" + b" " * 4_000_001 + b"</a>", "xml-too-large"),
        (b"<a>" + b"<b/>" * 50_001 + b"</a>", "xml-too-large"),
    ],
    ids=["empty", "malformed", "not text", "html", "entities", "external", "large", "many elements"],
)
def test_a_file_that_is_no_diagram_is_refused(rules, content, rule):
    assert rules(raw={"p.bpmn": content}) == [rule]


def test_every_broken_file_is_named(draw):
    with pytest.raises(DiagramRefused) as refused:
        read_definition({"a.bpmn": b"<a>", "b.dmn": b"<b>", "p.bpmn": draw.file(draw.process(draw.begin()))}, "p")
    assert [finding.file for finding in refused.value.findings] == ["a.bpmn", "b.dmn"]


def test_a_process_that_is_not_executable_is_said_to_be(draw, rules):
    parts = draw.around(draw.user("x"))
    assert rules(raw={"p.bpmn": draw.file(draw.process(*parts, executable=False))}) == ["process-not-executable"]
    with pytest.raises(DiagramRefused, match="process-not-executable"):
        read_definition({"p.bpmn": draw.file(draw.process(*parts, executable=False))})
    assert rules(raw={"p.bpmn": draw.file(draw.process(*parts, id="q"))}) == ["process-missing"]
    with pytest.raises(DiagramRefused, match="there are: “q”"):
        read_definition({"p.bpmn": draw.file(draw.process(*parts, id="q"))}, "p")


def test_the_main_process_is_the_one_that_no_other_calls(draw):
    called = draw.file(draw.process(*draw.around(draw.user("y"), ids=("y",)), id="called"))
    main = draw.file(draw.process(*draw.around(draw.element("callActivity", "x", calledElement="called")), id="main"))
    assert read_definition({"a.bpmn": called, "b.bpmn": main}).process_id == "main"
    with pytest.raises(DiagramRefused, match="found 2"):
        read_definition({"a.bpmn": called, "b.bpmn": draw.file(draw.process(*draw.around(draw.user("x")), id="other"))})


INNER = begin("ib") + end("ie") + way("ib", "ie")
GATE = (
    begin(),
    element("exclusiveGateway", "g"),
    user("x"),
    user("y"),
    end(),
    way("begin", "g"),
    way("x", "end"),
    way("y", "end"),
)
COMPENSATION = "<bpmn:compensateEventDefinition/>"


def sub_process(inside: str) -> str:
    return element("subProcess", "x", inside)


BROKEN: dict[str, tuple[str, tuple[str, ...]]] = {
    "flow to nothing": ("dangling-reference", (*around(user("x")), flow("x", "nowhere", None, "lost"))),
    "flow from nothing": ("dangling-reference", (*around(user("x")), flow("nowhere", "x", None, "lost"))),
    "default that is no flow": (
        "dangling-reference",
        (
            *GATE[:1],
            element("exclusiveGateway", "g", default="lost"),
            *GATE[2:],
            flow("g", "x", "${n}"),
            flow("g", "y", "${m}"),
        ),
    ),
    "boundary of nothing": (
        "dangling-reference",
        (*around(user("x")), boundary("t", "lost", timer("P1D")), way("t", "end")),
    ),
    "boundary of a gateway": (
        "boundary-host",
        (*around(element("parallelGateway", "x")), boundary("t", "x", timer("P1D")), way("t", "end")),
    ),
    "link without a target": (
        "dangling-reference",
        (*around(user("x")), element("intermediateThrowEvent", "out", "<bpmn:linkEventDefinition name='L'/>")),
    ),
    "same id twice": ("duplicate-id", (*around(user("x")), user("x"))),
    "unreachable": ("unreachable", (*around(user("x")), user("alone"), way("alone", "end"))),
    "no way out": ("no-way-out", (*around(user("x")), boundary("t", "x", timer("P1D")))),
    "a circle without an end": (
        "no-way-out",
        (begin(), element("exclusiveGateway", "g"), user("x"), way("begin", "g", "x", "g")),
    ),
    "two starts": ("start-event-single", (*around(user("x")), begin("second"), way("second", "x"))),
    "a sub-process that starts by a timer": (
        "event-not-supported",
        around(sub_process(element("startEvent", "ib", timer("P1D")) + end("ie") + way("ib", "ie"))),
    ),
    "flow into a start": ("event-has-incoming", (*around(user("x")), flow("x", "begin"))),
    "flow out of an end": ("end-event-has-outgoing", (*around(user("x")), flow("end", "x"))),
    "a condition behind a parallel gateway": (
        "condition-without-gateway",
        (begin(), element("parallelGateway", "x"), end(), way("begin", "x"), flow("x", "end", "${n}")),
    ),
    "a flow without a condition": ("gateway-flow-without-condition", (*GATE, flow("g", "x", "${n}"), flow("g", "y"))),
    "standard loop": ("loop-without-condition", around(user("x", "<bpmn:standardLoopCharacteristics/>"))),
    "a loop of no round": (
        "loop-maximum",
        around(user("x", "<bpmn:standardLoopCharacteristics loopMaximum='-1'/>")),
    ),
    "a cycle in the flow": (
        "timer-cycle-in-flow",
        around(element("intermediateCatchEvent", "x", timer("R3/PT1H", "timeCycle"))),
    ),
    "token quantity": ("token-quantity", around(user("x", completionQuantity="0"))),
    "event sub-process without a trigger": (
        "event-not-supported",
        (*around(user("x")), element("subProcess", "s", INNER, triggeredByEvent="true")),
    ),
    "cancel outside a transaction": (
        "event-not-supported",
        (begin(), user("x"), end("end", "<bpmn:cancelEventDefinition/>"), way("begin", "x", "end")),
    ),
    "cancel that nothing catches": (
        "cancel-without-boundary",
        around(
            element(
                "transaction",
                "x",
                begin("ib") + end("ie", "<bpmn:cancelEventDefinition/>") + way("ib", "ie"),
            )
        ),
    ),
    "compensation of an unknown activity": (
        "dangling-reference",
        around(element("intermediateThrowEvent", "x", "<bpmn:compensateEventDefinition activityRef='lost'/>")),
    ),
    "compensation of an event sub-process": (
        "dangling-reference",
        (
            *around(element("intermediateThrowEvent", "x", "<bpmn:compensateEventDefinition activityRef='handler'/>")),
            element("subProcess", "handler", element("startEvent", "s", COMPENSATION), triggeredByEvent="true"),
        ),
    ),
    "compensation": ("compensation-handler", (*around(user("x")), boundary("c", "x", COMPENSATION), way("c", "end"))),
    "error in the middle": (
        "event-not-supported",
        around(element("intermediateThrowEvent", "x", event("error", "error_a"))),
    ),
    "task behind an event gateway": (
        "event-gateway-target",
        around(element("eventBasedGateway", "x"), user("y"), ids=("x", "y")),
    ),
    "unknown called process": ("unknown-called-process", around(element("callActivity", "x", calledElement="lost"))),
    "mapping without a target": (
        "call-mapping",
        around(element("callActivity", "x", calledElement="p", extra="<camunda:in source='n'/>")),
    ),
    "calls itself": ("call-circle", around(element("callActivity", "x", calledElement="p"))),
    "unknown decision": ("unknown-decision", around(element("businessRuleTask", "x", camunda__decisionRef="lost"))),
    "no decision": ("unknown-decision", around(element("businessRuleTask", "x"))),
    "unknown result mapping": (
        "decision-mapping",
        around(element("businessRuleTask", "x", camunda__decisionRef="d", camunda__mapDecisionResult="some")),
    ),
    "unknown message": ("unknown-message", around(element("receiveTask", "x", messageRef="lost"))),
    "no message": ("unknown-message", around(element("receiveTask", "x"))),
    "unknown signal": ("unknown-signal", around(element("intermediateThrowEvent", "x", event("signal", "lost")))),
    "unknown error": (
        "unknown-error",
        (*around(sub_process(INNER)), boundary("c", "x", event("error", "lost")), way("c", "end")),
    ),
    "service without topic": ("service-implementation", around(element("serviceTask", "x", camunda__type="external"))),
    "Java service": (
        "service-implementation",
        around(element("serviceTask", "x", **{"camunda__class": "java.lang.Runtime"})),
    ),
    "loop over nothing": ("multi-instance-without-collection", around(user("x", loop()))),
    "script in a parameter": (
        "script-parameter",
        around(
            user(
                "x",
                extra="<camunda:inputOutput><camunda:inputParameter name='n'><camunda:script>1"
                "</camunda:script></camunda:inputParameter></camunda:inputOutput>",
            )
        ),
    ),
    "condition that cannot be read": (
        "expression-syntax",
        (*GATE, flow("g", "x", "${n ==}"), flow("g", "y", "${open('/etc/passwd').read()}")),
    ),
    "parameter that cannot be read": ("expression-syntax", around(user("x", writes={"v": "${1 +}"}))),
    "unclosed expression": ("expression-syntax", around(user("x", writes={"v": "Chào ${name"}))),
    "property that cannot be read": (
        "expression-syntax",
        around(user("x", extra="<camunda:properties><camunda:property name='n' value='${1 +'/></camunda:properties>")),
    ),
    "role that cannot be read": ("expression-syntax", around(user("x", camunda__candidateGroups="${a b}"))),
    "collection that cannot be read": ("expression-syntax", around(user("x", loop("${a b}", "v")))),
    "due date that cannot be read": ("timer-syntax", around(user("x", camunda__dueDate="in three days"))),
    "duration that cannot be read": ("timer-syntax", around(element("intermediateCatchEvent", "x", timer("14 days")))),
    "duration in quotes": ("timer-syntax", around(element("intermediateCatchEvent", "x", timer('"P14D"')))),
    "date that cannot be read": (
        "timer-syntax",
        around(element("intermediateCatchEvent", "x", timer("P3D", "timeDate"))),
    ),
    "cycle that cannot be read": (
        "timer-syntax",
        around(element("intermediateCatchEvent", "x", timer("0 0 * * *", "timeCycle"))),
    ),
    "endless cycle": ("timer-syntax", around(element("intermediateCatchEvent", "x", timer("R/PT0S", "timeCycle")))),
    "timer without a time": (
        "timer-without-time",
        around(element("intermediateCatchEvent", "x", "<bpmn:timerEventDefinition/>")),
    ),
    "Python script": ("script-syntax", around(script("x", "import os\nos.system('id')"))),
    "empty script": ("script-syntax", around(element("scriptTask", "x"))),
}
"""What is wrong with a diagram: the rule that says so, and the parts of the process."""


@pytest.mark.parametrize(("rule", "parts"), BROKEN.values(), ids=BROKEN)
def test_a_broken_diagram_is_refused_by_its_rule(rules, rule, parts):
    assert rule in rules(*parts)


def test_the_same_user_task_id_in_two_processes_is_refused(draw, rules):
    called = draw.file(draw.process(*draw.around(draw.user("same"), ids=("same",)), id="called"))
    parts = draw.around(draw.element("callActivity", "x", calledElement="called"), draw.user("same"), ids=("x", "same"))
    assert rules(*parts, called__bpmn=called) == ["duplicate-id"]


def test_processes_that_call_each_other_in_a_circle_are_refused(draw, rules):
    def calls(name: str, *called: str) -> bytes:
        ids = [f"c{number}" for number in range(len(called))]
        parts = [draw.element("callActivity", each, calledElement=to) for each, to in zip(ids, called, strict=True)]
        return draw.file(draw.process(*draw.around(*parts, ids=tuple(ids)), id=name))

    assert rules(raw={"p": calls("p", "q"), "q": calls("q", "r"), "r": calls("r", "q")}) == ["call-circle"]
    ladder = {f"q{n}": calls(f"q{n}", f"q{n + 1}", f"q{n + 1}") for n in range(40)}
    last = draw.file(draw.process(*draw.around(draw.user("x")), id="q40"))
    assert rules(raw={"p": calls("p", "q0"), "q40": last} | ladder) == []


def test_lanes_are_read_innermost_first_and_inherited_by_sub_processes(draw):
    lanes = (
        "<bpmn:laneSet id='ls'><bpmn:lane id='l1' name='Bưu điện'><bpmn:flowNodeRef>s</bpmn:flowNodeRef></bpmn:lane>"
        "<bpmn:lane id='l2' name='Cơ quan'><bpmn:flowNodeRef>y</bpmn:flowNodeRef>"
        "<bpmn:flowNodeRef>deep</bpmn:flowNodeRef><bpmn:childLaneSet id='c'>"
        "<bpmn:lane id='l3' name='Lãnh đạo'><bpmn:flowNodeRef>y</bpmn:flowNodeRef>"
        "</bpmn:lane></bpmn:childLaneSet></bpmn:lane></bpmn:laneSet>"
    )
    inside = (
        draw.begin("ib")
        + draw.user("inner")
        + draw.user("deep")
        + draw.end("ie")
        + draw.way("ib", "inner", "deep", "ie")
    )
    definition = draw.read(
        lanes,
        draw.begin(),
        draw.element("subProcess", "s", inside),
        draw.user("y"),
        draw.end(),
        draw.way("begin", "s", "y", "end"),
    )
    assert {task.id: task.lane for task in definition.user_tasks.values()} == {
        "inner": "Bưu điện",
        "deep": "Cơ quan",
        "y": "Lãnh đạo",
    }


def test_a_definition_tells_what_its_callers_must_know(draw):
    called = draw.process(*draw.around(draw.user("inner", camunda__formKey="inner"), ids=("inner",)), id="called")
    definition = draw.read(
        "<bpmn:documentation>Khai báo</bpmn:documentation><bpmn:extensionElements><camunda:properties>"
        "<camunda:property name='code' value='2.000134'/></camunda:properties></bpmn:extensionElements>",
        draw.begin(),
        draw.element("serviceTask", "register", camunda__type="external", camunda__topic="register_dossier"),
        draw.element("callActivity", "call", calledElement="called"),
        draw.element("receiveTask", "wait", messageRef="message_a"),
        draw.end(),
        draw.way("begin", "register", "call", "wait", "end"),
        called__bpmn=draw.file(called),
        fees__dmn=draw.table("fees", ["n"], ["v"], [("-", "1")]),
    )
    assert (definition.process_id, definition.documentation) == ("p", "Khai báo")
    assert definition.properties == {"code": "2.000134"}
    assert {task.id: task.process_id for task in definition.user_tasks.values()} == {"inner": "called"}
    assert definition.service_topics == {"register_dossier"}
    assert definition.messages == {"a": {"wait"}}
    assert definition.forms == {"inner"}
    assert definition.element_names["register"] == "register"
    assert definition.decisions == {"fees": "fees"}

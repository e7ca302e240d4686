"""A diagram with a mistake is refused before it is published: file, line, element, rule, and what to do."""

from __future__ import annotations

import pytest

from engine.workflow import DiagramRefused, read_definition


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


def test_the_main_process_is_the_one_that_no_other_calls(draw):
    called = draw.file(draw.process(*draw.around(draw.user("y"), ids=("y",)), id="called"))
    main = draw.file(draw.process(*draw.around(draw.element("callActivity", "x", calledElement="called")), id="main"))
    assert read_definition({"a.bpmn": called, "b.bpmn": main}).process_id == "main"
    with pytest.raises(DiagramRefused, match="found 2"):
        read_definition({"a.bpmn": called, "b.bpmn": draw.file(draw.process(*draw.around(draw.user("x")), id="other"))})


def broken(draw) -> dict[str, tuple[str, tuple[str, ...]]]:
    b, e, u, f, w, el = draw.begin(), draw.end(), draw.user, draw.flow, draw.way, draw.element
    a = lambda *middle, **more: draw.around(*middle, **more)  # noqa: E731
    gate = (b, el("exclusiveGateway", "g"), u("x"), u("y"), e, w("begin", "g"), w("x", "end"), w("y", "end"))
    sub = "<bpmn:subProcess id='x'>{}</bpmn:subProcess>".format
    inner = draw.begin("ib") + draw.end("ie") + w("ib", "ie")
    compensation = "<bpmn:compensateEventDefinition/>"
    return {
        "flow to nothing": ("dangling-reference", (*a(u("x")), f("x", "nowhere", None, "lost"))),
        "flow from nothing": ("dangling-reference", (*a(u("x")), f("nowhere", "x", None, "lost"))),
        "default that is no flow": (
            "dangling-reference",
            (
                *gate[:1],
                el("exclusiveGateway", "g", default="lost"),
                *gate[2:],
                f("g", "x", "${n}"),
                f("g", "y", "${m}"),
            ),
        ),
        "boundary of nothing": (
            "dangling-reference",
            (*a(u("x")), draw.boundary("t", "lost", draw.timer("P1D")), w("t", "end")),
        ),
        "boundary of a gateway": (
            "boundary-host",
            (*a(el("parallelGateway", "x")), draw.boundary("t", "x", draw.timer("P1D")), w("t", "end")),
        ),
        "link without a target": (
            "dangling-reference",
            (*a(u("x")), el("intermediateThrowEvent", "out", "<bpmn:linkEventDefinition name='L'/>")),
        ),
        "same id twice": ("duplicate-id", (*a(u("x")), u("x"))),
        "unreachable": ("unreachable", (*a(u("x")), u("alone"), w("alone", "end"))),
        "no way out": ("no-way-out", (*a(u("x")), draw.boundary("t", "x", draw.timer("P1D")))),
        "a circle without an end": ("no-way-out", (b, el("exclusiveGateway", "g"), u("x"), w("begin", "g", "x", "g"))),
        "two starts": ("start-event-single", (*a(u("x")), draw.begin("second"), w("second", "x"))),
        "a sub-process that starts by a timer": (
            "event-not-supported",
            a(sub(el("startEvent", "ib", draw.timer("P1D")) + draw.end("ie") + w("ib", "ie"))),
        ),
        "flow into a start": ("event-has-incoming", (*a(u("x")), f("x", "begin"))),
        "flow out of an end": ("end-event-has-outgoing", (*a(u("x")), f("end", "x"))),
        "a condition behind a parallel gateway": (
            "condition-without-gateway",
            (b, el("parallelGateway", "x"), e, w("begin", "x"), f("x", "end", "${n}")),
        ),
        "a flow without a condition": ("gateway-flow-without-condition", (*gate, f("g", "x", "${n}"), f("g", "y"))),
        "standard loop": ("loop-without-condition", a(u("x", "<bpmn:standardLoopCharacteristics/>"))),
        "a loop of no round": (
            "loop-maximum",
            a(u("x", "<bpmn:standardLoopCharacteristics loopMaximum='-1'/>")),
        ),
        "a cycle in the flow": (
            "timer-cycle-in-flow",
            a(el("intermediateCatchEvent", "x", draw.timer("R3/PT1H", "timeCycle"))),
        ),
        "token quantity": ("token-quantity", a(u("x", completionQuantity="0"))),
        "event sub-process without a trigger": (
            "event-not-supported",
            (*a(u("x")), el("subProcess", "s", inner, triggeredByEvent="true")),
        ),
        "cancel outside a transaction": (
            "event-not-supported",
            (b, u("x"), draw.end("end", "<bpmn:cancelEventDefinition/>"), w("begin", "x", "end")),
        ),
        "cancel that nothing catches": (
            "cancel-without-boundary",
            a(
                el(
                    "transaction",
                    "x",
                    draw.begin("ib") + draw.end("ie", "<bpmn:cancelEventDefinition/>") + w("ib", "ie"),
                )
            ),
        ),
        "compensation of an unknown activity": (
            "dangling-reference",
            a(el("intermediateThrowEvent", "x", "<bpmn:compensateEventDefinition activityRef='lost'/>")),
        ),
        "compensation": ("compensation-handler", (*a(u("x")), draw.boundary("c", "x", compensation), w("c", "end"))),
        "error in the middle": (
            "event-not-supported",
            a(el("intermediateThrowEvent", "x", draw.event("error", "error_a"))),
        ),
        "task behind an event gateway": (
            "event-gateway-target",
            a(el("eventBasedGateway", "x"), u("y"), ids=("x", "y")),
        ),
        "unknown called process": ("unknown-called-process", a(el("callActivity", "x", calledElement="lost"))),
        "mapping without a target": (
            "call-mapping",
            a(el("callActivity", "x", calledElement="p", extra="<camunda:in source='n'/>")),
        ),
        "calls itself": ("call-circle", a(el("callActivity", "x", calledElement="p"))),
        "unknown decision": ("unknown-decision", a(el("businessRuleTask", "x", camunda__decisionRef="lost"))),
        "no decision": ("unknown-decision", a(el("businessRuleTask", "x"))),
        "unknown result mapping": (
            "decision-mapping",
            a(el("businessRuleTask", "x", camunda__decisionRef="d", camunda__mapDecisionResult="some")),
        ),
        "unknown message": ("unknown-message", a(el("receiveTask", "x", messageRef="lost"))),
        "no message": ("unknown-message", a(el("receiveTask", "x"))),
        "unknown signal": ("unknown-signal", a(el("intermediateThrowEvent", "x", draw.event("signal", "lost")))),
        "unknown error": (
            "unknown-error",
            (*a(sub(inner)), draw.boundary("c", "x", draw.event("error", "lost")), w("c", "end")),
        ),
        "service without topic": ("service-implementation", a(el("serviceTask", "x", camunda__type="external"))),
        "Java service": (
            "service-implementation",
            a(el("serviceTask", "x", **{"camunda__class": "java.lang.Runtime"})),
        ),
        "loop over nothing": ("multi-instance-without-collection", a(u("x", draw.loop()))),
        "script in a parameter": (
            "script-parameter",
            a(
                u(
                    "x",
                    extra="<camunda:inputOutput><camunda:inputParameter name='n'><camunda:script>1"
                    "</camunda:script></camunda:inputParameter></camunda:inputOutput>",
                )
            ),
        ),
        "condition that cannot be read": (
            "expression-syntax",
            (*gate, f("g", "x", "${n ==}"), f("g", "y", "${open('/etc/passwd').read()}")),
        ),
        "parameter that cannot be read": ("expression-syntax", a(u("x", writes={"v": "${1 +}"}))),
        "unclosed expression": ("expression-syntax", a(u("x", writes={"v": "Chào ${name"}))),
        "property that cannot be read": (
            "expression-syntax",
            a(u("x", extra="<camunda:properties><camunda:property name='n' value='${1 +'/></camunda:properties>")),
        ),
        "role that cannot be read": ("expression-syntax", a(u("x", camunda__candidateGroups="${a b}"))),
        "collection that cannot be read": ("expression-syntax", a(u("x", draw.loop("${a b}", "v")))),
        "due date that cannot be read": ("timer-syntax", a(u("x", camunda__dueDate="in three days"))),
        "duration that cannot be read": ("timer-syntax", a(el("intermediateCatchEvent", "x", draw.timer("14 days")))),
        "duration in quotes": ("timer-syntax", a(el("intermediateCatchEvent", "x", draw.timer('"P14D"')))),
        "date that cannot be read": (
            "timer-syntax",
            a(el("intermediateCatchEvent", "x", draw.timer("P3D", "timeDate"))),
        ),
        "cycle that cannot be read": (
            "timer-syntax",
            a(el("intermediateCatchEvent", "x", draw.timer("0 0 * * *", "timeCycle"))),
        ),
        "endless cycle": ("timer-syntax", a(el("intermediateCatchEvent", "x", draw.timer("R/PT0S", "timeCycle")))),
        "timer without a time": (
            "timer-without-time",
            a(el("intermediateCatchEvent", "x", "<bpmn:timerEventDefinition/>")),
        ),
        "Python script": ("script-syntax", a(draw.script("x", "import os\nos.system('id')"))),
        "empty script": ("script-syntax", a(el("scriptTask", "x"))),
    }


NAMES = [
    "flow to nothing",
    "flow from nothing",
    "default that is no flow",
    "boundary of nothing",
    "boundary of a gateway",
    "link without a target",
    "same id twice",
    "unreachable",
    "no way out",
    "a circle without an end",
    "two starts",
    "a sub-process that starts by a timer",
    "flow into a start",
    "flow out of an end",
    "a condition behind a parallel gateway",
    "a flow without a condition",
    "event sub-process without a trigger",
    "cancel outside a transaction",
    "cancel that nothing catches",
    "compensation of an unknown activity",
    "token quantity",
    "standard loop",
    "a loop of no round",
    "a cycle in the flow",
    "compensation",
    "error in the middle",
    "task behind an event gateway",
    "unknown called process",
    "mapping without a target",
    "calls itself",
    "unknown decision",
    "no decision",
    "unknown result mapping",
    "unknown message",
    "no message",
    "unknown signal",
    "unknown error",
    "service without topic",
    "Java service",
    "loop over nothing",
    "script in a parameter",
    "condition that cannot be read",
    "parameter that cannot be read",
    "unclosed expression",
    "property that cannot be read",
    "role that cannot be read",
    "collection that cannot be read",
    "due date that cannot be read",
    "duration that cannot be read",
    "duration in quotes",
    "date that cannot be read",
    "cycle that cannot be read",
    "endless cycle",
    "timer without a time",
    "Python script",
    "empty script",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_diagram_is_refused_by_its_rule(draw, rules, name):
    rule, parts = broken(draw)[name]
    assert rule in rules(*parts)


def test_every_broken_diagram_above_is_tried(draw):
    assert sorted(broken(draw)) == sorted(NAMES)


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

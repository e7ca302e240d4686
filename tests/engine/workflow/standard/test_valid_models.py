"""What is unusual but allowed is not refused: two ways to say one thing, and what the standard leaves open."""

from __future__ import annotations

import pytest

from engine.workflow import check_diagram

TYPES = "<itemDefinition id='one' structureRef='xsd:string'/><itemDefinition id='alike' structureRef='xsd:string'/>"
MESSAGE = f"{TYPES}<message id='request' itemRef='one'/>"


def process(body: str, attributes: str = "") -> str:
    return f"<process id='p' {attributes}>{body}</process>"


def takes(item: str) -> str:
    return (
        f"<ioSpecification><dataInput id='i' itemSubjectRef='{item}'/><inputSet><dataInputRefs>i</dataInputRefs>"
        "</inputSet><outputSet/></ioSpecification>"
    )


VALID = {
    "a send task whose data is of an equivalent type": MESSAGE
    + process(f"<sendTask id='a' messageRef='request'>{takes('alike')}</sendTask>"),
    "a service task whose data is of an equivalent type": MESSAGE
    + "<interface id='offer' name='offer'><operation id='ask' name='ask'><inMessageRef>request</inMessageRef>"
    "</operation></interface>" + process(f"<serviceTask id='a' operationRef='ask'>{takes('alike')}</serviceTask>"),
    "a data association between equivalent types": TYPES
    + process(
        f"<dataObject id='d' itemSubjectRef='one'/><task id='a'>{takes('alike')}<dataInputAssociation>"
        "<sourceRef>d</sourceRef><targetRef>i</targetRef></dataInputAssociation></task>"
    ),
    "an event whose data is of an equivalent type": TYPES
    + "<signal id='seen' structureRef='one'/>"
    + process(
        "<startEvent id='a'><dataOutput id='i' itemSubjectRef='alike'/><signalEventDefinition signalRef='seen'/>"
        "</startEvent><endEvent id='c'/>[a > c]"
    ),
    "several throwing links to one target": process(
        "<startEvent id='start'/><intermediateThrowEvent id='a'>"
        "<linkEventDefinition id='la' name='1'><target>lc</target></linkEventDefinition>"
        "</intermediateThrowEvent><intermediateThrowEvent id='b'>"
        "<linkEventDefinition id='lb' name='2'><target>lc</target></linkEventDefinition></intermediateThrowEvent>"
        "<intermediateCatchEvent id='c'><linkEventDefinition id='lc' name='3'><source>la</source><source>lb</source>"
        "</linkEventDefinition></intermediateCatchEvent><endEvent id='end'/>[start > a][start > b][c > end]"
    ),
    "messages between processes and a choreography": (
        "<choreography id='ch'><participant id='pa'/><participant id='pb'/>"
        "<messageFlow id='mf' sourceRef='pa' targetRef='pb'/><choreographyTask id='t' initiatingParticipantRef='pa'>"
        "<participantRef>pa</participantRef><participantRef>pb</participantRef><messageFlowRef>mf</messageFlowRef>"
        "</choreographyTask></choreography><collaboration id='c'><participant id='pp' processRef='p'/>"
        "<messageFlow id='mg' sourceRef='a' targetRef='t'/><choreographyRef>ch</choreographyRef></collaboration>"
    )
    + process("<task id='a'/>"),
    "two flows from an event-based gateway to one event": process(
        "<startEvent id='a'/><eventBasedGateway id='g'/><receiveTask id='b'/><receiveTask id='c'/><endEvent id='z'/>"
        "[a > g > b > z][g > c > z]<sequenceFlow id='again' sourceRef='g' targetRef='c'/>"
    ),
    "an event without flows in an ad-hoc sub-process": process(
        "<adHocSubProcess id='h'><task id='a'/><intermediateThrowEvent id='told'/><intermediateCatchEvent id='later'>"
        "<timerEventDefinition/></intermediateCatchEvent></adHocSubProcess>"
    ),
    "a call activity of a process without data": process("<task id='x1'/>").replace("'p'", "'q'")
    + process("<callActivity id='a' calledElement='q'/>"),
}

MENTIONED = {
    "a timer without a time": (
        "executable-timer",
        process(
            "<startEvent id='a'><timerEventDefinition/></startEvent><endEvent id='b'/>[a > b]", "isExecutable='true'"
        ),
    ),
    "a signal event without a signal": (
        "executable-signal",
        process(
            "<startEvent id='a'><signalEventDefinition/></startEvent><endEvent id='b'/>[a > b]", "isExecutable='true'"
        ),
    ),
    "a script in the only language that an engine knows": (
        "script-format",
        process("<scriptTask id='a'><script>x = 1</script></scriptTask>"),
    ),
    "a data association that is written the wrong way round": (
        "data-association-reversed",
        process(
            "<dataObject id='d'/><startEvent id='a'><dataOutput id='o1'/><dataOutputAssociation>"
            "<sourceRef>d</sourceRef><targetRef>o1</targetRef></dataOutputAssociation>"
            "<signalEventDefinition signalRef='s'/></startEvent>"
            "<endEvent id='b'/>[a > b]"
        ),
    ),
}


@pytest.mark.parametrize("name", VALID)
def test_a_valid_model_is_left_alone(broken_rules, name):
    assert broken_rules(VALID[name]) == {}


@pytest.mark.parametrize("name", MENTIONED)
def test_what_is_only_advisable_is_a_warning(broken_rules, name):
    rule, body = MENTIONED[name]
    assert broken_rules(body) == {rule: "warning"}


ENGINE = b"xmlns:camunda='http://camunda.org/schema/1.0/bpmn' xmlns:foreign="


def test_what_engines_leave_out_of_their_files_is_not_missed(draw_model):
    body = process(
        "<startEvent id='a'><messageEventDefinition messageRef='m'/></startEvent><task id='b'>"
        "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></task>"
        "<serviceTask id='c' operationRef='o'/><endEvent id='d'/>[a > b > c > d]",
        "isExecutable='true'",
    )
    plain = draw_model(body)
    broken = {finding.rule for finding in check_diagram("p.bpmn", plain) if finding.severity == "error"}
    assert broken == {"executable-operation", "executable-expression", "service-task-data"}
    found = check_diagram("p.bpmn", plain.replace(b"xmlns:foreign=", ENGINE))
    assert [finding.rule for finding in found if finding.severity == "error"] == []


EXECUTABLE_ONLY = {
    "data that a send task sends with no message": (
        "message-task-data",
        TYPES + process(f"<sendTask id='a'>{takes('one')}</sendTask>"),
    ),
    "parts assigned between data of different types": (
        "data-association-types",
        TYPES
        + "<itemDefinition id='other' structureRef='xsd:int'/>"
        + process(
            f"<dataObject id='d' itemSubjectRef='one'/><task id='a'>{takes('other')}<dataInputAssociation>"
            "<sourceRef>d</sourceRef><targetRef>i</targetRef><assignment>"
            "<from xsi:type='tFormalExpression'>d/x</from><to xsi:type='tFormalExpression'>i/y</to></assignment>"
            "</dataInputAssociation></task>"
        ),
    ),
}


@pytest.mark.parametrize("name", EXECUTABLE_ONLY)
def test_what_only_a_drawing_may_leave_open_is_an_error_when_it_is_to_be_executed(broken_rules, draw_model, name):
    rule, drawn = EXECUTABLE_ONLY[name]
    executable = drawn.replace("<process id='p' ", "<process id='p' isExecutable='true' ")
    assert broken_rules(drawn) == {}
    assert broken_rules(executable) == {rule: "error"}
    found = check_diagram("p.bpmn", draw_model(executable).replace(b"xmlns:foreign=", ENGINE))
    assert rule not in {finding.rule for finding in found}


def at_a_time(text: str) -> str:
    timer = f"<timerEventDefinition><timeDate>{text}</timeDate></timerEventDefinition>"
    return process(f"<startEvent id='a'>{timer}</startEvent><endEvent id='b'/>[a > b]")


@pytest.mark.parametrize(
    "text", ["2026-12-31", "2026-01-05T24:00Z", "2026-06-30T23:59:60+07:00", "${due}", "2026-01-05T08:00:00.5+0700"]
)
def test_a_day_and_a_time_of_the_calendar_are_left_alone(broken_rules, text):
    assert broken_rules(at_a_time(text)) == {}


@pytest.mark.parametrize("text", ["2026-13-05", "2026-00-05", "2026-01-32", "2026-01-05T25:00", "2026-01-05T10:60"])
def test_a_day_or_a_time_that_no_calendar_has_is_an_error(broken_rules, text):
    assert broken_rules(at_a_time(text)) == {"timer-format": "error"}


def test_processes_that_call_each_other_in_a_circle_are_valid_and_cannot_be_run(draw_model):
    drawn = "".join(
        f"<process id='{one}' isExecutable='true'><startEvent id='s{one}'/><callActivity id='c{one}' "
        f"calledElement='{other}'/><endEvent id='e{one}'/>[s{one} > c{one} > e{one}]</process>"
        for one, other in (("p", "q"), ("q", "p"), ("r", "p"))
    )
    for runnable, severity in ((False, "warning"), (True, "error")):
        found = check_diagram("p.bpmn", draw_model(drawn), runnable=runnable)
        assert [(each.rule, each.element_id, each.severity) for each in found] == [
            ("call-circle", "cp", severity),
            ("call-circle", "cq", severity),
        ]


DECISIONS = """
<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='x' name='x' namespace='n'>
<decision id='d' name='d'><decisionTable id='t'>
<input id='i'><inputExpression><text>age</text></inputExpression></input>
<output id='o' name='o'/><rule id='r'><inputEntry><text>java.lang.Object(</text></inputEntry>
<outputEntry><text>1</text></outputEntry></rule></decisionTable></decision></definitions>
"""


def test_a_decision_that_only_another_engine_can_evaluate_is_a_warning_and_an_error_when_running_is_wanted():
    (finding,) = check_diagram("d.dmn", DECISIONS.encode())
    assert (finding.rule, finding.severity, finding.family) == ("decision-syntax", "warning", "runtime")
    (wanted,) = check_diagram("d.dmn", DECISIONS.encode(), runnable=True)
    assert wanted.severity == "error"

"""A diagram in another engine's dialect runs as it would run there, or is refused: its extensions are never ignored."""

from __future__ import annotations

import pytest

from engine.workflow import DiagramRefused, read_definition
from engine.workflow.tracing import trace

DECISIONS = """
<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='x' name='x' namespace='n'>
<decision id='d' name='d'><decisionTable id='t' hitPolicy='{policy}'>
<input id='i'><inputExpression><text>x</text></inputExpression></input><output id='o' name='o'/>
<rule id='r'><inputEntry><text>&lt; 5</text></inputEntry><outputEntry><text>9</text></outputEntry></rule>
<rule id='q'><inputEntry><text>&lt; 5</text></inputEntry><outputEntry><text>9</text></outputEntry></rule>
</decisionTable></decision></definitions>
"""


def called(draw, what: str) -> str:
    """A process `q` that a call activity can call."""
    return draw.process(draw.begin("b"), what, draw.end("e"), draw.way("b", "inside", "e"), id="q")


def zeebe_script(draw, identifier: str, expression: str) -> str:
    said = f"<zeebe:script expression='{expression}' resultVariable='x'/>"
    return draw.element("scriptTask", identifier, extra=said)


ZEEBE = {
    "a script": lambda draw: zeebe_script(draw, "a", "=x + 8"),
    "an output": lambda draw: draw.element(
        "serviceTask",
        "a",
        extra="<zeebe:taskDefinition type='t'/><zeebe:ioMapping><zeebe:input source='=x + 8' target='y'/>"
        "<zeebe:output source='=y' target='x'/></zeebe:ioMapping>",
    ),
    "an output of an event": lambda draw: draw.element(
        "intermediateThrowEvent",
        "a",
        extra="<zeebe:ioMapping><zeebe:output source='=9' target='x'/></zeebe:ioMapping>",
    ),
}


@pytest.mark.parametrize("name", ZEEBE)
def test_what_camunda_8_says_in_its_extensions_is_done(draw, ways, name):
    assert ways(ZEEBE[name](draw), condition="=x > 5") == ["a", "yes"]


def test_an_input_of_camunda_8_is_seen_by_its_task_only(draw, ways):
    mapping = "<zeebe:ioMapping><zeebe:input source='=9' target='x'/></zeebe:ioMapping>"
    assert ways(draw.element("serviceTask", "a", extra=mapping), condition="=x > 5") == ["a", "no"]


@pytest.mark.parametrize(
    ("attributes", "taken"),
    [
        ("", ["inside", "a", "yes"]),
        ("propagateAllParentVariables='true' propagateAllChildVariables='true'", ["inside", "a", "yes"]),
        ("propagateAllChildVariables='false'", ["inside", "a", "no"]),
    ],
)
def test_a_call_of_camunda_8_shares_variables_as_it_says(draw, ways, attributes, taken):
    call = draw.element("callActivity", "a", extra=f"<zeebe:calledElement processId='q' {attributes}/>")
    assert ways(call, condition="=x > 5", other=called(draw, zeebe_script(draw, "inside", "=x + 8"))) == taken


@pytest.mark.parametrize(("policy", "condition"), [("ANY", "=x > 5"), ("COLLECT", "=len(x) = 2")])
def test_a_decision_of_camunda_8_gives_a_value_or_a_list(draw, ways, policy, condition):
    said = "<zeebe:calledDecision decisionId='d' resultVariable='x'/>"
    task = draw.element("businessRuleTask", "a", extra=said)
    assert ways(task, condition=condition, d_dmn=DECISIONS.replace("{policy}", policy)) == ["a", "yes"]


def repeated(draw, expression: str, output: str) -> str:
    loop = (
        f"<bpmn:multiInstanceLoopCharacteristics isSequential='true'><bpmn:extensionElements>"
        f"<zeebe:loopCharacteristics inputCollection='=x' inputElement='one' outputCollection='all' "
        f"outputElement='{output}'/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )
    said = f"<zeebe:script expression='{expression}' resultVariable='two'/>"
    return draw.element("scriptTask", "a", loop, extra=said)


def test_instances_of_camunda_8_take_their_items_and_gather_their_results(draw, ways):
    drawn = repeated(draw, "=one * 2", "=two")
    assert ways(drawn, [1, 2, 3], "=sum(all) = 12") == ["a", "a", "a", "yes"]


@pytest.mark.parametrize(("expression", "output"), [("=loopCounter", "=two"), ("=one", "=two + 1")])
def test_what_instances_of_camunda_8_mean_otherwise_is_refused(draw, ways, expression, output):
    with pytest.raises(DiagramRefused, match="cannot be run"):
        ways(repeated(draw, expression, output), [1, 2, 3])


@pytest.mark.parametrize(
    ("marker", "times"),
    [("<zeebe:loopCharacteristics inputCollection='=x'/>", 1), ("", 2)],
    ids=["Camunda 8 undoes all instances at once", "the standard undoes every instance"],
)
def test_the_handler_of_a_repeated_task_runs_as_often_as_in_its_engine(draw, written, marker, times):
    extension = f"<bpmn:extensionElements>{marker}</bpmn:extensionElements>"
    collection = "camunda:collection='x'" if not marker else ""
    loop = f"<bpmn:multiInstanceLoopCharacteristics {collection}>{extension}</bpmn:multiInstanceLoopCharacteristics>"
    parts = (
        draw.begin(),
        draw.element("task", "a", loop),
        draw.boundary("undoing", "a", "<bpmn:compensateEventDefinition/>"),
        draw.element("task", "undo", isForCompensation="true"),
        "<bpmn:association id='line' sourceRef='undoing' targetRef='undo'/>",
        draw.end("end", "<bpmn:compensateEventDefinition/>"),
        draw.way("begin", "a", "end"),
    )
    definition = read_definition({"p.bpmn": written(draw.process(*parts))}, "p", (), plain=True)
    result = trace(definition, {"x": [1, 2]})
    assert [each.passage.element_id for each in result.elements].count("undo") == times


def test_a_mapping_into_a_record_is_refused(draw, ways):
    mapping = "<zeebe:ioMapping><zeebe:output source='=9' target='x.y'/></zeebe:ioMapping>"
    with pytest.raises(DiagramRefused, match=r"output x\.y"):
        ways(draw.element("serviceTask", "a", extra=mapping))


def test_a_timer_of_camunda_8_may_be_an_expression(draw, ways):
    assert ways(draw.element("intermediateCatchEvent", "a", draw.timer("=x")), "PT1H", "=x = 9") == ["a", "no"]


FAMILY = ("camunda", "flowable", "activiti")


@pytest.mark.parametrize("prefix", FAMILY)
def test_flowable_and_activiti_are_read_as_camunda_7_is(draw, ways, prefix):
    said = {f"{prefix}__expression": "${x + 8}", f"{prefix}__resultVariable": "x"}
    assert ways(draw.element("serviceTask", "a", **said)) == ["a", "yes"]
    mapped = f"<{prefix}:in source='x' target='y'/><{prefix}:out source='z' target='x'/>"
    call = draw.element("callActivity", "a", extra=mapped, calledElement="q")
    assert ways(call, other=called(draw, draw.script("inside", "z = y + 8"))) == ["inside", "a", "yes"]
    loop = f"<bpmn:multiInstanceLoopCharacteristics {prefix}:collection='${{x}}' {prefix}:elementVariable='y'/>"
    assert ways(draw.user("a", loop), [1, 2], "${len(x) == 2}") == ["a", "a", "yes"]


def test_results_and_inherited_variables_have_names_of_their_own_elsewhere(draw, ways):
    named = draw.element("serviceTask", "a", activiti__expression="${x + 8}", activiti__resultVariableName="x")
    assert ways(named) == ["a", "yes"]
    call = draw.element("callActivity", "a", calledElement="q", flowable__inheritVariables="true")
    inside = draw.script("inside", "z = x")
    assert ways(call, 9, other=called(draw, inside)) == ["inside", "a", "yes"]


@pytest.mark.parametrize("prefix", FAMILY)
@pytest.mark.parametrize("said", [{"class": "x.Y"}, {"delegateExpression": "${y}"}, {"type": "dmn"}])
def test_a_service_that_is_written_in_java_is_refused(draw, ways, prefix, said):
    given = {f"{prefix}__{name}": value for name, value in said.items()}
    with pytest.raises(DiagramRefused, match="service task must be"):
        ways(draw.element("serviceTask", "a", **given))


def ended(draw, written, attribute: str) -> tuple[str, list[str]]:
    """How a trace ends and what was done, where a sub-process in a called process has a terminate event."""
    terminate = draw.element("endEvent", "stop", f"<bpmn:terminateEventDefinition {attribute}/>")
    inside = draw.element("subProcess", "inner", draw.begin("ib") + terminate + draw.way("ib", "stop"))
    other = draw.process(
        draw.begin("b"),
        inside,
        draw.element("task", "after"),
        draw.end("e"),
        draw.way("b", "inner", "after", "e"),
        id="q",
    )
    call = draw.element("callActivity", "call", calledElement="q") + draw.element("task", "last")
    main = draw.process(draw.begin(), call, draw.end(), draw.way("begin", "call", "last", "end"))
    result = trace(read_definition({"p.bpmn": written(main, other)}, "p", (), plain=True), {})
    done = [each.passage.element_id for each in result.elements if each.passage.outcome == "completed"]
    return result.ended, [each for each in done if each in ("inner", "after", "call", "last")]


@pytest.mark.parametrize(
    ("attribute", "ending", "done"),
    [
        ("", "completed", ["inner", "after", "call", "last"]),
        ("drools:scope='container'", "completed", ["inner", "after", "call", "last"]),
        ("drools:scope='process'", "completed", ["call", "last"]),
        ("flowable:terminateAll='true'", "terminated", []),
        ("activiti:terminateAll='false'", "completed", ["inner", "after", "call", "last"]),
    ],
)
def test_a_terminate_event_reaches_as_far_as_its_engine_says(draw, written, attribute, ending, done):
    assert ended(draw, written, attribute) == (ending, done)


@pytest.mark.parametrize(("waits", "is_run"), [("true", True), ("false", False)])
def test_a_call_of_jbpm_that_does_not_wait_is_refused(draw, ways, waits, is_run):
    call = draw.element("callActivity", "a", calledElement="q", drools__waitForCompletion=waits)
    other = called(draw, draw.element("task", "inside"))
    if is_run:
        assert ways(call, other=other) == ["inside", "a", "no"]
    else:
        with pytest.raises(DiagramRefused, match="waitForCompletion"):
            ways(call, other=other)


def test_ending_all_instances_by_a_terminate_event_is_refused(draw, written):
    with pytest.raises(DiagramRefused, match="terminateMultiInstance"):
        ended(draw, written, "flowable:terminateMultiInstance='true'")


def test_an_external_worker_of_flowable_is_done_without_a_result(draw, ways):
    worker = draw.element("serviceTask", "a", flowable__type="external-worker", flowable__topic="work")
    assert ways(worker, 9) == ["a", "yes"]


@pytest.mark.parametrize("prefix", FAMILY)
def test_a_script_in_a_file_of_its_own_is_refused(draw, ways, prefix):
    with pytest.raises(DiagramRefused):
        ways(draw.element("scriptTask", "a", **{f"{prefix}__resource": "set.groovy"}))


BESIDE = [
    *(f"<{prefix}:executionListener event='end' expression='${{y}}'/>" for prefix in FAMILY),
    "<flowable:taskListener event='complete' class='x.Y'/>",
    "<camunda:connector><camunda:connectorId>http</camunda:connectorId></camunda:connector>",
    "<camunda:errorEventDefinition errorRef='e' expression='${true}'/>",
    "<zeebe:adHoc activeElementsCollection='=[]'/>",
    "<spiffworkflow:calledDecisionId>d</spiffworkflow:calledDecisionId>",
]


@pytest.mark.parametrize("extension", BESIDE)
def test_what_another_engine_would_do_beside_the_flow_is_refused(draw, ways, extension):
    with pytest.raises(DiagramRefused) as refused:
        ways(draw.element("userTask", "a", extra=extension))
    (finding,) = [each for each in refused.value.findings if each.severity == "error"]
    assert (finding.rule, finding.message_vi != finding.message_en) == ("extension-not-run", True)


def test_a_listener_on_a_flow_and_a_condition_in_a_file_are_refused(draw, written):
    listener = "<bpmn:extensionElements><camunda:executionListener event='take' class='x.Y'/></bpmn:extensionElements>"
    plain = draw.process(draw.begin(), draw.user("a", draw.loop("x")), draw.end(), draw.way("begin", "a", "end"))
    for inside in (listener, "<bpmn:conditionExpression camunda:resource='deployment://way.groovy'/>"):
        flow = draw.flow("a", "end")
        drawn = plain.replace(flow, flow.replace("></bpmn:sequenceFlow>", f">{inside}</bpmn:sequenceFlow>"))
        with pytest.raises(DiagramRefused, match="may change variables"):
            read_definition({"p.bpmn": written(drawn)}, "p", (), plain=True)


@pytest.mark.parametrize("prefix", FAMILY)
@pytest.mark.parametrize("name", ["class", "delegateExpression", "expression"])
def test_what_java_would_do_to_send_a_message_is_refused(draw, ways, prefix, name):
    with pytest.raises(DiagramRefused, match="may change variables"):
        ways(draw.element("sendTask", "a", **{f"{prefix}__{name}": "${x}"}))
    event = f"<bpmn:messageEventDefinition {prefix}:{name}='${{x}}'/>"
    with pytest.raises(DiagramRefused, match="may change variables"):
        ways(draw.element("intermediateThrowEvent", "a", event))

"""Data objects and associations carry values; which start event begins; conditions on what is not there yet."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from engine.workflow import read_definition
from engine.workflow.tracing import Arrival, trace


@pytest.fixture
def run(draw):
    def run(*parts: str, data=None, messages=(), others: tuple[str, ...] = ()):
        definition = read_definition({"p.bpmn": draw.file(draw.process(*parts), *others)}, "p", (), plain=True)
        result = trace(definition, data or {}, messages)
        passed = [each.passage.element_id for each in result.elements if each.passage.outcome == "completed"]
        return SimpleNamespace(ended=result.ended, ids=passed, variables=result.variables, error=result.error)

    return run


OBJECTS = """<bpmn:dataObject id="o1" name="fee"/><bpmn:dataObjectReference id="r1" dataObjectRef="o1"/>
<bpmn:dataObject id="o2"/><bpmn:dataObjectReference id="r2" name="total" dataObjectRef="o2"/>"""


def carried(direction: str, source: str, target: str) -> str:
    ends = f"<bpmn:sourceRef>{source}</bpmn:sourceRef><bpmn:targetRef>{target}</bpmn:targetRef>"
    return f"<bpmn:data{direction}Association>{ends}</bpmn:data{direction}Association>"


def specified(*names: str) -> str:
    holders = "".join(f"<bpmn:data{name} id='{id_}' name='{id_}'/>" for name, id_ in (n.split(":") for n in names))
    return f"<bpmn:ioSpecification>{holders}</bpmn:ioSpecification>"


def test_associations_carry_values_into_an_activity_and_out_of_it(draw, run):
    work = specified("Input:x", "Output:y") + carried("Input", "r1", "x") + carried("Output", "y", "r2")
    result = run(
        OBJECTS,
        draw.begin(),
        draw.element("scriptTask", "work", work + "<bpmn:script>y = x * 2</bpmn:script>"),
        draw.end(),
        draw.way("begin", "work", "end"),
        data={"fee": 4},
    )
    assert (result.ended, result.variables) == ("completed", {"fee": 4, "total": 8})


def test_an_activity_without_a_result_leaves_the_data_object_as_it_was(draw, run):
    work = specified("Output:y") + carried("Output", "y", "r1")
    result = run(
        OBJECTS, draw.begin(), draw.user("work", work), draw.end(), draw.way("begin", "work", "end"), data={"fee": 4}
    )
    assert result.variables == {"fee": 4, "total": None}


def hearing(draw, event: str, **options: str):
    return (
        draw.begin(),
        draw.element("intermediateCatchEvent", "heard", event, **options),
        draw.element("exclusiveGateway", "g", default="small"),
        draw.end("few"),
        draw.end("many"),
        draw.way("begin", "heard", "g"),
        draw.flow("g", "many", "${x > 5}"),
        draw.flow("g", "few", None, "small"),
    )


@pytest.mark.parametrize("kind", ["message", "signal"])
@pytest.mark.parametrize("called", ["a", "{}_a", "heard"], ids=["by name", "by its id", "by the id of the event"])
def test_what_comes_may_be_named_by_an_id_and_its_payload_enters_the_process(draw, run, kind, called):
    arrival = Arrival(called.format(kind), {"x": 9})
    result = run(*hearing(draw, draw.event(kind, f"{kind}_a")), data={"x": 1}, messages=[arrival])
    assert (result.ids[-1], result.variables) == ("many", {"x": 9})


def test_what_is_sent_to_a_user_task_is_its_answers_each_time_that_it_is_done(draw, run):
    parts = (
        draw.begin(),
        draw.element("exclusiveGateway", "again"),
        draw.user("ask"),
        draw.user("quiet", writes={"z": "${y}"}),
        draw.element("exclusiveGateway", "g", default="on"),
        draw.end(),
        draw.way("begin", "again", "ask", "quiet", "g"),
        draw.flow("g", "again", "${x < 5}"),
        draw.flow("g", "end", None, "on"),
    )
    sent = [Arrival("ask", {"x": 1}), Arrival("quiet", {"y": 7}), Arrival("ask", {"x": 9})]
    result = run(*parts, data={"y": 0}, messages=sent)
    assert (result.ids.count("ask"), result.ended) == (2, "completed")
    assert result.variables == {"x": 9, "y": 0, "z": 0}


def test_output_parameters_choose_from_a_payload(draw, run):
    event = draw.event("message", "message_a")
    result = run(*hearing(draw, event, writes={"y": "${x}"}), data={"x": 1}, messages=[Arrival("a", {"x": 9, "z": 2})])
    assert (result.ids[-1], result.variables) == ("few", {"x": 1, "y": 9})


def test_what_begins_a_process_brings_its_payload(draw, run):
    begin = draw.element("startEvent", "told", draw.event("message", "message_a"))
    parts = (begin, draw.element("startEvent", "timed", draw.timer("PT1H")), draw.end())
    ways = (draw.way("told", "end"), draw.way("timed", "end"))
    result = run(*parts, *ways, messages=[Arrival("message_a", {"x": 9})])
    assert (result.ids, result.variables) == (["told", "end"], {"x": 9})


@pytest.mark.parametrize(("n", "begun"), [(1, ["high", "end"]), (0, ["none", "end"]), (-1, [])])
def test_of_several_start_events_with_conditions_the_one_whose_condition_holds_begins(draw, run, n, begun):
    starts = "".join(
        draw.element(
            "startEvent",
            name,
            f"<bpmn:conditionalEventDefinition><bpmn:condition>{text}</bpmn:condition></bpmn:conditionalEventDefinition>",
        )
        + draw.way(name, "end")
        for name, text in (("unknown", "m == 1"), ("high", "n &gt; 0"), ("none", "n == 0"))
    )
    assert run(starts, draw.end(), data={"n": n}).ids == begun


def test_a_message_that_only_a_start_event_takes_begins_there_though_another_needs_none(draw, run):
    parts = (
        draw.begin("plain"),
        draw.element("startEvent", "told", draw.event("message", "message_a")),
        draw.user("work"),
        draw.end(),
        draw.way("plain", "work", "end"),
        draw.way("told", "end"),
    )
    assert run(*parts, messages=[Arrival("a")]).ids == ["told", "end"]
    hears = draw.element("receiveTask", "work", messageRef="message_a")
    parts = (*parts[:2], hears, *parts[3:])
    assert run(*parts, messages=[Arrival("a")]).ids == ["plain", "work", "end"]


@pytest.mark.parametrize("declared", ["dataObject", "property"])
@pytest.mark.parametrize(("name", "left"), [("fee", 4), ("other", 9)])
def test_a_sub_process_has_its_own_data_of_a_name_that_there_is_around_it(draw, run, declared, name, left):
    inside = (
        f"<bpmn:{declared} id='own' name='{name}'/>"
        + draw.begin("b")
        + draw.script("work", "fee = 9")
        + draw.element("exclusiveGateway", "g", default="small")
        + draw.element("task", "large")
        + draw.end("e")
        + draw.way("b", "work", "g")
        + draw.flow("g", "large", "${fee == 9}")
        + draw.flow("g", "e", None, "small")
        + draw.way("large", "e")
    )
    whole = draw.element("subProcess", "x", inside)
    result = run(OBJECTS, draw.begin(), whole, draw.end(), draw.way("begin", "x", "end"), data={"fee": 4})
    assert ("large" in result.ids, result.variables["fee"]) == (True, left)


def test_a_reference_within_a_sub_process_is_to_the_data_around_it(draw, run):
    inside = "<bpmn:dataObjectReference id='again' name='fee' dataObjectRef='o1'/>"
    inside += draw.begin("b") + draw.script("work", "fee = 9") + draw.end("e") + draw.way("b", "work", "e")
    whole = draw.element("subProcess", "x", inside)
    result = run(OBJECTS, draw.begin(), whole, draw.end(), draw.way("begin", "x", "end"), data={"fee": 4})
    assert result.variables["fee"] == 9


def test_a_call_passes_what_its_associations_name_and_nothing_else(draw, run):
    call = specified("Input:x", "Output:y") + carried("Input", "r1", "x") + carried("Output", "y", "r2")
    called = draw.process(
        draw.begin("cb"), draw.script("cs", "y = x + 1"), draw.end("ce"), draw.way("cb", "cs", "ce"), id="called"
    )
    parts = (OBJECTS, draw.begin(), draw.element("callActivity", "call", call, calledElement="called"), draw.end())
    result = run(*parts, draw.way("begin", "call", "end"), data={"fee": 4}, others=(called,))
    assert result.variables == {"fee": 4, "total": 5}


def test_instances_take_their_items_from_a_data_object_and_gather_their_results(draw, run):
    marker = (
        "<bpmn:multiInstanceLoopCharacteristics isSequential='true'><bpmn:loopDataInputRef>o1</bpmn:loopDataInputRef>"
        "<bpmn:loopDataOutputRef>o2</bpmn:loopDataOutputRef><bpmn:inputDataItem id='item' name='item'/>"
        "<bpmn:outputDataItem id='twice' name='twice'/></bpmn:multiInstanceLoopCharacteristics>"
    )
    result = run(
        OBJECTS,
        draw.begin(),
        draw.element("scriptTask", "work", marker + "<bpmn:script>twice = item * 2</bpmn:script>"),
        draw.end(),
        draw.way("begin", "work", "end"),
        data={"fee": [1, 2, 3]},
    )
    assert result.variables["total"] == [2, 4, 6]


def test_a_declared_property_is_empty_until_it_is_set(draw, run):
    declared = '<bpmn:property id="prop" name="kind"/>'
    parts = (declared, draw.begin(), draw.element("exclusiveGateway", "g", default="no"))
    result = run(*parts, draw.end("yes_end"), draw.end("no_end"), draw.way("begin", "g"),
                 draw.flow("g", "yes_end", 'kind == "x"'), draw.flow("g", "no_end", None, "no"))  # fmt: skip
    assert result.ids[-1] == "no_end"


@pytest.mark.parametrize(("messages", "first"), [((), "one"), ((Arrival("b"),), "two")])
def test_the_message_that_is_sent_chooses_among_start_events(draw, run, messages, first):
    result = run(
        draw.element("startEvent", "one", draw.event("message", "message_a")),
        draw.element("startEvent", "two", draw.event("message", "message_b")),
        draw.end(),
        draw.way("one", "end"),
        draw.way("two", "end"),
        messages=messages,
    )
    assert (result.ended, result.ids) == ("completed", [first, "end"])


def test_a_condition_on_what_nobody_has_set_is_not_yet_true(draw, run):
    waits = (
        "<bpmn:conditionalEventDefinition><bpmn:condition>${paid}</bpmn:condition></bpmn:conditionalEventDefinition>"
    )
    result = run(
        draw.begin(),
        draw.element("intermediateCatchEvent", "hear", waits),
        draw.element("intermediateCatchEvent", "later", draw.timer("P1D")),
        draw.script("pay", "paid = true"),
        draw.end(),
        draw.way("begin", "hear", "end"),
        draw.way("begin", "later", "pay", "end"),
    )
    assert (result.ended, result.ids) == ("completed", ["begin", "later", "pay", "end", "hear", "end"])

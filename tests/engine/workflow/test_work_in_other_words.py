"""Work of other engines (a Java class, a bean, Groovy, a listener) is a step where nothing hangs on what it does."""

from __future__ import annotations

import pytest

from engine.workflow import DiagramRefused, read_definition
from engine.workflow.tracing import trace

NAMESPACES = "xmlns:drools='http://www.jboss.org/drools' xmlns:zeebe='http://camunda.org/schema/zeebe/1.0'"


@pytest.fixture
def run(draw):
    """Trace a process made of these parts."""

    def run(*parts: str):
        content = draw.file(draw.process(*parts)).replace(b"<bpmn:definitions", b"<bpmn:definitions " + HEAD, 1)
        return trace(read_definition({"p.bpmn": content}, "p", (), plain=True), {"x": [1, 2]})

    return run


HEAD = NAMESPACES.encode()


def groovy(draw, text: str, **given: str) -> str:
    return draw.element("scriptTask", "a", f"<bpmn:script>{text}</bpmn:script>", scriptFormat="groovy", **given)


LISTENER = "<camunda:executionListener event='end' class='x.Y'/>"
LEFT_OUT = {
    "a class": lambda draw: draw.element("serviceTask", "a", camunda__class="x.throwing.Y"),
    "a delegate": lambda draw: draw.element("serviceTask", "a", camunda__delegateExpression="${bean}"),
    "a call of a bean": lambda draw: draw.element("serviceTask", "a", camunda__expression="${bean.work(x)}"),
    "a mail": lambda draw: draw.element("serviceTask", "a", camunda__type="mail"),
    "a rule in Java": lambda draw: draw.element("businessRuleTask", "a", camunda__class="x.Y"),
    "a script": lambda draw: groovy(draw, "def y = x.collect { it * 2 }"),
    "a script with a result": lambda draw: groovy(draw, "x.collect { it * 2 }", camunda__resultVariable="y"),
    "a listener": lambda draw: draw.user("a", extra=LISTENER),
    "a listener on an event": lambda draw: draw.element("intermediateThrowEvent", "a", extra=LISTENER),
    "a parameter": lambda draw: draw.user("a", writes={"y": "${bean.work()}"}),
    "a script beside": lambda draw: draw.user(
        "a", extra="<drools:onExit-script><drools:script>doIt();</drools:script></drools:onExit-script>"
    ),
}


@pytest.fixture(params=LEFT_OUT.values(), ids=LEFT_OUT)
def work(request, draw):
    return request.param(draw)


def test_work_on_which_nothing_hangs_is_a_step_that_is_said_to_have_no_effect(draw, run, work):
    result = run(draw.begin(), work, draw.end(), draw.way("begin", "a", "end"))
    assert [each.passage.element_id for each in result.elements] == ["begin", "a", "end"]
    assert (result.ended, result.variables) == ("completed", {"x": [1, 2]})
    (warning,) = [each for each in result.warnings if each.rule == "work-not-done"]
    assert (bool(warning.line), warning.message_vi != warning.message_en) == (True, True)


HANGING = {
    "a condition": lambda draw: (
        draw.element("exclusiveGateway", "b") + draw.flow("b", "end", "${y}") + draw.flow("b", "a", "${z}")
    ),
    "a catcher of errors": lambda draw: (
        draw.user("b") + draw.boundary("e", "b", draw.event("error")) + draw.way("b", "end") + draw.way("e", "end")
    ),
    "a condition to wait for": lambda draw: (
        draw.element(
            "intermediateCatchEvent",
            "b",
            "<bpmn:conditionalEventDefinition><bpmn:condition>y</bpmn:condition></bpmn:conditionalEventDefinition>",
        )
        + draw.way("b", "end")
    ),  # fmt: skip
    "a time": lambda draw: draw.element("intermediateCatchEvent", "b", draw.timer("${y}")) + draw.way("b", "end"),
    "a list": lambda draw: draw.user("b", draw.loop("x")) + draw.way("b", "end"),
    "a count": lambda draw: draw.user("b", draw.loop(times="${y}")) + draw.way("b", "end"),
    "an early end": lambda draw: draw.user("b", draw.loop(times="3", until="${y}")) + draw.way("b", "end"),
    "a loop": lambda draw: (
        draw.user(
            "b",
            "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>y</bpmn:loopCondition></bpmn:standardLoopCharacteristics>",
        )
        + draw.way("b", "end")
    ),  # fmt: skip
}


@pytest.mark.parametrize("hanging", HANGING.values(), ids=HANGING)
def test_work_on_which_something_hangs_is_refused(draw, run, work, hanging):
    with pytest.raises(DiagramRefused):
        run(draw.begin(), work, hanging(draw), draw.end(), draw.way("begin", "a", "b"))


def test_work_beside_which_a_timer_waits_is_refused(draw, run):
    late = draw.boundary("late", "a", draw.timer("PT1H")) + draw.way("late", "end")
    with pytest.raises(DiagramRefused, match="service task must be"):
        run(draw.begin(), LEFT_OUT["a class"](draw), late, draw.end(), draw.way("begin", "a", "end"))


@pytest.mark.parametrize(
    "does_more",
    [
        lambda draw: draw.element("serviceTask", "a", camunda__class="x.ThrowError"),
        lambda draw: draw.element("serviceTask", "a", camunda__expression="${bus.signal('b')}"),
        lambda draw: groovy(draw, "if (x) { throw new Oops() }"),
    ],
    ids=["a class", "an expression", "a script"],
)
def test_work_that_does_more_than_set_variables_is_refused(draw, run, does_more):
    with pytest.raises(DiagramRefused):
        run(draw.begin(), does_more(draw), draw.end(), draw.way("begin", "a", "end"))


def test_a_script_in_no_other_language_is_refused_if_it_cannot_be_read(draw, run):
    with pytest.raises(DiagramRefused, match="script-syntax"):
        run(draw.begin(), draw.script("a", "y = 1, z = 2"), draw.end(), draw.way("begin", "a", "end"))
    with pytest.raises(DiagramRefused, match="may change variables"):
        extension = "<zeebe:adHoc activeElementsCollection='=y'/>"
        run(draw.begin(), draw.user("a", extra=extension), draw.end(), draw.way("begin", "a", "end"))

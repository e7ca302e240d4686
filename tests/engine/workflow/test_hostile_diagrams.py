"""A diagram that does harm, by mistake or on purpose, is refused with its place and costs nobody anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from time import thread_time

import pytest

from engine.workflow import DiagramRefused, StepFailed, check_diagram, read_definition
from tests.engine.workflow.processor_time import least_seconds

FAR_AWAY = "${" + " + ".join(["days(400000)"] * 8) + "}"


def before_the_end(draw, drawn: str, **files):
    """A process of one element with the id `x`, and a task after it."""
    return draw.read(
        draw.begin(), drawn, draw.user("after"), draw.end(), draw.way("begin", "x", "after", "end"), **files
    )


def refused_in_both_languages(failed: StepFailed, element: str) -> bool:
    return failed.parameters["element_id"] == element and failed.message("vi") != failed.message("en")


@pytest.mark.parametrize(
    ("drawn", "reason"),
    [
        (lambda draw: draw.element("intermediateCatchEvent", "x", draw.timer(FAR_AWAY)), "too far away"),
        (lambda draw: draw.element("intermediateCatchEvent", "x", draw.timer(FAR_AWAY, "timeDate")), "too far away"),
        (lambda draw: draw.user("x", camunda__dueDate=FAR_AWAY), "too far away"),
        (
            lambda draw: draw.element("serviceTask", "x", camunda__type="external", camunda__topic="${[1]}"),
            "must be a text",
        ),
        (lambda draw: draw.user("x", repeated("${'three'}")), "1 or more"),
        (lambda draw: draw.user("x", repeated("${2.5}")), "1 or more"),
        (lambda draw: draw.user("x", repeated("${-1}")), "1 or more"),
        (lambda draw: draw.user("x", draw.loop(times="${null}")), "whole number"),
        (lambda draw: draw.script("x", "v = [1]\n" + "v = [v, v]\n" * 45), "too large"),
        (lambda draw: draw.user("x", reads={"m": "${1 / 0}"}), "no result"),
    ],
)
def test_a_senseless_value_refuses_the_step_at_its_element(draw, drawn, reason):
    definition = before_the_end(draw, drawn(draw))
    with pytest.raises(StepFailed, match=reason) as failed:
        draw.Walk(definition)
    assert least_seconds(lambda: pytest.raises(StepFailed, draw.Walk, definition)) < 1
    assert refused_in_both_languages(failed.value, "x")


def repeated(maximum: str) -> str:
    return f'<bpmn:standardLoopCharacteristics loopMaximum="{maximum}"/>'


def test_a_record_that_holds_itself_twice_on_every_round_is_stopped(draw):
    held = "<camunda:inputOutput><camunda:outputParameter name='m'><camunda:map>"
    held += "<camunda:entry key='a'>${m}</camunda:entry><camunda:entry key='b'>${m}</camunda:entry>"
    held += "</camunda:map></camunda:outputParameter></camunda:inputOutput>"
    loop = draw.element("exclusiveGateway", "merge") + draw.element("exclusiveGateway", "again", default="on")
    loop += draw.flow("again", "end", "${false}") + draw.flow("again", "merge", None, "on")
    definition = draw.read(
        draw.begin(), draw.user("x", extra=held), loop, draw.end(), draw.way("begin", "merge", "x", "again")
    )
    walk = draw.Walk(definition, {"m": {"k": "v"}})
    with pytest.raises(StepFailed, match="too large"):
        for _ in range(40):
            walk.complete("x")
    assert len(walk.step.state) < 10_000


@pytest.mark.parametrize(("text", "kind"), [("P9999Y", "timeDuration"), ("R/P9999Y", "timeCycle")])
def test_a_time_that_no_calendar_holds_is_refused_before_publishing(draw, text, kind):
    with pytest.raises(DiagramRefused, match="too far away"):
        before_the_end(draw, draw.element("intermediateCatchEvent", "x", draw.timer(text, kind)))


def calls_in_calls(draw, depth: int):
    """A sub-process that a message stops, with calls in it down to a user task so many levels inside."""
    inside = draw.begin("b") + draw.element("callActivity", "c1", calledElement="p1") + draw.end("e")
    stop = draw.boundary("stop", "main", draw.event("message", "message_a"))
    outermost = draw.begin() + draw.element("subProcess", "main", inside + draw.way("b", "c1", "e")) + stop
    outermost += draw.user("after") + draw.end() + draw.way("begin", "main", "end") + draw.way("stop", "after", "end")
    processes = [draw.process(outermost)]
    for level in range(1, depth):
        inner = "deep" if level == depth - 1 else f"c{level + 1}"
        drawn = draw.element("callActivity", inner, calledElement=f"p{level + 1}")
        parts = draw.begin(f"b{level}") + (draw.user(inner) if inner == "deep" else drawn) + draw.end(f"e{level}")
        processes.append(draw.process(parts + draw.way(f"b{level}", inner, f"e{level}"), id=f"p{level}"))
    return read_definition({"p.bpmn": draw.file(*processes)}, "p")


def test_calls_in_calls_can_be_stopped_as_deep_as_they_may_be(draw):
    walk = draw.Walk(calls_in_calls(draw, 120))
    assert walk.ready == ["deep"]
    assert walk.deliver("a").ready == ["after"]


@pytest.mark.parametrize("depth", [121, 400, 1500])
def test_calls_in_calls_beyond_that_are_refused(draw, depth):
    with pytest.raises(DiagramRefused) as refused:
        calls_in_calls(draw, depth)
    assert [finding.rule for finding in refused.value.findings] == ["nested-too-deeply"]


def reminded(draw, cycle: str):
    return draw.read(
        draw.begin(),
        draw.user("x"),
        draw.boundary("remind", "x", draw.timer(cycle, "timeCycle"), interrupting=False),
        draw.user("reminded"),
        draw.end(),
        draw.way("begin", "x", "end"),
        draw.way("remind", "reminded", "end"),
    )


@pytest.mark.parametrize("cycle", ["R/0001-02-01T00:00:00Z/P1M", "R/2000-01-01T00:00:00Z/PT1S"])
def test_a_cycle_that_began_long_ago_does_not_make_up_for_centuries(draw, cycle):
    assert least_seconds(lambda: draw.Walk(reminded(draw, cycle))) < 2
    walk = draw.Walk(reminded(draw, cycle))
    assert walk.ready.count("reminded") <= 3
    assert walk.step.next_due_at > draw.MORNING


def test_a_monthly_reminder_catches_up_round_by_round(draw):
    walk = draw.Walk(reminded(draw, "R/2025-08-05T01:00:00Z/P1M"))
    assert walk.ready.count("reminded") == 6
    assert walk.step.next_due_at == draw.MORNING + timedelta(days=31)


def test_a_round_beyond_the_end_of_the_calendar_refuses_the_step(draw):
    walk = draw.Walk(reminded(draw, "R/P4000Y"))
    with pytest.raises(StepFailed, match="too far away") as failed:
        walk.wait(days=365.25 * 4000 + 2)
    assert refused_in_both_languages(failed.value, "remind")


@pytest.mark.parametrize("name", ["true", "and", "null", "__class__"])
def test_a_script_may_not_set_what_no_expression_could_read(draw, name):
    with pytest.raises(DiagramRefused, match="no variable may be called"):
        before_the_end(draw, draw.script("x", f"{name} = 1"))


def test_a_text_without_end_is_refused_before_publishing(draw):
    with pytest.raises(DiagramRefused, match="longer than"):
        before_the_end(draw, draw.user("x", reads={"m": "${1}" * 5_001}))


def test_an_ad_hoc_sub_process_compares_numbers_of_any_size(draw):
    inside = (
        draw.user("inner", writes={"n": "${n + 1}"}) + "<bpmn:completionCondition>${n > big}</bpmn:completionCondition>"
    )
    definition = before_the_end(draw, draw.element("adHocSubProcess", "x", inside))
    walk = draw.Walk(definition, {"n": 10**30, "big": 10**30 + 1})
    assert walk.complete("inner").ready == ["inner"]
    assert walk.complete("inner").ready == ["after"]


def sub_process(draw, name: str, inside: str, marker: str = "") -> str:
    """A sub-process around one element, whose id is its own with an `i` before it."""
    ends = draw.begin(f"b_{name}") + draw.end(f"e_{name}") + draw.way(f"b_{name}", f"i{name}", f"e_{name}")
    return draw.element("subProcess", name, marker + ends + inside)


def test_a_thousand_times_a_thousand_tasks_are_not_opened(draw):
    inside = draw.user("ix", draw.loop(times="1000"))
    definition = before_the_end(draw, sub_process(draw, "x", inside, draw.loop(times="1000")))
    began = thread_time()
    with pytest.raises(StepFailed, match="tasks at once") as failed:
        draw.Walk(definition)
    assert thread_time() - began < 10
    assert refused_in_both_languages(failed.value, "ix")


def test_a_hundred_sub_processes_within_each_other_are_entered_left_and_withdrawn_at_once(draw):
    drawn = draw.user("i" * 101 + "x")
    for depth in reversed(range(101)):
        drawn = sub_process(draw, "i" * depth + "x", drawn)
    withdrawn = draw.boundary("w", "x", draw.event("message", "message_a")) + draw.way("w", "after")
    definition = before_the_end(draw, drawn + withdrawn)

    def walk_through() -> None:
        walk = draw.Walk(definition)
        assert len(walk.step.ready[0].path) == 101
        assert walk.complete("i" * 101 + "x").ready == ["after"]
        assert draw.Walk(definition).deliver("a").ready == ["after"]

    assert least_seconds(walk_through) < 2


def times_longer(read: Callable[[int], object], few: int, many: int) -> float:
    """How many times as long it takes to read `many` as `few`, in processor time of this thread; the best of three."""

    def spent(number: int) -> float:
        began = thread_time()
        read(number)
        return thread_time() - began

    return min(spent(many) / spent(few) for _ in range(3))


def test_eight_times_as_many_tasks_that_nothing_connects_take_nothing_like_the_square_of_that(draw):
    said = "<zeebe:loopCharacteristics xmlns:zeebe='http://camunda.org/schema/zeebe/1.0' inputCollection='=[1]'/>"
    marker = f"<bpmn:extensionElements>{said}</bpmn:extensionElements>"
    marker = f"<bpmn:multiInstanceLoopCharacteristics>{marker}</bpmn:multiInstanceLoopCharacteristics>"

    def read(number: int) -> None:
        tasks = "".join(draw.element("task", f"t{place}") for place in range(number))
        drawn = draw.process(f"<bpmn:subProcess>{marker}" * 40 + tasks + "</bpmn:subProcess>" * 40)
        check_diagram("p.bpmn", draw.file(drawn))

    assert times_longer(read, 875, 7_000) < 14


def test_eight_times_as_many_event_sub_processes_take_nothing_like_the_square_of_that_in_a_trace(draw):
    late = draw.element("startEvent", "l{n}", draw.timer("PT1H")) + draw.end("e{n}") + draw.way("l{n}", "e{n}")
    drawn = draw.element("subProcess", "x{n}", late, triggeredByEvent="true")

    def read(number: int) -> None:
        many = "".join(drawn.replace("{n}", str(place)) for place in range(number))
        process = draw.process(draw.begin(), draw.user("a"), draw.end(), draw.way("begin", "a", "end"), many)
        read_definition({"p.bpmn": draw.file(process)}, "p", (), plain=True)

    assert times_longer(read, 250, 2_000) < 25

"""Event sub-processes: what opens them, what they stop, and where errors go from there; events of several kinds."""

from __future__ import annotations

import pytest

from engine.workflow import MessageNotAwaited
from engine.workflow.errors import ErrorUncaught

SUB = "<bpmn:subProcess id='{id}' name='{id}'>{inside}</bpmn:subProcess>"


def event_sub(draw, what: str, *, interrupting: bool = True, id: str = "handle", last: str = "", **more) -> str:  # noqa: A002
    """An event sub-process with a user task `<id>_task`."""
    begin = draw.element("startEvent", f"{id}_begin", what, isInterrupting=str(interrupting).lower(), **more)
    task, end = draw.user(f"{id}_task"), draw.end(f"{id}_end", last)
    inside = begin + task + end + draw.way(f"{id}_begin", f"{id}_task", f"{id}_end")
    return draw.element("subProcess", id, inside, triggeredByEvent="true")


def condition(text: str) -> str:
    return f"<bpmn:conditionalEventDefinition><bpmn:condition>{text}</bpmn:condition></bpmn:conditionalEventDefinition>"


def two_levels(draw, handler: str, *, deeper: str = "", first: str = "x", outside: str = "") -> object:
    """A process whose sub-process `work` holds tasks x and y side by side, and an event sub-process."""
    inside = draw.begin("b1") + draw.element("parallelGateway", "fork") + draw.user("x") + draw.user("y")
    inside += deeper or draw.end("e1") + draw.way("b1", "fork", first, "e1") + draw.way("fork", "y", "e1")
    return draw.read(
        draw.begin(),
        SUB.format(id="work", inside=inside + handler),
        draw.user("after"),
        draw.end(),
        draw.way("begin", "work", "after", "end"),
        outside,
    )


def throwing(draw, what: str) -> str:
    """Behind task x an end event that throws; y ends normally."""
    return (
        draw.end("e1") + draw.end("thrown", what) + draw.way("b1", "fork", "x", "thrown") + draw.way("fork", "y", "e1")
    )


@pytest.mark.parametrize("kind", ["message", "signal", "timer", "condition"])
def test_an_interrupting_event_sub_process_stops_its_scope_and_only_that(draw, kind):
    what = {
        "message": draw.event("message", "message_a"),
        "signal": draw.event("signal", "signal_a"),
        "timer": draw.timer("P1D"),
        "condition": condition("${stop}"),
    }[kind]
    beside = draw.user("beside") + draw.flow("begin", "beside") + draw.way("beside", "end")
    beside += draw.user("tell") + draw.element("intermediateThrowEvent", "throw", draw.event("signal", "signal_a"))
    beside += draw.way("begin", "tell", "throw", "end")
    walk = draw.Walk(two_levels(draw, event_sub(draw, what), outside=beside), facts={"stop": False})
    assert walk.ready == ["beside", "tell", "x", "y"]
    if kind != "condition":
        assert {wait.attached_to for wait in walk.step.waits} == {"work"}
    assert walk.definition.timers == ({"handle_begin": "P1D"} if kind == "timer" else {})
    if kind == "message":
        walk.deliver("a")
    elif kind == "signal":
        walk.complete("tell")
    else:
        walk.seen["facts"] = {"stop": kind == "condition"}
        walk.wait(days=1)
    assert [task for task in walk.ready if task != "tell"] == ["beside", "handle_task"]
    assert walk.task("handle_task").path == ("work", "handle")
    walk.complete("handle_task")
    assert [task for task in walk.ready if task != "tell"] == ["after", "beside"]
    assert walk.waits == []


def test_withdrawal_at_any_depth_stops_everything(draw):
    deep = SUB.format(
        id="outer",
        inside=draw.begin("b0")
        + SUB.format(id="inner", inside=draw.begin("b1") + draw.user("x") + draw.end("e1") + draw.way("b1", "x", "e1"))
        + draw.end("e0")
        + draw.way("b0", "inner", "e0"),
    )
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            deep,
            draw.end(),
            draw.way("begin", "outer", "end"),
            event_sub(draw, draw.event("message", "message_a")),
        )
    )
    assert walk.deliver("a").ready == ["handle_task"]
    assert [(each.element_id, each.outcome) for each in walk.step.passages] == [
        ("x", "cancelled"), ("inner", "cancelled"), ("outer", "cancelled"), ("handle_begin", "completed"),
    ]  # fmt: skip
    assert walk.complete("handle_task").step.ended


def test_a_listening_event_sub_process_keeps_nothing_alive(draw):
    walk = draw.Walk(two_levels(draw, event_sub(draw, draw.timer("P1D"))))
    assert walk.waits == ["handle_begin"]
    walk.complete("x").complete("y")
    assert (walk.ready, walk.waits, walk.step.next_due_at) == (["after"], [], None)
    with pytest.raises(MessageNotAwaited):
        walk.deliver("a")


def test_a_non_interrupting_event_sub_process_runs_beside_and_again(draw):
    walk = draw.Walk(two_levels(draw, event_sub(draw, draw.event("message", "message_a"), interrupting=False)))
    walk.deliver("a").deliver("a")
    assert walk.ready == ["handle_task", "handle_task", "x", "y"]
    walk.complete("x").complete("y").complete("handle_task")
    assert walk.ready == ["handle_task"]
    assert walk.complete("handle_task").ready == ["after"]


def test_a_repeated_timer_opens_its_event_sub_process_each_time(draw):
    every_day = event_sub(draw, draw.timer("R3/P1D", "timeCycle"), interrupting=False)
    walk = draw.Walk(two_levels(draw, every_day))
    for _ in range(5):
        walk.wait(days=1)
    assert walk.ready.count("handle_task") == 3


def test_the_payload_is_there_for_the_start_events_output_parameters(draw):
    begin = draw.element(
        "startEvent", "hb", draw.event("message", "message_a"), writes={"reason": "${reason}"}, isInterrupting="true"
    )
    inside = begin + draw.user("ht") + draw.end("he") + draw.way("hb", "ht", "he")
    handler = draw.element("subProcess", "handle", inside, triggeredByEvent="true")
    walk = draw.Walk(two_levels(draw, handler)).deliver("a", reason="moved")
    assert (walk.ready, walk.variables["reason"]) == (["ht"], "moved")


def test_an_error_goes_to_the_event_sub_process_of_its_own_scope_first(draw):
    definition = two_levels(
        draw,
        event_sub(draw, draw.event("error", "error_a")),
        deeper=throwing(draw, draw.event("error", "error_a")),
        outside=draw.boundary("caught", "work", draw.event("error")) + draw.flow("caught", "end"),
    )
    walk = draw.Walk(definition).complete("x")
    assert walk.ready == ["handle_task"]
    assert walk.complete("handle_task").ready == ["after"]


def test_an_error_thrown_again_by_its_handler_goes_outwards(draw):
    again = draw.event("error", "error_a")
    definition = two_levels(
        draw,
        event_sub(draw, draw.event("error", "error_a"), last=again),
        deeper=throwing(draw, draw.event("error", "error_a")),
        outside=draw.boundary("caught", "work", draw.event("error"))
        + draw.user("told")
        + draw.way("caught", "told", "end"),
    )
    walk = draw.Walk(definition).complete("x").complete("handle_task")
    assert walk.ready == ["told"]


def test_an_error_that_nothing_catches_refuses_the_step(draw):
    walk = draw.Walk(two_levels(draw, "", deeper=throwing(draw, draw.event("error", "error_a"))))
    with pytest.raises(ErrorUncaught):
        walk.complete("x")


def test_an_escalation_need_not_interrupt(draw):
    definition = two_levels(
        draw,
        event_sub(draw, draw.event("escalation", "escalation_a"), interrupting=False),
        deeper=throwing(draw, draw.event("escalation", "escalation_a")),
    )
    assert draw.Walk(definition).complete("x").ready == ["handle_task", "y"]


@pytest.mark.parametrize("heard_outside", [True, False])
def test_an_event_sub_process_does_not_hear_what_it_throws_itself(draw, heard_outside):
    escalation = draw.event("escalation", "escalation_a")
    outside = draw.boundary("caught", "work", escalation, interrupting=False)
    outside += draw.user("told") + draw.way("caught", "told", "end")
    definition = two_levels(
        draw,
        event_sub(draw, escalation, interrupting=False, last=escalation),
        deeper=throwing(draw, escalation),
        outside=outside if heard_outside else "",
    )
    walk = draw.Walk(definition).complete("x").complete("handle_task")
    assert walk.ready == (["told", "y"] if heard_outside else ["y"])


def test_another_event_sub_process_of_the_scope_hears_what_one_throws(draw):
    escalation = draw.event("escalation", "escalation_a")
    handlers = event_sub(draw, draw.event("signal", "signal_a"), interrupting=False, last=escalation)
    handlers += event_sub(draw, escalation, interrupting=False, id="second")
    beside = draw.user("tell") + draw.element("intermediateThrowEvent", "throw", draw.event("signal", "signal_a"))
    beside += draw.way("begin", "tell", "throw", "end")
    walk = draw.Walk(two_levels(draw, handlers, outside=beside)).complete("tell").complete("handle_task")
    assert walk.ready == ["second_task", "x", "y"]


def multiple(draw, *definitions: str, all_: bool = False):
    return draw.read(
        draw.begin(),
        draw.element("intermediateCatchEvent", "wait", "".join(definitions), parallelMultiple=str(all_).lower()),
        draw.user("after"),
        draw.end(),
        draw.way("begin", "wait", "after", "end"),
    )


def test_one_of_several_events_is_enough(draw):
    definition = multiple(draw, draw.event("message", "message_a"), draw.timer("P1D"))
    assert draw.Walk(definition).deliver("a").ready == ["after"]
    walk = draw.Walk(definition).wait(days=1)
    assert (walk.ready, walk.waits, walk.passed.count("wait")) == (["after"], [], 1)


def test_a_parallel_multiple_event_needs_them_all(draw):
    walk = draw.Walk(multiple(draw, draw.event("message", "message_a"), draw.timer("P1D"), all_=True))
    walk.deliver("a")
    assert (walk.ready, walk.waits) == ([], ["wait"])
    assert walk.wait(days=1).ready == ["after"]


def test_a_boundary_event_of_several_kinds_stops_its_activity_once(draw):
    both = draw.event("message", "message_a") + draw.event("error", "error_a")
    inside = (
        draw.begin("b1") + draw.user("x") + draw.end("e1", draw.event("error", "error_a")) + draw.way("b1", "x", "e1")
    )
    definition = draw.read(
        draw.begin(),
        SUB.format(id="work", inside=inside),
        draw.boundary("stop", "work", both),
        draw.user("stopped"),
        draw.end(),
        draw.way("begin", "work", "end"),
        draw.way("stop", "stopped", "end"),
    )
    assert draw.Walk(definition).deliver("a").ready == ["stopped"]
    assert draw.Walk(definition).complete("x").ready == ["stopped"]


def beside_the_flow(draw, place: str, *definitions: str, all_: bool = False, more: str = ""):
    """A task `work`, and beside it a multiple event that stops nothing, with a task `told` behind it."""
    what, marks = "".join(definitions), {"parallelMultiple": "true"} if all_ else {}
    if place == "boundary":
        beside = draw.boundary("told_by", "work", what, interrupting=False, **marks) + draw.user("told")
        beside += draw.way("told_by", "told", "end")
    else:
        beside = event_sub(draw, what, interrupting=False, id="telling", **marks).replace("telling_task", "told")
    normal = draw.begin() + draw.user("work") + draw.end() + draw.way("begin", "work", "end")
    return draw.Walk(draw.read(normal, beside, more))


PLACES = pytest.mark.parametrize("place", ["boundary", "event sub-process"])


@PLACES
@pytest.mark.parametrize(
    ("text", "kind", "days"),
    [("P3D", "timeDuration", [3]), ("2026-01-08T01:00:00Z", "timeDate", [3]), ("R2/P2D", "timeCycle", [2, 4])],
)
def test_beside_a_message_a_timer_goes_off_as_often_as_it_says_and_keeps_its_time(draw, place, text, kind, days):
    walk = beside_the_flow(draw, place, draw.event("message", "message_a"), draw.timer(text, kind))
    told = 0
    for day in range(1, 8):
        walk.wait(days=1)
        told += day in days
        assert walk.ready == ["told"] * told + ["work"], day
        if day in (1, 6):
            walk.deliver("a")
            told += 1
    assert walk.waits == (["told_by"] if place == "boundary" else ["telling_begin"])
    assert walk.complete("work").ready == ["told"] * told


@PLACES
@pytest.mark.parametrize("beside", ["", "message"])
def test_beside_the_flow_a_condition_is_heard_each_time_that_it_becomes_true(draw, place, beside):
    definitions = [condition("${late_by > 2}")] + ([draw.event("message", "message_a")] if beside else [])
    again = draw.element("exclusiveGateway", "merge") + draw.element("exclusiveGateway", "again", default="on")
    again += draw.flow("again", "end", "${false}") + draw.flow("again", "merge", None, "on")
    change = draw.user("change", writes={"late_by": "${to}"})
    changing = change + again + draw.way("begin", "merge", "change", "again")
    walk = beside_the_flow(draw, place, *definitions, more=changing)
    told = []
    for value in (1, 3, 4, 2, 2, 5, 6, 0, 9):
        walk.complete("change", {"to": value})
        told.append(walk.ready.count("told"))
    assert told == [0, 1, 1, 1, 1, 2, 2, 2, 3]


@PLACES
def test_several_timers_beside_the_flow_go_off_once_each_and_then_nothing_waits(draw, place):
    walk = beside_the_flow(draw, place, draw.timer("P1D"), draw.timer("P2D"))
    assert walk.wait(days=1).ready == ["told", "work"]
    assert walk.wait(days=5).ready == ["told", "told", "work"]
    assert walk.waits == []


@PLACES
def test_what_needs_several_events_comes_again_only_if_one_of_them_can(draw, place):
    walk = beside_the_flow(draw, place, draw.event("message", "message_a"), draw.timer("P1D"), all_=True)
    assert walk.wait(days=2).ready == ["work"]
    assert walk.deliver("a").ready == ["told", "work"]
    assert walk.wait(days=2).deliver("a").ready == ["told", "told", "work"]
    walk = beside_the_flow(draw, place, draw.timer("P1D"), draw.timer("P2D"), all_=True)
    assert walk.wait(days=9).ready == ["told", "work"]
    assert walk.waits == []


def test_a_multiple_end_event_throws_everything(draw):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.end("end", draw.event("message", "message_a") + draw.event("message", "message_b")),
            draw.way("begin", "end"),
        )
    )
    assert (walk.sent, walk.step.ended) == ([("a", {}), ("b", {})], True)


def test_an_interrupting_event_stops_its_own_opening_of_an_activity_and_no_other(draw):
    definition = draw.read(
        draw.begin(),
        draw.element("exclusiveGateway", "again"),
        draw.user("work"),
        draw.boundary("more", "work", draw.timer("P1D"), interrupting=False),
        draw.boundary("stop", "work", draw.timer("P3D")),
        draw.end(),
        draw.way("begin", "again", "work", "end"),
        draw.way("more", "again"),
        draw.way("stop", "end"),
    )
    walk = draw.Walk(definition).wait(days=1)
    assert walk.ready == ["work", "work"]
    walk.wait(days=1)
    assert walk.ready == ["work", "work", "work"]
    walk.wait(days=1)
    assert (walk.passed.count("stop"), walk.ready) == (1, ["work", "work", "work"])


def test_a_signal_is_heard_by_a_branch_that_begins_at_the_same_time(draw):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.element("intermediateThrowEvent", "tell", draw.event("signal", "signal_a")),
            draw.script("first", "n = 1"),
            draw.element("intermediateCatchEvent", "hear", draw.event("signal", "signal_a")),
            draw.end(),
            draw.way("begin", "tell", "end"),
            draw.way("begin", "first", "hear", "end"),
        )
    )
    assert walk.step.ended

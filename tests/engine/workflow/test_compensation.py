"""Undoing what was done: in the reverse order, once, and only what was really done; transactions that are cancelled."""

from __future__ import annotations

import re
from base64 import b64decode

from engine.workflow import inspect

UNDO = "<bpmn:compensateEventDefinition{}/>"


def undoable(draw, name: str) -> str:
    """A task with a compensation boundary event and its handler `undo_<name>`."""
    return (
        draw.user(name)
        + draw.boundary(f"c_{name}", name, UNDO.format(""))
        + draw.user(f"undo_{name}", isForCompensation="true")
        + f"<bpmn:association id='as_{name}' sourceRef='c_{name}' targetRef='undo_{name}'/>"
    )


def throwing(draw, reference: str = "", last: str = "after", **marks: str):
    marks_text = (f" activityRef='{reference}'" if reference else "") + "".join(
        f" {name}='{value}'" for name, value in marks.items()
    )
    return draw.read(
        draw.begin(),
        undoable(draw, "a"),
        undoable(draw, "b"),
        undoable(draw, "never"),
        draw.element("intermediateThrowEvent", "undo", UNDO.format(marks_text)),
        draw.user(last),
        draw.end(),
        draw.way("begin", "a", "b", "undo", last, "end"),
        draw.flow("begin", "never"),
        draw.flow("never", "end"),
    )


def test_the_last_done_is_undone_first_and_what_was_not_done_stays(draw):
    walk = draw.Walk(throwing(draw)).complete("a").complete("b")
    assert walk.ready == ["never", "undo_b"]
    assert walk.complete("undo_b").ready == ["never", "undo_a"]
    assert walk.complete("undo_a").ready == ["after", "never"]
    assert [each for each in walk.passed if each.startswith(("c_", "undo"))] == [
        "c_b", "undo_b", "c_a", "undo_a", "undo",
    ]  # fmt: skip


def test_one_activity_may_be_undone_alone(draw):
    walk = draw.Walk(throwing(draw, "a")).complete("a").complete("b")
    assert walk.ready == ["never", "undo_a"]
    assert walk.complete("undo_a").ready == ["after", "never"]


def test_an_event_that_does_not_wait_goes_on_at_once(draw):
    walk = draw.Walk(throwing(draw, "a", waitForCompletion="false")).complete("a").complete("b")
    assert walk.ready == ["after", "never", "undo_a"]


def test_nothing_to_undo_holds_nobody_up(draw):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.element("intermediateThrowEvent", "undo", UNDO.format("")),
            undoable(draw, "a"),
            draw.end(),
            draw.way("begin", "undo", "a", "end"),
        )
    )
    assert walk.ready == ["a"]


def test_what_was_done_twice_is_undone_twice(draw):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.element("exclusiveGateway", "again"),
            undoable(draw, "a"),
            draw.element("exclusiveGateway", "g", default="on"),
            draw.element("intermediateThrowEvent", "undo", UNDO.format("")),
            draw.end(),
            draw.script("count", "n = n + 1"),
            draw.way("begin", "again", "a", "count", "g"),
            draw.flow("g", "again", "${n < 2}"),
            draw.flow("g", "undo", None, "on"),
            draw.way("undo", "end"),
        ),
        {"n": 0},
    )
    walk.complete("a").complete("a").complete("undo_a")
    assert walk.ready == ["undo_a"]
    assert walk.complete("undo_a").step.ended


def sub(draw, inside: str, id: str = "work", kind: str = "subProcess") -> str:  # noqa: A002
    return draw.element(kind, id, inside)


def nested(draw, extra: str = ""):
    inside = draw.begin("b1") + undoable(draw, "a") + undoable(draw, "b") + draw.end("e1")
    return draw.read(
        draw.begin(),
        sub(draw, inside + draw.way("b1", "a", "b", "e1") + extra),
        draw.element("intermediateThrowEvent", "undo", UNDO.format("")),
        draw.user("after"),
        draw.end(),
        draw.way("begin", "work", "undo", "after", "end"),
    )


def test_a_completed_sub_process_is_undone_activity_by_activity(draw):
    walk = draw.Walk(nested(draw)).complete("a").complete("b")
    assert walk.ready == ["undo_b"]
    assert walk.task("undo_b").path == ("work",)
    assert walk.complete("undo_b").complete("undo_a").ready == ["after"]


def test_a_compensation_event_sub_process_undoes_its_sub_process(draw):
    inside = draw.element("startEvent", "hb", UNDO.format("")) + draw.user("settle") + draw.end("he")
    inside += draw.element("intermediateThrowEvent", "rest", UNDO.format(" activityRef='a'"))
    handler = draw.element(
        "subProcess", "handle", inside + draw.way("hb", "settle", "rest", "he"), triggeredByEvent="true"
    )
    walk = draw.Walk(nested(draw, handler)).complete("a").complete("b")
    assert walk.ready == ["settle"]
    assert walk.complete("settle").ready == ["undo_a"]
    assert walk.complete("undo_a").ready == ["after"]


def transaction(draw, last: str = "<bpmn:cancelEventDefinition/>"):
    inside = draw.begin("b1") + undoable(draw, "a") + draw.user("b") + draw.user("c") + draw.end("e1", last)
    inside += draw.end("e2") + draw.way("b1", "a", "b", "e1") + draw.way("b1", "c", "e2")
    return draw.read(
        draw.begin(),
        sub(draw, inside, kind="transaction"),
        draw.boundary("cancelled", "work", "<bpmn:cancelEventDefinition/>"),
        draw.user("after"),
        draw.user("failed"),
        draw.end(),
        draw.way("begin", "work", "after", "end"),
        draw.way("cancelled", "failed", "end"),
    )


def test_a_cancelled_transaction_stops_undoes_and_leaves_by_its_cancel_event(draw):
    walk = draw.Walk(transaction(draw)).complete("a").complete("b")
    assert walk.ready == ["undo_a"]
    assert walk.complete("undo_a").ready == ["failed"]
    assert walk.complete("failed").step.ended


def test_a_transaction_that_is_not_cancelled_ends_like_a_sub_process(draw):
    walk = draw.Walk(transaction(draw, last="")).complete("a").complete("b").complete("c")
    assert walk.ready == ["after"]


def test_every_instance_of_a_repeated_sub_process_is_undone(draw):
    inside = draw.begin("b1") + undoable(draw, "a") + draw.end("e1") + draw.way("b1", "a", "e1")
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            sub(draw, inside + draw.loop(times="2", sequential=True)),
            draw.end("end", UNDO.format("")),
            draw.way("begin", "work", "end"),
        )
    )
    walk.complete("a").complete("a").complete("undo_a")
    assert walk.ready == ["undo_a"]
    assert walk.complete("undo_a").step.ended


SAVED_WITHOUT_INSTANCES = (
    "TUNXASi1L/1krwDtCABGVT4fUGerA4DJ0LB+5glxXfeYZuZF4Lfd9xa3oCNXVVU3ATMANQA3AH3cj21mzaK0rwhXEwNZqF8G2D/2lIw8W3EX6azU"
    "CiX5ZmLYUZ3z4zBev4tiPH5/uPHDlW1K5MvGZULjt40jrtJ6Aq2ExCAg340XUGRe2T77AQQt+Jr9fKrZ5IJxRwbRQskhZdZpBDsGi7Kd+La2sHGE"
    "rAkBDThQilzZ5QXo5ID3ZzJXPLiQUWYZ9wwf9KCcbWBU3WpprR17J6MhkRi+AUtrrZld7jjxnj2bLVFx5uo4zTtrooM4FY6d5Rha0ZiiHxsZD+MC"
    "ppciQm+llJCKzO/9ODYLABYbRMYaptSCB46N0horLhj5BpgAbGLLTg4ZKyQ+TDSqDwcQ"
)
"""A state saved when what was done inside all instances was one record, after the first of two instances."""


def test_what_was_done_in_instances_before_each_had_a_record_is_undone_too(draw):
    inside = draw.begin("b1") + undoable(draw, "a") + draw.end("e1") + draw.way("b1", "a", "e1")
    work = sub(draw, inside + draw.loop(times="2", sequential=True))
    end = draw.end("end", UNDO.format(""))
    walk = draw.Walk(draw.read(draw.begin(), work, end, draw.way("begin", "work", "end")))
    walk.take(inspect(walk.definition, b64decode(SAVED_WITHOUT_INSTANCES)))
    walk.complete("a").complete("undo_a")
    assert walk.ready == ["undo_a"]
    assert walk.complete("undo_a").step.ended


def repeated(draw, marker: str, throw: str = UNDO.format(" activityRef='a'")):
    """A repeated task with a compensation handler, undone by the end event."""
    line = "<bpmn:association id='as_a' sourceRef='c_a' targetRef='undo_a'/>"
    return draw.Walk(
        draw.read(
            draw.begin(),
            draw.user("a", marker),
            draw.boundary("c_a", "a", UNDO.format("")),
            draw.user("undo_a", isForCompensation="true"),
            line,
            draw.end("end", throw),
            draw.way("begin", "a", "end"),
        )
    )


def test_the_handler_of_an_activity_that_is_done_several_times_runs_for_each_instance(draw):
    walk = repeated(draw, draw.loop(times="3", sequential=True))
    walk.complete("a").complete("a").complete("a")
    walk.complete("undo_a").complete("undo_a")
    assert walk.ready == ["undo_a"]
    assert walk.complete("undo_a").step.ended


def test_instances_that_were_stopped_before_they_were_done_are_not_undone(draw):
    walk = repeated(draw, draw.loop(times="3", until="${nrOfCompletedInstances == 2}"))
    walk.complete("a").complete("a").complete("undo_a")
    assert walk.ready == ["undo_a"]
    assert walk.complete("undo_a").step.ended


def test_an_activity_that_had_no_instances_is_not_undone(draw):
    assert repeated(draw, draw.loop(times="${0}")).step.ended


def test_every_round_of_a_loop_is_undone(draw):
    walk = repeated(draw, "<bpmn:standardLoopCharacteristics loopMaximum='2'/>")
    walk.complete("a").complete("a").complete("undo_a")
    assert walk.ready == ["undo_a"]
    assert walk.complete("undo_a").step.ended


def test_a_compensation_event_sub_process_runs_for_each_instance_of_what_is_around_it(draw):
    handler = draw.element("startEvent", "hb", UNDO.format("")) + draw.user("settle") + draw.end("he")
    handler = draw.element("subProcess", "h", handler + draw.way("hb", "settle", "he"), triggeredByEvent="true")
    inside = draw.begin("b1") + draw.user("a") + draw.end("e1") + draw.way("b1", "a", "e1") + handler
    work = sub(draw, inside + draw.loop(times="2"))
    end = draw.end("end", UNDO.format(""))
    walk = draw.Walk(draw.read(draw.begin(), work, end, draw.way("begin", "work", "end")))
    walk.complete("a").complete("a").complete("settle")
    assert walk.ready == ["settle"]
    assert walk.complete("settle").step.ended


def test_a_cancelled_transaction_undoes_the_instances_that_are_done_of_an_open_activity(draw):
    inside = draw.begin("b1") + draw.user("a", draw.loop(times="3")) + draw.boundary("c_a", "a", UNDO.format(""))
    inside += draw.user("undo_a", isForCompensation="true") + draw.user("b") + draw.end("e1")
    inside += "<bpmn:association id='as_a' sourceRef='c_a' targetRef='undo_a'/>"
    inside += draw.end("e2", "<bpmn:cancelEventDefinition/>") + draw.way("b1", "a", "e1") + draw.way("b1", "b", "e2")
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            sub(draw, inside, kind="transaction"),
            draw.boundary("cancelled", "work", "<bpmn:cancelEventDefinition/>"),
            draw.end(),
            draw.way("begin", "work", "end"),
            draw.way("cancelled", "end"),
        )
    )
    walk.complete("a").complete("a").complete("b").complete("undo_a")
    assert walk.ready == ["undo_a"]
    assert walk.complete("undo_a").step.ended


def test_a_cancelled_transaction_undoes_what_its_open_sub_processes_have_done(draw):
    deep = draw.begin("b2") + undoable(draw, "b") + draw.end("e2", "<bpmn:cancelEventDefinition/>")
    inside = draw.begin("b1") + undoable(draw, "a") + sub(draw, deep + draw.way("b2", "b", "e2"), "inner")
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            sub(draw, inside + draw.end("e1") + draw.way("b1", "a", "inner", "e1"), kind="transaction"),
            draw.boundary("cancelled", "work", "<bpmn:cancelEventDefinition/>"),
            draw.user("failed"),
            draw.end(),
            draw.way("begin", "work", "end"),
            draw.way("cancelled", "failed", "end"),
        )
    )
    assert walk.complete("a").complete("b").ready == ["undo_b"]
    assert walk.complete("undo_b").ready == ["undo_a"]
    assert walk.complete("undo_a").ready == ["failed"]


def test_an_error_handler_may_undo_its_scope(draw):
    error = draw.event("error", "error_a")
    handler = draw.element("startEvent", "hb", error) + draw.element("intermediateThrowEvent", "t", UNDO.format(""))
    handler += draw.user("settle") + draw.end("he") + draw.way("hb", "t", "settle", "he")
    inside = draw.begin("b1") + undoable(draw, "a") + undoable(draw, "b") + draw.end("e1", error)
    inside += draw.way("b1", "a", "b", "e1") + draw.element("subProcess", "h", handler, triggeredByEvent="true")
    walk = draw.Walk(draw.read(draw.begin(), sub(draw, inside), draw.end(), draw.way("begin", "work", "end")))
    assert walk.complete("a").complete("b").ready == ["undo_b"]
    assert walk.complete("undo_b").complete("undo_a").ready == ["settle"]
    assert walk.complete("settle").step.ended


def test_ids_may_be_written_with_the_prefix_of_their_file(draw):
    qualified = re.sub(r"(attachedTo|source|target)Ref=([\"'])", r"\1Ref=\2here:", undoable(draw, "a"))
    assert qualified.count("here:") == 3
    undo = draw.element("intermediateThrowEvent", "undo", UNDO.format(" activityRef='here:a'"))
    way = draw.way("begin", "a", "undo", "after", "end")
    walk = draw.Walk(draw.read(draw.begin(), qualified, undo, draw.user("after"), draw.end(), way))
    assert walk.complete("a").ready == ["undo_a"]
    assert walk.complete("undo_a").ready == ["after"]


def test_an_association_need_not_stand_in_the_scope_of_what_it_connects(draw):
    inside = draw.begin("b") + draw.user("work") + draw.way("b", "work")
    inside += draw.boundary("undo_it", "work", draw.event("compensate")) + draw.user("undo", isForCompensation="true")
    throw = draw.element("endEvent", "end", "<bpmn:compensateEventDefinition/>")
    line = "<bpmn:association id='line' sourceRef='undo_it' targetRef='undo'/>"
    sub_process = draw.element("subProcess", "s", inside)
    walk = draw.Walk(draw.read(draw.begin(), sub_process, throw, draw.way("begin", "s", "end"), line))
    assert walk.complete("work").ready == ["undo"]

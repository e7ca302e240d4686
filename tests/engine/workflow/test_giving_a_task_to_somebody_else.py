"""Work that comes back goes to the new holder: the variable behind `camunda:assignee` follows, and nothing else."""

from __future__ import annotations

from uuid import uuid4

import pytest

from engine.workflow import TaskNotReady, inspect, set_assignee

HOLDERS = {"officer": "hoa", "clerk": "mai"}


def twice(draw, assignee: str, **variables: str):
    """Two tasks after each other, both drawn for the same assignee."""
    drawn = [draw.user(name, camunda__assignee=assignee) for name in ("first", "second")]
    return draw.Walk(draw.read(*draw.around(*drawn, ids=("first", "second"))), variables or HOLDERS)


def hand_over(walk, element_id: str, to: str) -> None:
    walk.take(set_assignee(walk.definition, walk.step.state, walk.task(element_id).id, to))


def test_the_task_and_those_after_it_go_to_the_new_holder(draw):
    walk = twice(draw, "${officer}")
    before = walk.step
    hand_over(walk, "first", "dung")
    assert walk.task("first").assignee == "dung"
    assert walk.variables == {"officer": "dung", "clerk": "mai"}
    assert [(task.id, task.element_id, task.path) for task in walk.step.ready] == [
        (task.id, task.element_id, task.path) for task in before.ready
    ]
    assert walk.step.next_due_at == before.next_due_at
    walk.complete("first")
    assert walk.task("second").assignee == "dung"


@pytest.mark.parametrize("assignee", ["hoa", "${officer + ''}", "${officer}${''}", "x-${officer}"])
def test_an_assignee_that_is_more_than_a_variable_changes_for_this_task_alone(draw, assignee):
    walk = twice(draw, assignee)
    as_drawn = walk.task("first").assignee
    hand_over(walk, "first", "dung")
    assert walk.task("first").assignee == "dung"
    assert walk.variables == HOLDERS
    walk.complete("first")
    assert walk.task("second").assignee == as_drawn


def test_a_task_that_is_drawn_for_nobody_only_notes_its_holder(draw):
    walk = draw.Walk(draw.read(*draw.around(draw.user("first"), draw.user("second"), ids=("first", "second"))), HOLDERS)
    hand_over(walk, "first", "dung")
    assert walk.variables == HOLDERS
    walk.complete("first")
    assert walk.task("second").assignee is None


CROSSINGS = {
    "<camunda:in source='officer' target='holder'/>": "dung",
    "<camunda:in sourceExpression='${ officer }' target='holder'/>": "dung",
    "<camunda:in sourceExpression='${default(officer, clerk)}' target='holder'/>": "hoa",
    "<camunda:in variables='all'/><camunda:in source='officer' target='holder'/>": "dung",
    "<camunda:in source='officer' target='holder'/><camunda:in sourceExpression=\"${'hoa'}\" target='holder'/>": "hoa",
}


@pytest.mark.parametrize("crossing", CROSSINGS)
def test_a_holder_that_a_call_handed_in_changes_in_the_calling_process_too(draw, crossing):
    again = draw.user("again", camunda__assignee="${holder}")
    within = draw.begin("b") + draw.user("x", camunda__assignee="${holder}") + draw.end("e") + draw.way("b", "x", "e")
    inner = draw.element("subProcess", "inner", within)
    called = draw.file(draw.process(*draw.around(inner, again, ids=("inner", "again")), id="called"))
    call = draw.element("callActivity", "call", calledElement="called", extra=crossing)
    after = draw.user("after", camunda__assignee="${officer}")
    walk = draw.Walk(draw.read(*draw.around(call, after, ids=("call", "after")), called__bpmn=called), HOLDERS)
    hand_over(walk, "x", "dung")
    walk.complete("x")
    assert walk.task("again").assignee == "dung"
    walk.complete("again")
    assert walk.task("after").assignee == CROSSINGS[crossing]
    assert walk.variables == {"officer": CROSSINGS[crossing], "clerk": "mai"}


def test_a_holder_that_is_called_the_same_everywhere_changes_everywhere(draw):
    called = draw.file(draw.process(*draw.around(draw.user("x", camunda__assignee="${officer}")), id="called"))
    call = draw.element("callActivity", "call", calledElement="called", extra="<camunda:in variables='all'/>")
    walk = draw.Walk(draw.read(*draw.around(call, ids=("call",)), called__bpmn=called), HOLDERS)
    hand_over(walk, "x", "dung")
    assert walk.variables == {"officer": "dung", "clerk": "mai"}


def test_one_of_several_holders_is_changed_and_the_others_stay(draw):
    loop = "<bpmn:multiInstanceLoopCharacteristics camunda:collection='${members}' camunda:elementVariable='member'/>"
    task = draw.user("x", loop, camunda__assignee="${member}")
    walk = draw.Walk(draw.read(*draw.around(task)), {"members": ["hoa", "dung"], "member": "nobody"})
    first, second = walk.step.ready
    walk.take(set_assignee(walk.definition, walk.step.state, first.id, "mai"))
    assert [(task.assignee, task.inputs["member"]) for task in walk.step.ready] == [("mai", "mai"), ("dung", "dung")]
    assert walk.variables == {"members": ["hoa", "dung"], "member": "nobody"}
    assert walk.step.ready[1] == second


def test_a_task_that_is_not_open_is_given_to_nobody(draw):
    walk = twice(draw, "${officer}")
    first = walk.task("first").id
    with pytest.raises(TaskNotReady):
        set_assignee(walk.definition, walk.step.state, uuid4(), "dung")
    walk.complete("first")
    with pytest.raises(TaskNotReady):
        set_assignee(walk.definition, walk.step.state, first, "dung")
    with pytest.raises(TaskNotReady):
        set_assignee(walk.definition, b"", first, "dung")
    assert inspect(walk.definition, walk.step.state).variables == HOLDERS

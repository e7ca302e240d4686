"""What a person's answers do to the process, and what they do not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from engine.workflow import Complete, StepFailed, TaskNotReady, advance, inspect


def test_only_output_parameters_enter_the_process(draw):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.user("ask", writes={"decision": "${answer}", "loud": "Chọn ${upper(answer)}"}),
            draw.user("more"),
            draw.end(),
            draw.way("begin", "ask", "more", "end"),
        )
    )
    walk.complete("ask", {"answer": "accept", "secret": "kept in the tables"})
    assert walk.variables == {"decision": "accept", "loud": "Chọn ACCEPT"}
    walk.complete("more", {"decision": "changed"})
    assert walk.step.ended
    assert walk.step.state == b""
    assert walk.variables == {"decision": "accept", "loud": "Chọn ACCEPT"}


def test_a_task_says_everything_its_people_need(draw):
    properties = (
        "<camunda:properties><camunda:property name='name_en' value='Examine'/>"
        "<camunda:property name='unit' value='${unit}'/><camunda:property name='other' value='${nobody}'/>"
        "</camunda:properties>"
    )
    task = draw.Walk(
        draw.read(
            draw.begin(),
            draw.user(
                "examine",
                name="Thụ lý hồ sơ",
                reads={"limit": "${days_left * 2}", "note": "cố định", "list": "${[1, 2]}"},
                extra=properties,
                camunda__modelerTemplate="motcua.process",
                camunda__candidateGroups="${role}",
                camunda__assignee="${officer}",
                camunda__dueDate="${now() + days(2)}",
                camunda__formRef="examine",
                camunda__formRefBinding="latest",
            ),
            draw.end(),
            draw.way("begin", "examine", "end"),
        ),
        {"role": "officer"},
        facts={"days_left": 4, "officer": None, "unit": "labour", "nobody": None},
    ).task("examine")
    assert (task.name, task.kind, task.role, task.assignee) == ("Thụ lý hồ sơ", "motcua.process", "officer", None)
    assert task.due_at == draw.MORNING + timedelta(days=2)
    assert task.form == "examine"
    assert task.properties == {"name_en": "Examine", "unit": "labour", "other": ""}
    assert task.inputs == {"limit": 8, "note": "cố định", "list": [1, 2]}


def test_an_open_task_keeps_its_id_from_step_to_step(draw):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.element("parallelGateway", "split"),
            draw.user("a"),
            draw.user("b"),
            draw.element("parallelGateway", "join"),
            draw.end(),
            draw.way("begin", "split", "a", "join", "end"),
            draw.way("split", "b", "join"),
        )
    )
    before = walk.task("b").id
    walk.complete("a")
    assert walk.task("b").id == before
    assert inspect(walk.definition, walk.step.state).ready == walk.step.ready


def test_a_task_that_is_done_or_never_was_cannot_be_completed(draw):
    definition = draw.read(draw.begin(), draw.user("a"), draw.user("b"), draw.end(), draw.way("begin", "a", "b", "end"))
    walk = draw.Walk(definition)
    done = walk.task("a").id
    walk.complete("a")
    for task_id in (done, uuid4()):
        with pytest.raises(TaskNotReady):
            advance(definition, walk.step.state, Complete(task_id), walk.surroundings)
    walk.complete("b")
    with pytest.raises(TaskNotReady):
        advance(definition, walk.step.state, Complete(done), walk.surroundings)


def test_a_missing_variable_refuses_the_step_and_is_named(draw):
    definition = draw.read(
        draw.begin(),
        draw.user("ask", writes={"fee": "${quantity * 15000}"}),
        draw.user("next"),
        draw.end(),
        draw.way("begin", "ask", "next", "end"),
    )
    walk = draw.Walk(definition)
    with pytest.raises(StepFailed, match="quantity"):
        walk.complete("ask", {"pages": 3})
    assert walk.complete("ask", {"quantity": 3}).variables == {"fee": 45000}


def test_dates_decimals_and_odd_keys_survive_being_saved(draw):
    values = {
        "day": date(2026, 2, 16),
        "moment": datetime(2026, 2, 16, 8, 30, tzinfo=UTC),
        "rate": Decimal("0.10"),
        "length": timedelta(days=3, seconds=5),
        "record": {"typename": "UUID", "value": "x", "$": {"$": [1]}, "__class__": "dict"},
        "huge": 10**30,
        "nothing": None,
        "list": [1, 2.5, "ba", [True]],
    }
    walk = draw.Walk(
        draw.read(draw.begin(), draw.user("a"), draw.user("b"), draw.end(), draw.way("begin", "a", "b", "end")), values
    )
    walk.complete("a")
    assert walk.variables == values
    assert {name: type(value) for name, value in walk.variables.items()} == {
        name: type(value) for name, value in values.items()
    }


@pytest.mark.parametrize("value", [object(), {1: "a"}, float("nan"), b"bytes", "\ud800"])
def test_a_value_that_cannot_be_saved_refuses_the_step(draw, value):
    definition = draw.read(draw.begin(), draw.user("a"), draw.end(), draw.way("begin", "a", "end"))
    with pytest.raises(StepFailed, match="thing"):
        draw.Walk(definition, {"thing": value})


def test_facts_lie_beneath_the_variables_and_are_never_saved(draw):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.script("s", "seen = channel + applicant.name"),
            draw.user("a"),
            draw.end(),
            draw.way("begin", "s", "a", "end"),
        ),
        {"channel": "quầy "},
        facts={"channel": "online", "applicant": {"name": "An"}},
    )
    assert walk.variables == {"channel": "quầy ", "seen": "quầy An"}


def test_answers_never_reach_the_log(draw, caplog):
    caplog.set_level("DEBUG")
    walk = draw.Walk(draw.read(draw.begin(), draw.user("a"), draw.end(), draw.way("begin", "a", "end")), {"name": "An"})
    walk.complete("a", {"identity_number": "001234567890"})
    assert caplog.records == []

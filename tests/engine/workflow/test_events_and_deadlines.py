"""Timers, messages, signals, errors: what interrupts what, and what wins."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from uuid import uuid4

import pytest

from engine.workflow import (
    Complete,
    Deliver,
    DiagramRefused,
    MessageNotAwaited,
    StepFailed,
    TaskNotReady,
    advance,
    set_timers,
    shift_timers,
)

SUB = "<bpmn:subProcess id='work' name='work'>{}</bpmn:subProcess>"


def deep_inside(draw) -> str:
    inner = SUB.replace("work", "inner").format(
        draw.begin("b2")
        + draw.element("parallelGateway", "fork")
        + draw.user("x")
        + draw.user("y")
        + draw.end("e2")
        + draw.way("b2", "fork", "x", "e2")
        + draw.way("fork", "y", "e2")
    )
    return SUB.format(draw.begin("b1") + inner + draw.user("z") + draw.end("e1") + draw.way("b1", "inner", "z", "e1"))


def test_a_late_completion_loses_against_an_interrupting_deadline(draw):
    walk = draw.Walk(draw.with_boundary(draw.boundary("late", "work", draw.timer("P30D"))))
    assert walk.step.next_due_at == draw.MORNING + timedelta(days=30)
    work = walk.task("work").id
    walk.now += timedelta(days=30)
    with pytest.raises(TaskNotReady):
        advance(walk.definition, walk.step.state, Complete(work), walk.surroundings)
    walk.wait()
    assert walk.ready == ["late_done"]
    assert [(passage.element_id, passage.outcome) for passage in walk.step.passages] == [
        ("work", "cancelled"),
        ("late", "completed"),
    ]


def test_a_completion_in_time_ends_the_deadline(draw):
    walk = draw.Walk(draw.with_boundary(draw.boundary("late", "work", draw.timer("P30D"))))
    walk.wait(days=29).complete("work")
    assert (walk.ready, walk.waits, walk.step.next_due_at) == (["after"], [], None)
    assert walk.wait(days=5).ready == ["after"]


def test_a_reminder_does_not_disturb_the_work(draw):
    walk = draw.Walk(
        draw.with_boundary(
            draw.boundary("remind", "work", draw.timer("P1D"), interrupting=False),
            draw.boundary("late", "work", draw.timer("P3D")),
        )
    )
    walk.wait(days=1)
    assert (walk.ready, walk.waits) == (["remind_done", "work"], ["late"])
    walk.complete("work")
    assert (walk.ready, walk.waits) == (["after", "remind_done"], [])


def test_a_repeated_reminder_comes_as_often_as_it_says(draw):
    reminder = draw.boundary("remind", "work", draw.timer("R3/P1D", "timeCycle"), interrupting=False)
    walk = draw.Walk(draw.with_boundary(reminder))
    counts = [walk.wait(days=1).ready.count("remind_done") for _ in range(5)]
    assert counts == [1, 2, 3, 3, 3]
    assert walk.waits == []


def test_a_reminder_that_was_missed_for_a_month_does_not_flood_the_office(draw):
    reminder = draw.boundary("remind", "work", draw.timer("R/PT1M", "timeCycle"), interrupting=False)
    walk = draw.Walk(draw.with_boundary(reminder))
    assert walk.wait(minutes=3).ready.count("remind_done") == 3
    assert walk.wait(days=30).ready.count("remind_done") < 10
    assert walk.step.next_due_at == walk.now + timedelta(minutes=1)


def test_when_several_deadlines_have_passed_the_earliest_comes_first(draw):
    walk = draw.Walk(
        draw.with_boundary(
            draw.boundary("second", "work", draw.timer("P2D")),
            draw.boundary("first", "work", draw.timer("P1D")),
        )
    )
    assert walk.wait(days=9).ready == ["first_done"]


@pytest.mark.parametrize(
    ("text", "kind", "days"),
    [
        ("P30D", "timeDuration", 30),
        ("PT48H", "timeDuration", 2),
        ("${'P' + str(n) + 'D'}", "timeDuration", 3),
        ("${days(4)}", "timeDuration", 4),
        ("2026-01-11T01:00:00Z", "timeDate", 6),
        ("2026-01-11T08:00:00+07:00", "timeDate", 6),
        ("${working_days(7)}", "timeDate", 7),
        ("P1M", "timeDuration", 31),
    ],
)
def test_a_timer_is_a_text_or_an_expression(draw, text, kind, days):
    definition = draw.with_boundary(draw.boundary("late", "work", draw.timer(text, kind)))
    walk = draw.Walk(definition, {"n": 3}, functions={"working_days": lambda n: draw.MORNING + timedelta(days=n)})
    assert walk.step.next_due_at == draw.MORNING + timedelta(days=days)


def test_a_month_from_the_last_of_january_ends_in_february(draw):
    from engine.workflow.timers import due_moment

    hanoi = timezone(timedelta(hours=7))
    assert due_moment("P1M", datetime(2026, 1, 31, 9, tzinfo=hanoi)) == datetime(2026, 2, 28, 9, tzinfo=hanoi)
    assert due_moment("P1Y1M", datetime(2027, 1, 31, 9, tzinfo=hanoi)) == datetime(2028, 2, 29, 9, tzinfo=hanoi)


@pytest.mark.parametrize("value", ["soon", "30D", 5, None, ["P1D"], "P9999Y"])
def test_a_senseless_time_refuses_the_step(draw, value):
    with pytest.raises(StepFailed):
        draw.Walk(draw.with_boundary(draw.boundary("late", "work", draw.timer("${value}"))), {"value": value})


def test_a_suspension_moves_the_waiting_timers(draw):
    walk = draw.Walk(draw.with_boundary(draw.boundary("late", "work", draw.timer("P3D"))))
    walk.take(shift_timers(walk.definition, walk.step.state, timedelta(days=10)))
    assert walk.step.next_due_at == draw.MORNING + timedelta(days=13)
    walk.take(shift_timers(walk.definition, walk.step.state, timedelta(days=10), ["another"]))
    assert walk.wait(days=12).ready == ["work"]
    assert walk.wait(days=1).ready == ["late_done"]


def test_one_timer_is_set_to_another_moment_and_the_others_stay(draw):
    walk = draw.Walk(draw.with_boundary(draw.boundary("late", "work", draw.timer("P3D"))))
    assert walk.definition.timers == {"late": "P3D"}
    (wait,) = walk.step.waits
    walk.take(set_timers(walk.definition, walk.step.state, {wait.id: draw.MORNING + timedelta(days=1)}))
    assert walk.step.next_due_at == draw.MORNING + timedelta(days=1)
    walk.take(set_timers(walk.definition, walk.step.state, {uuid4(): draw.MORNING + timedelta(days=9)}))
    assert walk.wait(days=1).ready == ["late_done"]


def test_withdrawal_stops_everything_inside_at_any_depth(draw):
    event = draw.boundary("withdrawn", "work", draw.event("message", "message_a"), writes={"reason": "${reason}"})
    walk = draw.Walk(draw.with_boundary(event, inside=deep_inside(draw)))
    assert walk.ready == ["x", "y"]
    assert walk.step.ready[0].path == ("work", "inner")
    walk.deliver("a", reason="moved away", secret=1)
    assert (walk.ready, walk.waits, walk.variables) == (["withdrawn_done"], [], {"reason": "moved away"})
    assert sorted(p.element_id for p in walk.step.passages if p.outcome == "cancelled") == ["inner", "work", "x", "y"]


@pytest.mark.parametrize("kind", ["signal", "escalation", "error"])
def test_after_an_interrupting_event_nothing_inside_runs_on(draw, kind):
    if kind == "error":
        thrower, last = draw.end("throw", draw.event(kind, f"{kind}_a")), []
    else:
        thrower = draw.element("intermediateThrowEvent", "throw", draw.event(kind, f"{kind}_a"))
        last = [draw.script("never", "never = true"), draw.end("e1"), draw.way("throw", "never", "e1")]
    inside = SUB.format("".join([draw.begin("b1"), draw.user("x"), thrower, draw.way("b1", "x", "throw"), *last]))
    walk = draw.Walk(draw.with_boundary(draw.boundary("caught", "work", draw.event(kind, f"{kind}_a")), inside=inside))
    walk.complete("x")
    assert (walk.ready, walk.variables) == (["caught_done"], {})


def test_an_error_finds_the_nearest_boundary_that_catches_its_code(draw):
    inner = SUB.replace("work", "inner").format(
        draw.begin("b2") + draw.end("throw", draw.event("error", "error_a")) + draw.way("b2", "throw")
    )
    inside = SUB.format(
        draw.begin("b1")
        + inner
        + draw.boundary("other", "inner", draw.event("error", "error_b"))
        + draw.end("e1")
        + draw.way("b1", "inner", "e1")
        + draw.way("other", "e1")
    )
    caught = draw.boundary("caught", "work", draw.event("error"))
    assert draw.Walk(draw.with_boundary(caught, inside=inside)).ready == ["caught_done"]
    with pytest.raises(StepFailed, match="no event catches"):
        draw.Walk(draw.with_boundary(inside=inside))


def test_an_unheard_escalation_changes_nothing(draw):
    inside = SUB.format(
        draw.begin("b1")
        + draw.element("intermediateThrowEvent", "throw", draw.event("escalation", "escalation_a"))
        + draw.user("x")
        + draw.end("e1")
        + draw.way("b1", "throw", "x", "e1")
    )
    assert draw.Walk(draw.with_boundary(inside=inside)).ready == ["x"]


def test_a_message_is_taken_again_and_again_by_a_boundary_that_does_not_interrupt(draw):
    walk = draw.Walk(
        draw.with_boundary(draw.boundary("note", "work", draw.event("message", "message_a"), interrupting=False))
    )
    for count in (1, 2, 3):
        assert walk.deliver("a").ready.count("note_done") == count
    assert "work" in walk.ready


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_message_in_time_ends_the_deadline_of_its_receive_task(draw, interrupting):
    late = draw.boundary("late", "work", draw.timer("P5D"), interrupting=interrupting)
    walk = draw.Walk(draw.with_boundary(late, inside=draw.element("receiveTask", "work", messageRef="message_a")))
    walk.deliver("a")
    assert (walk.ready, walk.waits) == (["after"], [])
    assert walk.wait(days=6).ready == ["after"]


def test_a_message_nobody_waits_for_is_refused(draw):
    walk = draw.Walk(draw.with_boundary(draw.boundary("note", "work", draw.event("message", "message_a"))))
    with pytest.raises(MessageNotAwaited):
        walk.deliver("b")
    walk.complete("work")
    with pytest.raises(MessageNotAwaited):
        walk.deliver("a")


def test_a_message_goes_to_one_waiter_and_to_the_one_that_is_meant(draw):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.element("parallelGateway", "split"),
            *(
                draw.element("receiveTask", name, messageRef="message_a") + draw.way("split", name, "end")
                for name in ("finance", "construction")
            ),
            draw.end(),
            draw.way("begin", "split"),
        )
    )
    meant = next(wait for wait in walk.step.waits if wait.element_id == "construction")
    walk.take(advance(walk.definition, walk.step.state, Deliver("a", to=meant.id), walk.surroundings))
    assert walk.waits == ["finance"]
    assert walk.deliver("a").step.ended


def test_the_first_event_after_an_event_gateway_ends_the_others(draw):
    def build():
        return draw.Walk(
            draw.read(
                draw.begin(),
                draw.element("eventBasedGateway", "race"),
                draw.element("intermediateCatchEvent", "soon", draw.timer("P1D")),
                draw.element("intermediateCatchEvent", "later", draw.timer("P2D")),
                draw.element("receiveTask", "paid", messageRef="message_a", writes={"amount": "${amount}"}),
                draw.end(),
                draw.flow("begin", "race"),
                *(
                    draw.way("race", name, f"{name}_done", "end") + draw.user(f"{name}_done")
                    for name in ("later", "soon", "paid")
                ),
            )
        )

    assert build().waits == ["later", "paid", "soon"]
    assert build().wait(days=1).ready == ["soon_done"]
    paid = build().deliver("a", amount=650000)
    assert (paid.ready, paid.waits, paid.variables) == (["paid_done"], [], {"amount": 650000})


def test_outgoing_messages_leave_with_the_step(draw):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.element(
                "sendTask", "tell", messageRef="message_a", reads={"to": "${name}", "text": "Xin chào ${name}"}
            ),
            draw.element("intermediateThrowEvent", "tell_again", draw.event("message", "message_b")),
            draw.end("end", draw.event("message", "message_a")),
            draw.way("begin", "tell", "tell_again", "end"),
        ),
        {"name": "An"},
    )
    assert walk.sent == [("a", {"to": "An", "text": "Xin chào An"}), ("b", {}), ("a", {})]


def test_a_condition_is_noticed_when_the_variables_or_facts_change(draw):
    stop = draw.boundary(
        "stop",
        "work",
        "<bpmn:conditionalEventDefinition><bpmn:condition>${paid}</bpmn:condition></bpmn:conditionalEventDefinition>",
    )
    walk = draw.Walk(draw.with_boundary(stop), facts={"paid": False})
    assert walk.wait(hours=1).ready == ["work"]
    walk.seen["facts"] = {"paid": True}
    assert walk.wait(hours=1).ready == ["stop_done"]


def test_a_terminate_event_ends_its_own_scope_only(draw):
    inside = SUB.format(
        draw.begin("b1")
        + draw.element("parallelGateway", "fork")
        + draw.user("x")
        + draw.user("y")
        + draw.end("stop", "<bpmn:terminateEventDefinition/>")
        + draw.end("e1")
        + draw.way("b1", "fork", "x", "stop")
        + draw.way("fork", "y", "e1")
    )
    walk = draw.Walk(draw.with_boundary(inside=inside)).complete("x")
    assert walk.ready == ["after"]


def test_link_events_lead_on(draw):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.element("intermediateThrowEvent", "out", "<bpmn:linkEventDefinition name='L'/>"),
            draw.element("intermediateCatchEvent", "in", "<bpmn:linkEventDefinition name='L'/>"),
            draw.user("a"),
            draw.end(),
            draw.way("begin", "out"),
            draw.way("in", "a", "end"),
        )
    )
    assert walk.ready == ["a"]


def link(draw, kind: str, identifier: str, name: str, *others: str) -> str:
    """A link event whose definition has the id `d` with its own id, and refers to the definitions of others."""
    side = "target" if kind == "intermediateThrowEvent" else "source"
    ends = "".join(f"<bpmn:{side}>d{each}</bpmn:{side}>" for each in others)
    definition = f"<bpmn:linkEventDefinition id='d{identifier}' name='{name}'>{ends}</bpmn:linkEventDefinition>"
    return draw.element(kind, identifier, definition)


@pytest.mark.parametrize(("first", "second"), [("L", "L"), ("L", "M"), ("", "")])
def test_a_link_that_refers_to_its_target_leads_there_whatever_the_names(draw, first, second):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.element("exclusiveGateway", "g", default="on"),
            link(draw, "intermediateThrowEvent", "out1", "L", "in1"),
            link(draw, "intermediateThrowEvent", "out2", "L", "in2"),
            link(draw, "intermediateCatchEvent", "in1", first, "out1"),
            link(draw, "intermediateCatchEvent", "in2", second, "out2"),
            draw.user("a"),
            draw.user("b"),
            draw.end(),
            draw.way("begin", "g"),
            draw.flow("g", "out1", "${far}"),
            draw.flow("g", "out2", None, "on"),
            draw.way("in1", "a", "end"),
            draw.way("in2", "b", "end"),
        ),
        {"far": True},
    )
    assert walk.ready == ["a"]


def test_a_link_that_refers_to_nothing_is_refused(draw):
    with pytest.raises(DiagramRefused, match="no target"):
        draw.read(
            draw.begin(),
            link(draw, "intermediateThrowEvent", "out", "L", "nowhere"),
            link(draw, "intermediateCatchEvent", "in", "L"),
            draw.end(),
            draw.way("begin", "out"),
            draw.way("in", "end"),
        )

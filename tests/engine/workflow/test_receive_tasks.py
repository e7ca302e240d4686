"""A receive task waits for a message like an event, and has edges like an activity."""

from __future__ import annotations


def test_a_message_that_comes_in_time_ends_the_deadline_on_the_receive_task(draw):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.element("receiveTask", "work", messageRef="message_a"),
            draw.boundary("late", "work", draw.timer("P3D")),
            draw.user("after"),
            draw.user("reminder"),
            draw.end(),
            draw.way("begin", "work", "after", "end"),
            draw.way("late", "reminder", "end"),
        )
    )
    walk.deliver("a")
    assert (walk.ready, walk.waits, walk.step.next_due_at) == (["after"], [], None)
    assert walk.wait(days=5).ready == ["after"]

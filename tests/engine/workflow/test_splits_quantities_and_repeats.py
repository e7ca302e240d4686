"""Flows without gateways, token quantities, loops, complex gateways, ad-hoc sub-processes."""

from __future__ import annotations

import pytest

from engine.workflow import StepFailed


def test_every_flow_that_leaves_a_task_gets_a_token(draw):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.user("a"),
            draw.user("x"),
            draw.user("y"),
            draw.end(),
            draw.way("begin", "a", "x", "end"),
            draw.way("a", "y", "end"),
        )
    )
    assert walk.complete("a").ready == ["x", "y"]
    assert not walk.complete("y").step.ended
    assert walk.complete("x").step.ended


def test_several_flows_into_a_task_bring_a_token_each(draw):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.element("parallelGateway", "fork"),
            draw.user("merged"),
            draw.end(),
            draw.way("begin", "fork"),
            draw.flow("fork", "merged", None, "one"),
            draw.flow("fork", "merged", None, "two"),
            draw.way("merged", "end"),
        )
    )
    assert walk.ready == ["merged", "merged"]


@pytest.mark.parametrize(
    ("sum_", "chosen"),
    [(5, ["always", "small"]), (50, ["always", "large"]), (500, ["always", "otherwise"])],
)
def test_conditional_flows_leave_a_task_and_the_default_only_when_none_is_true(draw, sum_, chosen):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.user("a", default="d"),
            *(draw.user(name) for name in ("always", "small", "large", "otherwise")),
            draw.end(),
            draw.way("begin", "a"),
            draw.flow("a", "always"),
            draw.flow("a", "small", "${sum < 10}"),
            draw.flow("a", "large", "${sum >= 10 and sum < 100}"),
            draw.flow("a", "otherwise", None, "d"),
            *(draw.flow(name, "end") for name in ("always", "small", "large", "otherwise")),
        ),
        {"sum": sum_},
    )
    assert walk.complete("a").ready == chosen


def test_a_task_whose_conditions_are_all_false_refuses_the_step(draw):
    walk = draw.Walk(
        draw.read(draw.begin(), draw.user("a"), draw.end(), draw.way("begin", "a"), draw.flow("a", "end", "${false}"))
    )
    with pytest.raises(StepFailed, match="no condition is true"):
        walk.complete("a")


def test_a_process_without_start_and_end_events_begins_and_ends_where_no_flow_is(draw):
    walk = draw.Walk(draw.read(draw.user("a"), draw.user("b"), draw.user("c"), draw.way("a", "b")))
    assert walk.ready == ["a", "c"]
    walk.complete("a").complete("c")
    assert (walk.ready, walk.complete("b").step.ended) == (["b"], True)


def test_an_activity_waits_for_as_many_tokens_as_it_says_and_gives_as_many(draw):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.user("a", completionQuantity="3"),
            draw.user("b", startQuantity="2"),
            draw.user("c"),
            draw.end(),
            draw.way("begin", "a", "b", "end"),
            draw.way("begin", "c", "b"),
        )
    )
    walk.complete("a")
    assert walk.ready == ["b", "c"]
    walk.complete("c")
    assert walk.ready == ["b", "b"]
    assert walk.complete("b").complete("b").step.ended


def test_a_boundary_event_opens_only_when_the_tokens_are_gathered(draw):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.user("a"),
            draw.user("b", startQuantity="2"),
            draw.boundary("late", "b", draw.timer("P1D")),
            draw.end(),
            draw.way("begin", "a", "b", "end"),
            draw.way("begin", "b"),
            draw.way("late", "end"),
        )
    )
    assert walk.waits == []
    assert walk.complete("a").waits == ["late"]


def looped(draw, **marks: str) -> object:
    condition = marks.pop("condition", None)
    inside = f"<bpmn:loopCondition>{condition}</bpmn:loopCondition>" if condition else ""
    marker = f"<bpmn:standardLoopCharacteristics{draw_attributes(marks)}>{inside}</bpmn:standardLoopCharacteristics>"
    return draw.read(
        draw.begin(),
        draw.user("a", marker, writes={"good": "${good}"}),
        draw.user("after"),
        draw.end(),
        draw.way("begin", "a", "after", "end"),
    )


def draw_attributes(marks: dict[str, str]) -> str:
    return "".join(f" {name}='{value}'" for name, value in marks.items())


def test_a_loop_is_done_again_as_long_as_its_condition_holds(draw):
    walk = draw.Walk(looped(draw, condition="${not good}"), {"good": True})
    walk.complete("a", {"good": False}).complete("a", {"good": False})
    assert walk.ready == ["a"]
    assert walk.complete("a", {"good": True}).ready == ["after"]


def test_a_loop_that_tests_before_may_not_be_done_at_all(draw):
    definition = looped(draw, condition="${not good}", testBefore="true")
    assert draw.Walk(definition, {"good": True}).ready == ["after"]
    assert draw.Walk(definition, {"good": False}).ready == ["a"]


def test_a_loop_ends_at_its_maximum(draw):
    walk = draw.Walk(looped(draw, loopMaximum="2"))
    walk.complete("a", {"good": 1})
    assert walk.ready == ["a"]
    assert walk.complete("a", {"good": 1}).ready == ["after"]


def discriminator(draw, condition: str):
    return draw.read(
        draw.begin(),
        draw.element("parallelGateway", "fork"),
        *(draw.user(name) for name in "abc"),
        draw.element("complexGateway", "join", f"<bpmn:activationCondition>{condition}</bpmn:activationCondition>"),
        draw.user("after"),
        draw.end(),
        draw.way("begin", "fork"),
        *(draw.way("fork", name, "join") for name in "abc"),
        draw.way("join", "after", "end"),
    )


def test_a_discriminator_goes_on_once_and_takes_in_the_late_tokens(draw):
    walk = draw.Walk(discriminator(draw, "${activationCount >= 1}"))
    assert walk.complete("b").ready == ["a", "after", "c"]
    walk.complete("after")
    assert not walk.complete("a").step.ended
    assert walk.complete("c").step.ended
    assert (walk.passed.count("join"), walk.passed.count("after")) == (1, 1)


def test_a_complex_gateway_waits_for_as_many_as_its_condition_says(draw):
    walk = draw.Walk(discriminator(draw, "${activationCount == 2}"))
    assert walk.complete("c").ready == ["a", "b"]
    assert walk.complete("a").ready == ["after", "b"]


def test_a_discriminator_works_again_on_every_round(draw):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.element("exclusiveGateway", "again"),
            draw.element("parallelGateway", "fork"),
            draw.user("a"),
            draw.user("b"),
            draw.element(
                "complexGateway", "join", "<bpmn:activationCondition>activationCount == 1</bpmn:activationCondition>"
            ),
            draw.user("after", writes={"more": "${more}"}),
            draw.element("exclusiveGateway", "decide", default="leave"),
            draw.end(),
            draw.way("begin", "again", "fork", "a", "join", "after", "decide"),
            draw.way("fork", "b", "join"),
            draw.flow("decide", "again", "${more}"),
            draw.flow("decide", "end", None, "leave"),
        )
    )
    for _ in range(3):
        walk.complete("a").complete("b")
        assert walk.ready == ["after"]
        walk.complete("after", {"more": True})
    walk.complete("b").complete("a").complete("after", {"more": False})
    assert walk.step.ended


def ad_hoc(draw, condition: str | None, *parts: str, **marks: str):
    inside = "".join(parts) or draw.user("a", writes={"n": "${n + 1}"}) + draw.user("b") + draw.user("c")
    if condition:
        inside += f"<bpmn:completionCondition>{condition}</bpmn:completionCondition>"
    return draw.read(
        draw.begin(),
        draw.element("adHocSubProcess", "work", inside, **marks),
        draw.user("after"),
        draw.end(),
        draw.way("begin", "work", "after", "end"),
    )


def test_an_ad_hoc_sub_process_offers_everything_at_once(draw):
    walk = draw.Walk(ad_hoc(draw, None))
    assert walk.ready == ["a", "b", "c"]
    walk.variables["n"] = 0
    assert walk.complete("b").complete("c").ready == ["a"]


def test_an_ad_hoc_sub_process_in_sequence_offers_one_after_the_other(draw):
    walk = draw.Walk(ad_hoc(draw, None, draw.user("a"), draw.user("b"), ordering="Sequential"))
    assert walk.ready == ["a"]
    assert walk.complete("a").ready == ["b"]
    assert walk.complete("b").ready == ["after"]


def test_an_ad_hoc_sub_process_ends_when_its_condition_holds_and_stops_the_rest(draw):
    walk = draw.Walk(ad_hoc(draw, "${n &gt; 0}"), {"n": 0})
    assert walk.complete("b").ready == ["a", "c"]
    assert walk.complete("a").ready == ["after"]


def test_an_ad_hoc_sub_process_may_let_the_rest_finish(draw):
    walk = draw.Walk(ad_hoc(draw, "${n &gt; 0}", cancelRemainingInstances="false"), {"n": 0})
    assert walk.complete("a").ready == ["b", "c"]
    assert walk.complete("b").complete("c").ready == ["after"]


def test_an_ad_hoc_sub_process_is_offered_again_until_its_condition_holds(draw):
    one = draw.user("a", writes={"n": "${n + 1}"})
    walk = draw.Walk(ad_hoc(draw, "${n &gt; 1}", one, ordering="Sequential"), {"n": 0})
    assert walk.complete("a").ready == ["a"]
    assert walk.complete("a").ready == ["after"]


def test_a_message_task_may_be_repeated(draw):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.element("receiveTask", "take", draw.loop(times="2"), messageRef="message_a"),
            draw.element("sendTask", "tell", draw.loop(times="2", sequential=True), messageRef="message_b"),
            draw.end(),
            draw.way("begin", "take", "tell", "end"),
        )
    )
    assert walk.waits == ["take", "take"]
    walk.deliver("a").deliver("a")
    assert (walk.sent, walk.step.ended) == ([("b", {}), ("b", {})], True)


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize(("behavior", "reference", "times"), [("None", "none", 3), ("One", "one", 1)])
def test_instances_throw_what_the_behavior_says_and_all_of_them_are_done(
    draw, behavior, reference, times, interrupting
):
    marker = (
        f"<bpmn:multiInstanceLoopCharacteristics behavior='{behavior}' {reference}BehaviorEventRef='told'>"
        "<bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    )
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.user("a", marker),
            draw.boundary(
                "heard",
                "a",
                "<bpmn:signalEventDefinition id='told' signalRef='signal_a'/>",
                interrupting=interrupting,
            ),
            draw.end(),
            draw.way("begin", "a", "end"),
            draw.way("heard", "end"),
        )
    )
    walk.complete("a").complete("a").complete("a")
    assert (walk.step.ended, walk.passed.count("heard")) == (True, times)


def test_an_interrupting_boundary_event_stops_the_instances_when_others_throw_its_signal(draw):
    marker = (
        "<bpmn:multiInstanceLoopCharacteristics behavior='None' noneBehaviorEventRef='told'>"
        "<bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    )
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.user("a", marker),
            draw.boundary("heard", "a", "<bpmn:signalEventDefinition id='told' signalRef='signal_a'/>"),
            draw.user("b"),
            draw.element("intermediateThrowEvent", "tell", draw.event("signal", "signal_a")),
            draw.end(),
            draw.way("begin", "a", "end"),
            draw.way("begin", "b", "tell", "end"),
            draw.way("heard", "end"),
        )
    )
    assert walk.complete("a").ready == ["a", "a", "b"]
    assert walk.complete("b").step.ended


def test_an_escalation_of_the_behavior_goes_outwards_when_the_boundary_does_not_catch_it(draw):
    marker = (
        "<bpmn:multiInstanceLoopCharacteristics behavior='One' oneBehaviorEventRef='told'>"
        "<bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    )
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.element("subProcess", "s", draw.begin("b1") + draw.user("a", marker) + draw.way("b1", "a")),
            draw.boundary("heard", "s", "<bpmn:escalationEventDefinition id='told' escalationRef='escalation_a'/>"),
            draw.user("stopped"),
            draw.end(),
            draw.way("begin", "s", "end"),
            draw.way("heard", "stopped", "end"),
        )
    )
    assert walk.complete("a").ready == ["stopped"]


def test_a_complex_behavior_stops_the_rest_throws_and_goes_on_when_its_condition_holds(draw):
    marker = (
        "<bpmn:multiInstanceLoopCharacteristics behavior='Complex'><bpmn:loopCardinality>3</bpmn:loopCardinality>"
        "<bpmn:complexBehaviorDefinition><bpmn:condition>${nrOfCompletedInstances == 2}</bpmn:condition>"
        "<bpmn:event><bpmn:signalEventDefinition signalRef='signal_a'/></bpmn:event>"
        "</bpmn:complexBehaviorDefinition></bpmn:multiInstanceLoopCharacteristics>"
    )
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.user("a", marker),
            draw.boundary("heard", "a", draw.event("signal", "signal_a")),
            draw.user("told"),
            draw.user("next"),
            draw.end(),
            draw.way("begin", "a", "next", "end"),
            draw.way("heard", "told", "end"),
        )
    )
    assert walk.complete("a").ready == ["a", "a"]
    assert walk.complete("a").ready == ["next", "told"]


def test_a_parallel_event_gateway_needs_all_its_events(draw):
    walk = draw.Walk(
        draw.read(
            draw.element("eventBasedGateway", "g", instantiate="true", eventGatewayType="Parallel"),
            draw.element("intermediateCatchEvent", "a", draw.event("message", "message_a")),
            draw.element("intermediateCatchEvent", "b", draw.event("message", "message_b")),
            draw.end(),
            draw.way("g", "a", "end"),
            draw.way("g", "b", "end"),
        )
    )
    assert not walk.deliver("b").step.ended
    assert walk.waits == ["a"]
    assert walk.deliver("a").step.ended

"""A diagram is run to its end without a dossier: what ran, in which order, when, and how it ended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.workflow import DiagramRefused, read_definition
from engine.workflow.tracing import BEGINNING, Arrival, trace


@pytest.fixture
def run(draw):
    """Trace a process made of these parts."""

    def run(*parts: str, data=None, messages=(), others: tuple[str, ...] = (), **options):
        content = draw.file(draw.process(*parts), *others)
        definition = read_definition({"p.bpmn": content}, "p", (), plain=True)
        return trace(definition, data or {}, messages, **options)

    return run


def ids(result, outcome: str = "completed") -> list[str]:
    return [each.passage.element_id for each in result.elements if each.passage.outcome == outcome]


def test_people_answer_at_once_and_the_clock_jumps_to_the_next_timer(draw, run):
    wait = draw.element("intermediateCatchEvent", "wait", draw.timer("P3D"))
    result = run(draw.begin(), draw.user("a"), wait, draw.end(), draw.way("begin", "a", "wait", "end"))
    assert (result.ended, ids(result)) == ("completed", ["begin", "a", "wait", "end"])
    assert [each.at - BEGINNING for each in result.elements][-2:] == [timedelta(days=3)] * 2


def test_a_message_that_the_model_sends_is_heard_where_the_model_waits_for_it(draw, run):
    result = run(
        draw.begin(),
        draw.element("receiveTask", "hear", messageRef="message_a"),
        draw.element("sendTask", "tell", messageRef="message_a"),
        draw.end(),
        draw.way("begin", "hear", "end"),
        draw.way("begin", "tell", "end"),
    )
    assert (result.ended, [message.name for message in result.sent]) == ("completed", ["a"])


def test_a_message_sent_too_early_is_kept(draw, run):
    line = ("begin", "tell", "wait", "hear", "end")
    result = run(
        draw.begin(),
        draw.element("intermediateThrowEvent", "tell", draw.event("message", "message_a")),
        draw.element("intermediateCatchEvent", "wait", draw.timer("PT1H")),
        draw.element("intermediateCatchEvent", "hear", draw.event("message", "message_a")),
        draw.end(),
        draw.way(*line),
    )
    assert ids(result) == list(line)


def race(draw) -> tuple[str, ...]:
    return (
        draw.begin(),
        draw.element("eventBasedGateway", "g"),
        draw.element("intermediateCatchEvent", "paid", draw.event("message", "message_a"), writes={"sum": "${sum}"}),
        draw.element("intermediateCatchEvent", "late", draw.timer("P30D")),
        draw.end(),
        draw.way("begin", "g", "paid", "end"),
        draw.way("g", "late", "end"),
    )


def test_a_message_from_outside_comes_at_its_time(draw, run):
    in_time = Arrival("a", {"sum": 650000}, at=BEGINNING + timedelta(days=29))
    result = run(*race(draw), messages=[in_time])
    assert (ids(result), result.variables["sum"]) == (["begin", "g", "paid", "end"], 650000)
    assert "late" in ids(run(*race(draw), messages=[Arrival("a", at=BEGINNING + timedelta(days=31))]))


def test_a_message_comes_before_people_answer_where_it_is_awaited_beside_their_task(draw, run):
    for interrupting in (True, False):
        result = run(
            draw.begin(),
            draw.user("a"),
            draw.boundary("m", "a", draw.event("message", "message_a"), interrupting=interrupting),
            draw.user("b"),
            draw.end(),
            draw.way("begin", "a", "end"),
            draw.way("m", "b"),
            messages=[Arrival("a")],
        )
        assert ids(result)[:2] == ["begin", "m"]
        assert ("a" in ids(result)) is not interrupting


def test_a_message_may_come_after_an_element(draw, run):
    stop = draw.boundary("stop", "work", draw.event("message", "message_a"))
    inside = (
        draw.element("startEvent", "b1") + draw.user("x") + draw.element("receiveTask", "y", messageRef="message_b")
    )
    inside += draw.end("e1") + draw.way("b1", "x", "y", "e1")
    result = run(
        draw.begin(),
        draw.element("subProcess", "work", inside),
        stop,
        draw.end(),
        draw.way("begin", "work", "end"),
        draw.way("stop", "end"),
        messages=[Arrival("a", after="x")],
    )
    assert ids(result) == ["begin", "b1", "x", "stop", "end"]
    assert ids(result, "cancelled") == ["y", "work"]


def test_a_run_that_waits_for_what_never_comes_says_so(draw, run):
    result = run(
        draw.begin(), draw.element("receiveTask", "hear", messageRef="message_a"), draw.end(),
        draw.way("begin", "hear", "end"),
    )  # fmt: skip
    assert (result.ended, [wait.element_id for wait in result.waiting]) == ("waiting", ["hear"])


def test_a_join_that_never_gets_its_token_is_stuck(draw, run):
    result = run(
        draw.begin(),
        draw.element("exclusiveGateway", "g", default="one"),
        draw.element("parallelGateway", "join"),
        draw.end(),
        draw.way("begin", "g"),
        draw.flow("g", "join", None, "one"),
        draw.flow("g", "join", "${false}", "two"),
        draw.way("join", "end"),
    )
    assert (result.ended, ids(result)) == ("stuck", ["begin", "g"])


def test_the_ways_in_which_a_process_ends(draw, run):
    def ending(what: str):
        return run(draw.begin(), draw.end("end", what), draw.way("begin", "end"))

    assert ending("").ended == "completed"
    assert ending("<bpmn:terminateEventDefinition/>").ended == "terminated"
    failed = ending(draw.event("error", "error_a"))
    assert (failed.ended, failed.error.parameters["code"], ids(failed)) == ("error", "a", ["begin", "end"])


def test_a_condition_without_a_result_is_a_failure_that_names_its_place(draw, run):
    gateway = draw.element("exclusiveGateway", "g", default="otherwise")
    result = run(
        draw.begin(), gateway, draw.end(), draw.way("begin", "g"),
        draw.flow("g", "end", "${nobody_set_this}"), draw.flow("g", "end", None, "otherwise"),
    )  # fmt: skip
    assert (result.ended, result.error.parameters["element_id"]) == ("failed", "g")


def test_a_run_without_end_is_stopped(draw, run):
    parts = (
        draw.begin(), draw.element("exclusiveGateway", "again"),
        draw.element("intermediateCatchEvent", "wait", draw.timer("PT1H")),
        draw.element("exclusiveGateway", "g", default="back"), draw.end(),
        draw.way("begin", "again", "wait", "g"),
        draw.flow("g", "again", None, "back"), draw.flow("g", "end", "${false}"),
    )  # fmt: skip
    result = run(*parts, until=BEGINNING + timedelta(hours=10))
    assert (result.ended, result.limit, ids(result).count("wait")) == ("waiting", "until", 10)
    assert run(*parts).limit == "steps"
    assert run(*parts, is_late=lambda: True).limit == "time"


def test_a_bare_word_is_a_script_without_an_effect_and_foreign_code_is_refused(draw, run):
    def with_script(text: str):
        return run(draw.begin(), draw.script("x", text), draw.end(), draw.way("begin", "x", "end"))

    assert ids(with_script("task1")) == ["begin", "x", "end"]
    assert with_script("n = 1 + 1").variables == {"n": 2}
    for code in ("import os", "throw error", "n = 1, m = 2"):
        with pytest.raises(DiagramRefused, match="script-syntax|expression-syntax"):
            with_script(code)
    assert run(draw.script("x", "n--"), data={"n": 3}).variables == {"n": 2}
    assert ids(with_script("// nothing is done here\n\n# nor here")) == ["begin", "x", "end"]


def test_a_script_with_a_result_variable_is_an_expression_and_no_assignment(draw, run):
    def with_script(text: str):
        inside = f"<bpmn:script>{text}</bpmn:script>"
        task = draw.element("scriptTask", "x", inside, scriptFormat="expression", camunda__resultVariable="m")
        return run(draw.begin(), task, draw.end(), draw.way("begin", "x", "end"), data={"n": 1})

    assert with_script("n == 1").variables == {"n": 1, "m": True}
    assert with_script("n").variables == {"n": 1, "m": 1}
    assert with_script("7").variables == {"n": 1, "m": 7}
    for text in ("n = 2", "n += 2", 'n = "a";'):
        with pytest.raises(DiagramRefused, match="script-syntax"):
            with_script(text)


def guarded(draw, inside: str, what: str, others: str = "") -> tuple[str, ...]:
    return (
        draw.begin(),
        draw.element("subProcess", "work", draw.begin("b1") + inside + draw.end("e1") + others),
        draw.boundary("guard", "work", what),
        draw.end(),
        draw.way("begin", "work", "end"),
        draw.way("guard", "end"),
    )


@pytest.mark.parametrize("kind", ["error", "timer"])
def test_a_label_is_refused_where_only_it_could_set_off_what_waits_beside_it(draw, run, kind):
    what = draw.timer("PT5M") if kind == "timer" else draw.event("error", "error_a")
    label = draw.script("x", "CHECK_STOCK")
    on_the_task = (draw.begin(), label, draw.boundary("guard", "x", what), draw.end(), draw.way("begin", "x", "end"))
    listens = draw.element("startEvent", "s2", what) + draw.end("e2") + draw.way("s2", "e2")
    beside = draw.element("subProcess", "es", listens, triggeredByEvent="true")
    for parts in (
        (*on_the_task, draw.way("guard", "end")),
        guarded(draw, label + draw.way("b1", "x", "e1"), what),
        (draw.begin(), label, beside, draw.end(), draw.way("begin", "x", "end")),
    ):
        with pytest.raises(DiagramRefused, match="script-not-said"):
            run(*parts)


def test_a_label_is_a_step_where_something_drawn_sets_off_what_waits_beside_it(draw, run):
    label = draw.script("x", "CHECK_STOCK")
    wait = draw.element("intermediateCatchEvent", "wait", draw.timer("PT1H"))
    slow = run(*guarded(draw, wait + label + draw.way("b1", "wait", "x", "e1"), draw.timer("PT5M")))
    assert ids(slow) == ["begin", "b1", "guard", "end"]
    thrown = draw.element("exclusiveGateway", "g", default="on") + draw.end("failed", draw.event("error", "error_a"))
    thrown += draw.way("b1", "x", "g") + draw.flow("g", "e1", None, "on") + draw.flow("g", "failed", "n > 1")
    parts = guarded(draw, label + thrown, draw.event("error", "error_a"))
    assert "guard" in ids(run(*parts, data={"n": 2}))
    assert "guard" not in ids(run(*parts, data={"n": 1}))


def test_a_parallel_gateway_looks_at_no_condition(draw, run):
    fork = draw.element("parallelGateway", "fork")
    result = run(
        draw.begin(), fork, draw.user("a"), draw.user("b"), draw.end(), draw.way("begin", "fork"),
        draw.flow("fork", "a", "n > 1"), draw.flow("fork", "b", "nobody_set_this"),
        draw.way("a", "end"), draw.way("b", "end"), data={"n": 0},
    )  # fmt: skip
    assert {"a", "b"} <= set(ids(result))


def test_a_flow_without_a_condition_behind_an_inclusive_gateway_is_always_taken_but_for_the_default(draw, run):
    def taken(n: int, **given) -> set[str]:
        fork = draw.element("inclusiveGateway", "fork", **given)
        flows = draw.flow("fork", "a", "n > 1") + draw.flow("fork", "b", id="other")
        parts = (draw.begin(), fork, draw.user("a"), draw.user("b"), draw.way("begin", "fork"), flows)
        return set(ids(run(*parts, data={"n": n}))) - {"begin", "fork"}

    assert (taken(2), taken(1)) == ({"a", "b"}, {"b"})
    assert (taken(2, default="other"), taken(1, default="other")) == ({"a"}, {"b"})


def choice(draw, *flows: str, **given) -> tuple[str, ...]:
    gateway = draw.element("exclusiveGateway", "g", **given)
    return (draw.begin(), gateway, draw.user("a"), draw.user("b"), draw.way("begin", "g"), *flows)


def test_the_last_flow_alone_without_a_condition_is_the_default_and_any_other_is_refused(draw, run):
    last = choice(draw, draw.flow("g", "a", "n > 1"), draw.flow("g", "b"))
    assert ids(run(*last, data={"n": 2})) == ["begin", "g", "a"]
    assert ids(run(*last, data={"n": 1})) == ["begin", "g", "b"]
    for flows in (
        (draw.flow("g", "b"), draw.flow("g", "a", "n > 1")),
        (draw.flow("g", "a"), draw.flow("g", "b")),
    ):
        with pytest.raises(DiagramRefused, match="gateway-flow-without-condition"):
            run(*choice(draw, *flows))


def test_a_process_that_begins_when_a_condition_holds_waits_for_it(draw, run):
    holds = "<bpmn:condition>n &gt; 3</bpmn:condition>"
    what = f"<bpmn:conditionalEventDefinition>{holds}</bpmn:conditionalEventDefinition>"
    parts = (draw.element("startEvent", "begin", what), draw.user("a"), draw.way("begin", "a"))
    assert ids(run(*parts, data={"n": 4})) == ["begin", "a"]
    still = run(*parts, data={"n": 3})
    assert (still.ended, ids(still), [each.element_id for each in still.waiting]) == ("waiting", [], ["begin"])


def test_a_token_may_end_where_no_flow_goes_on(draw, run):
    result = run(
        draw.begin(), draw.user("a"), draw.user("b"), draw.end(), draw.way("begin", "a", "end"), draw.way("begin", "b")
    )
    assert (result.ended, sorted(ids(result))) == ("completed", ["a", "b", "begin", "end"])


def test_a_process_that_the_file_does_not_mark_is_run_unless_another_one_is_marked(draw):
    def unmarked(process: str, *parts: str) -> str:
        return f"<bpmn:process id='{process}'>{''.join(parts)}</bpmn:process>"

    def read(*parts: str):
        return read_definition({"p.bpmn": draw.file(*parts)}, None, (), plain=True)

    assert ids(trace(read(unmarked("q", draw.user("a"))), {})) == ["a"]
    call = draw.process(draw.element("callActivity", "call", calledElement="q"))
    assert ids(trace(read(unmarked("q", draw.user("a")), call), {})) == ["a", "call"]
    assert ids(trace(read(unmarked("q", draw.user("a")), draw.process(draw.user("b"))), {})) == ["b"]
    with pytest.raises(DiagramRefused, match="process-not-executable"):
        read(draw.process(draw.user("a"), executable=False))


def test_the_maximum_of_a_loop_is_at_least_one(draw, run):
    marker = "<bpmn:standardLoopCharacteristics loopMaximum='${n}'/>"
    parts = (draw.begin(), draw.user("a", marker), draw.end(), draw.way("begin", "a", "end"))
    assert ids(run(*parts, data={"n": 2})) == ["begin", "a", "a", "end"]
    for wrong in (0, -1, "2"):
        failed = run(*parts, data={"n": wrong})
        assert (failed.ended, failed.error.parameters["element_id"]) == ("failed", "a")


def test_work_that_is_not_said_is_done_without_a_result(draw, run):
    parts = [draw.element(kind, kind) for kind in ("task", "manualTask", "serviceTask", "businessRuleTask", "sendTask")]
    names = ["begin", "task", "manualTask", "serviceTask", "businessRuleTask", "sendTask", "end"]
    result = run(draw.begin(), *parts, draw.end(), draw.way(*names))
    assert (result.ended, ids(result)) == ("completed", names)


@pytest.mark.parametrize("kind", ["globalTask", "globalUserTask", "globalManualTask", "globalScriptTask"])
def test_a_global_task_can_be_called(draw, run, kind):
    inside = "<bpmn:script>label</bpmn:script>" if kind == "globalScriptTask" else ""
    result = run(
        draw.begin(),
        draw.element("callActivity", "call", calledElement="alone"),
        draw.end(),
        draw.way("begin", "call", "end"),
        others=(draw.element(kind, "alone", inside),),
    )
    assert ids(result) == ["begin", "alone", "call", "end"]


def test_a_process_that_begins_by_receiving_has_received(draw, run):
    result = run(
        draw.element("receiveTask", "hear", messageRef="message_a", instantiate="true"),
        draw.user("a"),
        draw.end(),
        draw.way("hear", "a", "end"),
    )
    assert (result.ended, ids(result)) == ("completed", ["hear", "a", "end"])


@pytest.mark.parametrize(("arrivals", "first"), [((), "one"), ((Arrival("b"),), "two")])
def test_a_process_that_begins_at_an_event_gateway_takes_what_comes(draw, run, arrivals, first):
    result = run(
        draw.element("eventBasedGateway", "g", instantiate="true"),
        draw.element("intermediateCatchEvent", "one", draw.event("message", "message_a")),
        draw.element("intermediateCatchEvent", "two", draw.event("message", "message_b")),
        draw.end(),
        draw.way("g", "one", "end"),
        draw.way("g", "two", "end"),
        messages=arrivals,
    )
    assert (result.ended, ids(result)) == ("completed", ["g", first, "end"])


def test_a_signal_may_come_from_outside(draw, run):
    result = run(
        draw.begin(),
        draw.element("intermediateCatchEvent", "hear", draw.event("signal", "signal_a")),
        draw.end(),
        draw.way("begin", "hear", "end"),
        messages=[Arrival("a", is_signal=True)],
    )
    assert result.ended == "completed"


def stopped_from_within(draw, inside: str, what: str) -> tuple[str, ...]:
    return (
        draw.begin(),
        draw.element("subProcess", "work", draw.begin("b1") + inside + draw.user("next") + draw.end("e1")),
        draw.boundary("stop", "work", what),
        draw.end(),
        draw.way("begin", "work", "end"),
        draw.way("stop", "end"),
    )


def test_a_message_from_within_interrupts_before_anything_else_runs(draw, run):
    tell = draw.element("intermediateThrowEvent", "tell", draw.event("message", "message_a"))
    inside = tell + draw.way("b1", "tell", "next", "e1")
    result = run(*stopped_from_within(draw, inside, draw.event("message", "message_a")))
    assert (ids(result), result.ended) == (["begin", "b1", "tell", "stop", "end"], "completed")


def test_a_condition_interrupts_as_soon_as_it_is_true(draw, run):
    inside = draw.script("set", "n = 5") + draw.way("b1", "set", "next", "e1")
    what = "<bpmn:conditionalEventDefinition><bpmn:condition>n > 3</bpmn:condition></bpmn:conditionalEventDefinition>"
    result = run(*stopped_from_within(draw, inside, what))
    assert ids(result) == ["begin", "b1", "set", "stop", "end"]

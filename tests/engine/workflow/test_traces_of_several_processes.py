"""A trace runs the processes of a file that belong together: partners in a collaboration, and who is begun by whom."""

from __future__ import annotations

import pytest

from engine.workflow import read_definition
from engine.workflow.tracing import Arrival, trace


@pytest.fixture
def run(draw):
    """Trace a file with these processes."""

    def run(*parts: str, process_id: str | None = None, data=None, messages=()):
        definition = read_definition({"p.bpmn": draw.file(*parts)}, process_id, (), plain=True)
        return trace(definition, data or {}, messages)

    return run


def ids(result) -> list[str]:
    return [each.passage.element_id for each in result.elements if each.passage.outcome == "completed"]


def paths(result) -> dict[str, tuple[str, ...]]:
    return {each.passage.element_id: each.passage.path for each in result.elements}


def pools(*processes: str, flows: tuple[tuple[str, str], ...] = ()) -> str:
    inside = "".join(f"<bpmn:participant id='pool_{process}' processRef='{process}'/>" for process in processes)
    inside += "".join(
        f"<bpmn:messageFlow id='m{n}' sourceRef='{a}' targetRef='{b}'/>" for n, (a, b) in enumerate(flows)
    )
    return f"<bpmn:collaboration id='c'>{inside}</bpmn:collaboration>"


def sender(draw, kind: str = "message", *, again: bool = False) -> str:
    """Throws once or twice and goes on."""
    what, names = draw.event(kind, f"{kind}_a"), ["tell", "tell_again"] if again else ["tell"]
    throws = [draw.element("intermediateThrowEvent", name, what) for name in names]
    return draw.process(draw.begin(), *throws, draw.end(), draw.way("begin", *names, "end"))


def starter(draw, kind: str = "message") -> str:
    """Begins by what the sender throws."""
    hear = draw.element("startEvent", "hear", draw.event(kind, f"{kind}_a"))
    return draw.process(hear, draw.user("work"), draw.end("done"), draw.way("hear", "work", "done"), id="q")


def waiter(draw, kind: str = "message") -> str:
    """Begins by itself and waits for what the sender throws."""
    wait = draw.element("intermediateCatchEvent", "wait", draw.event(kind, f"{kind}_a"))
    return draw.process(draw.begin("go"), wait, draw.end("done"), draw.way("go", "wait", "done"), id="q")


@pytest.mark.parametrize("kind", ["message", "signal"])
@pytest.mark.parametrize("order", [1, -1])
def test_a_process_begins_by_what_another_one_throws(draw, run, kind, order):
    result = run(*[sender(draw, kind), starter(draw, kind)][::order])
    assert (result.process, result.ended) == ("p", "completed")
    assert sorted(ids(result)) == sorted(["begin", "tell", "end", "hear", "work", "done"])
    assert (paths(result)["tell"], paths(result)["hear"]) == (("p",), ("q",))


@pytest.mark.parametrize("kind", ["message", "signal"])
@pytest.mark.parametrize("order", [1, -1])
def test_the_participants_of_a_collaboration_begin_together(draw, run, kind, order):
    result = run(*[sender(draw, kind), waiter(draw, kind)][::order], pools("p", "q"))
    assert result.ended == "completed"
    assert sorted(ids(result)) == sorted(["begin", "tell", "end", "go", "wait", "done"])


def test_a_process_that_has_to_do_with_no_other_is_left_out(draw, run):
    assert ids(run(sender(draw), draw.process(draw.user("alone"), id="q"))) == ["begin", "tell", "end"]
    drawing = draw.process(draw.user("alone"), id="q", executable=False)
    assert ids(run(sender(draw), drawing, pools("p", "q"))) == ["begin", "tell", "end"]


def test_a_process_that_is_named_runs_alone(draw, run):
    result = run(sender(draw), starter(draw), process_id="p")
    assert (ids(result), [each.name for each in result.sent]) == (["begin", "tell", "end"], ["a"])


def test_every_message_begins_the_process_anew_unless_somebody_waits_for_it(draw, run):
    assert ids(run(sender(draw, again=True), starter(draw))).count("work") == 2
    hear = draw.element("startEvent", "hear", draw.event("message", "message_a"))
    wait = draw.element("receiveTask", "more", messageRef="message_a")
    line = ("hear", "more", "done")
    result = run(sender(draw, again=True), draw.process(hear, wait, draw.end("done"), draw.way(*line), id="q"))
    assert [each for each in ids(result) if each in line] == list(line)


@pytest.mark.parametrize(("together", "times"), [("true", 1), ("false", 2)])
def test_a_multiple_start_event_needs_all_its_messages_or_any(draw, run, together, times):
    two = draw.event("message", "message_a") + draw.event("message", "message_b")
    tell = draw.element("intermediateThrowEvent", "tell", two)
    speaks = draw.process(draw.begin(), tell, draw.end(), draw.way("begin", "tell", "end"), id="q")
    hear = draw.element("startEvent", "hear", two, parallelMultiple=together)
    result = run(draw.process(hear, draw.user("work"), draw.way("hear", "work")), speaks, pools("p", "q"))
    assert (result.process, result.ended, result.waiting) == ("q", "completed", ())
    assert ids(result).count("work") == times


def test_what_begins_by_receiving_has_received_what_began_it(draw, run):
    receive = draw.element("receiveTask", "hear", messageRef="message_a", instantiate="true", writes={"n": "${n + 1}"})
    choice = (
        draw.element("eventBasedGateway", "g", instantiate="true"),
        draw.element("intermediateCatchEvent", "other", draw.event("message", "message_b")),
        draw.element("intermediateCatchEvent", "hear", draw.event("message", "message_a")),
        draw.way("g", "other"),
        draw.way("g", "hear"),
    )
    tell = draw.element("sendTask", "tell", messageRef="message_a", reads={"n": "${n}"})
    speaks = draw.process(draw.begin(), tell, draw.way("begin", "tell"))
    for parts in ((receive,), choice):
        result = run(speaks, draw.process(*parts, draw.user("work"), draw.way("hear", "work"), id="q"), data={"n": 1})
        assert (result.ended, ids(result)[-2:]) == ("completed", ["hear", "work"])
        assert "other" not in ids(result)


def test_a_partner_gets_the_content_of_the_message_and_the_variables_are_those_of_the_main_process(draw, run):
    tell = draw.element("sendTask", "tell", messageRef="message_a", reads={"sum": "${n * 2}"})
    main = draw.process(draw.begin(), tell, draw.script("x", "n = 5"), draw.way("begin", "tell", "x"))
    hear = draw.element("startEvent", "hear", draw.event("message", "message_a"))
    gateway = draw.element("exclusiveGateway", "g", default="little")
    ways = draw.flow("g", "much", "sum == 4") + draw.flow("g", "less", None, "little")
    ends = draw.end("much") + draw.end("less")
    other = draw.process(hear, draw.script("y", "n = 9"), gateway, ends, draw.way("hear", "y", "g") + ways, id="q")
    result = run(main, other, data={"n": 2})
    assert "much" in ids(result)
    assert result.variables == {"n": 5}


def test_the_variables_of_a_main_process_that_still_waits_are_told(draw, run):
    wait = draw.element("receiveTask", "never", messageRef="message_b")
    main = draw.process(draw.begin(), draw.script("x", "n = 5"), wait, draw.way("begin", "x", "never"))
    result = run(main, starter(draw), pools("p", "q"))
    assert (result.ended, result.variables, [each.element_id for each in result.waiting]) == (
        "waiting", {"n": 5}, ["never"],
    )  # fmt: skip


def test_a_partner_that_nobody_begins_keeps_nothing_open_and_may_be_begun_from_outside(draw, run):
    parts = (draw.process(draw.begin(), draw.end(), draw.way("begin", "end")), starter(draw), pools("p", "q"))
    assert (ids(run(*parts)), run(*parts).waiting) == (["begin", "end"], ())
    assert sorted(ids(run(*parts, messages=[Arrival("a")]))) == sorted(["begin", "end"])
    wait = draw.element("intermediateCatchEvent", "wait", draw.timer("PT1H"))
    slow = draw.process(draw.begin(), wait, draw.end(), draw.way("begin", "wait", "end"))
    assert "work" in ids(run(slow, *parts[1:], messages=[Arrival("a")]))


def test_of_two_that_begin_each_other_the_first_begins(draw, run):
    def answer(hears: str, says: str, process: str) -> str:
        hear = draw.element("startEvent", f"hear_{hears}", draw.event("message", f"message_{hears}"))
        tell = draw.element("endEvent", f"tell_{says}", draw.event("message", f"message_{says}"))
        count = draw.script(f"count_{hears}", "n = n + 1")
        gateway = draw.element("exclusiveGateway", f"g_{hears}", default=f"on_{hears}")
        ways = draw.way(f"hear_{hears}", f"count_{hears}", f"g_{hears}")
        ways += draw.flow(f"g_{hears}", f"tell_{says}", "n < 2")
        ways += draw.flow(f"g_{hears}", f"e_{hears}", None, f"on_{hears}")
        return draw.process(hear, count, gateway, tell, draw.end(f"e_{hears}"), ways, id=process)

    result = run(answer("a", "b", "p"), answer("b", "a", "q"), data={"n": 1})
    assert (result.process, ids(result)) == ("p", ["hear_a", "count_a", "g_a", "e_a"])


def test_message_events_without_a_message_are_joined_by_their_message_flow(draw, run):
    nameless = "<bpmn:messageEventDefinition/>"
    tell = draw.element("intermediateThrowEvent", "tell", nameless)
    main = draw.process(draw.begin(), tell, draw.end(), draw.way("begin", "tell", "end"))
    hear = draw.element("startEvent", "hear", nameless)
    other = draw.process(hear, draw.end("done"), draw.way("hear", "done"), id="q")
    assert "done" in ids(run(main, other, pools("p", "q", flows=(("tell", "hear"),))))
    assert "done" not in ids(run(main, other, pools("p", "q")))


def test_each_process_ends_in_its_own_way(draw, run):
    terminate = "<bpmn:terminateEventDefinition/>"
    works = (draw.begin("go"), draw.user("work"), draw.end("done"), draw.way("go", "work", "done"))

    def ends(what: str, process: str) -> str:
        return draw.process(draw.begin(), draw.end("end", what), draw.way("begin", "end"), id=process)

    result = run(ends(terminate, "p"), draw.process(*works, id="q"), pools("p", "q"))
    assert (result.ended, "done" in ids(result)) == ("terminated", True)
    assert run(draw.process(*works), ends(terminate, "q"), pools("p", "q")).ended == "completed"
    assert run(draw.process(*works), ends(draw.event("error", "error_a"), "q"), pools("p", "q")).ended == "error"


def test_a_join_without_its_token_is_stuck_beside_others_that_are_done(draw, run):
    gateway, join = draw.element("exclusiveGateway", "g", default="one"), draw.element("parallelGateway", "join")
    ways = draw.way("begin", "g") + draw.flow("g", "join", None, "one") + draw.flow("g", "join", "false", "two")
    main = draw.process(draw.begin(), gateway, join, draw.end(), ways, draw.way("join", "end"))
    assert run(main, starter(draw), pools("p", "q")).ended == "stuck"

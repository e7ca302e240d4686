"""Tokens split, join and go round without being lost, doubled or frozen."""

from __future__ import annotations

from itertools import product

import pytest

from engine.workflow import StepFailed
from tests.engine.workflow.processor_time import least_seconds


def exclusive(draw, *flows: str, default: str | None = "to_c"):
    return draw.read(
        draw.begin(),
        draw.element("exclusiveGateway", "choose", default=default),
        draw.flow("begin", "choose"),
        *flows,
        *(draw.user(name) + draw.flow(name, "end") for name in "abc"),
        draw.end(),
    )


def test_an_exclusive_gateway_takes_the_first_true_flow_in_the_documents_order(draw):
    definition = exclusive(
        draw,
        draw.flow("choose", "b", "${n > 1}", "to_b"),
        draw.flow("choose", "a", "${n > 0}", "to_a"),
        draw.flow("choose", "c", None, "to_c"),
    )
    assert [draw.Walk(definition, {"n": n}).ready for n in (2, 1, 0)] == [["b"], ["a"], ["c"]]


def test_no_true_flow_and_no_default_refuses_the_step(draw):
    definition = exclusive(
        draw,
        draw.flow("choose", "a", "${n == 1}"),
        draw.flow("choose", "b", "${n == 2}"),
        draw.flow("choose", "c", "${n == 3}"),
        default=None,
    )
    assert [warning.rule for warning in definition.warnings] == ["exclusive-gateway-needs-default"]
    with pytest.raises(StepFailed, match="no condition is true"):
        draw.Walk(definition, {"n": 4})


def test_a_condition_that_is_not_true_or_false_is_an_error_not_a_yes(draw):
    definition = exclusive(
        draw,
        draw.flow("choose", "a", "${answer}"),
        draw.flow("choose", "b", "${answer == 'b'}"),
        draw.flow("choose", "c", None, "to_c"),
    )
    with pytest.raises(StepFailed, match="true or false"):
        draw.Walk(definition, {"answer": "no"})


def block_in_a_loop(draw, kind: str):
    conditions = ("${one}", "${two}") if kind == "inclusiveGateway" else (None, None)
    return draw.read(
        draw.begin(),
        draw.element("exclusiveGateway", "again"),
        draw.user("prepare", writes={"one": "${one}", "two": "${two}"}),
        draw.element(kind, "split"),
        draw.flow("split", "a", conditions[0]),
        draw.flow("split", "b", conditions[1]),
        draw.user("a"),
        draw.user("b"),
        draw.element(kind, "join"),
        draw.user("review", writes={"ok": "${ok}"}),
        draw.element("exclusiveGateway", "good", default="back"),
        draw.end(),
        draw.way("begin", "again", "prepare", "split"),
        draw.way("a", "join", "review", "good"),
        draw.way("b", "join"),
        draw.flow("good", "end", "${ok}"),
        draw.flow("good", "again", None, "back"),
    )


@pytest.mark.parametrize(("first", "second"), list(product(("ab", "ba"), ("ab", "ba"))))
@pytest.mark.parametrize("kind", ["parallelGateway", "inclusiveGateway"])
def test_a_join_in_a_loop_waits_for_both_branches_on_every_round(draw, kind, first, second):
    walk = draw.Walk(block_in_a_loop(draw, kind))
    for order in (first, second, first):
        walk.complete("prepare", {"one": True, "two": True})
        walk.complete(order[0])
        assert walk.ready == [order[1]]
        walk.complete(order[1])
        assert walk.ready == ["review"]
        walk.complete("review", {"ok": False})
    assert walk.ready == ["prepare"]


def test_an_inclusive_join_waits_only_for_the_branches_that_were_taken(draw):
    walk = draw.Walk(block_in_a_loop(draw, "inclusiveGateway"))
    walk.complete("prepare", {"one": True, "two": False})
    assert walk.ready == ["a"]
    walk.complete("a")
    assert walk.ready == ["review"]
    walk.complete("review", {"ok": False}).complete("prepare", {"one": True, "two": True}).complete("b")
    assert walk.ready == ["a"]
    assert walk.complete("a").complete("review", {"ok": True}).step.ended


def test_an_inclusive_join_waits_for_a_branch_that_goes_round_inside(draw):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.element("parallelGateway", "split"),
            draw.user("a"),
            draw.element("exclusiveGateway", "in"),
            draw.user("b", writes={"again": "${again}"}),
            draw.element("exclusiveGateway", "out", default="on"),
            draw.element("inclusiveGateway", "join"),
            draw.user("last"),
            draw.end(),
            draw.way("begin", "split", "a", "join", "last", "end"),
            draw.way("split", "in", "b", "out"),
            draw.flow("out", "in", "${again}"),
            draw.flow("out", "join", None, "on"),
        )
    )
    walk.complete("a").complete("b", {"again": True})
    assert walk.ready == ["b"]
    assert walk.complete("b", {"again": False}).ready == ["last"]


def test_two_tokens_on_one_flow_are_two_passages(draw):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.element("parallelGateway", "split"),
            draw.element("exclusiveGateway", "merge"),
            draw.user("a"),
            draw.end(),
            draw.flow("begin", "split"),
            draw.flow("split", "merge", None, "one"),
            draw.flow("split", "merge", None, "two"),
            draw.way("merge", "a", "end"),
        )
    )
    assert walk.ready == ["a", "a"]
    walk.complete("a")
    assert walk.ready == ["a"]
    assert walk.complete("a").step.ended


def test_a_join_that_can_never_be_complete_refuses_the_step(draw):
    definition = draw.read(
        draw.begin(),
        draw.user("ask", writes={"left": "${left}"}),
        draw.element("exclusiveGateway", "choose", default="to_b"),
        draw.user("a"),
        draw.user("b"),
        draw.element("parallelGateway", "join"),
        draw.end(),
        draw.way("begin", "ask", "choose"),
        draw.flow("choose", "a", "${left}"),
        draw.flow("choose", "b", None, "to_b"),
        draw.way("a", "join", "end"),
        draw.way("b", "join"),
    )
    walk = draw.Walk(definition).complete("ask", {"left": True})
    with pytest.raises(StepFailed, match="join"):
        walk.complete("a")


def test_twelve_parallel_blocks_in_a_row_start_at_once(draw):
    parts = [draw.begin(), draw.end()]
    before = "begin"
    for n in range(12):
        parts += [draw.element("parallelGateway", f"split{n}"), draw.element("parallelGateway", f"join{n}")]
        parts += [draw.user(f"{letter}{n}") + draw.way(f"split{n}", f"{letter}{n}", f"join{n}") for letter in "abc"]
        parts.append(draw.flow(before, f"split{n}"))
        before = f"join{n}"
    definition = draw.read(*parts, draw.flow(before, "end"))
    assert least_seconds(lambda: draw.Walk(definition)) < 0.02
    walk = draw.Walk(definition)
    for n in range(12):
        for letter in "bca":
            walk.complete(f"{letter}{n}")
    assert walk.step.ended


def test_a_thousand_supplement_loops_leave_no_trace_in_the_state(draw):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.element("exclusiveGateway", "again"),
            draw.user("examine", writes={"outcome": "${outcome}", "rounds": "${default(rounds, 0) + 1}"}),
            draw.element("exclusiveGateway", "complete", default="supplement"),
            draw.element(
                "subProcess",
                "ask",
                draw.begin("s") + draw.user("supply") + draw.end("e") + draw.way("s", "supply", "e"),
            ),
            draw.end(),
            draw.way("begin", "again", "examine", "complete"),
            draw.flow("complete", "end", "${outcome == 'ok'}"),
            draw.flow("complete", "ask", None, "supplement"),
            draw.flow("ask", "again"),
        )
    )
    sizes = []
    for _ in range(1000):
        walk.complete("examine", {"outcome": "missing papers"}).complete("supply")
        sizes.append(len(walk.step.state))
    assert max(sizes) - min(sizes) < 30
    assert walk.complete("examine", {"outcome": "ok"}).step.ended
    assert walk.variables["rounds"] == 1001


def test_a_loop_without_anything_to_wait_for_is_stopped(draw):
    definition = draw.read(
        draw.begin(),
        draw.element("exclusiveGateway", "again"),
        draw.script("s", "n = default(n, 0) + 1"),
        draw.element("exclusiveGateway", "enough", default="back"),
        draw.end(),
        draw.way("begin", "again", "s", "enough"),
        draw.flow("enough", "end", "${n > 1000000}"),
        draw.flow("enough", "again", None, "back"),
    )
    with pytest.raises(StepFailed, match="endless"):
        draw.Walk(definition)


def test_a_chain_of_two_thousand_tasks_is_read_and_run(draw):
    names = [f"t{n}" for n in range(2000)]
    definition = draw.read(
        draw.begin(), *(draw.element("task", name) for name in names), draw.end(), draw.way("begin", *names, "end")
    )
    walk = draw.Walk(definition)
    assert walk.step.ended
    assert walk.passed == ["begin", *names, "end"]

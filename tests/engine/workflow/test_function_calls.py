"""Functions that an expression calls: unknown ones and calls that can only fail are refused at publishing."""

from __future__ import annotations

import inspect

import pytest

from engine.workflow import DiagramRefused, read_definition
from engine.workflow.expressions.functions import BUILT_IN
from engine.workflow.expressions.signatures import SIGNATURES, taking


def test_functions_that_nobody_offers_are_refused_when_the_offer_is_known(draw, rules):
    parts = draw.around(draw.user("x", camunda__dueDate="${working_days(5)}", writes={"v": "${upper(a)}"}))
    assert rules(*parts) == []
    assert rules(*parts, functions=["working_days"]) == []
    assert rules(*parts, functions=[]) == ["unknown-function"]
    cell = draw.table("t", ["n"], ["v"], [("> secret(1)", "1")])
    assert rules(*draw.around(draw.user("x")), functions=[], t__dmn=cell) == ["unknown-function"]


WRONG_CALLS = [
    ("upper()", "does not take 0 arguments"),
    ("lower(name, 1)", "does not take 2 arguments"),
    ("now_is.startsWith()", "does not take 1 argument"),
    ("date(2026, 1)", "does not take 2 arguments"),
    ("max()", "does not take 0 arguments"),
    ("upper(n * 2)", "does not take a number"),
    ("starts_with(name, 5)", "does not take a number"),
    ("days('three')", "does not take a text"),
    ("round(price, '2')", "does not take a text"),
    ("len(n > 3)", "does not take a truth value"),
    ("sum(today(), n)", "does not take a date"),
    ("max(3)", "does not take a number"),
    ("append('ab', 1)", "does not take a text"),
    ("upper(null)", "does not take null"),
    ("hours(-len(name)) if empty(5) else 1", "does not take a number"),
    ("date('2026-02-30')", "not a date"),
    ("number('many')", "number() does not take a text"),
    ("round(1.5, 40)", "round() does not take a number"),
]


@pytest.mark.parametrize(("text", "reason"), WRONG_CALLS, ids=[text for text, _ in WRONG_CALLS])
def test_a_call_that_can_only_fail_is_refused_when_it_is_published(draw, text, reason):
    parts = draw.around(draw.user("x", writes={"v": f"${{{text}}}"}))
    table = draw.table("t", ["n"], ["v"], [("-", text)])
    for files in ({}, {"t.dmn": table}):
        diagram = parts if not files else draw.around(draw.user("x"))
        content = {"p.bpmn": draw.file(draw.process(*diagram))} | files
        with pytest.raises(DiagramRefused) as refused:
            read_definition(content, "p", ())
        (finding,) = refused.value.findings
        assert finding.rule == "function-arguments"
        assert reason in finding.message_en
        read_definition(content, "p")


def test_a_call_that_may_be_right_is_not_refused(draw, rules):
    texts = (
        "max(3, n)", "max(list)", "min('a', 'b')", "sum()", "sum(1, 2)", "sum(list)", "date(2026, 1, 5)", "date(now())",
        "datetime('2026-01-05T08:00:00')", "str(null)", "str(true)", "days(-1)", "days(0.5)", "empty(null)",
        "contains([1], 1)", "contains({0}, 'a')", "upper(lower(name))", "len([1])", "round(n / 3, 2)", "abs(-n)",
        "working_days('any', 1, 2)", "upper(n if n else 'a')",
    )  # fmt: skip
    parts = draw.around(draw.user("x", writes={"v": "".join(f"${{{text.format('name')}}}" for text in texts)}))
    assert rules(*parts, functions=["working_days"]) == []


def test_a_function_of_the_surroundings_takes_what_it_likes(draw, rules):
    parts = draw.around(draw.user("x", writes={"v": "${upper(5)}"}))
    assert rules(*parts, functions=["upper"]) == []


@pytest.mark.parametrize("text", ["working_days()", "working_days('two')", "working_days(1, 2)"])
def test_a_function_of_the_surroundings_that_says_what_it_takes_is_held_to_it(draw, rules, text):
    parts = draw.around(draw.user("x", camunda__dueDate=f"${{{text}}}"))
    assert rules(*parts, functions={"working_days": taking(None, {"number"})}) == ["function-arguments"]
    right = draw.around(draw.user("x", camunda__dueDate="${working_days(limit + 1)}"))
    assert rules(*right, functions={"working_days": taking(None, {"number"})}) == []


def test_every_function_has_a_signature_of_as_many_arguments_as_it_takes():
    assert SIGNATURES.keys() == BUILT_IN.keys()
    for name, signature in SIGNATURES.items():
        for count in range(5):
            try:
                inspect.signature(BUILT_IN[name]).bind(*range(count))
            except TypeError:
                assert not signature.accepts_count(count), (name, count)
            else:
                never = (name, count) in {("date", 2), ("max", 0), ("min", 0)}
                assert signature.accepts_count(count) is not never, (name, count)

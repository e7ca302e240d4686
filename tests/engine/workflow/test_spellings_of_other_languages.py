"""What other languages write is read where it can mean only one thing, and refused where they differ."""

from __future__ import annotations

import pytest

from engine.workflow import evaluate
from engine.workflow.expressions import Environment, ExpressionRefused, parse_condition, parse_expression, parse_script
from engine.workflow.expressions.errors import ExpressionProblem

VARIABLES = {"yes": True, "n": 5, "papers": ["passport", "photo"]}


@pytest.mark.parametrize(
    "text",
    [
        'name.contains("inh")',
        '${name.equals("minh") && !name.isEmpty()}',
        '"minh".equals(name)',
        "=n = 3",
        "n = 3",
        "n eq 3 and n lt 4 and n ge 3",
        "name === 'minh' && n !== 4",
        "empty none and not empty name and !empty name",
        "name.length() == 4 and name.toUpperCase() == 'MINH'",
        "n mod 2 == 1 and n div 3 == 1",
        "empty == null or true",
    ],
)
def test_spellings_of_other_languages_mean_what_they_mean_there(text):
    seen = Environment({"name": "minh", "n": 3, "none": [], "empty": 1}, {})
    assert parse_condition(text)(seen) is True


def test_a_record_is_written_with_names_in_quotation_marks():
    seen = Environment({"n": 3}, {})
    assert parse_expression("{'a': n, \"b\": [{'c': {}}]}")(seen) == {"a": 3, "b": [{"c": {}}]}
    assert parse_expression("${{'a': {'b': n}}['a'].b + 1}")(seen) == 4
    for text in ("{a: 1}", "{'a': 1, 'a': 2}", "{'a'}", "{'a': 1,}", "{'a': 1", "{1: 2}", "{'a': 1}}", "{,}"):
        with pytest.raises(ExpressionRefused):
            parse_expression(text)


@pytest.mark.parametrize(("script", "value"), [("n += 2", 5), ("n++", 4), ("n -= 1;", 2), ("var n = 7;", 7)])
def test_scripts_may_step_a_number(script, value):
    (assignment,) = parse_script(script)
    assert assignment.expression(Environment({"n": 3}, {})) == value


def test_only_the_listed_words_may_be_called_behind_a_value():
    for text in ("name.format(1)", "name.getClass()", "n.__str__()", "name.encode()"):
        with pytest.raises(ExpressionRefused):
            parse_expression(text)


def test_an_item_behind_the_sign_of_feel_is_refused_since_feel_counts_from_one():
    assert evaluate("= n in [4, 5]", VARIABLES) is True
    assert evaluate("= if yes then [1] else [2]", VARIABLES) == [1]
    assert evaluate("papers[0]", VARIABLES) == "passport"
    for text in ("= papers[1]", '= split("a,b", ",")[1]', "= applicant.papers[item > 2]"):
        with pytest.raises(ExpressionRefused, match="FEEL"):
            parse_expression(text)


@pytest.mark.parametrize("text", ["n == '3'", "'3.0' != n", "rate == ' 0.50 '", "yes == 'true'", "'False' != no"])
def test_a_value_and_the_text_that_spells_it_are_not_compared(text):
    with pytest.raises(ExpressionProblem, match="cannot be applied to"):
        parse_expression(text)(Environment({"n": 3, "rate": 0.5, "yes": True, "no": False}, {}))


@pytest.mark.parametrize("text", ["n != '4'", "n != 'three'", "yes != 'x'", "'3' == '3'", "n != '1e3'", "not n == ''"])
def test_a_value_and_any_other_text_are_different(text):
    assert parse_condition(text)(Environment({"n": 3, "yes": True}, {})) is True

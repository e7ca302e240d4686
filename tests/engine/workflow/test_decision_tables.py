"""DMN: unary tests as FEEL writes them, hit policies as the standard says, violations reported and not hidden."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from engine.workflow import DiagramRefused, StepFailed, decide, read_definition


@pytest.fixture
def deciding(draw):
    def build(inputs, outputs, rules, policy="UNIQUE", **more):
        definition = draw.read(
            draw.begin(),
            draw.end(),
            draw.way("begin", "end"),
            t__dmn=draw.table("t", inputs, outputs, rules, policy, **more),
        )
        return lambda **given: decide(definition, "t", given)

    return build


CELLS = [
    ("-", [1, "a", None, True], []),
    ("", [1, None], []),
    ("5", [5, 5.0, Decimal(5)], [4, "5", True, None]),
    ('"a"', ["a"], ["b", None, 1]),
    ('"a", "b"', ["a", "b"], ["c", None]),
    ("1, 3", [1, 3], [2]),
    ("> 3", [4, 3.5], [3, 2, None]),
    (">= 3", [3], [2.9]),
    ("< 3", [2], [3]),
    ("<= 3", [3], [4]),
    ("[1..5]", [1, 5, 3], [0, 6, None]),
    ("]1..5[", [2, 4.9], [1, 5]),
    ("(1..5)", [2], [1, 5]),
    ("[1..5)", [1], [5]),
    ("[1..limit]", [7], [8]),
    ('not("a")', ["b", None, ""], ["a"]),
    ('not("a", "b")', ["c"], ["a", "b"]),
    ("not(> 3)", [3], [4, None]),
    ("not([1..5])", [6], [3, None]),
    ("true", [True], [False, 1, None]),
    ("false", [False], [True, 0, None]),
    ("null", [None], [0, "", False]),
    ("not(null)", [0, "x"], [None]),
    (
        'date("2026-01-01")',
        [date(2026, 1, 1), "2026-01-01", datetime(2026, 1, 1, 9, tzinfo=UTC)],
        [date(2026, 1, 2), "x", None],
    ),
    ('< date("2026-07-01")', [date(2026, 6, 30), "2026-06-30"], [date(2026, 7, 1), "2026-07-01", None]),
    ('[date("2026-01-01")..date("2026-06-30")]', ["2026-03-01", date(2026, 6, 30)], ["2026-07-01", date(2025, 12, 31)]),
    ("> 3, 1", [4, 1], [2]),
    ("[1, 2]", [1, 2], [3]),
    ("-5", [-5], [5]),
    ("limit * 2", [14], [7]),
    ("[ -2 .. 2 ]", [0, -2], [3]),
    ("? > 3", [4], [3, None]),
    ("? > 3 and ? < limit", [5], [3, 7, None]),
    ('starts_with(?, "H")', ["Hà Nội"], ["Lạng Sơn", None]),
    ('contains(?, "a")', ["cat", ["a", "b"]], ["dog", ["b"], None]),
    ("? in [1, 2]", [1], [3, None]),
    ("? = true", [True], [False, 1, None]),
    ("? == null", [None], [0, False]),
    ("empty(?)", ["", [], None], ["x"]),
    ("limit > 3", [1, "a", None], []),
    ("limit > 9", [], [1, "a", None]),
    ('starts_with(word, "H")', [1, "a", None], []),
    ("not is_late", [1, None], []),
    ("is_late", [False], [True, 1, None]),
    ('"x", ? > 3', [4], [3]),
    ("not(? > 3)", [3], [4, None]),
    ('not(starts_with(?, "H"))', ["Lạng Sơn"], ["Hà Nội", None]),
    ("not(limit > 9)", [1, None], []),
    ("not(is_late) and ? > 3", [4], [3, None]),
    ("> ? - 1", [1], []),
    ("not(>= 3)", [2], [3, None]),
    ('not(< date("2026-07-01"))', ["2026-07-01"], ["2026-06-30", None]),
    ("not(5, > 9)", [6], [5, 10, None]),
    ("not([1..5], null)", [6], [3, None]),
]


@pytest.mark.parametrize(("cell", "fits", "does_not_fit"), CELLS, ids=[cell or "empty" for cell, _, _ in CELLS])
def test_a_cell_fits_what_feel_says_it_fits(deciding, cell, fits, does_not_fit):
    table = deciding(["value"], ["hit"], [(cell, "true")])
    for value in fits:
        assert table(value=value, **BESIDE) == [{"hit": True}], value
    for value in does_not_fit:
        assert table(value=value, **BESIDE) == [], value


BESIDE = {"limit": 7, "word": "Hà Nội", "is_late": False}


@pytest.mark.parametrize("cell", ["limit > 3", "not is_late", 'starts_with(word, "H")', "not(limit > 9)"])
def test_a_condition_beside_true_or_false_says_that_it_could_be_a_value(deciding, draw, cell):
    with pytest.raises(StepFailed, match=r"write it with \?"):
        deciding(["value"], ["hit"], [(cell, "true")])(value=False, **BESIDE)
    with pytest.raises(DiagramRefused) as refused:
        read_boolean_column(draw, cell)
    assert [finding.rule for finding in refused.value.findings] == ["decision-condition"]
    read_boolean_column(draw, f"? = ({cell})")


def read_boolean_column(draw, cell):
    content = draw.table("t", ["value"], ["hit"], [(cell, "true")])
    content = content.replace(b"<inputExpression id='e0'>", b"<inputExpression id='e0' typeRef='boolean'>")
    parts = draw.process(draw.begin(), draw.end(), draw.way("begin", "end"))
    return read_definition({"p.bpmn": draw.file(parts), "t.dmn": content}, "p", ())


def test_a_condition_on_the_input_must_be_true_or_false(deciding):
    with pytest.raises(StepFailed, match="rule 1"):
        deciding(["value"], ["hit"], [("? + 1", "1")])(value=3)


def test_a_list_as_input_fits_if_it_holds_the_value(deciding):
    assert deciding(["papers"], ["hit"], [('"passport"', "1")])(papers=["photo", "passport"]) == [{"hit": 1}]


def test_comparing_what_cannot_be_compared_is_an_error(deciding):
    with pytest.raises(StepFailed, match="rule 1"):
        deciding(["value"], ["hit"], [("> 3", "1")])(value="many")


def test_a_missing_input_is_named(deciding):
    with pytest.raises(StepFailed, match="pages"):
        deciding(["pages"], ["fee"], [("-", "1")])(quantity=1)


def test_inputs_and_outputs_are_expressions(deciding):
    table = deciding(
        ["pages * copies", "kind"],
        ["fee", "note", "from"],
        [("<= 5", '"copy"', "pages * 15000", '"up to " + str(pages)', 'date("2026-01-01") + days(1)')],
    )
    assert table(pages=2, copies=2, kind="copy") == [{"fee": 30000, "note": "up to 2", "from": date(2026, 1, 2)}]
    assert table(pages=2, copies=3, kind="copy") == []


def test_rates_are_exact(deciding):
    assert deciding(["n"], ["fee"], [("-", "n * 0.1 + 0.2")])(n=1) == [{"fee": Decimal("0.3")}]
    assert deciding(["n"], ["fee"], [("-", "n * 0.5")])(n=4) == [{"fee": 2}]


OVERLAPPING = [("> 0", "10"), ("> 1", "20"), ("> 2", "10")]


def test_unique_allows_one_matching_rule_only(deciding):
    table = deciding(["n"], ["v"], OVERLAPPING)
    assert table(n=1) == [{"v": 10}]
    assert table(n=0) == []
    with pytest.raises(StepFailed, match=r"\(1, 2\)"):
        table(n=2)


def test_first_takes_the_first_and_looks_no_further(deciding):
    table = deciding(["n"], ["v"], [("> 0", "10"), ("> 1", "1 / 0")], "FIRST")
    assert table(n=3) == [{"v": 10}]


def test_any_wants_all_matching_rules_to_agree(deciding):
    table = deciding(["n"], ["v"], [("> 0", "10"), ("> 1", "5 * 2"), ("> 2", "30")], "ANY")
    assert table(n=2) == [{"v": 10}]
    with pytest.raises(StepFailed, match="rules 1 and 3"):
        table(n=3)


def test_priority_takes_the_most_important_result(deciding):
    values = {"v": '"refuse", "supplement", "accept"'}
    rules = [("> 0", '"accept"'), ("> 1", '"supplement"'), ("> 2", '"refuse"'), ("> 9", '"other"')]
    table = deciding(["n"], ["v"], rules, "PRIORITY", values=values)
    assert [table(n=n) for n in (1, 2, 3)] == [[{"v": "accept"}], [{"v": "supplement"}], [{"v": "refuse"}]]
    with pytest.raises(StepFailed, match="other"):
        table(n=10)
    ordered = deciding(["n"], ["v"], rules, "OUTPUT ORDER", values=values)
    assert [row["v"] for row in ordered(n=3)] == ["refuse", "supplement", "accept"]


def test_rule_order_keeps_the_tables_order(deciding):
    assert [row["v"] for row in deciding(["n"], ["v"], OVERLAPPING, "RULE ORDER")(n=3)] == [10, 20, 10]


@pytest.mark.parametrize(
    ("aggregation", "three", "none"),
    [(None, [10, 20, 10], []), ("SUM", [40], []), ("MIN", [10], []), ("MAX", [20], []), ("COUNT", [3], [0])],
)
def test_collect_gathers_or_combines(deciding, aggregation, three, none):
    table = deciding(["n"], ["v"], OVERLAPPING, "COLLECT", aggregation=aggregation)
    assert [row["v"] for row in table(n=3)] == three
    assert [row["v"] for row in table(n=0)] == none


def test_an_unknown_decision_is_refused(draw):
    definition = draw.read(draw.begin(), draw.end(), draw.way("begin", "end"))
    with pytest.raises(StepFailed, match="nothing"):
        decide(definition, "nothing", {})


@pytest.mark.parametrize("cell", ["[1..5", "> ", "not(1", "1..5", '"open', "date(", "a b", "]1, 5["])
def test_a_cell_that_cannot_be_read_is_refused_with_its_place(deciding, cell):
    with pytest.raises(DiagramRefused) as refused:
        deciding(["n"], ["v"], [("-", "1"), (cell, "1")])
    finding = refused.value.findings[0]
    assert (finding.rule, finding.file, finding.element_id) == ("decision-syntax", "t.dmn", "r1")


def test_decisions_that_need_each_other_crosswise_are_evaluated_once(draw):
    count = 40
    needs = "<informationRequirement><requiredDecision href='#d{0}'/></informationRequirement>"
    body = "<decision id='d0'><literalExpression><text>n</text></literalExpression></decision>"
    for number in range(1, count):
        both = needs.format(number - 1) + needs.format(max(number - 2, 0))
        text = f"<literalExpression><text>d{number - 1} + 1</text></literalExpression>"
        body += f"<decision id='d{number}'>{both}{text}</decision>"
    tables = f"<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='d'>{body}</definitions>"
    definition = draw.read(draw.begin(), draw.end(), draw.way("begin", "end"), t__dmn=tables.encode())
    assert decide(definition, "d39", {"n": 1}) == [{"d39": 40}]


def test_a_decision_may_need_another(draw):
    tables = (
        "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='d' name='d' namespace='n'>"
        "<decision id='base'><variable name='base_fee'/>"
        "<literalExpression><text>pages * 2</text></literalExpression></decision>"
        "<decision id='fee'><informationRequirement><requiredDecision href='#base'/></informationRequirement>"
        "<decisionTable><input><inputExpression><text>base_fee</text></inputExpression></input><output name='fee'/>"
        "<rule><inputEntry><text>&gt; 5</text></inputEntry><outputEntry><text>base_fee + 1</text></outputEntry></rule>"
        "</decisionTable></decision></definitions>"
    )
    definition = draw.read(draw.begin(), draw.end(), draw.way("begin", "end"), t__dmn=tables.encode())
    assert decide(definition, "fee", {"pages": 3}) == [{"fee": 7}]
    assert decide(definition, "fee", {"pages": 2}) == []


def required_in_a_row(count):
    """Decisions that each add one to what the next one gives."""
    decisions = ""
    for number in range(count):
        requirement = f"<informationRequirement><requiredDecision href='#d{number + 1}'/></informationRequirement>"
        is_last = number == count - 1
        logic = "1" if is_last else f"d{number + 1} + 1"
        decisions += (
            f"<decision id='d{number}' name='d{number}'>{'' if is_last else requirement}"
            f"<literalExpression><text>{logic}</text></literalExpression></decision>"
        )
    return (
        "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='d' name='d' namespace='n'>"
        f"{decisions}</definitions>"
    ).encode()


def test_a_thousand_decisions_may_require_each_other_in_a_row(draw):
    definition = draw.read(draw.begin(), draw.end(), draw.way("begin", "end"), f__dmn=required_in_a_row(1000))
    assert decide(definition, "d0", {}) == [{"d0": 1000}]


def test_a_table_whose_result_holds_more_and_more_is_stopped(deciding):
    decided = deciding([], ["a"], [("x",)] * 3, "COLLECT")
    rows = [{"a": 1}]
    with pytest.raises(StepFailed, match="too large"):
        for _ in range(40):
            rows = decided(x=rows)

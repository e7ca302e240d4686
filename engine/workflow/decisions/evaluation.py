"""Evaluate a decision: which rules match, and what the hit policy makes of them."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from engine.workflow.decisions.model import Aggregation, Decision, HitPolicy, Output, Rule
from engine.workflow.expressions import Environment, ExpressionFailed
from engine.workflow.expressions.errors import ExpressionProblem
from engine.workflow.expressions.functions import largest, smallest, total
from engine.workflow.expressions.values import bounded, equal

Row = dict[str, Any]


class DecisionFailed(ExpressionProblem):
    """A decision has no valid result: its hit policy is violated, or one of its cells failed."""


def evaluate_decision(decisions: Mapping[str, Decision], decision_id: str, environment: Environment) -> list[Row]:
    """The rows that the decision gives, each a record of output name to value; empty when no rule matches.

    Decisions that this one requires are evaluated first. Raises DecisionFailed.
    """
    return _Evaluation(decisions, environment).rows(decision_id)


class _Evaluation:
    """One evaluation; a decision that several others require is evaluated once."""

    def __init__(self, decisions: Mapping[str, Decision], environment: Environment) -> None:
        self._decisions = decisions
        self._environment = environment
        self._known: dict[str, list[Row]] = {}

    def rows(self, decision_id: str) -> list[Row]:
        """The rows of a decision, after those of all that it requires, however long that chain is."""
        waiting = [decision_id]
        while waiting:
            decision = self._decisions[waiting[-1]]
            missing = [each for each in decision.required if each not in self._known]
            if missing:
                waiting += missing
            elif waiting.pop() not in self._known:
                self._known[decision.id] = self._bounded_rows(decision)
        return self._known[decision_id]

    def _bounded_rows(self, decision: Decision) -> list[Row]:
        rows = self._evaluated(decision)
        return _cell(decision, None, lambda environment: bounded(rows), self._environment)  # type: ignore[no-any-return]

    def _evaluated(self, decision: Decision) -> list[Row]:
        environment = self._environment
        if decision.required:
            results = {self._decisions[each].variable: self._value(each) for each in decision.required}
            seen = ChainMap(results, cast(Any, environment.variables))
            environment = Environment(seen, environment.functions, environment.now)
        if decision.literal is not None:
            return [{decision.variable: _cell(decision, None, decision.literal, environment)}]
        return _apply_policy(decision, _matching(decision, environment), environment)

    def _value(self, decision_id: str) -> Any:
        return in_own_shape(self._known[decision_id], is_single=self._decisions[decision_id].is_single)


def in_own_shape(rows: list[Row], *, is_single: bool) -> Any:
    """A decision's result as the standard says: a list unless it is single, and of one output only its value."""
    values: list[Any] = [next(iter(row.values())) if len(row) == 1 else row for row in rows]
    if is_single:
        return values[0] if values else None
    return values


def _cell(decision: Decision, rule: Rule | None, cell: Callable[[Environment], Any], environment: Environment) -> Any:
    try:
        return cell(environment)
    except ExpressionProblem as problem:
        raise _failed(decision, rule, problem.reason.vi, problem.reason.en) from problem


def _failed(decision: Decision, rule: Rule | None, vi: str, en: str) -> DecisionFailed:
    row_vi, row_en = (f", dòng {rule.number}", f", rule {rule.number}") if rule else ("", "")
    return DecisionFailed(f"bảng quyết định “{decision.id}”{row_vi}: {vi}", f"decision “{decision.id}”{row_en}: {en}")


def _matching(decision: Decision, environment: Environment) -> list[Rule]:
    inputs = [_cell(decision, None, each.expression, environment) for each in decision.inputs]
    first_only = decision.hit_policy is HitPolicy.FIRST
    matched: list[Rule] = []
    for rule in decision.rules:
        if _matches(decision, rule, inputs, environment):
            matched.append(rule)
            if first_only:
                break
    return matched


def _matches(decision: Decision, rule: Rule, inputs: Sequence[Any], environment: Environment) -> bool:
    try:
        return all(test(value, environment) for test, value in zip(rule.tests, inputs, strict=True))
    except ExpressionFailed as problem:
        raise _failed(decision, rule, problem.reason.vi, problem.reason.en) from problem


def _row(decision: Decision, rule: Rule, environment: Environment) -> Row:
    return {
        output.name: None if cell is None else _cell(decision, rule, cell, environment)
        for output, cell in zip(decision.outputs, rule.outputs, strict=True)
    }


def _apply_policy(decision: Decision, matched: list[Rule], environment: Environment) -> list[Row]:
    policy = decision.hit_policy
    if decision.aggregation is not None:
        return _aggregated(decision, [_row(decision, rule, environment) for rule in matched])
    if not matched:
        return _default_row(decision, environment)
    if policy is HitPolicy.UNIQUE and len(matched) > 1:
        numbers = ", ".join(str(rule.number) for rule in matched)
        raise _failed(
            decision,
            None,
            f"nhiều dòng cùng khớp ({numbers})",
            f"more than one rule matches ({numbers}), UNIQUE allows one",
        )
    rows = [_row(decision, rule, environment) for rule in matched]
    if policy is HitPolicy.ANY:
        _check_agreement(decision, matched, rows)
        return rows[:1]
    if policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER):
        rows = _by_importance(decision, rows, environment)
        return rows[:1] if policy is HitPolicy.PRIORITY else rows
    return rows


def _default_row(decision: Decision, environment: Environment) -> list[Row]:
    if all(output.default is None for output in decision.outputs):
        return []
    row = {
        output.name: None if output.default is None else _cell(decision, None, output.default, environment)
        for output in decision.outputs
    }
    return [row]


def _check_agreement(decision: Decision, matched: list[Rule], rows: list[Row]) -> None:
    for rule, row in zip(matched[1:], rows[1:], strict=True):
        if any(not equal(rows[0][name], row[name]) for name in row):
            raise _failed(
                decision,
                None,
                f"dòng {matched[0].number} và {rule.number} cho kết quả khác nhau (ANY)",
                f"rules {matched[0].number} and {rule.number} give different results, ANY allows only equal ones",
            )


def _by_importance(decision: Decision, rows: list[Row], environment: Environment) -> list[Row]:
    orders = [
        [] if output.order is None else _cell(decision, None, output.order, environment) for output in decision.outputs
    ]

    def importance(row: Row) -> tuple[int, ...]:
        return tuple(
            _place(decision, output, order, row[output.name])
            for output, order in zip(decision.outputs, orders, strict=True)
            if order
        )

    return sorted(rows, key=importance)


def _place(decision: Decision, output: Output, order: list[Any], value: Any) -> int:
    for place, each in enumerate(order):
        if equal(each, value):
            return place
    raise _failed(
        decision,
        None,
        f"giá trị {value!r} không nằm trong thứ tự ưu tiên của “{output.name}”",
        f"{value!r} is not among the ordered values of “{output.name}”",
    )


def _aggregated(decision: Decision, rows: list[Row]) -> list[Row]:
    if decision.aggregation is Aggregation.COUNT:
        return [{output.name: len(rows) for output in decision.outputs}]
    if not rows:
        return []
    combine = {Aggregation.SUM: total, Aggregation.MIN: smallest, Aggregation.MAX: largest}
    assert decision.aggregation is not None
    function = combine[decision.aggregation]
    try:
        return [{output.name: function([row[output.name] for row in rows]) for output in decision.outputs}]
    except ExpressionProblem as problem:
        raise _failed(decision, None, problem.reason.vi, problem.reason.en) from problem

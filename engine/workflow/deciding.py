"""Decisions and expressions for other rooms: fees, deadlines, components of a procedure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from engine.workflow.decisions import Decision, DecisionFailed, evaluate_decision
from engine.workflow.decisions.unary_tests import UnaryTests
from engine.workflow.definition import Definition
from engine.workflow.errors import StepFailed
from engine.workflow.expressions import Environment, Expression, Reason, parse_expression
from engine.workflow.expressions.errors import ExpressionProblem

Functions = Mapping[str, Callable[..., Any]]

_DATE = re.compile(r"""date\(\s*["'](\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))["']\s*\)""")


def decide(
    definition: Definition,
    decision_id: str,
    inputs: Mapping[str, Any],
    functions: Functions | None = None,
    now: datetime | None = None,
) -> list[dict[str, Any]]:
    """The rows that a decision gives for these inputs; empty when no rule matches.

    Numbers come out as int, or Decimal when they are not whole. Raises StepFailed: unknown decision, missing input,
    violated hit policy, failing cell.
    """
    if decision_id not in definition.decision_tables:
        reason = Reason("không có bảng quyết định này", "there is no such decision")
        raise StepFailed(element=decision_id, element_id=decision_id, reason=reason)
    environment = Environment(inputs, functions or {}, now)
    try:
        return evaluate_decision(definition.decision_tables, decision_id, environment)
    except DecisionFailed as failure:
        raise StepFailed(element=decision_id, element_id=decision_id, reason=failure.reason) from failure


def written_rows(definition: Definition, decision_id: str) -> list[dict[str, Any]]:
    """Every row of a table with what its output cells say by themselves, whatever the inputs.

    Raises StepFailed for a cell whose value depends on a dossier.
    """
    table = definition.decision_tables[decision_id]
    nothing = Environment({}, {})
    try:
        return [
            {
                output.name: None if cell is None else cell(nothing)
                for output, cell in zip(table.outputs, rule.outputs, strict=True)
            }
            for rule in table.rules
        ]
    except ExpressionProblem as problem:
        raise StepFailed(element=table.name, element_id=decision_id, reason=problem.reason) from problem


def written_cells(definition: Definition, decision_id: str, output: str) -> list[Any]:
    """What the cells of an output column say by themselves; those that depend on a dossier are left out."""
    table = definition.decision_tables[decision_id]
    places = [place for place, column in enumerate(table.outputs) if column.name == output]
    cells = [rule.outputs[place] for rule in table.rules for place in places]
    return [value for cell in cells if cell is not None for value in _written(cell)]


def _written(cell: Expression) -> list[Any]:
    try:
        return [cell(Environment({}, {}))]
    except ExpressionProblem:
        return []


def dates_in_column(definition: Definition, decision_id: str, variable: str) -> set[date]:
    """Every date that is written in the cells of the column that reads `variable`."""
    table = definition.decision_tables[decision_id]
    texts = [rule.tests[place].text for rule in table.rules for place in _columns(table, variable)]
    return {date.fromisoformat(found) for text in texts for found in _DATE.findall(text)}


def rules_accepting(definition: Definition, decision_id: str, variable: str, value: Any) -> list[int]:
    """The numbers of the rules, from 1, that the column that reads `variable` lets through with this value.

    The other columns are not looked at, and a cell that depends on more than the value is taken to fit.
    """
    table = definition.decision_tables[decision_id]
    columns = _columns(table, variable)
    return [rule.number for rule in table.rules if all(_may_fit(rule.tests[place], value) for place in columns)]


def _columns(table: Decision, variable: str) -> list[int]:
    return [place for place, column in enumerate(table.inputs) if column.expression.text.strip() == variable]


def _may_fit(cell: UnaryTests, value: Any) -> bool:
    try:
        return cell(value, Environment({}, {}))
    except ExpressionProblem:
        return True


def evaluate(
    expression: str,
    variables: Mapping[str, Any],
    functions: Functions | None = None,
    now: datetime | None = None,
) -> Any:
    """The value of an expression, bare or in `${...}`. Raises StepFailed when it cannot be read or has no value."""
    try:
        return parse_expression(expression)(Environment(variables, functions or {}, now))
    except ExpressionProblem as problem:
        raise StepFailed(element=expression, element_id=None, reason=problem.reason) from problem

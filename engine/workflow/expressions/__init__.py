"""The small, side-effect-free language of conditions, timer texts, scripts, parameters and decision cells."""

from engine.workflow.expressions.errors import ExpressionFailed, ExpressionRefused, Reason, VariableMissing
from engine.workflow.expressions.language import (
    Assignment,
    Environment,
    Expression,
    as_condition,
    parse_condition,
    parse_expression,
    parse_script,
    parse_script_value,
    parse_template,
)
from engine.workflow.expressions.signatures import Signature, taking, wrong_calls

__all__ = [
    "Assignment",
    "Environment",
    "Expression",
    "ExpressionFailed",
    "ExpressionRefused",
    "Reason",
    "Signature",
    "VariableMissing",
    "as_condition",
    "parse_condition",
    "parse_expression",
    "parse_script",
    "parse_script_value",
    "parse_template",
    "taking",
    "wrong_calls",
]

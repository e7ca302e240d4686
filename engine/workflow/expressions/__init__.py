"""The small, side-effect-free language of conditions, timer texts, scripts, parameters and decision cells."""

from engine.workflow.expressions.errors import ExpressionFailed, ExpressionRefused, Reason, VariableMissing
from engine.workflow.expressions.functions import BUILT_IN
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

__all__ = [
    "BUILT_IN",
    "Assignment",
    "Environment",
    "Expression",
    "ExpressionFailed",
    "ExpressionRefused",
    "Reason",
    "VariableMissing",
    "as_condition",
    "parse_condition",
    "parse_expression",
    "parse_script",
    "parse_script_value",
    "parse_template",
]

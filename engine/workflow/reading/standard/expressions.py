"""Expressions: formal ones where a process is to be executed, and never empty ones where an expression is required."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.workflow.reading.standard.model import XSI_TYPE, Element, Model, has_foreign, kind, text
from engine.workflow.reading.standard.rules import Violation, rule

_EITHER: Final = {
    "activationCondition": ("complexGateway",),
    "completionCondition": ("adHocSubProcess", "multiInstanceLoopCharacteristics"),
    "condition": ("conditionalEventDefinition",),
    "conditionExpression": ("sequenceFlow",),
    "from": ("assignment",),
    "loopCardinality": ("multiInstanceLoopCharacteristics",),
    "loopCondition": ("standardLoopCharacteristics",),
    "timeCycle": ("timerEventDefinition",),
    "timeDate": ("timerEventDefinition",),
    "timeDuration": ("timerEventDefinition",),
    "to": ("assignment",),
}
"""Where an expression may be formal or in natural language: the element, and what it stands in."""

_ALWAYS_FORMAL: Final = {
    "condition": ("complexBehaviorDefinition",),
    "dataPath": ("correlationPropertyBinding",),
    "messagePath": ("correlationPropertyRetrievalExpression",),
    "transformation": ("dataInputAssociation", "dataOutputAssociation", "dataAssociation"),
}
"""Where the schema allows only formal expressions."""


def _expressions(model: Model, places: dict[str, tuple[str, ...]]) -> Iterator[Element]:
    for expression in model.of(*places):
        if kind(expression.getparent()) in places[kind(expression)] and not has_foreign(expression):
            yield expression


def _is_executed(model: Model, expression: Element) -> bool:
    """Whether an expression belongs to an executable process that no engine's own conventions hold for."""
    return model.is_executable(expression) and not model.is_for_an_engine


def _is_formal(expression: Element) -> bool:
    return expression.get(XSI_TYPE, "").rpartition(":")[2].strip() == "tFormalExpression"


@rule(
    "executable-expression",
    "Biểu thức trong quy trình chạy được phải là biểu thức hình thức ({detail}).",
    "An expression of an executable process must be a formal expression ({detail}).",
    'Thêm xsi:type="tFormalExpression", hoặc bỏ isExecutable="true".',
    'Add xsi:type="tFormalExpression", or remove isExecutable="true".',
)
def executable_expression(model: Model) -> Iterator[Violation]:
    """What is written in natural language cannot be executed."""
    for expression in _expressions(model, _EITHER):
        if text(expression) and not _is_formal(expression) and _is_executed(model, expression):
            yield expression.getparent(), kind(expression)  # type: ignore[misc]


@rule(
    "expression-empty",
    "Biểu thức hình thức không có nội dung ({detail}).",
    "A formal expression says nothing ({detail}).",
    "Viết biểu thức, hoặc bỏ phần tử này.",
    "Write the expression, or remove the element.",
)
def expression_empty(model: Model) -> Iterator[Violation]:
    """A formal expression has a body; what a tool left empty in a drawing is left alone."""
    empty = [each for each in _expressions(model, _ALWAYS_FORMAL) if not text(each)]
    for expression in _expressions(model, _EITHER):
        if not text(expression) and _is_formal(expression) and _is_executed(model, expression):
            empty.append(expression)
    for expression in empty:
        yield expression.getparent(), kind(expression)  # type: ignore[misc]
